//! A PostgreSQL server: connected, checked, and read.

mod hand;
mod load;
mod notice;
mod read;

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _};
use tokio::sync::mpsc;

use super::StoreError;

pub use hand::Hand;

/// How long a new connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Look-ups by key alone run over these connections; a plan made while the tables were small must not
/// read them whole when they have grown. One plan serves every batch: left to itself the server would plan
/// small ones anew each time, which costs more than running them.
const BY_INDEX: [(&str, &str); 5] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// One server. Connections are made when they are needed, and owned by who uses them: a pool would ask the
/// server after every use whether the connection is still there.
pub struct Postgres {
    url: String,
    writing: PgConnectOptions,
    asks: mpsc::Sender<read::Ask>,
}

impl Postgres {
    /// Reads the address and starts the readers. A server that answers is checked at once.
    ///
    /// # Errors
    /// Where the address makes no sense, or the server is not safe to write to.
    pub async fn new(url: &str, readers: u32) -> Result<Postgres, StoreError> {
        let options = PgConnectOptions::from_str(url)
            // The text of the error may hold the address with its password.
            .map_err(|_| StoreError::Refused("the PostgreSQL address makes no sense".to_owned()))?
            .disable_statement_logging()
            .options(BY_INDEX);
        let writing = options
            .clone()
            .application_name("order-status ledger")
            .options([
                ("synchronous_commit", "on"),
                // A holder of the pen that hangs would make everybody wait.
                ("idle_in_transaction_session_timeout", "2s"),
                ("tcp_user_timeout", "5s"),
                ("lock_timeout", "5s"),
                // Nothing may interrupt a commit: it would be confirmed before a standby has it.
                ("statement_timeout", "0"),
            ]);
        match connect_to_write(&writing).await {
            Ok(connection) => drop(connection.close().await),
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => return Err(error),
        }
        let reading = options.application_name("order-status orders").options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "2s"),
            ("tcp_user_timeout", "5s"),
        ]);
        Ok(Postgres {
            url: url.to_owned(),
            writing,
            asks: read::start(reading, readers),
        })
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A writing connection, made when it is first used.
    pub fn hand(self: &Arc<Postgres>) -> Hand {
        Hand::new(self.writing.clone())
    }
}

/// Connects, for at most two seconds.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(connection) => Ok(connection?),
        Err(_) => Err(StoreError::Unavailable(
            "no answer to a new connection".to_owned(),
        )),
    }
}

/// Connects and checks that a commit will be durable.
async fn connect_to_write(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let mut connection = connect(options).await?;
    let settings = "SELECT current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery()";
    let asked = sqlx::query(settings).fetch_one(&mut connection);
    let row = match tokio::time::timeout(CONNECT_TIMEOUT, asked).await {
        Ok(row) => row?,
        Err(_) => {
            return Err(StoreError::Unavailable(
                "no answer on a new connection".to_owned(),
            ));
        }
    };
    let (fsync, commit, standby): (String, String, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if standby {
        return Err(StoreError::Unavailable(
            "the server is a standby".to_owned(),
        ));
    }
    if fsync != "on" {
        return Err(StoreError::Unsafe(format!(
            "PostgreSQL runs with fsync = {fsync}"
        )));
    }
    if commit != "on" {
        return Err(StoreError::Unsafe(format!(
            "PostgreSQL keeps synchronous_commit = {commit}"
        )));
    }
    Ok(connection)
}
