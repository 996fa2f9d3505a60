//! How often a credential may call: within a minute, counted in this process, and within a day, which is kept.
//!
//! A call writes nothing. What was counted goes to where it is kept once a second, so a process that is killed forgets
//! the calls of its last second, and one that ends in order forgets none.

mod counted;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{AuthError, Lookup};
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::store::batch::DailyCalls;
use counted::Counted;

/// How long a minute is.
const MINUTE: Duration = Duration::from_secs(60);
/// How often what was counted is written.
const KEPT_EVERY: Duration = Duration::from_secs(1);

/// What calls of one kind are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The kind. Each has a minute of its own; the day is the same for all.
    pub kind: &'static str,
    /// Calls within any sixty seconds, over all replicas.
    pub per_minute: u32,
    /// Calls within a day of the account, over all replicas.
    pub per_day: u32,
}

/// How a credential stands after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Calls that this process takes within any sixty seconds.
    pub per_minute: u32,
    /// How many of them are left.
    pub minute_left: u32,
    /// Calls within a day.
    pub per_day: u32,
    /// How many of them are left.
    pub day_left: u32,
    /// When the next day begins.
    pub day_end: Timestamp,
    /// How long to wait, where this call was one too many. It was not counted then.
    pub wait: Option<Duration>,
}

/// A day of an account, and how often one of its credentials has called in it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// The day: how many there were since 1970-01-01, in the account's time zone.
    pub day: i32,
    /// When it ends.
    pub end: Timestamp,
    /// The calls.
    pub calls: i64,
}

/// What comes of adding calls: the calls of each day with them.
pub type Adding<'a> = Pin<Box<dyn Future<Output = Result<Vec<i64>, AuthError>> + Send + 'a>>;

/// Where the calls of days are kept.
pub trait CallKeeper: Send + Sync {
    /// The present day of an account, for a credential; `None` where there is no such account.
    fn today(&self, account: i64, credential: i64, now: Timestamp) -> Lookup<'_, Today>;

    /// Adds calls to what is kept.
    fn add(&self, calls: Vec<DailyCalls>) -> Adding<'_>;
}

/// What is counted.
pub struct Limits {
    keeper: Arc<dyn CallKeeper>,
    now: fn() -> Timestamp,
    replicas: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By account and credential. Whoever has not called for a minute is not here.
    callers: HashMap<(i64, i64), Counted>,
    /// Calls of days that are over, still to be added.
    late: Vec<DailyCalls>,
}

impl Limits {
    /// Kept there, for one of so many processes that share the callers evenly.
    pub fn new(keeper: Arc<dyn CallKeeper>, now: fn() -> Timestamp, replicas: u32) -> Limits {
        Limits {
            keeper,
            now,
            replicas: replicas.max(1),
            state: Mutex::default(),
        }
    }

    /// Counts a call, unless it is one too many.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] where what was counted before cannot be read.
    pub async fn count(
        &self,
        principal: &Principal,
        allowance: &Allowance,
    ) -> Result<Standing, AuthError> {
        let (account, credential) = (principal.account_id, principal.credential_id);
        let allowance = Allowance {
            per_minute: (allowance.per_minute / self.replicas).max(1),
            ..*allowance
        };
        let now = (self.now)();
        if let Some(counted) = self.state().callers.get_mut(&(account, credential))
            && counted.day_holds(now)
        {
            return Ok(counted.count(&allowance, now, Instant::now()));
        }
        let today = self.keeper.today(account, credential, now).await?;
        let mut state = self.state();
        let State { callers, late } = &mut *state;
        let counted = callers
            .entry((account, credential))
            .or_insert_with(|| Counted::new(today));
        let over = counted.begin(today);
        late.extend((over.calls > 0).then_some(DailyCalls {
            account_id: account,
            credential_id: credential,
            ..over
        }));
        Ok(counted.count(&allowance, now, Instant::now()))
    }

    /// Writes what was counted since the last time; what cannot be written waits for the next. Calls of one day that are
    /// written while it is not known whether they were may count twice.
    pub async fn keep(&self) {
        let due = self.due();
        if due.is_empty() {
            return;
        }
        let kept = self.keeper.add(due.clone()).await;
        let mut state = self.state();
        let State { callers, late } = &mut *state;
        for (at, calls) in due.into_iter().enumerate() {
            let total = kept
                .as_ref()
                .ok()
                .and_then(|totals| totals.get(at).copied());
            let caller = (calls.account_id, calls.credential_id);
            let settled = callers
                .get_mut(&caller)
                .is_some_and(|counted| counted.settle(&calls, total));
            if !settled && total.is_none() {
                late.push(calls);
            }
        }
    }

    /// Keeps what is counted, once a second, for ever.
    pub async fn keep_on(&self) {
        let mut ticks = tokio::time::interval(KEPT_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.keep().await;
        }
    }

    /// What is to be written. Callers who have been quiet for a minute are forgotten.
    fn due(&self) -> Vec<DailyCalls> {
        let mut state = self.state();
        let mut due = std::mem::take(&mut state.late);
        let quiet_since = Instant::now().checked_sub(MINUTE);
        state.callers.retain(|(account, credential), counted| {
            let calls = counted.take();
            let any = calls.calls > 0;
            due.extend(any.then_some(DailyCalls {
                account_id: *account,
                credential_id: *credential,
                ..calls
            }));
            any || counted.is_needed(quiet_since)
        });
        due
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Limits { replicas, .. } = self;
        f.debug_struct("Limits")
            .field("replicas", replicas)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
