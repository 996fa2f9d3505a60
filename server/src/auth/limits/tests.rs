use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::*;
use crate::auth::system;

static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> Timestamp {
    Timestamp::from_micros(NOW.load(Ordering::SeqCst))
}

const DAY: i64 = 86_400_000_000;

/// The calls by day, of one credential.
#[derive(Default)]
struct Kept {
    days: Mutex<HashMap<i32, i64>>,
    away: AtomicBool,
}

impl Kept {
    fn of(&self, day: i32) -> i64 {
        self.days.lock().unwrap().get(&day).copied().unwrap_or(0)
    }
}

impl CallKeeper for Kept {
    fn today(&self, _: i64, _: i64, now: Timestamp) -> Lookup<'_, Today> {
        let day = now.day();
        let today = Today {
            day,
            end: Timestamp::from_micros((i64::from(day) + 1) * DAY),
            calls: self.of(day),
        };
        Box::pin(std::future::ready(Ok(today)))
    }

    fn add(&self, calls: Vec<DailyCalls>) -> Adding<'_> {
        if self.away.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(AuthError::Unavailable)));
        }
        let mut days = self.days.lock().unwrap();
        let totals = calls.iter().map(|one| {
            let day = days.entry(one.day).or_default();
            *day += one.calls;
            *day
        });
        let totals = totals.collect();
        Box::pin(std::future::ready(Ok(totals)))
    }
}

const CALLS: Allowance = Allowance {
    kind: "calls",
    per_minute: 6,
    per_day: 10,
};
const OTHERS: Allowance = Allowance {
    kind: "others",
    per_minute: 2,
    ..CALLS
};

async fn call(limits: &Limits, allowance: &Allowance) -> (u32, u32, bool) {
    let standing = limits.count(&system(1, "t"), allowance).await.unwrap();
    (
        standing.minute_left,
        standing.day_left,
        standing.wait.is_some(),
    )
}

#[tokio::test]
async fn each_kind_has_a_minute_of_its_own_and_all_share_the_day() {
    let limits = Limits::new(Arc::new(Kept::default()), now, 1);
    assert_eq!(call(&limits, &CALLS).await, (5, 9, false));
    assert_eq!(call(&limits, &OTHERS).await, (1, 8, false));
    assert_eq!(call(&limits, &OTHERS).await, (0, 7, false));
    for _ in 0..3 {
        assert_eq!(call(&limits, &OTHERS).await, (0, 7, true), "not counted");
    }
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(call(&limits, &CALLS).await, (left, left + 2, false));
    }
    assert_eq!(call(&limits, &CALLS).await, (0, 2, true));
}

#[tokio::test]
async fn replicas_share_the_minute_and_know_of_each_others_day() {
    let kept = Arc::new(Kept::default());
    let one = Limits::new(kept.clone(), now, 3);
    let other = Limits::new(kept.clone(), now, 3);
    assert_eq!(call(&one, &CALLS).await, (1, 9, false));
    assert_eq!(call(&other, &CALLS).await, (1, 9, false));
    one.keep().await;
    other.keep().await;
    assert_eq!(kept.of(now().day()), 2);
    assert_eq!(call(&other, &CALLS).await, (0, 7, false));
    assert_eq!(call(&other, &CALLS).await, (0, 7, true));
    assert_eq!(call(&one, &OTHERS).await, (0, 8, false), "at least one");
}

#[tokio::test]
async fn what_was_kept_is_known_to_the_next_process_and_nothing_is_kept_twice() {
    let kept = Arc::new(Kept::default());
    let limits = Limits::new(kept.clone(), now, 1);
    assert_eq!(call(&limits, &CALLS).await, (5, 9, false));
    kept.away.store(true, Ordering::SeqCst);
    limits.keep().await;
    assert_eq!(call(&limits, &CALLS).await, (4, 8, false));
    kept.away.store(false, Ordering::SeqCst);
    for _ in 0..3 {
        limits.keep().await;
    }
    assert_eq!(kept.of(now().day()), 2);
    let next = Limits::new(kept, now, 1);
    assert_eq!(call(&next, &CALLS).await, (5, 7, false));
}

#[test]
fn a_call_counts_for_a_minute_and_a_day_ends() {
    let (start, midnight) = (Instant::now(), Timestamp::from_micros(DAY));
    let today = Today {
        day: 0,
        end: midnight,
        calls: 9,
    };
    let mut counted = Counted::new(today);
    let later = |seconds| start + Duration::from_secs(seconds);
    let at = |seconds: i64| Timestamp::from_micros(DAY - seconds * 1_000_000);
    assert_eq!(counted.count(&OTHERS, at(90), start).wait, None);
    let full = counted.count(&OTHERS, at(80), later(10));
    assert_eq!((full.minute_left, full.day_left), (1, 0));
    assert_eq!(full.wait, Some(Duration::from_secs(80)), "until midnight");

    assert!(counted.day_holds(at(1)) && !counted.day_holds(midnight));
    let tomorrow = Today {
        day: 1,
        end: Timestamp::from_micros(2 * DAY),
        calls: 0,
    };
    let over = counted.begin(tomorrow);
    assert_eq!((over.day, over.calls), (0, 1), "still to be kept");
    let second = counted.count(&OTHERS, midnight, later(20));
    assert_eq!((second.minute_left, second.wait), (0, None));
    let third = counted.count(&OTHERS, midnight, later(50));
    assert_eq!(
        third.wait,
        Some(Duration::from_secs(10)),
        "the first is 50 s ago"
    );
    let fourth = counted.count(&OTHERS, midnight, later(60));
    assert_eq!((fourth.minute_left, fourth.wait), (0, None));
    assert_eq!(fourth.day_left, 8);
}

#[tokio::test]
async fn whoever_is_quiet_is_forgotten_and_a_day_that_is_over_is_kept() {
    let kept = Arc::new(Kept::default());
    let limits = Limits::new(kept.clone(), now, 1);
    call(&limits, &CALLS).await;
    limits.keep().await;
    assert_eq!(limits.state().callers.len(), 1, "called within the minute");
    let needed = |since| {
        let state = limits.state();
        state
            .callers
            .values()
            .all(|counted| counted.is_needed(since))
    };
    assert!(needed(None) && !needed(Some(Instant::now())));
    limits.state().late.push(DailyCalls {
        account_id: 1,
        credential_id: 9,
        day: -1,
        calls: 3,
    });
    limits.keep().await;
    assert_eq!((kept.of(-1), kept.of(now().day())), (3, 1));
}
