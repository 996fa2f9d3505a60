//! Opening a SQLite file: who may, how, and what is refused.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::store::StoreError;

/// How long a connection waits for a lock that another one holds, in milliseconds.
const BUSY_MILLISECONDS: u64 = 5_000;
/// Page cache of the writer and of each reader, in KiB.
const WRITER_CACHE: i64 = 8 * 1024;
const READER_CACHE: i64 = 2 * 1024;

/// The file that a URL such as `sqlite:orders.db` or `sqlite:///var/lib/orders.db` names, with links
/// followed: two names of one file share one lock.
pub fn file_of(url: &str) -> Result<PathBuf, StoreError> {
    let refused = |why: &str| StoreError::Refused(format!("{url:?}: {why}"));
    let rest = url
        .strip_prefix("sqlite:")
        .ok_or_else(|| refused("not a SQLite address"))?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    if rest.contains('?') {
        return Err(refused("a SQLite address takes no parameters"));
    }
    if rest.is_empty() || rest.starts_with(":memory:") {
        return Err(refused(
            "a file is needed: what is only in memory is not durable",
        ));
    }
    let path = Path::new(rest);
    let away = |error: std::io::Error| StoreError::Unavailable(format!("{rest:?}: {error}"));
    if let Ok(path) = path.canonicalize() {
        return Ok(path);
    }
    let name = path
        .file_name()
        .ok_or_else(|| refused("it names no file"))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(away)?.join(name))
}

/// Keeps every other process of this service away from the file.
pub fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let away = |why: &dyn std::fmt::Display| {
        StoreError::Unavailable(format!("{}: {why}", Path::new(&name).display()))
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&name)
        .map_err(|error| away(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(away(&"another process has the database open")),
        Err(TryLockError::Error(error)) => Err(away(&error)),
    }
}

/// Makes an empty file that only its owner may read, or checks that the one that is there can be written.
pub fn create(path: &Path) -> Result<(), StoreError> {
    let away =
        |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", path.display()));
    match std::fs::metadata(path) {
        Ok(found) if found.permissions().readonly() => Err(StoreError::Unsafe(format!(
            "{} is read-only",
            path.display()
        ))),
        Ok(found) if !found.is_file() => Err(StoreError::Refused(format!(
            "{} is not a file",
            path.display()
        ))),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path).map(drop).map_err(away)
        }
        Err(error) => Err(away(error)),
    }
}

/// The writing connection, durable in every commit.
pub fn writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_millis(BUSY_MILLISECONDS))?;
    check_ours(path, &connection)?;
    if connection.is_readonly("main")? {
        return Err(StoreError::Unsafe(format!(
            "{} is read-only",
            path.display()
        )));
    }
    settle(&connection, WRITER_CACHE)?;
    expect(&connection, "journal_mode", "wal")?;
    // Every commit waits until the log is on the disk.
    expect(&connection, "synchronous", "FULL")?;
    expect(&connection, "foreign_keys", "ON")?;
    connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
    // A log that grew under a long read is cut down again.
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    Ok(connection)
}

/// A reading connection.
pub fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_millis(BUSY_MILLISECONDS))?;
    settle(&connection, READER_CACHE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn settle(connection: &Connection, cache: i64) -> Result<(), StoreError> {
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Sets a pragma and reads it back: SQLite passes over what it cannot do.
fn expect(connection: &Connection, pragma: &str, value: &str) -> Result<(), StoreError> {
    connection
        .pragma_update_and_check(None, pragma, value, |_| Ok(()))
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(error),
        })?;
    let found: rusqlite::types::Value =
        connection.pragma_query_value(None, pragma, |row| row.get(0))?;
    let fits = match (value, found) {
        ("wal", rusqlite::types::Value::Text(mode)) => mode == "wal",
        ("FULL", rusqlite::types::Value::Integer(level)) => level == 2,
        ("ON", rusqlite::types::Value::Integer(on)) => on == 1,
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(StoreError::Unsafe(format!(
            "SQLite does not set {pragma} to {value} here"
        )))
    }
}

/// Refuses files that another program made: only an empty file becomes ours.
fn check_ours(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let not_ours = |why: &str| {
        StoreError::Broken(format!(
            "{} is not a file of this service: {why}",
            path.display()
        ))
    };
    let header =
        |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let id = match header("application_id") {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(not_ours("it is not a database"));
        }
        id => id?,
    };
    let user_version = header("user_version")?;
    if id == order_status_migrations::APPLICATION_ID {
        let known = i32::try_from(order_status_migrations::latest()).unwrap_or(i32::MAX);
        if user_version > known {
            let text =
                format!("its schema has {user_version} steps, and this program knows {known}");
            return Err(StoreError::Broken(text));
        }
        return Ok(());
    }
    // The table of steps is made before the first step marks the file.
    let others = "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'seaql_migrations'";
    let tables: i64 = connection.query_row(others, [], |row| row.get(0))?;
    match (id, tables) {
        (0, 0) => Ok(()),
        (0, _) => Err(not_ours("it holds other tables")),
        _ => Err(not_ours("it is marked as another program's")),
    }
}
