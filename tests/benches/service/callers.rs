//! Callers in a closed loop: each asks, waits for the answer, and asks again.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::machine::Moment;
use crate::sample::{Latency, Sample, as_figure};

/// Somebody who makes one call after the other.
pub trait Ask: Send + 'static {
    /// Makes one call; the error is what was answered instead of a success.
    fn ask(&mut self) -> impl Future<Output = Result<(), String>> + Send;
}

/// Callers of one server.
pub struct Callers<A> {
    askers: Vec<A>,
    server: u32,
}

/// What one caller saw.
#[derive(Default)]
struct Seen {
    in_time: u64,
    nanos: Vec<u32>,
}

impl<A: Ask> Callers<A> {
    /// Callers of the server with that process id.
    pub fn new(askers: Vec<A>, server: u32) -> Self {
        Self { askers, server }
    }

    /// Lets all callers call for a while.
    ///
    /// # Errors
    ///
    /// A call that failed.
    pub async fn slice(&mut self, length: Duration) -> Result<Sample, String> {
        let before = Moment::now();
        let until = Instant::now() + length;
        let mut tasks = JoinSet::new();
        for mut asker in self.askers.drain(..) {
            tasks.spawn(async move {
                let seen = repeat(&mut asker, until).await;
                (asker, seen)
            });
        }
        let mut all = Seen::default();
        let mut failed = None;
        while let Some(ended) = tasks.join_next().await {
            let (asker, seen) = ended.expect("a caller that ends");
            self.askers.push(asker);
            match seen {
                Ok(seen) => {
                    all.in_time += seen.in_time;
                    all.nanos.extend(seen.nanos);
                }
                Err(failure) => failed = Some(failure),
            }
        }
        if let Some(failure) = failed {
            return Err(failure);
        }
        let span = before.until_now();
        let calls = as_figure(u64::try_from(all.nanos.len()).expect("a count")).max(1.0);
        Ok(Sample {
            processor: Some(span.used_by(self.server).div_f64(calls)),
            callers: Some(span.used_by(std::process::id()).div_f64(calls)),
            latency: Latency::of(all.nanos),
            ..Sample::of(all.in_time, length.as_secs_f64(), &span)
        })
    }
}

async fn repeat(asker: &mut impl Ask, until: Instant) -> Result<Seen, String> {
    let mut seen = Seen::default();
    let mut start = Instant::now();
    while start < until {
        asker.ask().await?;
        let end = Instant::now();
        if end < until {
            seen.in_time += 1;
        }
        let nanos = u32::try_from((end - start).as_nanos()).unwrap_or(u32::MAX);
        seen.nanos.push(nanos);
        start = end;
    }
    Ok(seen)
}
