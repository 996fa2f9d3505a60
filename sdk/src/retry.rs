//! When a failed call is made again.

use std::time::Duration;

use crate::error::{Code, Error};

/// When a failed call is made again, and after how long.
///
/// Only what failed with UNAVAILABLE is tried again, and only a call that may be repeated:
/// reads, and writes that carry a request id. The waits grow exponentially, each drawn at random
/// between zero and its bound so that many clients do not come back together; where the service
/// says how long to wait (`RetryInfo`) the wait is at least that. All attempts share the call's
/// one deadline.
///
/// ```
/// use std::time::Duration;
/// use order_status_sdk::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(10).max_backoff(Duration::from_secs(2));
/// let never = RetryPolicy::never();
/// # let _ = (patient, never);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    when_exhausted: bool,
}

impl Default for RetryPolicy {
    /// Five attempts, with waits of up to 50 ms, 100 ms, 200 ms and 400 ms.
    fn default() -> Self {
        Self {
            max_attempts: 5,
            initial_backoff: Duration::from_millis(50),
            max_backoff: Duration::from_secs(5),
            when_exhausted: false,
        }
    }
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which one it was, counted from 1.
    pub number: u32,
    /// Whether the call may be repeated.
    pub idempotent: bool,
    /// What is left of the call's time.
    pub remaining: Duration,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Try again after this wait.
    RetryAfter(Duration),
    /// Give the error to the caller.
    GiveUp,
}

impl RetryPolicy {
    /// One attempt and no more.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How many attempts to make at most, the first included. 0 means 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The bound of the first wait; it doubles with every attempt.
    #[must_use]
    pub fn initial_backoff(mut self, bound: Duration) -> Self {
        self.initial_backoff = bound;
        self
    }

    /// The largest bound of a wait.
    #[must_use]
    pub fn max_backoff(mut self, bound: Duration) -> Self {
        self.max_backoff = bound;
        self
    }

    /// Whether RESOURCE_EXHAUSTED is tried again too, where the service says when to come again.
    /// Off by default: a service that is full is not helped by callers that come back by
    /// themselves.
    #[must_use]
    pub fn when_exhausted(mut self, retry: bool) -> Self {
        self.when_exhausted = retry;
        self
    }

    /// What follows `error` in `attempt`. `chance`, between 0 and 1, draws the wait; it is an
    /// argument so that the answer depends on nothing else.
    #[must_use]
    pub fn on_error(&self, attempt: Attempt, error: &Error, chance: f64) -> Decision {
        if !attempt.idempotent || !self.allows(attempt.number) || !self.retries(error) {
            return Decision::GiveUp;
        }
        let wait = self.wait(attempt.number, error, chance);
        // A wait that outlasts the deadline would only hide the error behind a timeout.
        if wait < attempt.remaining {
            Decision::RetryAfter(wait)
        } else {
            Decision::GiveUp
        }
    }

    /// Whether another attempt may follow after this many.
    pub(crate) fn allows(&self, attempts: u32) -> bool {
        attempts < self.max_attempts
    }

    /// Whether this kind of error is worth another attempt.
    pub(crate) fn retries(&self, error: &Error) -> bool {
        match error.code() {
            Code::Unavailable => true,
            Code::ResourceExhausted => self.when_exhausted && error.retry_after().is_some(),
            _ => false,
        }
    }

    /// How long to wait after this many failures in a row.
    pub(crate) fn wait(&self, failures: u32, error: &Error, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let bound = self
            .initial_backoff
            .saturating_mul(doubled)
            .min(self.max_backoff);
        let drawn = bound.mul_f64(chance.clamp(0.0, 1.0));
        error
            .retry_after()
            .unwrap_or_default()
            .saturating_add(drawn)
    }
}

#[cfg(test)]
mod tests {
    use tonic::Status;
    use tonic_types::{ErrorDetails, StatusExt as _};

    use super::*;

    const FIRST: Attempt = Attempt {
        number: 1,
        idempotent: true,
        remaining: Duration::from_secs(10),
    };

