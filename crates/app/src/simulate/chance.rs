//! Draws from a seed: how what is modelled differs from one time to the next.

use queue::{Entropy, Seeded};
use std::time::Duration;

/// Evenly spread from `low` to `high`.
pub fn between(seeded: &Seeded, low: f64, high: f64) -> f64 {
    low + (high - low) * seeded.fraction()
}

pub fn happens(seeded: &Seeded, share: f64) -> bool {
    seeded.fraction() < share
}

/// Lognormal: half are below the median, and 84 of 100 below the median times e^`spread`.
pub fn lognormal(seeded: &Seeded, median: f64, spread: f64) -> f64 {
    median * (spread * normal(seeded)).exp()
}

/// Time until the next of events that come by themselves, so many a day.
pub fn gap(seeded: &Seeded, a_day: f64) -> Duration {
    const DAY_S: f64 = 86_400.0;
    let gap_s = -(1.0 - seeded.fraction()).ln() * DAY_S / a_day.max(0.01);
    Duration::from_secs_f64(gap_s.min(30.0 * DAY_S))
}

/// Standard normal (Box and Muller, 1958).
fn normal(seeded: &Seeded) -> f64 {
    let radius = (-2.0 * (1.0 - seeded.fraction()).ln()).sqrt();
    radius * (std::f64::consts::TAU * seeded.fraction()).cos()
}

/// Draws of its own for whatever has a name: the same whenever it is asked.
pub fn of_name(seed: u64, name: &str) -> Seeded {
    // FNV-1a; `Seeded` scrambles it.
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    Seeded::new(hash)
}

/// Places drawn by weight.
#[derive(Clone, Debug)]
pub struct Weighted {
    /// Sums of the weights up to each.
    sums: Vec<f64>,
}

impl Weighted {
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let sums = weights.into_iter().map(|weight| {
            sum += weight.max(0.0);
            sum
        });
        Self { sums: sums.collect() }
    }

    /// The n-th of `count` things is 1/n^`exponent` times as popular as the first (Zipf).
    pub fn zipf(count: usize, exponent: f64) -> Self {
        Self::new((1..=count).map(|rank| (rank as f64).powf(-exponent)))
    }

    pub fn draw(&self, seeded: &Seeded) -> usize {
        let at = seeded.fraction() * self.sums.last().copied().unwrap_or(0.0);
        self.sums.partition_point(|sum| *sum <= at).min(self.sums.len().saturating_sub(1))
    }

    /// Some different places, the fewer where there are not so many.
    pub fn draw_some(&self, seeded: &Seeded, count: usize) -> Vec<usize> {
        let mut drawn = Vec::with_capacity(count);
        // Rare places are drawn rarely: an end to trying is better than the last one.
        for _ in 0..count.saturating_mul(20) {
            if drawn.len() == count.min(self.sums.len()) {
                break;
            }
            let place = self.draw(seeded);
            if !drawn.contains(&place) {
                drawn.push(place);
            }
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_have_their_middles() {
        let seeded = Seeded::new(3);
        let mut draws: Vec<f64> = (0..20_001).map(|_| lognormal(&seeded, 8.0, 0.5)).collect();
        draws.sort_by(f64::total_cmp);
        assert!((draws[10_000] - 8.0).abs() < 0.2, "{}", draws[10_000]);
        assert!((draws[16_827] - 8.0 * 0.5_f64.exp()).abs() < 0.5, "{}", draws[16_827]);
        let gaps: Duration = (0..10_000).map(|_| gap(&seeded, 24.0)).sum();
        assert!((gaps.as_secs_f64() / 3_600.0 / 10_000.0 - 1.0).abs() < 0.05);
    }

    #[test]
    fn the_first_is_the_most_popular_and_none_is_drawn_twice() {
        let (seeded, zipf) = (Seeded::new(3), Weighted::zipf(100, 1.0));
        let mut counts = [0; 100];
        (0..10_000).for_each(|_| counts[zipf.draw(&seeded)] += 1);
        assert!((1_700..2_200).contains(&counts[0]), "{}", counts[0]);
        assert!((800..1_150).contains(&counts[1]), "{}", counts[1]);
        let mut some = zipf.draw_some(&seeded, 8);
        some.sort_unstable();
        some.dedup();
        assert_eq!(some.len(), 8);
        assert!(Weighted::zipf(2, 1.0).draw_some(&seeded, 8).len() <= 2);
    }
}
