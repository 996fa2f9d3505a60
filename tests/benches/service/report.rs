//! What was measured, case by case.

use std::fmt;
use std::time::Duration;

use order_status_tests::Backend;

use crate::contender::{Contender, Name};
use crate::load::Load;
use crate::pairs::{self, Ratio, Rounds};
use crate::sample::Sample;

/// The circumstances of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The database system.
    pub backend: Backend,
    /// How many orders it holds.
    pub orders: u64,
    /// How many callers there are.
    pub callers: usize,
    /// What is slowed down.
    pub slow: Slow,
}

/// What is slowed down, to be as it is elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slow {
    /// Nothing: this machine as it is.
    Nothing,
    /// Every fsync, by a millisecond.
    Sync,
    /// The way to the database and back, by a millisecond.
    Network,
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            backend,
            orders,
            callers,
            slow,
        } = self;
        write!(
            formatter,
            "{backend}, {} orders, {callers} caller",
            count(*orders)
        )?;
        if *callers != 1 {
            formatter.write_str("s")?;
        }
        formatter.write_str(match slow {
            Slow::Nothing => "",
            Slow::Sync => ", 1 ms a sync",
            Slow::Network => ", 1 ms of network",
        })
    }
}

/// A count of orders in few signs.
pub fn count(orders: u64) -> String {
    match orders {
        1_000_000.. if orders.is_multiple_of(1_000_000) => format!("{} M", orders / 1_000_000),
        1_000.. if orders.is_multiple_of(1_000) => format!("{} k", orders / 1_000),
        _ => orders.to_string(),
    }
}

/// Contenders that were measured in turn.
pub struct Outcome {
    /// Under which circumstances.
    pub case: Case,
    /// At what.
    pub load: Load,
    /// Who.
    pub names: Vec<Name>,
    /// What came out.
    pub rounds: Rounds,
}

/// All that was measured.
#[derive(Default)]
pub struct Report {
    /// In the order measured.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// Measures contenders in turn and keeps what came out.
    pub async fn measure(
        &mut self,
        (case, load): (Case, Load),
        mut contenders: Vec<Contender>,
        (rounds, length): (usize, Duration),
    ) {
        println!("{case}: {load}");
        let outcome = Outcome {
            case,
            load,
            names: contenders.iter().map(|contender| contender.name).collect(),
            rounds: pairs::rounds(&mut contenders, rounds, length).await,
        };
        for (at, name) in outcome.names.iter().enumerate() {
            let rate = pairs::middle(&outcome.rounds, at, |sample| sample.rate);
            println!("  {name}: {rate:.0} a second");
        }
        self.outcomes.push(outcome);
    }

    /// What was measured under these circumstances.
    pub fn outcome(&self, case: Case, load: Load) -> Option<&Outcome> {
        self.outcomes
            .iter()
            .find(|outcome| outcome.case == case && outcome.load == load)
    }
}

impl Outcome {
    /// The ratio of a figure of two contenders.
    pub fn ratio(&self, one: Name, other: Name, figure: impl Fn(&Sample) -> f64) -> Option<Ratio> {
        let pair = (self.at(one)?, self.at(other)?);
        pairs::ratio(&self.rounds, pair, figure)
    }

    /// The middle of a figure of a contender.
    pub fn middle(&self, name: Name, figure: impl Fn(&Sample) -> f64) -> Option<f64> {
        let middle = pairs::middle(&self.rounds, self.at(name)?, figure);
        (!middle.is_nan()).then_some(middle)
    }

    /// Every sample of a contender.
    pub fn samples(&self, name: Name) -> impl Iterator<Item = &Sample> {
        let at = self.at(name);
        self.rounds
            .iter()
            .filter_map(move |round| round.get(at?)?.as_ref())
    }

    fn at(&self, name: Name) -> Option<usize> {
        self.names.iter().position(|one| *one == name)
    }
}
