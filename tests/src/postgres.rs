//! PostgreSQL clusters for tests: one shared by a test program, a fresh database for each test.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{process::Process, scratch};

/// A PostgreSQL server of our own, as durable as one in service: `fsync` and `synchronous_commit` are on.
///
/// It listens on 127.0.0.1 and ends with the value, and with this process at the latest.
pub struct Cluster {
    // The data, the socket, and who removes them.
    folder: PathBuf,
    _folder: Option<TempDir>,
    programs: PathBuf,
    // What `setpriv` needs to leave root behind; PostgreSQL refuses to run as root.
    user: Vec<String>,
    options: Options,
    port: u16,
    process: Mutex<Option<Process>>,
    databases: AtomicU32,
}

/// What a cluster is started with, beside what every cluster is.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Further settings, as `name=value`; they win over those of the harness.
    pub settings: Vec<String>,
    /// Further environment of the server.
    pub env: Vec<(String, String)>,
}

/// A database of its own in a cluster. It stays until the cluster goes.
#[derive(Clone, Debug)]
pub struct Database {
    /// Where it is: `postgres://USER@HOST:PORT/NAME`.
    pub url: String,
}

static SHARED: OnceCell<Cluster> = OnceCell::const_new();

impl Cluster {
    /// The cluster that all tests of this program share, started by the first that asks.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::start).await
    }

    /// Starts a cluster for one test, which may treat it badly.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// Starts a cluster like [`Cluster::start`], with settings of its own.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start.
    pub async fn start_with(options: Options) -> Self {
        let folder = scratch::folder("postgres-");
        let path = folder.path().to_owned();
        Self::make(path, Some(folder), &["--no-sync"], options).await
    }

    /// Starts a cluster for one test in a folder of the test's choice, which must be there, be empty and outlive it.
    /// The new cluster is on the disk before anybody uses it.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start.
    pub async fn start_in(folder: &Path) -> Self {
        Self::make(folder.to_owned(), None, &[], Options::default()).await
    }

    async fn make(
        path: PathBuf,
        folder: Option<TempDir>,
        flags: &[&str],
        options: Options,
    ) -> Self {
        let programs = find_programs();
        let user = leave_root(&path);
        let made = Command::new("setpriv")
            .args(&user)
            .arg("--")
            .arg(programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--no-locale", "--pgdata"])
            .arg(path.join("data"))
            .args(flags)
            .output()
            .expect("run setpriv");
        assert!(
            made.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let mut cluster = Self {
            folder: path,
            _folder: folder,
            programs,
            user,
            options,
            port: free_port(),
            process: Mutex::new(None),
            databases: AtomicU32::new(0),
        };
        // The port was free a moment ago; another program may have taken it since.
        for _ in 0..5 {
            if cluster.run().await.is_ok() {
                return cluster;
            }
            cluster.port = free_port();
        }
        let failure = cluster.run().await;
        panic!("PostgreSQL does not start: {failure:?}");
    }

    /// Creates an empty database that no other test knows.
    ///
    /// # Panics
    ///
    /// If the cluster is down.
    pub async fn database(&self) -> Database {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE template1"))
            .await;
        Database {
            url: self.url(&name),
        }
    }

    /// Creates a database that holds what another one holds. Nobody may be connected to that one.
    ///
    /// # Panics
    ///
    /// If the cluster is down, or somebody is connected.
    pub async fn copy(&self, of: &Database) -> Database {
        let (_, template) = of
            .url
            .rsplit_once('/')
            .expect("a URL that names a database");
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        // File by file: without it every page of the copy would pass through the log.
        self.execute(&format!(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        ))
        .await;
        Database {
            url: self.url(&name),
        }
    }

    /// Where the program of that name lies, which belongs to the server (`pgbench`).
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Runs one statement as the superuser in the database `postgres`.
    ///
    /// # Panics
    ///
    /// If the cluster is down or refuses the statement.
    pub async fn execute(&self, statement: &str) {
        let done = async {
            let mut connection = PgConnection::connect(&self.url("postgres")).await?;
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
                .execute(&mut connection)
                .await?;
            connection.close().await
        };
        if let Err(error) = done.await {
            panic!("{statement}: {error}");
        }
    }

    /// Stops the server as a crash would: every connection breaks, nothing is written out, and the next start recovers
    /// from its log. Returns when it is gone.
    pub fn crash(&self) {
        if let Some(mut process) = self.process().take() {
            process.end(Signal::SIGQUIT);
        }
    }

    /// Starts the server again after [`Cluster::crash`], on the same port, and waits until it answers.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub async fn recover(&self) {
        if let Err(log) = self.run().await {
            panic!("PostgreSQL does not start again: {log}");
        }
    }

    /// Starts the server and waits until it answers; the error is what it logged instead.
    async fn run(&self) -> Result<(), String> {
        // QUIT lets it take its backends and its shared memory along.
        let program = self.programs.join("postgres");
        let process = Process::start(&self.user, program, Signal::SIGQUIT, |command| {
            command
                .arg("-D")
                .arg(self.folder.join("data"))
                .arg("-k")
                .arg(&self.folder)
                .args(["-p", &self.port.to_string()]);
            for setting in [
                "listen_addresses=127.0.0.1",
                "fsync=on",
                "synchronous_commit=on",
                "full_page_writes=on",
                // Recovery syncs the disk as a whole, not file by file: as safe, and seconds shorter.
                "recovery_init_sync_method=syncfs",
                "max_connections=300",
                "shared_buffers=64MB",
                // Tests wait for what the server says, in English.
                "lc_messages=C",
                "log_min_messages=warning",
            ] {
                command.args(["-c", setting]);
            }
            for setting in &self.options.settings {
                command.args(["-c", setting]);
            }
            command.envs(self.options.env.iter().cloned());
        });
        let options: sqlx::postgres::PgConnectOptions =
            self.url("postgres").parse().expect("a well-formed URL");
        let options = options.disable_statement_logging();
        let answers = async {
            while process.exit_status().is_none() {
                match PgConnection::connect_with(&options).await {
                    Ok(connection) => return connection.close().await.is_ok(),
                    // It gives no sign of being ready that could be waited for.
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
            false
        };
        match tokio::time::timeout(Duration::from_secs(60), answers).await {
            Ok(true) => {
                self.process().replace(process);
                Ok(())
            }
            Ok(false) | Err(_) => Err(process.stderr.text()),
        }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().expect("no panic holds this lock")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.crash();
    }
}

/// The folder of the server programs: the one that `tests/run` found, else the one on the path, else Debian's newest.
fn find_programs() -> PathBuf {
    let named = std::env::var_os("ORDER_STATUS_TEST_PG_BIN").map(PathBuf::from);
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&on_path)
        .map(|folder| folder.join("initdb"))
        .find_map(|program| fs::canonicalize(program).ok()?.parent().map(PathBuf::from));
    let mut installed: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    installed.sort();
    let complete = |folder: &PathBuf| {
        ["initdb", "postgres"]
            .iter()
            .all(|program| folder.join(program).is_file())
    };
    named
        .into_iter()
        .chain(on_path)
        .chain(installed.into_iter().rev())
        .find(complete)
        .expect("a PostgreSQL server; tests/run installs one")
}

/// Gives the folder to the user `postgres` and answers how to become that user; nothing to do for anyone but root.
fn leave_root(folder: &Path) -> Vec<String> {
    let ourselves = fs::metadata("/proc/self").expect("a Linux with /proc");
    if ourselves.uid() != 0 {
        return Vec::new();
    }
    let id = |flag: &str| -> u32 {
        let found = Command::new("id").args([flag, "postgres"]).output();
        let found = found.expect("run id");
        String::from_utf8_lossy(&found.stdout)
            .trim()
            .parse()
            .expect("a user `postgres`, since PostgreSQL does not run as root")
    };
    let (user, group) = (id("-u"), id("-g"));
    chown(folder, Some(user), Some(group)).expect("give a folder to the user postgres");
    vec![
        format!("--reuid={user}"),
        format!("--regid={group}"),
        "--clear-groups".to_owned(),
    ]
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, PgConnection};

    use super::{Cluster, Database};

    async fn ask(database: &Database, question: &'static str) -> String {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        let answer = sqlx::query_scalar(question).fetch_one(&mut connection);
        answer.await.unwrap()
    }

    #[tokio::test]
    async fn every_test_gets_an_empty_database_of_a_durable_server() {
        let cluster = Cluster::shared().await;
        let (one, other) = tokio::join!(cluster.database(), cluster.database());
        assert_ne!(one.url, other.url);
        let tables =
            "SELECT count(*)::text FROM information_schema.tables WHERE table_schema = 'public'";
        assert_eq!(ask(&one, tables).await, "0");
        for setting in [
            "SHOW fsync",
            "SHOW synchronous_commit",
            "SHOW full_page_writes",
        ] {
            assert_eq!(ask(&other, setting).await, "on", "{setting}");
        }
    }

    #[tokio::test]
    async fn a_cluster_that_crashed_comes_back_with_what_was_committed() {
        let cluster = Cluster::start().await;
        let database = cluster.database().await;
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        let written =
            sqlx::raw_sql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')");
        written.execute(&mut connection).await.unwrap();
        cluster.crash();
        let refused = PgConnection::connect(&database.url).await;
        assert!(refused.is_err(), "a crashed cluster answers nobody");
        cluster.recover().await;
        assert_eq!(ask(&database, "SELECT word FROM kept").await, "here");
    }
}
