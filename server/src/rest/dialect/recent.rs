//! What was told a moment ago, so that not every call asks for it again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How much is remembered.
const MOST: usize = 10_000;

/// Values by their keys, each for a short time.
pub struct Recent<K, V> {
    lifetime: Duration,
    known: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Remembers each value for that long.
    pub fn new(lifetime: Duration) -> Recent<K, V> {
        Recent {
            lifetime,
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The value, where it was told within the lifetime.
    pub fn get(&self, key: &K) -> Option<V> {
        let known = self.lock();
        let (at, value) = known.get(key)?;
        (at.elapsed() < self.lifetime).then(|| value.clone())
    }

    /// Remembers a value from now on. Where there is too much, all else is forgotten: what is in use is soon told again.
    pub fn put(&self, key: K, value: V) {
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (Instant::now(), value));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_again_until_its_time_is_over() {
        let kept = Recent::new(Duration::from_secs(60));
        kept.put(1, "one");
        assert_eq!((kept.get(&1), kept.get(&2)), (Some("one"), None));
        kept.put(1, "other");
        assert_eq!(kept.get(&1), Some("other"));
        let gone = Recent::new(Duration::ZERO);
        gone.put(1, "one");
        assert_eq!(gone.get(&1), None);
    }

    #[test]
    fn no_more_than_so_much_is_kept() {
        let kept = Recent::new(Duration::from_secs(60));
        for key in 0..=MOST {
            kept.put(key, ());
        }
        assert_eq!((kept.get(&0), kept.get(&MOST)), (None, Some(())));
    }
}
