//! What was aimed at, beside what was measured.

use std::time::Duration;

use order_status_tests::Backend;

use crate::cases;
use crate::contender::Name;
use crate::contender::Name::{
    Batches, Constant, Dialect, Direct, Grpc, ManyOrders, OneAtATime, Pgbench, Rest, Service,
    WithoutIndexes,
};
use crate::contract::Contract;
use crate::footprint::{Footprint, Program};
use crate::load::Load;
use crate::plan::Plan;
use crate::report::{Case, Outcome, Report, Slow, count};
use crate::sample::{Sample, as_figure};
use crate::slow_sync;

/// One goal.
pub struct Goal {
    /// Of what.
    pub what: String,
    /// What it should be.
    pub wanted: Wanted,
    /// What it is; `None` where it could not be measured.
    pub measured: Option<f64>,
    /// The lowest and the highest pair, where pairs were measured.
    pub spread: Option<(f64, f64)>,
    /// What it is without the indexes that only lists use.
    pub without_indexes: Option<f64>,
    /// What the figures count, after a space.
    pub unit: &'static str,
}

/// A bound.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// At least.
    Least(f64),
    /// At most.
    Most(f64),
    /// At least the second; at the very least the first.
    From(f64, f64),
}

/// How far a goal is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// As it should be.
    Yes,
    /// As it has to be at the very least.
    AtTheLeast,
    /// Neither.
    No,
}

impl Goal {
    /// How far it is reached.
    pub fn met(&self) -> Option<Met> {
        let measured = self.measured?;
        let (reached, least) = match self.wanted {
            Wanted::Least(bound) => (measured >= bound, false),
            Wanted::Most(bound) => (measured <= bound, false),
            Wanted::From(floor, goal) => (measured >= goal, measured >= floor),
        };
        Some(match (reached, least) {
            (true, _) => Met::Yes,
            (false, true) => Met::AtTheLeast,
            (false, false) => Met::No,
        })
    }
}

/// Every goal, in the order in which they are kept.
pub fn goals(
    plan: &Plan,
    report: &Report,
    [postgres, sqlite]: [&Footprint; 2],
    program: &Program,
) -> Vec<Goal> {
    let mut goals = rates(plan, report);
    goals.extend(small_and_large(plan, report));
    goals.extend(over_http(plan, report));
    goals.extend(footprints(postgres, sqlite, program));
    goals
}

/// Finds what was measured.
struct Find<'r> {
    plan: &'r Plan,
    report: &'r Report,
}

impl<'r> Find<'r> {
    fn outcome(&self, backend: Backend, load: Load, callers: usize) -> Option<&'r Outcome> {
        let case = Case {
            backend,
            orders: self.plan.many,
            callers,
            slow: Slow::Nothing,
        };
        self.report.outcome(case, load)
    }

    fn slow(&self, backend: Backend, callers: usize) -> Option<&'r Outcome> {
        let case = Case {
            backend,
            orders: self.plan.few,
            callers,
            slow: Slow::Sync,
        };
        self.report.outcome(case, Load::Move)
    }
}

/// A goal for the rate of the service as a part of another's.
fn rate(outcome: Option<&Outcome>, other: Name, wanted: Wanted) -> Goal {
    let rate = |sample: &Sample| sample.rate;
    let ratio = outcome.and_then(|outcome| outcome.ratio(Service, other, rate));
    let lean = outcome.and_then(|outcome| outcome.ratio(WithoutIndexes, other, rate));
    let what = outcome.map_or_else(String::new, |outcome| {
        format!("{}: {} / {other}", outcome.case, outcome.load)
    });
    Goal {
        what,
        wanted,
        measured: ratio.map(|ratio| ratio.median),
        spread: ratio.map(|ratio| (ratio.low, ratio.high)),
        without_indexes: lean.map(|ratio| ratio.median),
        unit: "",
    }
}

fn plain(
    what: impl Into<String>,
    wanted: Wanted,
    measured: Option<f64>,
    unit: &'static str,
) -> Goal {
    Goal {
        what: what.into(),
        wanted,
        measured,
        spread: None,
        without_indexes: None,
        unit,
    }
}

