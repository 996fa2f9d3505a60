//! PostgreSQL's own pgbench: an order read by its key, and an order moved by one statement.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use order_status_tests::Backend;
use tempfile::TempDir;
use tokio::process::Command;

use crate::fill::{FIRST, Filled};
use crate::load::{Load, ROUND};
use crate::machine::Moment;
use crate::rows::Rows;
use crate::sample::{Latency, Sample};
use crate::specimen::Specimen;

/// Reads an order with everything that belongs to it.
const SELECT: &str = r"\set id random(:first, :last)
SELECT * FROM orders o JOIN order_detail d ON d.account_id = o.account_id AND d.order_id = o.id
WHERE o.account_id = :account AND o.id = :id;
";

/// Moves an order, and writes the change and the request id, in one statement. Positions are handed out by the
/// clients, one after the other, as there is no pen.
const MOVE: &str = r"\set n :n + 1
\set id random(:first, :last)
\set position :base + :n * :clients + :client_id
WITH r AS (
    SELECT uuid_send(gen_random_uuid()) AS id
), o AS (
    SELECT id, state, version + 1 AS version FROM orders WHERE account_id = :account AND id = :id FOR UPDATE
), u AS (
    UPDATE orders t SET state = {next_state}, phase = {next_phase}, version = o.version, update_time = {now},
        last_hash = :hash::bytea
    FROM o WHERE t.account_id = :account AND t.id = o.id
), c AS (
    INSERT INTO change (position, account_id, order_id, version, kind, transition, verb, actor, role, from_state,
        to_state, reason, message, public, notify, request_id, fields, passed_over, create_time, hash)
    SELECT :position::bigint, :account::bigint, o.id, o.version, :kind::integer, :transition::text, :verb::text,
        :actor::text, :role::text, o.state, {next_state}, '', '', true, true, r.id, :fields::text,
        :passed_over::text, {now}, :hash::bytea
    FROM o, r
), q AS (
    INSERT INTO request (account_id, request_id, day, fingerprint, credential_id, results, create_time)
    SELECT :account::bigint, r.id, 20000, :hash::bytea, :credential::bigint, :results::text, {now} FROM r
)
SELECT version FROM o;
";

/// Microseconds since the epoch, as the service keeps time.
const NOW: &str = "(extract(epoch FROM now()) * 1000000)::bigint";

/// Clients of a PostgreSQL server.
pub struct Pgbench {
    program: PathBuf,
    url: String,
    load: Load,
    clients: u32,
    variables: Vec<String>,
    // The script, and where single latencies are logged.
    folder: TempDir,
}

impl Pgbench {
    /// Prepares clients for orders that were filled in.
    ///
    /// # Panics
    ///
    /// If the script cannot be written.
    pub fn new(program: PathBuf, url: &str, load: Load, clients: u32, filled: &Filled) -> Self {
        let folder = order_status_tests::scratch::folder("pgbench-");
        let script = match load {
            Load::Read => SELECT.to_owned(),
            _ => move_script(filled),
        };
        fs::write(folder.path().join("script"), script).expect("write a script");
        Self {
            program,
            url: url.to_owned(),
            load,
            clients,
            variables: variables(load, filled),
            folder,
        }
    }

    /// Runs it for a while: whole seconds, at least one.
    ///
    /// # Errors
    ///
    /// What it printed instead of a rate.
    pub async fn slice(&self, length: Duration) -> Result<Sample, String> {
        let seconds = length.as_secs_f64().round().max(1.0);
        let mut command = Command::new(&self.program);
        command
            .args(["--no-vacuum", "--protocol=prepared", "--random-seed=rand"])
            .args(["--client", &self.clients.to_string()])
            .args(["--jobs", &self.clients.min(2).to_string()])
            .args(["--time", &seconds.to_string()])
            .arg("--file")
            .arg(self.folder.path().join("script"))
            .current_dir(self.folder.path());
        for variable in &self.variables {
            command.args(["--define", variable]);
        }
        command.args(["--define", &format!("clients={}", self.clients)]);
        if self.load == Load::Move {
            let mut rows = Rows::open(Backend::Postgres, &self.url).await;
            let base = rows.last_position().await + 1;
            rows.close().await;
            command.args(["--define", &format!("base={base}")]);
        }
        if self.clients == 1 {
            command.arg("--log");
        }
        let before = Moment::now();
        let output = command.arg(&self.url).output().await;
        let span = before.until_now();
        let output = output.map_err(|error| format!("{}: {error}", self.program.display()))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let rate = printed
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        let (true, Some(rate)) = (output.status.success(), rate) else {
            let failure = String::from_utf8_lossy(&output.stderr);
            return Err(format!("pgbench: {printed}{failure}"));
        };
        Ok(Sample {
            rate,
            latency: Latency::of(take_log(self.folder.path())),
            processor: None,
            callers: None,
            noise: span.noise,
        })
    }
}

fn variables(load: Load, filled: &Filled) -> Vec<String> {
    let mut variables = vec![
        format!("account={}", filled.account_id),
        format!("first={FIRST}"),
        format!("last={}", filled.last()),
    ];
    if load == Load::Move {
        let [specimen, ..] = &*filled.specimens;
        let hash: String = specimen
            .hash
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        variables.extend(["n=0".to_owned(), format!("hash=\\x{hash}")]);
        variables.push(format!("kind={}", specimen.kind));
        variables.push(format!("credential={}", specimen.credential_id));
        let texts = texts(specimen).into_iter();
        let given = texts.filter(|(_, text)| !text.is_empty());
        variables.extend(given.map(|(name, text)| format!("{name}={text}")));
    }
    variables
}

/// The variables of the script that are text. pgbench takes no empty ones.
fn texts(specimen: &Specimen) -> [(&'static str, &str); 7] {
    [
        ("transition", &specimen.transition),
        ("verb", &specimen.verb),
        ("actor", &specimen.actor),
        ("role", &specimen.role),
        ("fields", &specimen.fields),
        ("passed_over", &specimen.passed_over),
        ("results", &specimen.results),
    ]
}

/// The script that moves orders. It reads the state to know the next.
fn move_script(filled: &Filled) -> String {
    let case = |value: &dyn Fn(usize) -> String| {
        let arms: Vec<String> = (0..ROUND.len())
            .map(|step| {
                let from = &filled.specimens[step].from_state;
                format!("WHEN '{from}' THEN {}", value(step))
            })
            .collect();
        format!("CASE o.state {} END", arms.join(" "))
    };
    let state = case(&|step| format!("'{}'", filled.specimens[step].to_state));
    let phase = case(&|step| filled.specimens[step].phase().to_string());
    let script = MOVE
        .replace("{next_state}", &state)
        .replace("{next_phase}", &phase)
        .replace("{now}", NOW);
    let texts = texts(&filled.specimens[0]).into_iter();
    texts
        .filter(|(_, text)| text.is_empty())
        .fold(script, |script, (name, _)| {
            script.replace(&format!(":{name}::text"), "''")
        })
}

/// The latencies that were logged, in nanoseconds; the logs are removed.
fn take_log(folder: &Path) -> Vec<u32> {
    let mut latencies = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("pgbench_log")
        {
            let log = fs::read_to_string(entry.path()).unwrap_or_default();
            // client, transaction, microseconds, …
            let micros = log
                .lines()
                .filter_map(|line| line.split(' ').nth(2)?.parse().ok());
            latencies.extend(micros.map(|micros: u32| micros.saturating_mul(1000)));
            fs::remove_file(entry.path()).ok();
        }
    }
    latencies
}
