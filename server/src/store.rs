//! The store: everything that is kept, in SQLite or PostgreSQL. The only room that knows a database.
//!
//! [`Store`] reads, from any task. [`Pen`] writes: there is one, and the ledger holds it.

pub mod batch;
mod detail;
mod entity;
mod error;
mod pen;
mod postgres;
mod query;
mod record;
mod rows;
mod schema;
mod sqlite;
mod verify;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::domain::order::{Order, OrderRef};
use crate::domain::workflow::Workflows;
use postgres::Postgres;
use sqlite::Sqlite;

pub use error::{CommitError, StoreError};
pub use pen::Pen;
pub use query::{OrderFilter, OrderKey, OrderPage, OrderQuery, OrderSort, TimeRange};
pub use schema::Schema;
pub use verify::{Finding, Summary};

/// How long a question for health may take.
const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a read waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection of the pool may lie idle before it is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the data is and how it is read.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// How many connections read single orders; on SQLite one for each worker is plenty.
    pub read_connections: u32,
    /// How many connections, at most, read lists and everything else.
    pub pool_connections: u32,
    /// The rulebooks: the phase that an order's row is listed by follows from its state.
    pub workflows: Arc<Workflows>,
}

impl Options {
    /// The usual numbers of connections.
    pub fn new(url: impl Into<String>, workflows: Arc<Workflows>) -> Options {
        Options {
            url: url.into(),
            read_connections: 2,
            pool_connections: 4,
            workflows,
        }
    }
}

/// A handle for reading; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    base: Base,
    pool: DatabaseConnection,
    workflows: Arc<Workflows>,
}

/// Which database it is.
enum Base {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Store {
    /// Opens the database and checks that it is safe to write to. A PostgreSQL server that is away is no
    /// error here: it is checked as soon as it answers.
    ///
    /// # Errors
    /// Where the address makes no sense, or the database is not ours or not safe.
    pub async fn connect(options: &Options) -> Result<Store, StoreError> {
        let (base, pool) = if options.url.starts_with("sqlite:") {
            let sqlite = Arc::new(Sqlite::open(&options.url, options.read_connections)?);
            let pool = sqlite_pool(&sqlite, options.pool_connections).await?;
            (Base::Sqlite(sqlite), pool)
        } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            let postgres = Arc::new(Postgres::new(&options.url, options.read_connections).await?);
            let pool = postgres_pool(&options.url, options.pool_connections).await?;
            (Base::Postgres(postgres), pool)
        } else {
            let text = "a database address starts with sqlite: or postgres://".to_owned();
            return Err(StoreError::Refused(text));
        };
        Ok(Store {
            inner: Arc::new(Inner {
                base,
                pool,
                workflows: Arc::clone(&options.workflows),
            }),
        })
    }

    /// Takes the pen: the one writing connection of this process.
    ///
    /// # Errors
    /// Where it is taken already.
    pub async fn pen(&self) -> Result<Pen, StoreError> {
        let hand = match &self.inner.base {
            Base::Sqlite(sqlite) => pen::Hand::Sqlite(sqlite.hand()?),
            Base::Postgres(postgres) => pen::Hand::Postgres(Box::new(postgres.hand())),
        };
        Ok(Pen::new(hand, Arc::clone(&self.inner.workflows)))
    }

    /// Asks whether the database answers and can be written to, for at most two seconds.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if let Base::Sqlite(sqlite) = &self.inner.base {
            sqlite.check()?;
        }
        let answer = tokio::time::timeout(PING_TIMEOUT, self.inner.pool.ping()).await;
        answer.map_err(|_| StoreError::Unavailable("no answer".to_owned()))??;
        Ok(())
    }

    /// One order that is not deleted; the fields outside its narrow row stay at their defaults unless
    /// `full`.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn order(
        &self,
        account: i64,
        order: &OrderRef,
        full: bool,
    ) -> Result<Option<Order>, StoreError> {
        match &self.inner.base {
            Base::Sqlite(sqlite) => sqlite.order(account, order, full),
            Base::Postgres(postgres) => postgres.order(account, order, full).await,
        }
    }

    /// Closes the connections that lists are read with.
    pub async fn close(&self) {
        // What cannot be closed is dropped with the last handle.
        let _ = self.inner.pool.clone().close().await;
    }
}

fn pool_options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections.max(1))
        .min_connections(0)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(IDLE_TIMEOUT)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .connect_lazy(true);
    options
}

async fn sqlite_pool(sqlite: &Sqlite, connections: u32) -> Result<DatabaseConnection, StoreError> {
    let mut options = pool_options("sqlite:", connections);
    let path = sqlite.path().to_owned();
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .read_only(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("query_only", "ON")
            .pragma("cache_size", "-2048")
            .pragma("mmap_size", "0")
    });
    Ok(Database::connect(options).await?)
}

async fn postgres_pool(url: &str, connections: u32) -> Result<DatabaseConnection, StoreError> {
    let mut options = pool_options(url, connections);
    // A server that was started anew has left dead connections behind.
    options.test_before_acquire(true);
    options.map_sqlx_postgres_opts(|options| {
        options.application_name("order-status read").options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "20s"),
            ("idle_in_transaction_session_timeout", "20s"),
            ("tcp_user_timeout", "5s"),
        ])
    });
    Ok(Database::connect(options).await?)
}
