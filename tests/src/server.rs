//! The real server program, run on free ports for a test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, SystemTime};
use std::{env, fs};

use nix::sys::signal::Signal;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tonic::transport::{Channel, Endpoint};

use crate::{
    backend::{Backend, Database},
    process::Process,
    scratch,
};

/// How long a server may take to start, migrations and demo data included, or to drain, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server program is built from.
const SOURCES: [&str; 6] = [
    "server/src",
    "server/workflows",
    "migrations/src",
    "proto/src",
    "proto/orderstatus",
    "proto/google",
];

/// What to start a server with.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where its data lies, as `--database-url` takes it; `None`: its own default, in a working directory of its own.
    pub database_url: Option<String>,
    /// Whether it is filled with the demo data.
    pub demo: bool,
    /// Further flags, after those of the harness.
    pub args: Vec<String>,
    /// Further environment; no variable `ORDER_STATUS_…` of the caller gets through by itself.
    pub env: Vec<(String, String)>,
}

/// A server that runs, or that a test has brought down.
///
/// It belongs to no async runtime, so that tests may share it; channels to it do not, so each test opens its own.
/// What it logged is printed when a test that owns it fails.
pub struct Server {
    config: Config,
    // Its working directory, where a default database file would lie.
    folder: TempDir,
    process: Process,
    grpc_address: SocketAddr,
    http_address: SocketAddr,
    // From before the last restart.
    admin_key: Option<String>,
}

/// A server that all tests of this program share, and the database it runs on.
struct Shared {
    server: Server,
    _database: Database,
}

static SHARED: [OnceCell<Shared>; 2] = [OnceCell::const_new(), OnceCell::const_new()];

impl Config {
    /// A server on this database, all else by default.
    pub fn on(database: &Database) -> Self {
        Self {
            database_url: Some(database.url.clone()),
            ..Self::default()
        }
    }
}

impl Server {
    /// The server that all tests of this program share on a backend, for tests that make an account of their own in it
    /// and do nothing to the process.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn shared(backend: Backend) -> &'static Self {
        let [sqlite, postgres] = &SHARED;
        let cell = match backend {
            Backend::Sqlite => sqlite,
            Backend::Postgres => postgres,
        };
        let shared = cell.get_or_init(|| async {
            let database = backend.database().await;
            let server = Self::start(Config::on(&database)).await;
            Shared {
                server,
                _database: database,
            }
        });
        &shared.await.server
    }

    /// Starts a server and waits until it listens.
    ///
    /// # Panics
    ///
    /// If it does not come to listen; see [`Server::try_start`].
    pub async fn start(config: Config) -> Self {
        match Self::try_start(config).await {
            Ok(server) => server,
            Err(failure) => panic!("the server does not start: {failure}"),
        }
    }

    /// Starts a server and waits until it listens, for tests of what it refuses to start with.
    ///
    /// # Errors
    ///
    /// How it ended and what it printed, when it ended instead.
    ///
    /// # Panics
    ///
    /// If the program is not built, or neither listens nor ends in time.
    pub async fn try_start(config: Config) -> Result<Self, String> {
        let folder = scratch::folder("server-");
        let any: SocketAddr = ([127, 0, 0, 1], 0).into();
        let process = launch(&config, folder.path(), any, any);
        let (grpc_address, http_address) = listening(&process).await?;
        Ok(Self {
            config,
            folder,
            process,
            grpc_address,
            http_address,
            admin_key: None,
        })
    }

    /// Where it serves gRPC.
    pub fn grpc_address(&self) -> SocketAddr {
        self.grpc_address
    }

    /// Where it serves HTTP: health, figures and what else is not gRPC.
    pub fn http_address(&self) -> SocketAddr {
        self.http_address
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The admin key of account 1, which the server that finds its database empty prints, once.
    ///
    /// # Panics
    ///
    /// If this server never printed one: it was not the first on its database.
    pub async fn admin_key(&self) -> String {
        if let Some(key) = &self.admin_key {
            return key.clone();
        }
        // It was printed before the line that the start waited for, but it comes through another pipe.
        let key = self.process.stdout.wait_for(admin_key);
        let key = tokio::time::timeout(PATIENCE, key).await;
        key.ok().flatten().expect("an admin key on standard output")
    }

    /// What it has printed to standard output, and what it has logged, since its last start. Complete once it has ended.
    pub fn output(&self) -> (String, String) {
        (self.process.stdout.text(), self.process.stderr.text())
    }

    /// Opens a connection for gRPC, which belongs to the calling test.
    ///
    /// # Panics
    ///
    /// If nobody listens.
    pub async fn channel(&self) -> Channel {
        let connected = self.endpoint().connect().await;
        connected.expect("connect to the server")
    }

    /// Where to connect for gRPC, for tests that connect to what is not there yet, or otherwise in their own way.
    ///
    /// # Panics
    ///
    /// Never: an address makes a well-formed URI.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::from_shared(format!("http://{}", self.grpc_address)).expect("a well-formed URI")
    }

    /// Kills it, as a power cut would as far as the process goes. Returns when it is gone.
    pub fn kill9(&mut self) {
        self.process.end(Signal::SIGKILL);
    }

    /// Asks it to drain and end, and answers how it did.
    ///
    /// # Panics
    ///
    /// If it does not end in time.
    pub async fn stop(&mut self) -> ExitStatus {
        self.process.signal(Signal::SIGTERM);
        self.process.exited(PATIENCE).await
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Holds it still, connections and all, until [`Server::sigcont`].
    pub fn sigstop(&self) {
        self.process.signal(Signal::SIGSTOP);
    }

    /// Lets it go on after [`Server::sigstop`].
    pub fn sigcont(&self) {
        self.process.signal(Signal::SIGCONT);
    }

    /// Whether the process is there, serving or not.
    pub fn runs(&self) -> bool {
        self.process.exit_status().is_none()
    }

    /// Starts it again with the same configuration on the same ports; kills it first if it still runs.
    ///
    /// # Panics
    ///
    /// If it does not come to listen.
    pub async fn restart(&mut self) {
        self.kill9();
        self.admin_key = self
            .admin_key
            .take()
            .or_else(|| self.process.stdout.find(admin_key));
        self.process = launch(
            &self.config,
            self.folder.path(),
            self.grpc_address,
            self.http_address,
        );
        if let Err(failure) = listening(&self.process).await {
            panic!("the server does not start again: {failure}");
        }
    }
}

