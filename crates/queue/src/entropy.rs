//! Randomness as a value that is passed in, so that a seed repeats a whole run.

use std::sync::atomic::{AtomicU64, Ordering};

pub trait Entropy: Send + Sync + 'static {
    fn bits(&self) -> u64;

    /// Evenly spread in [0, 1).
    fn fraction(&self) -> f64 {
        // 53 bits are what a double holds exactly.
        const STEPS: f64 = (1_u64 << 53) as f64;
        (self.bits() >> 11) as f64 / STEPS
    }
}

/// The same seed gives the same sequence (SplitMix64, Steele, Lea and Flood 2014). Not for secrets.
#[derive(Debug)]
pub struct Seeded {
    state: AtomicU64,
}

impl Seeded {
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }
}

/// The clone goes on as the original would.
impl Clone for Seeded {
    fn clone(&self) -> Self {
        Self { state: AtomicU64::new(self.state.load(Ordering::Relaxed)) }
    }
}

impl Entropy for Seeded {
    fn bits(&self) -> u64 {
        const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.state.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_spreads() {
        let (one, two) = (Seeded::new(7), Seeded::new(7));
        let draws: Vec<f64> = (0..10_000).map(|_| one.fraction()).collect();
        assert!(draws.iter().all(|&draw| draw == two.fraction() && (0.0..1.0).contains(&draw)));
        let mean = draws.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "mean {mean}");
    }
}
