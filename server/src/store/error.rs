//! What can go wrong with a database, by what the caller can do about it.

use sea_orm::{DbErr, RuntimeErr};

/// Why the store did not do what it was asked. The texts are for logs, not for callers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database is away, refuses connections or is busy: try later.
    #[error("the database is away: {0}")]
    Unavailable(String),
    /// The transaction lost against another one: try again at once.
    #[error("the transaction has to be tried again: {0}")]
    Conflict(String),
    /// The database refuses what was to be written; trying again does not help.
    #[error("the database refuses this: {0}")]
    Refused(String),
    /// Not our schema, a newer schema, or a row that makes no sense.
    #[error("the database is not as it should be: {0}")]
    Broken(String),
    /// The database is set up so that a commit may be lost.
    #[error("the database is not safe to write to: {0}")]
    Unsafe(String),
}

/// Why a commit did not end with a plain yes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Nothing was committed.
    #[error(transparent)]
    Failed(StoreError),
    /// It may have been committed, or not: the request ids will tell.
    #[error("the outcome of the commit is not known")]
    Unknown,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode as Code;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(
                Code::DatabaseBusy
                | Code::DatabaseLocked
                | Code::DiskFull
                | Code::SystemIoFailure
                | Code::CannotOpen
                | Code::ReadOnly
                | Code::OutOfMemory
                | Code::FileLockingProtocolFailed,
            ) => StoreError::Unavailable(text),
            Some(Code::ConstraintViolation | Code::TooBig | Code::TypeMismatch) => {
                StoreError::Refused(text)
            }
            _ => StoreError::Broken(text),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        from_sqlx(&error)
    }
}

/// Names the trouble behind an error of sqlx.
fn from_sqlx(error: &sqlx::Error) -> StoreError {
    let text = error.to_string();
    match error {
        sqlx::Error::Database(database) => match database.code() {
            Some(code) if code.len() == 5 => from_sqlstate(&code, text),
            Some(code) => from_sqlite_code(&code, text),
            None => StoreError::Broken(text),
        },
        sqlx::Error::Encode(_) => StoreError::Refused(text),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(text),
        _ => StoreError::Broken(text),
    }
}

/// By PostgreSQL's five-character code (its manual, appendix A).
fn from_sqlstate(code: &str, text: String) -> StoreError {
    let text = format!("{text} (SQLSTATE {code})");
    match code {
        // A standby, or a primary that was demoted.
        "25006" | "25P03" | "55P03" | "55006" | "57014" | "57P01" | "57P02" | "57P03" | "57P04"
        | "57P05" => StoreError::Unavailable(text),
        "40001" | "40P01" => StoreError::Conflict(text),
        // 40003: the outcome is not known; the connection is given up like a lost one.
        _ => match code.get(..2) {
            Some("08" | "28" | "40" | "53" | "58") => StoreError::Unavailable(text),
            Some("22" | "23" | "54") => StoreError::Refused(text),
            _ => StoreError::Broken(text),
        },
    }
}

/// By SQLite's result code, whose low byte is the kind (sqlite.org/rescode.html).
fn from_sqlite_code(code: &str, text: String) -> StoreError {
    match code.parse::<i32>().map(|code| code & 0xff) {
        Ok(5 | 6 | 7 | 8 | 10 | 13 | 14 | 15) => StoreError::Unavailable(text),
        Ok(18..=20) => StoreError::Refused(text),
        _ => StoreError::Broken(text),
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> StoreError {
        match &error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => from_sqlx(inner),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
                StoreError::Unavailable(error.to_string())
            }
            _ => StoreError::Broken(error.to_string()),
        }
    }
}

/// A row that holds what it must not.
pub fn damaged(what: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(format!("damaged row: {what}"))
}