fn admin_key(line: &str) -> Option<String> {
    line.strip_prefix("admin key: ").map(str::to_owned)
}

impl Drop for Server {
    #[expect(clippy::print_stderr, reason = "it explains the failed test")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.process.stderr.text();
            eprintln!("-- the server at {} logged:\n{log}", self.grpc_address);
        }
    }
}

/// Where cargo put a program of this workspace, beside the test program that asks.
///
/// # Panics
///
/// If it is not there, or older than the sources of the server.
pub fn program(name: &str) -> PathBuf {
    const BUILD: &str = "cargo build --workspace --all-targets";
    let ourselves = env::current_exe().expect("the path of the test program");
    // target/PROFILE/deps/TEST-HASH
    let built = ourselves.ancestors().nth(2).map(|folder| folder.join(name));
    let built = built.expect("a test program in target/PROFILE/deps");
    let Ok(made) = fs::metadata(&built).and_then(|file| file.modified()) else {
        panic!("{} is not built: run `{BUILD}`", built.display());
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let workspace = workspace.expect("a crate inside the workspace");
    for sources in SOURCES {
        if let Some(newer) = newer_than(made, &workspace.join(sources)) {
            panic!(
                "{} is newer than the program: run `{BUILD}`",
                newer.display()
            );
        }
    }
    built
}

/// A file in a folder, or in those below it, that was written after a time.
fn newer_than(time: SystemTime, folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .find_map(|(path, about)| {
            if about.is_dir() {
                newer_than(time, &path)
            } else {
                about.modified().is_ok_and(|at| at > time).then_some(path)
            }
        })
}

fn launch(config: &Config, folder: &Path, grpc: SocketAddr, http: SocketAddr) -> Process {
    Process::start(&[], program("order-status"), Signal::SIGKILL, |command| {
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("ORDER_STATUS_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(folder)
            // Plain text, whatever the terminal.
            .env("NO_COLOR", "1")
            .args(["serve", "--listen", &grpc.to_string()])
            .args(["--http-listen", &http.to_string()]);
        if let Some(url) = &config.database_url {
            command.args(["--database-url", url]);
        }
        if config.demo {
            command.arg("--demo");
        }
        command.args(&config.args);
        command.envs(config.env.iter().cloned());
    })
}

/// Waits for the log lines that tell both addresses; the error is how it ended and what it printed.
async fn listening(process: &Process) -> Result<(SocketAddr, SocketAddr), String> {
    let addresses = async {
        let grpc = process
            .stderr
            .wait_for(|line| told(line, "grpc.address"))
            .await?;
        let http = process
            .stderr
            .wait_for(|line| told(line, "http.address"))
            .await?;
        Some((grpc, http))
    };
    let Ok(addresses) = tokio::time::timeout(PATIENCE, addresses).await else {
        panic!(
            "the server does not listen; it said:\n{}",
            process.stderr.text()
        );
    };
    match addresses {
        Some(addresses) => Ok(addresses),
        // Its log is closed: it ends.
        None => {
            let status = process.exited(PATIENCE).await;
            let (said, logged) = (process.stdout.text(), process.stderr.text());
            Err(format!("{status}\n{said}\n{logged}"))
        }
    }
}

/// The address in a field of a log line, text or JSON, that says that the server listens.
fn told(line: &str, field: &str) -> Option<SocketAddr> {
    let (_, fields) = line.split_once("listening")?;
    let (_, rest) = fields.split_once(field)?;
    let address = rest.trim_start_matches(['"', '=', ':']);
    let end = address.find(|c: char| c.is_whitespace() || c == '"');
    address[..end.unwrap_or(address.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn an_address_is_read_from_the_line_that_says_listening() {
        let line = "2026-01-02T03:04:05Z  INFO order_status: listening grpc.address=127.0.0.1:50051 http.address=127.0.0.1:8080";
        assert_eq!(told(line, "grpc.address"), "127.0.0.1:50051".parse().ok());
        assert_eq!(told(line, "http.address"), "127.0.0.1:8080".parse().ok());
        assert_eq!(
            told("INFO started grpc.address=127.0.0.1:50051", "grpc.address"),
            None
        );
    }
}
