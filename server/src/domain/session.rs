//! Sessions: what a log-in gives, and when it ends.

use super::refusal::{Refusal, Violation};
use super::time::Timestamp;

const SECOND: i64 = 1_000_000;
/// The longest that a session may last, in microseconds.
pub const LONGEST: i64 = 30 * 24 * 3600 * SECOND;
/// How long one lasts where nobody says otherwise, in microseconds.
const LIFETIME: i64 = 7 * 24 * 3600 * SECOND;
/// After how long without a call one ends where nobody says otherwise, in microseconds.
const IDLE: i64 = 30 * 60 * SECOND;
/// A use is noted at most so often, in microseconds.
const NOTED: i64 = 60 * SECOND;

/// One command over sessions. Each may be carried out twice to the same effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// Open one, in the place of the one with this hash, if there is one.
    Start(NewSession, Option<[u8; 32]>),
    /// Note that the one with this hash was used.
    Renew([u8; 32]),
    /// End the one with this hash.
    End([u8; 32]),
}

/// A session as asked for. The token itself never comes here, only its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// The account.
    pub account_id: i64,
    /// The credential whose rights it has.
    pub credential_id: i64,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// How long it may last, in microseconds; 7 days where not given.
    pub lifetime: Option<i64>,
    /// After how long without a call it ends, in microseconds; 30 minutes where not given.
    pub idle: Option<i64>,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The account.
    pub account_id: i64,
    /// The credential whose rights it has.
    pub credential_id: i64,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// After how long without a call it ends, in microseconds.
    pub idle: i64,
    /// When it was opened.
    pub create_time: Timestamp,
    /// When it ends at the latest.
    pub expire_time: Timestamp,
    /// When it ends unless it is used before.
    pub end_time: Timestamp,
}

impl Session {
    /// Opens a session.
    ///
    /// # Errors
    /// A time that is out of range.
    pub fn start(new: &NewSession, now: Timestamp) -> Result<Session, Refusal> {
        let mut violations = Vec::new();
        let lifetime = new.lifetime.unwrap_or(LIFETIME);
        if !(SECOND..=LONGEST).contains(&lifetime) {
            violations.push(Violation::new(
                "lifetime",
                "must be from 1 second to 30 days",
            ));
        }
        let idle = new.idle.unwrap_or(IDLE.min(lifetime));
        if !(SECOND..=lifetime.max(SECOND)).contains(&idle) {
            violations.push(Violation::new(
                "idle_timeout",
                "must be from 1 second to the lifetime",
            ));
        }
        if !violations.is_empty() {
            return Err(Refusal::Invalid(violations));
        }
        let session = Session {
            account_id: new.account_id,
            credential_id: new.credential_id,
            token_hash: new.token_hash,
            idle,
            create_time: now,
            expire_time: now.plus(lifetime),
            end_time: now,
        };
        Ok(session.used(now))
    }

    /// Whether it still stands.
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.end_time
    }

    /// How far apart its uses are noted, in microseconds: a minute, or an eighth of its idle time where that is
    /// shorter. Nobody may rely for longer on having seen it stand.
    pub fn noted(&self) -> i64 {
        NOTED.min(self.idle / 8)
    }

    /// Whether a use now is worth noting.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.used(now).end_time.micros() - self.end_time.micros() >= self.noted()
    }

    /// The session after a use now. A use may go unnoted for as long as uses are apart, and for as long again where
    /// somebody relies on having seen it stand: it outlives its idle time by both, and never ends before.
    #[must_use]
    pub fn used(&self, now: Timestamp) -> Session {
        let end = now.plus(self.idle + 2 * self.noted());
        Session {
            end_time: end.min(self.expire_time).max(self.end_time),
            ..self.clone()
        }
    }

    /// The session ended now.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> Session {
        Session {
            end_time: now.min(self.end_time),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_000 * SECOND;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(START + seconds * SECOND)
    }

    fn start(lifetime: Option<i64>, idle: Option<i64>) -> Result<Session, Refusal> {
        let new = NewSession {
            account_id: 1,
            credential_id: 2,
            token_hash: [3; 32],
            lifetime: lifetime.map(|seconds| seconds * SECOND),
            idle: idle.map(|seconds| seconds * SECOND),
        };
        Session::start(&new, at(0))
    }

    fn wrong(lifetime: Option<i64>, idle: Option<i64>) -> Vec<String> {
        match start(lifetime, idle) {
            Err(Refusal::Invalid(found)) => found.into_iter().map(|v| v.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_unused_session_ends_after_its_idle_time_and_a_used_one_at_its_lifetime() {
        let session = start(Some(3600), Some(400)).unwrap();
        assert!(session.stands(at(499)) && !session.stands(at(500)));
        let used = session.used(at(300));
        assert!(used.stands(at(799)) && !used.stands(at(800)));
        let long = (0..3600).step_by(100).fold(session, |s, t| s.used(at(t)));
        assert!(long.stands(at(3599)) && !long.stands(at(3600)));
    }

    #[test]
    fn a_use_is_noted_once_a_minute_or_eight_times_in_a_short_idle_time() {
        let session = start(Some(3600), Some(800)).unwrap();
        assert!(!session.is_due(at(59)) && session.is_due(at(60)));
        let short = start(Some(60), Some(8)).unwrap();
        assert!(!short.is_due(at(0)) && short.is_due(at(1)));
        // Nothing makes it longer than its lifetime, so there is nothing to note.
        assert!(!start(Some(8), None).unwrap().is_due(at(7)));
    }

    #[test]
    fn an_ended_session_does_not_come_back_by_being_ended_again() {
        let ended = start(None, None).unwrap().ended(at(10));
        assert!(!ended.stands(at(10)));
        assert_eq!(ended.ended(at(20)), ended);
    }

    #[test]
    fn times_out_of_range_are_refused_by_name() {
        assert_eq!(wrong(Some(0), None), ["lifetime", "idle_timeout"]);
        assert_eq!(wrong(Some(31 * 24 * 3600), None), ["lifetime"]);
        assert_eq!(wrong(Some(10), Some(11)), ["idle_timeout"]);
        assert_eq!(wrong(None, Some(0)), ["idle_timeout"]);
        assert_eq!(wrong(Some(-5), Some(-5)), ["lifetime", "idle_timeout"]);
        assert!(start(Some(30 * 24 * 3600), Some(30 * 24 * 3600)).is_ok());
    }
}
