//! The one reader of the log for all watches that are up to date.

use std::sync::Arc;

use tokio::sync::watch as channel;

use super::ring::Ring;
use super::unroll::Unroller;
use super::{Cursor, Shared};
use crate::store::StoreError;

/// How many changes are read at once.
const PAGE: u64 = 512;

/// Reads the log for as long as somebody watches, until the service drains.
pub async fn run(shared: Arc<Shared>, position: channel::Receiver<i64>) {
    let draining = shared.draining.clone();
    draining
        .run_until_cancelled(Tailer::new(shared).follow(position))
        .await;
}

struct Tailer {
    shared: Arc<Shared>,
    unroller: Unroller,
    /// Where the tailer is; `None` until it has looked where the log ends.
    cursor: Option<Cursor>,
}

impl Tailer {
    fn new(shared: Arc<Shared>) -> Tailer {
        let unroller = Unroller::new(shared.store.clone());
        Tailer {
            shared,
            unroller,
            cursor: None,
        }
    }

    async fn follow(mut self, mut position: channel::Receiver<i64>) {
        let mut listeners = self.shared.listeners.subscribe();
        loop {
            if *listeners.borrow_and_update() == 0 {
                // Whoever comes next reads the log until the tailer has looked where it ends.
                self.cursor = None;
                self.shared.change_ring(Ring::empty);
                if listeners.wait_for(|count| *count > 0).await.is_err() {
                    return;
                }
            }
            let more = match self.step().await {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(error = %error, "the changes cannot be read");
                    false
                }
            };
            if !more {
                // Elapsed, woken or without a ledger to wake it: all mean to look again.
                let _ = tokio::time::timeout(self.shared.options.poll, woken(&mut position)).await;
            }
        }
    }

    /// Reads one page; whether there may be more at once.
    async fn step(&mut self) -> Result<bool, StoreError> {
        let Some(cursor) = self.cursor else {
            let end = self.shared.end().await?;
            self.restart(end);
            return Ok(true);
        };
        if !self.shared.holds(cursor).await? {
            return self.set_back(cursor).await;
        }
        let changes = self
            .shared
            .store
            .changes_after(cursor.position, PAGE)
            .await?;
        let full = changes.len() as u64 >= PAGE;
        let mut cursor = cursor;
        for change in changes {
            if change.position != cursor.position + 1 {
                return self.set_back(cursor).await;
            }
            let entry = Arc::new(self.unroller.entry(change).await?);
            cursor = entry.cursor();
            self.shared.change_ring(|ring| ring.push(entry));
            self.cursor = Some(cursor);
        }
        self.tell(cursor, false);
        Ok(full)
    }

    /// The log is not the one that was read: it was restored to an earlier point. Every watch has to
    /// look whether its own place is still there.
    async fn set_back(&mut self, cursor: Cursor) -> Result<bool, StoreError> {
        let end = self.shared.end().await?;
        tracing::warn!(
            change.position = cursor.position,
            ledger.position = end.position,
            "the log was set back"
        );
        self.restart(end);
        self.tell(end, true);
        Ok(true)
    }

    fn restart(&mut self, end: Cursor) {
        self.unroller.clear();
        self.cursor = Some(end);
        self.shared.change_ring(|ring| ring.reset(end.position));
        self.tell(end, false);
    }

    fn tell(&self, cursor: Cursor, set_back: bool) {
        self.shared.tail.send_if_modified(|tail| {
            let moved = tail.position != cursor.position || set_back;
            tail.position = cursor.position;
            tail.generation += u64::from(set_back);
            moved
        });
    }
}

/// Waits for the ledger to commit something; forever where there is no ledger any more.
async fn woken(position: &mut channel::Receiver<i64>) {
    if position.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
