//! What is counted of one credential.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Allowance, MINUTE, Standing, Today};
use crate::domain::time::Timestamp;
use crate::store::batch::DailyCalls;

/// The calls of one credential.
#[derive(Debug)]
pub(super) struct Counted {
    /// For each kind of calls when those of the last minute were; no more of them than are allowed.
    minutes: Vec<(&'static str, VecDeque<Instant>)>,
    day: i32,
    day_end: Timestamp,
    /// Of the day, as they are kept.
    kept: i64,
    /// On their way there.
    sent: i64,
    /// Counted since.
    fresh: i64,
}

impl Counted {
    /// Nothing counted yet in this process.
    pub(super) fn new(today: Today) -> Counted {
        Counted {
            minutes: Vec::new(),
            day: today.day,
            day_end: today.end,
            kept: today.calls,
            sent: 0,
            fresh: 0,
        }
    }

    /// Whether the day that is counted is still the present one.
    pub(super) fn day_holds(&self, now: Timestamp) -> bool {
        now < self.day_end
    }

    /// Goes over to a day, where it is another one; answers what is still to be added to the day before.
    pub(super) fn begin(&mut self, today: Today) -> DailyCalls {
        if today.day == self.day {
            self.day_end = today.end;
            return DailyCalls::default();
        }
        let over = DailyCalls {
            day: self.day,
            calls: self.fresh,
            ..DailyCalls::default()
        };
        *self = Counted {
            minutes: std::mem::take(&mut self.minutes),
            ..Counted::new(today)
        };
        over
    }

    /// Counts a call, unless it is one too many.
    pub(super) fn count(
        &mut self,
        allowance: &Allowance,
        now: Timestamp,
        instant: Instant,
    ) -> Standing {
        let place = self
            .minutes
            .iter()
            .position(|(kind, _)| *kind == allowance.kind);
        let place = place.unwrap_or_else(|| {
            self.minutes.push((allowance.kind, VecDeque::new()));
            self.minutes.len() - 1
        });
        let today = self.kept + self.sent + self.fresh;
        let minute = &mut self.minutes[place].1;
        while minute
            .front()
            .is_some_and(|call| instant.duration_since(*call) >= MINUTE)
        {
            minute.pop_front();
        }
        let per_minute = usize::try_from(allowance.per_minute).unwrap_or(usize::MAX);
        let minute_wait = minute
            .front()
            .filter(|_| minute.len() >= per_minute)
            .map(|first| MINUTE.saturating_sub(instant.duration_since(*first)));
        let day_wait = (today >= i64::from(allowance.per_day)).then(|| until(now, self.day_end));
        let wait = minute_wait.max(day_wait);
        if wait.is_none() {
            minute.push_back(instant);
            self.fresh += 1;
        }
        let left = |most: u32, used: i64| u32::try_from(i64::from(most) - used).unwrap_or(0);
        Standing {
            per_minute: allowance.per_minute,
            minute_left: left(allowance.per_minute, minute.len() as i64),
            per_day: allowance.per_day,
            day_left: left(allowance.per_day, self.kept + self.sent + self.fresh),
            day_end: self.day_end,
            wait,
        }
    }

    /// Takes what is to be kept, for the one day.
    pub(super) fn take(&mut self) -> DailyCalls {
        let calls = std::mem::take(&mut self.fresh);
        self.sent += calls;
        DailyCalls {
            day: self.day,
            calls,
            ..DailyCalls::default()
        }
    }

    /// Notes what became of calls that were taken: the day's calls with them, or that they were not kept. `false` where
    /// they are of another day.
    pub(super) fn settle(&mut self, calls: &DailyCalls, total: Option<i64>) -> bool {
        if calls.day != self.day {
            return false;
        }
        let sent = calls.calls.min(self.sent);
        self.sent -= sent;
        match total {
            Some(total) => self.kept = total,
            None => self.fresh += calls.calls,
        }
        true
    }

    /// Whether something is still on its way, or there was a call since then.
    pub(super) fn is_needed(&self, since: Option<Instant>) -> bool {
        let last = self.minutes.iter().filter_map(|(_, calls)| calls.back());
        self.sent + self.fresh > 0
            || last
                .max()
                .is_some_and(|last| since.is_none_or(|s| *last > s))
    }
}

fn until(now: Timestamp, then: Timestamp) -> Duration {
    let micros = then.micros().saturating_sub(now.micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
