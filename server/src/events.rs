//! Changes as they happen: one tailer reads the log for the whole process, and every watch goes along
//! behind it, or reads the log itself where it is further behind.
//!
//! The log is the truth. What wakes the tailer only makes it quicker.

mod credentials;
mod matching;
mod ring;
mod tailer;
mod unroll;
mod watch;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Semaphore, watch as channel};
use tokio_util::sync::CancellationToken;

use crate::domain::workflow::Workflows;
use crate::store::{Store, StoreError};
use credentials::Credentials;
use ring::Ring;

pub use ring::Entry;
pub use watch::{Selection, Told, Watch};

/// How changes are told.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often the log is looked at where nothing wakes the tailer earlier.
    pub poll: Duration,
    /// How many changes are kept in memory for those who are nearly up to date.
    pub ring_entries: usize,
    /// How many bytes these may take, roughly.
    pub ring_bytes: usize,
    /// How many watches there may be at once.
    pub watches: usize,
    /// How many watches read the log themselves at once.
    pub catching_up: usize,
    /// How long a caller may take nothing before its watch is ended.
    pub stall: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            poll: Duration::from_millis(200),
            ring_entries: 8192,
            ring_bytes: 16 * 1024 * 1024,
            watches: 2_000,
            catching_up: 2,
            stall: Duration::from_secs(120),
        }
    }
}

/// A place in the log: a change, with its hash to tell whether the log still holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The position of the change; 0 before the first one.
    pub position: i64,
    /// The hash of the change; nought before the first one.
    pub hash: [u8; 32],
}

/// Why a watch ends.
#[derive(Debug)]
pub enum Ended {
    /// The log does not hold the change at which the watch was: it was set back.
    Lost {
        /// Where the watch was.
        position: i64,
        /// Where the log ends.
        last: i64,
    },
    /// The credential was revoked or ran out.
    Revoked,
    /// The caller took nothing for too long.
    Stalled,
    /// There are as many watches as there may be.
    TooMany(usize),
    /// The service is going down.
    Draining,
    /// The log cannot be read.
    Store(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Ended {
        Ended::Store(error)
    }
}

/// How far the tailer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tail {
    position: i64,
    /// Raised whenever the log was set back, so that every watch looks whether it still fits.
    generation: u64,
}

/// A handle to the changes; cheap to clone.
#[derive(Clone)]
pub struct Feed {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    workflows: Arc<Workflows>,
    options: Options,
    ring: RwLock<Ring>,
    tail: channel::Sender<Tail>,
    listeners: channel::Sender<usize>,
    places: Arc<Semaphore>,
    catching_up: Semaphore,
    credentials: Credentials,
    draining: CancellationToken,
}

impl Feed {
    /// Starts the tailer, which is woken by `position`, the last position that this process committed.
    /// It reads nothing while nobody watches. When `draining` is cancelled it ends, and every watch too.
    pub fn start(
        store: Store,
        workflows: Arc<Workflows>,
        position: channel::Receiver<i64>,
        draining: CancellationToken,
        options: Options,
    ) -> Feed {
        let shared = Arc::new(Shared {
            ring: RwLock::new(Ring::new(options.ring_entries, options.ring_bytes)),
            tail: channel::Sender::default(),
            listeners: channel::Sender::default(),
            places: Arc::new(Semaphore::new(options.watches)),
            catching_up: Semaphore::new(options.catching_up),
            credentials: Credentials::default(),
            draining,
            store,
            workflows,
            options,
        });
        tokio::spawn(tailer::run(Arc::clone(&shared), position));
        Feed { shared }
    }

    /// The present end of the log.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn end(&self) -> Result<Cursor, StoreError> {
        self.shared.end().await
    }

    /// Starts a watch after `from`.
    ///
    /// # Errors
    /// Where the log does not hold `from`, or there are too many watches.
    pub async fn watch(
        &self,
        from: Cursor,
        selection: Selection,
        heartbeat: Duration,
    ) -> Result<Watch, Ended> {
        Watch::start(Arc::clone(&self.shared), from, selection, heartbeat).await
    }
}

impl Shared {
    async fn end(&self) -> Result<Cursor, StoreError> {
        // The log may grow between the two reads, and be set back between them once in its life.
        loop {
            let position = self.store.last_position().await?;
            if position == 0 {
                return Ok(Cursor::default());
            }
            if let Some(hash) = self.store.change_hash(position).await? {
                return Ok(Cursor { position, hash });
            }
        }
    }

    /// Whether the log holds that change.
    async fn holds(&self, cursor: Cursor) -> Result<bool, StoreError> {
        Ok(cursor.position == 0
            || self.store.change_hash(cursor.position).await? == Some(cursor.hash))
    }

    fn ring<T>(&self, read: impl FnOnce(&Ring) -> T) -> T {
        read(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change_ring(&self, write: impl FnOnce(&mut Ring)) {
        write(&mut self.ring.write().unwrap_or_else(PoisonError::into_inner));
    }
}
