//! One caller's way along the log.
//!
//! A watch does nothing on its own: it goes on when its caller takes the next answer. So a slow caller
//! takes no memory; it falls behind the ring and is caught up from the log.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, watch as channel};
use tokio::time::Instant;

use super::matching::matches;
use super::unroll::Unroller;
use super::{Cursor, Ended, Entry, Shared, Tail};
use crate::domain::order::Order;
use crate::domain::principal::Principal;
use crate::domain::role::Role;
use crate::domain::workflow::Workflows;
use crate::store::{OrderFilter, StoreError};

/// How many changes a watch takes up at once.
const PAGE: usize = 256;
/// How often the credential is looked at.
const CREDENTIAL_CHECK: Duration = Duration::from_secs(2);
/// How long a watch bears a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Which changes a caller is told.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Who listens.
    pub principal: Principal,
    /// Which orders they ask for.
    pub filter: OrderFilter,
}

impl Selection {
    /// Whether the change is told: the caller may see the order and the change, and the order was meant
    /// before the change or is after it. An order that has left what the caller may see is not shown.
    fn selects(&self, entry: &Entry, workflows: &Workflows) -> bool {
        let meant = |order: &Order| matches(&self.filter, order, workflows);
        self.principal.sees(&entry.after)
            && (self.principal.role != Role::Client || entry.change.public)
            && (meant(&entry.after) || entry.before.as_deref().is_some_and(meant))
    }
}

/// What a watch tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// A change.
    Change(Arc<Entry>),
    /// Nothing happened that is told, up to this place.
    Heartbeat(Cursor),
}

/// One caller's way along the log.
pub struct Watch {
    shared: Arc<Shared>,
    selection: Selection,
    heartbeat: Duration,
    cursor: Cursor,
    generation: u64,
    tail: channel::Receiver<Tail>,
    waiting: VecDeque<Arc<Entry>>,
    unroller: Option<Unroller>,
    /// When the caller was told something last, or started.
    told: Instant,
    /// Whether the caller has something in hand, taken at `told`.
    given: bool,
    credential_seen: Instant,
    _listener: Listener,
    _place: OwnedSemaphorePermit,
}

/// Counts one listener for as long as it lives.
struct Listener(Arc<Shared>);

impl Listener {
    fn new(shared: &Arc<Shared>) -> Listener {
        shared.listeners.send_modify(|count| *count += 1);
        Listener(Arc::clone(shared))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.listeners.send_modify(|count| *count -= 1);
    }
}

impl Watch {
    pub(super) async fn start(
        shared: Arc<Shared>,
        from: Cursor,
        selection: Selection,
        heartbeat: Duration,
    ) -> Result<Watch, Ended> {
        let place = Arc::clone(&shared.places)
            .try_acquire_owned()
            .map_err(|_| Ended::TooMany(shared.options.watches))?;
        // Before the place is looked at: what happens afterwards is noticed by its generation.
        let mut tail = shared.tail.subscribe();
        let generation = tail.borrow_and_update().generation;
        let listener = Listener::new(&shared);
        let now = Instant::now();
        let watch = Watch {
            selection,
            heartbeat,
            cursor: from,
            generation,
            tail,
            waiting: VecDeque::new(),
            unroller: None,
            told: now,
            given: false,
            credential_seen: now,
            _listener: listener,
            _place: place,
            shared,
        };
        watch.check_place().await?;
        Ok(watch)
    }

    /// The next thing to tell.
    ///
    /// # Errors
    /// Why the watch ends.
    pub async fn next(&mut self) -> Result<Told, Ended> {
        if self.given && self.told.elapsed() > self.shared.options.stall {
            return Err(Ended::Stalled);
        }
        let told = self.find().await?;
        self.told = Instant::now();
        self.given = true;
        Ok(told)
    }

    /// Looks for it, again for a while where the database does not answer.
    async fn find(&mut self) -> Result<Told, Ended> {
        let mut away: Option<Instant> = None;
        loop {
            match self.look().await {
                Err(Ended::Store(StoreError::Unavailable(why)))
                    if away.get_or_insert_with(Instant::now).elapsed() < PATIENCE =>
                {
                    tracing::debug!(error = %why, "a watch waits for the database");
                    // It may have stopped in the middle of a change.
                    self.unroller = None;
                    tokio::time::sleep(self.shared.options.poll).await;
                }
                found => return found,
            }
        }
    }

    async fn look(&mut self) -> Result<Told, Ended> {
        loop {
            if self.shared.draining.is_cancelled() {
                return Err(Ended::Draining);
            }
            self.check_credential().await?;
            let generation = self.tail.borrow_and_update().generation;
            if generation != self.generation {
                self.waiting.clear();
                self.check_place().await?;
                self.generation = generation;
            }
            while let Some(entry) = self.waiting.pop_front() {
                if entry.change.position != self.cursor.position + 1 {
                    return Err(self.lost().await);
                }
                self.cursor = entry.cursor();
                if self.selection.selects(&entry, &self.shared.workflows) {
                    return Ok(Told::Change(entry));
                }
            }
            if self.told.elapsed() >= self.heartbeat {
                return Ok(Told::Heartbeat(self.cursor));
            }
            self.take_up().await?;
            if self.waiting.is_empty() {
                self.wait().await;
            }
        }
    }

    /// Takes up the next changes, from memory or, where they are not there any more, from the log.
    async fn take_up(&mut self) -> Result<(), Ended> {
        let shared = Arc::clone(&self.shared);
        if let Some(entries) = shared.ring(|ring| ring.after(self.cursor.position, PAGE)) {
            self.unroller = None;
            self.waiting.extend(entries);
            return Ok(());
        }
        // The semaphore is never closed, so that no permit means no more than no order among readers.
        let _permit = shared.catching_up.acquire().await.ok();
        let changes = shared
            .store
            .changes_after(self.cursor.position, PAGE as u64)
            .await?;
        if changes.is_empty() && !shared.holds(self.cursor).await? {
            return Err(self.lost().await);
        }
        let unroller = self
            .unroller
            .get_or_insert_with(|| Unroller::new(shared.store.clone()));
        for change in changes {
            self.waiting
                .push_back(Arc::new(unroller.entry(change).await?));
        }
        Ok(())
    }

    /// Waits until there is something to look at.
    async fn wait(&mut self) {
        let heartbeat = self.told + self.heartbeat;
        let until = heartbeat.min(self.credential_seen + CREDENTIAL_CHECK);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = self.shared.draining.cancelled() => {}
            // An error means that the tailer is gone, which draining tells of.
            _ = self.tail.changed() => {}
        }
    }

    async fn check_credential(&mut self) -> Result<(), Ended> {
        if self.credential_seen.elapsed() < CREDENTIAL_CHECK {
            return Ok(());
        }
        self.credential_seen = Instant::now();
        let shared = &self.shared;
        if shared
            .credentials
            .stand(&shared.store, &self.selection.principal)
            .await
        {
            Ok(())
        } else {
            Err(Ended::Revoked)
        }
    }

    async fn check_place(&self) -> Result<(), Ended> {
        if self.shared.holds(self.cursor).await? {
            Ok(())
        } else {
            Err(self.lost().await)
        }
    }

    async fn lost(&self) -> Ended {
        match self.shared.end().await {
            Ok(end) => Ended::Lost {
                position: self.cursor.position,
                last: end.position,
            },
            Err(error) => Ended::Store(error),
        }
    }
}