fn rates(plan: &Plan, report: &Report) -> Vec<Goal> {
    use Backend::{Postgres, Sqlite};
    use Load::{Move, Read};
    use Wanted::{Least, Most};
    let find = Find { plan, report };
    let moves = find.outcome(Postgres, Move, 256);
    vec![
        rate(find.outcome(Postgres, Read, 64), Constant, Least(0.55)),
        rate(find.outcome(Postgres, Read, 64), Pgbench, Least(0.40)),
        plain(
            "PostgreSQL, 1 caller: GetOrder p50 / (p50 of a constant order + p50 of pgbench)",
            Most(1.25),
            find.outcome(Postgres, Read, 1).and_then(|outcome| {
                let p50 = |name| outcome.middle(name, Sample::p50);
                Some(p50(Service)? / (p50(Constant)? + p50(Pgbench)?))
            }),
            "",
        ),
        rate(find.outcome(Sqlite, Read, 256), Constant, Least(0.70)),
        rate(moves, Pgbench, Least(1.3)),
        rate(moves, Batches, Least(0.40)),
        rate(moves, OneAtATime, Least(3.5)),
        rate(find.slow(Postgres, 256), OneAtATime, Least(3.5)),
        {
            let outcome = find.outcome(Postgres, Move, 1);
            let ratio = outcome.and_then(|outcome| outcome.ratio(Service, Pgbench, Sample::p50));
            Goal {
                spread: ratio.map(|ratio| (ratio.low, ratio.high)),
                ..plain(
                    "PostgreSQL, 1 caller: TransitionOrder p50 / p50 of pgbench",
                    Most(3.0),
                    ratio.map(|ratio| ratio.median),
                    "",
                )
            }
        },
        plain(
            "PostgreSQL, 1 caller, 1 ms a sync: TransitionOrder p50 less the sync",
            Most(0.5),
            find.slow(Postgres, 1).and_then(|outcome| {
                let p50 = outcome.middle(Service, Sample::p50)?;
                Some((p50 - slow_sync::DELAY.as_secs_f64()) * 1e3)
            }),
            " ms",
        ),
        rate(find.outcome(Sqlite, Move, 256), Direct, Least(0.75)),
        plain(
            "SQLite, 64 callers: slowest TransitionOrder, middle of the rounds",
            Most(50.0),
            find.outcome(Sqlite, Move, 64)
                .and_then(|outcome| Some(outcome.middle(Service, Sample::max)? * 1e3)),
            " ms",
        ),
        plain(
            "SQLite, 1 ms a sync: TransitionOrder, 256 callers / 1 caller",
            Least(12.0),
            find.slow(Sqlite, 256)
                .zip(find.slow(Sqlite, 1))
                .and_then(|(all, one)| {
                    let rate = |outcome: &Outcome| outcome.middle(Service, |sample| sample.rate);
                    Some(rate(all)? / rate(one)?)
                }),
            "",
        ),
        plain(
            "PostgreSQL: processor time of the service for a TransitionOrder (256 callers) / for a constant order (64)",
            Most(1.6),
            moves
                .zip(find.outcome(Postgres, Read, 64))
                .and_then(|(moves, reads)| {
                    let step = moves.middle(Service, Sample::processor)?;
                    Some(step / reads.middle(Constant, Sample::processor)?)
                }),
            "",
        ),
    ]
}

fn small_and_large(plan: &Plan, report: &Report) -> Vec<Goal> {
    use Wanted::Least;
    let goal = |backend, load, bound| {
        let case = Case {
            backend,
            orders: plan.few,
            callers: 64,
            slow: Slow::Nothing,
        };
        let outcome = report.outcome(case, load);
        let ratio =
            outcome.and_then(|outcome| outcome.ratio(ManyOrders, Service, |sample| sample.rate));
        let sizes = format!("{} / {} orders", count(plan.many), count(plan.few));
        Goal {
            spread: ratio.map(|ratio| (ratio.low, ratio.high)),
            ..plain(
                format!("{backend}, 64 callers: {load}, {sizes}"),
                Least(bound),
                ratio.map(|ratio| ratio.median),
                "",
            )
        }
    };
    vec![
        goal(Backend::Postgres, Load::Read, 0.40),
        goal(Backend::Sqlite, Load::Read, 0.40),
        goal(Backend::Postgres, Load::Move, 0.50),
        goal(Backend::Sqlite, Load::Move, 0.60),
    ]
}

/// The goals for what goes over HTTP: as many calls a second as by the other way, for as much processor time of the
/// server.
pub fn over_http(plan: &Plan, report: &Report) -> Vec<Goal> {
    let ours = [(Load::Read, Rest, Grpc), (Load::Confirm, Rest, Grpc)];
    let contracts = Contract::ALL.map(|contract| (Load::Status(contract), Dialect, Rest));
    let pairs = ours.into_iter().chain(contracts);
    let goals = pairs.flat_map(|(load, one, other)| {
        let case = cases::over_http::case(plan);
        let outcome = report.outcome(case, load);
        let goal = |what: &str, (one, other), figure: fn(&Sample) -> f64| {
            let ratio = outcome.and_then(|outcome| outcome.ratio(one, other, figure));
            Goal {
                spread: ratio.map(|ratio| (ratio.low, ratio.high)),
                ..plain(
                    format!("{case}: {load}, {what}: {one} / {other}"),
                    Wanted::From(0.6, 1.0),
                    ratio.map(|ratio| ratio.median),
                    "",
                )
            }
        };
        [
            goal("calls a second", (one, other), |sample| sample.rate),
            goal(
                "processor time of the server",
                (other, one),
                Sample::processor,
            ),
        ]
    });
    goals.collect()
}

fn footprints(postgres: &Footprint, sqlite: &Footprint, program: &Program) -> Vec<Goal> {
    use Wanted::Most;
    let mut goals = Vec::new();
    let sides = [
        ("PostgreSQL", postgres, 24.0, 40.0),
        ("SQLite", sqlite, 40.0, 80.0),
    ];
    for (name, footprint, idle, busy) in sides {
        let megabytes = |kibibytes: u64| Some(as_figure(kibibytes) / 1024.0);
        let milliseconds = |time: Duration| Some(time.as_secs_f64() * 1e3);
        goals.extend([
            plain(
                format!("{name}: resident, idle"),
                Most(idle),
                megabytes(footprint.idle.resident),
                " MiB",
            ),
            plain(
                format!("{name}: resident at the most, 256 callers"),
                Most(busy),
                megabytes(footprint.peak),
                " MiB",
            ),
            plain(
                format!("{name}: resident for each connection in use"),
                Most(48.0),
                Some(as_figure(footprint.connection)),
                " KiB",
            ),
            plain(
                format!("{name}: start to first answer"),
                Most(100.0),
                milliseconds(footprint.start),
                " ms",
            ),
        ]);
    }
    goals.push(plain(
        "Size of the program",
        Most(15.0),
        Some(program.megabytes()),
        " MB",
    ));
    goals
}
