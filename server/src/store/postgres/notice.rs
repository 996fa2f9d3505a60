//! Warnings of the server during a commit.
//!
//! A server that stops to wait for its standby confirms the commit with a warning beside it. The driver
//! hands warnings on as log events only, so a commit runs with a subscriber of its own.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::instrument::WithSubscriber as _;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Where the driver logs what the server says.
const TARGET: &str = "sqlx::postgres::notice";

/// Notices warnings.
pub struct Warnings {
    seen: Arc<AtomicBool>,
    dispatch: Dispatch,
}

impl Warnings {
    pub fn new() -> Warnings {
        let seen = Arc::new(AtomicBool::new(false));
        Warnings {
            dispatch: Dispatch::new(Listener {
                seen: Arc::clone(&seen),
            }),
            seen,
        }
    }

    /// Runs `work`, and answers whether the server warned meanwhile.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> (T, bool) {
        self.seen.store(false, Ordering::Release);
        let done = work.with_subscriber(self.dispatch.clone()).await;
        (done, self.seen.load(Ordering::Acquire))
    }
}

struct Listener {
    seen: Arc<AtomicBool>,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !metadata.is_span() && metadata.target() == TARGET && *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if self.enabled(event.metadata()) {
            self.seen.store(true, Ordering::Release);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