    fn unavailable() -> Error {
        Error::local(Code::Unavailable, "away")
    }

    fn told_to_wait(code: tonic::Code, delay: Duration) -> Error {
        let details = ErrorDetails::with_retry_info(Some(delay));
        Error::from_status(&Status::with_error_details(code, "wait", details))
    }

    #[test]
    fn the_bound_of_the_wait_doubles_up_to_its_largest() {
        let policy = RetryPolicy::default()
            .max_attempts(u32::MAX)
            .initial_backoff(Duration::from_millis(100))
            .max_backoff(Duration::from_secs(1));
        let waits: Vec<_> = [1, 2, 3, 4, 5, 40, u32::MAX - 1]
            .map(|number| policy.on_error(Attempt { number, ..FIRST }, &unavailable(), 1.0))
            .into();
        let bounds = [100, 200, 400, 800, 1000, 1000, 1000].map(Duration::from_millis);
        assert_eq!(waits, bounds.map(Decision::RetryAfter));
    }

    #[test]
    fn the_wait_is_drawn_between_nothing_and_its_bound() {
        let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(100));
        for (chance, millis) in [(0.0, 0), (0.25, 25), (1.0, 100)] {
            assert_eq!(
                policy.on_error(FIRST, &unavailable(), chance),
                Decision::RetryAfter(Duration::from_millis(millis))
            );
        }
    }

    #[test]
    fn nothing_but_unavailable_is_tried_again() {
        let policy = RetryPolicy::default();
        for code in (0..=16).map(tonic::Code::from) {
            let error = Error::from_status(&Status::new(code, "no"));
            let retried = policy.on_error(FIRST, &error, 0.0) != Decision::GiveUp;
            assert_eq!(retried, code == tonic::Code::Unavailable, "{code:?}");
        }
    }

    #[test]
    fn a_call_that_may_not_be_repeated_is_not() {
        let attempt = Attempt {
            idempotent: false,
            ..FIRST
        };
        let decision = RetryPolicy::default().on_error(attempt, &unavailable(), 0.0);
        assert_eq!(decision, Decision::GiveUp);
    }

    #[test]
    fn attempts_are_counted() {
        let policy = RetryPolicy::default().max_attempts(3);
        let decide = |number| policy.on_error(Attempt { number, ..FIRST }, &unavailable(), 0.0);
        assert_ne!(decide(2), Decision::GiveUp);
        assert_eq!(decide(3), Decision::GiveUp);
        assert_eq!(
            RetryPolicy::never().on_error(FIRST, &unavailable(), 0.0),
            Decision::GiveUp
        );
    }

    #[test]
    fn the_wait_that_the_service_asks_for_is_kept() {
        let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(100));
        let error = told_to_wait(tonic::Code::Unavailable, Duration::from_secs(3));
        for (chance, millis) in [(0.0, 3000), (1.0, 3100)] {
            assert_eq!(
                policy.on_error(FIRST, &error, chance),
                Decision::RetryAfter(Duration::from_millis(millis))
            );
        }
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_not_begun() {
        let attempt = Attempt {
            remaining: Duration::from_secs(2),
            ..FIRST
        };
        let error = told_to_wait(tonic::Code::Unavailable, Duration::from_secs(3));
        assert_eq!(
            RetryPolicy::default().on_error(attempt, &error, 0.0),
            Decision::GiveUp
        );
    }

    #[test]
    fn a_full_service_is_asked_again_only_on_request() {
        let policy = RetryPolicy::default().when_exhausted(true);
        let error = told_to_wait(tonic::Code::ResourceExhausted, Duration::from_millis(500));
        assert_eq!(
            policy.on_error(FIRST, &error, 0.0),
            Decision::RetryAfter(Duration::from_millis(500))
        );
        assert_eq!(
            RetryPolicy::default().on_error(FIRST, &error, 0.0),
            Decision::GiveUp
        );
        let silent = Error::from_status(&Status::resource_exhausted("full"));
        assert_eq!(policy.on_error(FIRST, &silent, 0.0), Decision::GiveUp);
    }
}
