//! Which circumstances are measured, how often, and how long.

use std::time::Duration;

/// How large and how long everything is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The orders of the cases in full.
    pub many: u64,
    /// The orders of the others.
    pub few: u64,
    /// The orders of the cases that use them up.
    pub used_up: u64,
    /// The same, of orders with many lines.
    pub long: u64,
    /// The rounds of the cases in full.
    pub full: usize,
    /// The rounds of the others.
    pub once: usize,
    /// How long a turn takes.
    pub turn: Duration,
}

impl Plan {
    /// About a quarter of an hour.
    pub const WHOLE: Self = Self {
        many: 1_000_000,
        few: 10_000,
        used_up: 300_000,
        long: 100_000,
        full: 8,
        once: 4,
        turn: Duration::from_millis(1500),
    };

    /// About two minutes: whether everything works, not how well.
    pub const QUICK: Self = Self {
        many: 10_000,
        few: 1_000,
        used_up: 30_000,
        long: 10_000,
        full: 2,
        once: 1,
        turn: Duration::from_millis(300),
    };

    /// Rounds and length of the cases in full.
    pub fn in_full(&self) -> (usize, Duration) {
        (self.full, self.turn)
    }

    /// Rounds and length of the others.
    pub fn once(&self) -> (usize, Duration) {
        (self.once, self.turn)
    }
}
