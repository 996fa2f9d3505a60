//! The two databases that every promise holds on.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::{postgres::Cluster, scratch};

/// A database system that the service runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A file, written by one process.
    Sqlite,
    /// A PostgreSQL server, shared by any number of replicas.
    Postgres,
}

/// An empty database for one test. Keep it as long as a server runs on it.
pub struct Database {
    /// What `--database-url` takes.
    pub url: String,
    // The file goes with its folder.
    folder: Option<TempDir>,
}

impl Backend {
    /// Every database system, the quicker first.
    pub const fn all() -> [Self; 2] {
        [Self::Sqlite, Self::Postgres]
    }

    /// Makes an empty database that no other test knows.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start.
    pub async fn database(self) -> Database {
        match self {
            Self::Sqlite => {
                let folder = scratch::folder("sqlite-");
                let file = folder.path().join("order-status.db");
                Database {
                    url: format!("sqlite://{}", file.display()),
                    folder: Some(folder),
                }
            }
            Self::Postgres => Database {
                url: Cluster::shared().await.database().await.url,
                folder: None,
            },
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = if self.folder.is_some() {
            "file"
        } else {
            "server"
        };
        write!(formatter, "{} ({kept})", self.url)
    }
}

/// Runs statements past the service, as somebody with access to the database could.
///
/// # Errors
/// The database refuses one.
///
/// # Panics
///
/// If the database cannot be opened.
pub async fn by_hand(url: &str, statements: &str) -> Result<(), String> {
    if let Some(file) = url.strip_prefix("sqlite://") {
        let connection = rusqlite::Connection::open(file).expect("open the file");
        // A service may be writing.
        let waits = connection.busy_timeout(Duration::from_secs(30));
        waits.expect("a time-out");
        let done = connection.execute_batch(statements);
        return done.map_err(|error| error.to_string());
    }
    let mut connection = PgConnection::connect(url).await.expect("connect");
    let statements = sqlx::AssertSqlSafe(statements.to_owned());
    let done = sqlx::raw_sql(statements).execute(&mut connection).await;
    connection.close().await.ok();
    done.map(drop).map_err(|error| error.to_string())
}

/// Runs a test on every backend, each to its end, and fails naming those it failed on.
///
/// # Panics
///
/// If the test does, on either.
pub async fn on_both<F: Future<Output = ()>>(test: impl Fn(Backend) -> F) {
    let mut failed = Vec::new();
    for backend in Backend::all() {
        if AssertUnwindSafe(test(backend))
            .catch_unwind()
            .await
            .is_err()
        {
            failed.push(backend.to_string());
        }
    }
    assert!(failed.is_empty(), "failed on {}", failed.join(" and on "));
}
