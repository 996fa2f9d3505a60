//! Principals that were looked up a moment ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;

/// The longest that a principal is remembered: a revoked credential works no longer than this.
pub(super) const LIFETIME: Duration = Duration::from_secs(5);
/// How many principals are remembered.
const CAPACITY: usize = 10_000;

struct Entry {
    principal: Arc<Principal>,
    until: Instant,
    expire_time: Option<Timestamp>,
}

impl Entry {
    fn is_fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

/// A bounded map from the hash of a key, a token or a log-in to its principal. Unknown keys are not remembered: there is no
/// end to them.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<[u8; 32], Entry>>);

impl Cache {
    /// The principal, if it was put here within the lifetime and its credential has not expired since.
    pub(super) fn get(&self, hash: &[u8; 32], now: Timestamp) -> Option<Arc<Principal>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(hash)?;
        let valid = entry.is_fresh() && entry.expire_time.is_none_or(|end| end > now);
        valid.then(|| entry.principal.clone())
    }

    /// Forgets a principal.
    pub(super) fn forget(&self, hash: &[u8; 32]) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(hash);
    }

    /// Remembers a principal for a while. A full map first forgets what is stale, then everything: the credentials in
    /// use are looked up again within one round trip.
    pub(super) fn put(
        &self,
        hash: [u8; 32],
        principal: Arc<Principal>,
        expire_time: Option<Timestamp>,
        lifetime: Duration,
    ) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| entry.is_fresh());
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(
            hash,
            Entry {
                principal,
                until: Instant::now() + lifetime.min(LIFETIME),
                expire_time,
            },
        );
    }
}
