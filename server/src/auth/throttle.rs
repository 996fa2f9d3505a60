//! Who has failed often waits before the next try.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many are remembered.
const CAPACITY: usize = 10_000;

/// Tries by key: a number of them at once, then one in each interval. A try that succeeds is given back.
pub(super) struct Throttle<K> {
    tries: u32,
    interval: Duration,
    /// For each key until when its tries are used up, counted as one interval for each.
    known: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Throttle<K> {
    /// So many tries at once, and one more after each interval.
    pub(super) fn new(tries: u32, interval: Duration) -> Throttle<K> {
        Throttle {
            tries,
            interval,
            known: Mutex::default(),
        }
    }

    /// Takes one try, or answers when there is one again.
    pub(super) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.retain(|_, until| *until > now);
        }
        // Of whom there is no end only the number counts.
        if known.len() >= CAPACITY {
            known.clear();
        }
        let until = known.get(&key).map_or(now, |until| (*until).max(now));
        let ahead = (until + self.interval).duration_since(now);
        let most = self.interval * self.tries;
        if ahead > most {
            return Err(ahead - most);
        }
        known.insert(key, until + self.interval);
        Ok(())
    }

    /// Gives a try back: it succeeded, or was not made.
    pub(super) fn give_back(&self, key: &K) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = known.get_mut(key)
            && let Some(before) = until.checked_sub(self.interval)
        {
            *until = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn after_several_tries_there_is_one_in_each_interval() {
        let (throttle, start) = (Throttle::new(3, SECOND), Instant::now());
        for _ in 0..3 {
            assert_eq!(throttle.take("a", start), Ok(()));
        }
        assert_eq!(throttle.take("a", start), Err(SECOND));
        assert_eq!(throttle.take("b", start), Ok(()), "another is not touched");
        let half = start + SECOND / 2;
        assert_eq!(throttle.take("a", half), Err(SECOND / 2));
        assert_eq!(throttle.take("a", start + SECOND), Ok(()));
        assert_eq!(throttle.take("a", start + SECOND), Err(SECOND));
        let later = start + SECOND * 60;
        assert!((0..3).all(|_| throttle.take("a", later).is_ok()));
        assert!(throttle.take("a", later).is_err(), "tries do not pile up");
    }

    #[test]
    fn a_try_that_succeeds_costs_nothing() {
        let (throttle, now) = (Throttle::new(2, SECOND), Instant::now());
        for _ in 0..100 {
            assert_eq!(throttle.take(1, now), Ok(()));
            throttle.give_back(&1);
        }
    }
}
