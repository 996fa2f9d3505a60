//! Contenders measured in turn, round after round, so that what disturbs one disturbs its neighbour too.

use std::time::Duration;

use crate::contender::Contender;
use crate::sample::{Sample, median};

/// A pair is noisy if other processes used more than this share of the machine during either half.
const NOISE: f64 = 0.05;

/// A pair is noisy if its ratio is further from the median than by this factor.
const FAR: f64 = 2.0;

/// The samples of each round, by contender; `None` where one failed.
pub type Rounds = Vec<Vec<Option<Sample>>>;

/// The ratio of two contenders over several rounds.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// The middle one.
    pub median: f64,
    /// The lowest that was kept.
    pub low: f64,
    /// The highest that was kept.
    pub high: f64,
    /// How many rounds it was made of.
    pub kept: usize,
    /// How many rounds were dropped, for noise or a failure.
    pub dropped: usize,
}

/// Lets every contender have its turn, `count` times over, after a short one each that does not count.
pub async fn rounds(contenders: &mut [Contender], count: usize, length: Duration) -> Rounds {
    for contender in &mut *contenders {
        contender.slice(length.mul_f64(0.3)).await;
    }
    let mut rounds = Vec::new();
    for _ in 0..count {
        let mut round = Vec::new();
        for contender in &mut *contenders {
            round.push(contender.slice(length).await);
        }
        rounds.push(round);
    }
    rounds
}

/// The ratio of a figure of one contender to that of another, by round. Noisy rounds are left out, but never more
/// than half: of more the least noisy stay. `None` where no round has both.
pub fn ratio(
    rounds: &Rounds,
    (one, other): (usize, usize),
    figure: impl Fn(&Sample) -> f64,
) -> Option<Ratio> {
    let mut pairs: Vec<(f64, f64)> = rounds
        .iter()
        .filter_map(|round| {
            let (one, other) = (round.get(one)?.as_ref()?, round.get(other)?.as_ref()?);
            let ratio = figure(one) / figure(other);
            ratio
                .is_finite()
                .then(|| (ratio, one.noise.max(other.noise)))
        })
        .collect();
    let middle = median(pairs.iter().map(|(ratio, _)| *ratio));
    let bad = |(ratio, noise): &(f64, f64)| {
        *noise > NOISE || *ratio > middle * FAR || *ratio < middle / FAR
    };
    // The good ones first, the others from the quietest on.
    pairs.sort_by(|one, other| {
        (bad(one), one.1)
            .partial_cmp(&(bad(other), other.1))
            .expect("shares of a machine compare")
    });
    let good = pairs.iter().filter(|pair| !bad(pair)).count();
    let keep = good.max(rounds.len().div_ceil(2)).min(pairs.len());
    pairs.truncate(keep);
    let kept = pairs.iter().map(|(ratio, _)| *ratio);
    (keep > 0).then(|| Ratio {
        median: median(kept.clone()),
        low: kept.clone().fold(f64::INFINITY, f64::min),
        high: kept.fold(f64::NEG_INFINITY, f64::max),
        kept: keep,
        dropped: rounds.len() - keep,
    })
}

/// The middle of a figure of one contender over all rounds.
pub fn middle(rounds: &Rounds, contender: usize, figure: impl Fn(&Sample) -> f64) -> f64 {
    let samples = rounds
        .iter()
        .filter_map(|round| round.get(contender)?.as_ref());
    median(samples.map(figure))
}
