//! What one short measurement gives.

use std::time::Duration;

use crate::machine::Span;

/// What was measured in one slice of time.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Calls, statements or orders a second.
    pub rate: f64,
    /// How long each took, where that was measured.
    pub latency: Option<Latency>,
    /// Processor time of the serving process for one of them, where there is such a process.
    pub processor: Option<Duration>,
    /// Processor time of the callers for one of them, where they are this process.
    pub callers: Option<Duration>,
    /// The share of the machine's processors that other processes used meanwhile.
    pub noise: f64,
}

/// How long things took.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// The middle one.
    pub p50: Duration,
    /// The one that 99 of 100 were quicker than.
    pub p99: Duration,
    /// The slowest.
    pub max: Duration,
}

impl Sample {
    /// A measurement without latencies.
    pub fn of(done: u64, seconds: f64, span: &Span) -> Self {
        Self {
            rate: as_figure(done) / seconds,
            latency: None,
            processor: None,
            callers: None,
            noise: span.noise,
        }
    }

    /// The middle latency in seconds; not a number where none was measured.
    pub fn p50(&self) -> f64 {
        self.latency
            .map_or(f64::NAN, |latency| latency.p50.as_secs_f64())
    }

    /// The slowest in seconds; not a number where latencies were not measured.
    pub fn max(&self) -> f64 {
        self.latency
            .map_or(f64::NAN, |latency| latency.max.as_secs_f64())
    }

    /// Processor time of the server in seconds for one call; not a number where it was not measured.
    pub fn processor(&self) -> f64 {
        self.processor
            .map_or(f64::NAN, |processor| processor.as_secs_f64())
    }

    /// Processor time of the callers in seconds for one call; not a number where it was not measured.
    pub fn callers(&self) -> f64 {
        self.callers
            .map_or(f64::NAN, |callers| callers.as_secs_f64())
    }
}

impl Latency {
    /// From single latencies in nanoseconds; `None` where there are none.
    pub fn of(mut nanos: Vec<u32>) -> Option<Self> {
        nanos.sort_unstable();
        let at = |index: usize| nanos.get(index).map(|nanos| u64::from(*nanos));
        let last = nanos.len().checked_sub(1)?;
        Some(Self {
            p50: Duration::from_nanos(at(last / 2)?),
            p99: Duration::from_nanos(at(last * 99 / 100)?),
            max: Duration::from_nanos(at(last)?),
        })
    }
}

/// A count as a figure to calculate with.
pub fn as_figure(count: u64) -> f64 {
    // Exact to 2^53.
    count as f64
}

/// The middle value; not a number of an empty list. What is not a number is left out.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).copied();
    let lower = values.get(values.len().saturating_sub(1) / 2).copied();
    match (lower, upper) {
        (Some(lower), Some(upper)) => f64::midpoint(lower, upper),
        _ => f64::NAN,
    }
}
