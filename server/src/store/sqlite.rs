//! A SQLite file: opened, checked, and read.

mod hand;
mod open;
mod read;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::StoreError;
use super::record::Record;

pub use hand::Hand;

/// The first version without the WAL-reset corruption race.
const OLDEST_VERSION: i32 = 3_051_003;

/// One open file. Everything that reads or writes it lives in this process.
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Option<Connection>>,
    readers: Vec<Mutex<Connection>>,
    next: AtomicUsize,
    failed: AtomicBool,
    // Released last: nobody else may open the file while a connection is open here.
    _lock: File,
}

impl Sqlite {
    /// Opens the file, makes it where there is none, and checks that it is safe to write to.
    ///
    /// # Errors
    /// Where the file is open elsewhere, read-only, not ours, or cannot be opened.
    pub fn open(url: &str, readers: u32) -> Result<Sqlite, StoreError> {
        let version = rusqlite::version_number();
        if version < OLDEST_VERSION {
            return Err(StoreError::Unsafe(format!(
                "SQLite {} can corrupt its log",
                rusqlite::version()
            )));
        }
        let path = open::file_of(url)?;
        let lock = open::lock(&path)?;
        open::create(&path)?;
        let writer = open::writer(&path)?;
        let readers = (0..readers.max(1))
            .map(|_| open::reader(&path).map(Mutex::new))
            .collect::<Result<_, _>>()?;
        Ok(Sqlite {
            path,
            writer: Mutex::new(Some(writer)),
            readers,
            next: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the one writing connection; its [`Hand`] gives it back when it is dropped.
    ///
    /// # Errors
    /// Where it is taken already.
    pub fn hand(self: &Arc<Sqlite>) -> Result<Hand, StoreError> {
        let connection = locked(&self.writer).take();
        let connection = connection
            .ok_or_else(|| StoreError::Unavailable("the pen is taken already".to_owned()))?;
        Ok(Hand::new(Arc::clone(self), connection))
    }

    /// Gives the writing connection back.
    fn give_back(&self, connection: Connection) {
        *locked(&self.writer) = Some(connection);
    }

    /// Fails once a write to the disk has failed: what the disk holds is then not known, and only
    /// opening the file anew tells.
    ///
    /// # Errors
    /// [`StoreError::Broken`] in that case.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.failed.load(Ordering::Acquire) {
            return Err(StoreError::Broken(
                "a write to the disk has failed; the service has to be started anew".to_owned(),
            ));
        }
        Ok(())
    }

    /// Notes that a write to the disk has failed.
    fn fail(&self) {
        self.failed.store(true, Ordering::Release);
    }

    /// Runs `read` on a reading connection, on the calling thread: it is a matter of microseconds.
    fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.readers.len();
        let free = (0..count).find_map(|at| self.readers[(first + at) % count].try_lock().ok());
        let connection = free.unwrap_or_else(|| locked(&self.readers[first % count]));
        read(&connection)
    }

    /// Reads rows of one table.
    ///
    /// # Errors
    /// As the database says.
    pub fn rows<R: Record>(
        &self,
        sql: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<R>, StoreError> {
        self.read(|connection| rows(connection, sql, values))
    }
}

fn rows<R: Record>(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<R>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(values, |row| R::from_sqlite(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A panic elsewhere leaves a connection that is as good as before: statements are reset when dropped.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
