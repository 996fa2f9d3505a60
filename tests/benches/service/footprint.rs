//! What the service needs: memory, time to start, disk, time to build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use order_status_tests::{Caller, Server, scratch};

use crate::fill::FIRST;
use crate::grpc;
use crate::load::{Load, Orders};
use crate::sample::{as_figure, median};
use crate::stock::Stock;

/// How often a start is timed.
const STARTS: usize = 5;

/// How many connections are opened to see what one costs.
const CONNECTIONS: u64 = 240;

/// Connections that one set of callers shares.
const SHARED: u64 = 8;

/// What a running server needs. Sizes are in KiB, as the kernel tells them.
#[derive(Clone, Copy, Debug)]
pub struct Footprint {
    /// From the start of the process to the first answer, migrations up to date.
    pub start: Duration,
    /// Resident memory of a server that has answered one call.
    pub idle: Memory,
    /// After 256 callers have read and written.
    pub busy: Memory,
    /// The most that was resident up to then.
    pub peak: u64,
    /// What one more connection in use adds.
    pub connection: u64,
}

/// Resident memory in KiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// All of it.
    pub resident: u64,
    /// What is not backed by a file.
    pub anonymous: u64,
}

impl Footprint {
    /// Measures servers that are started for it, one after the other, on a database that nobody uses any more; `orders`
    /// tells where those before left its orders.
    ///
    /// # Panics
    ///
    /// If a server does not start or answer.
    pub async fn measure(stock: &Stock<'_>, orders: Arc<Orders>) -> Self {
        println!("{}: memory and start", stock.filled.backend);
        let mut starts = Vec::new();
        for _ in 1..STARTS {
            let (started, _) = start(stock).await;
            starts.push(started.as_secs_f64());
        }
        let (started, server) = start(stock).await;
        starts.push(started.as_secs_f64());
        // Let what the start left behind settle; nothing tells when it has.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let pid = server.pid();
        let idle = Memory::of(pid);
        let connect = |load, callers| {
            let server = (server.endpoint(), pid);
            grpc::connect(
                load,
                server,
                &stock.filled.key,
                callers,
                Arc::clone(&orders),
            )
        };
        for load in [Load::Read, Load::Move] {
            let mut calls = connect(load, 256).await.expect("a server that listens");
            let done = calls.slice(Duration::from_secs(2)).await;
            done.expect("a server that answers");
        }
        let (busy, peak) = (Memory::of(pid), status(pid, "VmHWM"));
        let mut open = Vec::new();
        for _ in 0..CONNECTIONS / SHARED {
            let mut calls = connect(Load::Read, 16)
                .await
                .expect("a server that listens");
            let done = calls.slice(Duration::from_millis(50)).await;
            done.expect("a server that answers");
            open.push(calls);
        }
        let connection = Memory::of(pid).resident.saturating_sub(busy.resident) / CONNECTIONS;
        Self {
            start: Duration::from_secs_f64(median(starts)),
            idle,
            busy,
            peak,
            connection,
        }
    }
}

/// Starts a server, and times it until an order was read.
async fn start(stock: &Stock<'_>) -> (Duration, Server) {
    let begun = Instant::now();
    let server = Server::start(stock.config()).await;
    let caller = Caller::new(server.channel().await, &stock.filled.key);
    let request = order_status_proto::v1::GetOrderRequest {
        order: Some(order_status_proto::v1::get_order_request::Order::Id(FIRST)),
        ..Default::default()
    };
    let answer = caller.orders().get_order(request).await;
    answer.expect("an order");
    (begun.elapsed(), server)
}

impl Memory {
    fn of(pid: u32) -> Self {
        Self {
            resident: status(pid, "VmRSS"),
            anonymous: status(pid, "RssAnon"),
        }
    }
}

/// A size in KiB from `/proc/PID/status`.
fn status(pid: u32, field: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let size = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    size.unwrap_or_else(|| panic!("process {pid} tells no {field}"))
}

/// What the program is.
pub struct Program {
    /// Its size on disk, in bytes.
    pub size: u64,
    /// How many crates it is built from, those that only help to build included.
    pub crates: usize,
    /// How long a clean build takes, where that was asked for. Sources are downloaded before.
    pub clean_build: Option<Duration>,
}

impl Program {
    /// Builds it as it is released, and looks at it; `clean` also builds it from nothing in a folder of its own.
    ///
    /// # Panics
    ///
    /// If it does not build.
    pub fn build(clean: bool) -> Self {
        build(None);
        let program = order_status_tests::server::program("order-status");
        Self {
            size: fs::metadata(program).map_or(0, |file| file.len()),
            crates: crates(),
            clean_build: clean.then(|| {
                println!("building from nothing");
                let folder = scratch::folder("clean-build-");
                let begun = Instant::now();
                build(Some(folder.path()));
                begun.elapsed()
            }),
        }
    }

    /// Its size in MB.
    pub fn megabytes(&self) -> f64 {
        as_figure(self.size) / 1e6
    }
}

fn build(target: Option<&Path>) {
    let target = target.map_or_else(target_folder, Path::to_owned);
    let mut command = cargo();
    command
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "order-status-server",
        ])
        .arg("--target-dir")
        .arg(target);
    let built = command.status().is_ok_and(|status| status.success());
    assert!(built, "the service does not build");
}

fn crates() -> usize {
    let mut command = cargo();
    command.args(["tree", "--locked", "--package", "order-status-server"]);
    command.args([
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let output = command.output().expect("run cargo");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut crates: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    crates.sort_unstable();
    crates.dedup();
    crates.len()
}

fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo told this program about itself would make crates look changed that ask for it.
    for (name, _) in std::env::vars_os() {
        let ours = name.to_string_lossy();
        let told = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_CRATE_",
            "CARGO_PRIMARY_",
        ];
        if ours == "CARGO" || told.iter().any(|prefix| ours.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Where cargo put this program: `target/PROFILE/deps/BENCH-HASH`.
pub fn target_folder() -> PathBuf {
    let ourselves = std::env::current_exe().expect("the path of this program");
    let target = ourselves.ancestors().nth(3);
    target.expect("a program in target/PROFILE/deps").to_owned()
}
