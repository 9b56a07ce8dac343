//! What a kind of work usually takes: a histogram in logarithmic buckets whose old observations
//! fade. Whole numbers throughout, so that every machine learns the same from the same days.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Weight of one fresh observation, in millionths.
const ONE: u64 = 1_000_000;
/// Less than this is forgotten.
const FORGOTTEN: u64 = ONE / 1_000;
/// Of what was learned, 9/10 are kept from day to day: half is gone in six and a half.
const KEPT: (u64, u64) = (9, 10);
/// Days after which nothing of an observation is left: (9/10)^66 < 1/1000.
const MEMORY_DAYS: i64 = 66;
const DAY_S: i64 = 86_400;
/// Longer observations count as this.
const LONGEST_US: u64 = 86_400_000_000;
/// Fresh observations it takes to be believed against a cold-start default.
const ENOUGH: u64 = 5 * ONE;

/// A decayed estimate of durations. Its serde form is JSON text in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learned {
    /// The day (since the epoch, UTC) the weights are of.
    day: i64,
    /// Bucket of microseconds → weight in millionths.
    weights: BTreeMap<u16, u64>,
}

impl Learned {
    /// Takes in one duration. One that is negative or not a number counts as 0.
    pub fn observe(&mut self, seconds: f64, now: Timestamp) {
        // The cast saturates, and takes NaN for 0.
        let bucket = bucket_of(((seconds * 1e6) as u64).min(LONGEST_US));
        let day = now.as_second().div_euclid(DAY_S);
        self.merge(&Self { day, weights: BTreeMap::from([(bucket, ONE)]) });
    }

    /// Adds what another learned; the order of merging does not matter but for rounding.
    pub fn merge(&mut self, other: &Self) {
        if other.weights.is_empty() {
            return;
        }
        let mut other = other.clone();
        let day = if self.weights.is_empty() { other.day } else { self.day.max(other.day) };
        self.fade_to(day);
        other.fade_to(day);
        for (bucket, weight) in other.weights {
            let sum = self.weights.entry(bucket).or_insert(0);
            *sum = sum.saturating_add(weight);
        }
    }

    /// Seconds that 95 of 100 observations stay within, at most an eighth too many; `None` before
    /// the first.
    pub fn p95(&self) -> Option<f64> {
        let wanted = self.total() * 95;
        let mut seen = 0_u128;
        let bucket = self.weights.iter().find(|(_, weight)| {
            seen += u128::from(**weight) * 100;
            seen >= wanted
        })?;
        Some(upper_us(*bucket.0) as f64 / 1e6)
    }

    /// [`Self::p95`], but no less than a default until enough was seen to believe it.
    pub fn p95_or(&self, cold_start_s: f64) -> f64 {
        match self.p95() {
            Some(learned) if self.total() >= u128::from(ENOUGH) => learned,
            Some(learned) => learned.max(cold_start_s),
            None => cold_start_s,
        }
    }

    fn total(&self) -> u128 {
        self.weights.values().map(|weight| u128::from(*weight)).sum()
    }

    fn fade_to(&mut self, day: i64) {
        let days = day.saturating_sub(self.day).clamp(0, MEMORY_DAYS);
        for _ in 0..days {
            for weight in self.weights.values_mut() {
                *weight -= weight.div_ceil(KEPT.1) * (KEPT.1 - KEPT.0);
            }
        }
        self.weights.retain(|_, weight| *weight >= FORGOTTEN);
        self.day = day;
    }
}

/// Eight buckets per doubling; below 16 µs one each.
fn bucket_of(micros: u64) -> u16 {
    let shift = micros.checked_ilog2().unwrap_or(0).saturating_sub(3);
    // 64 doublings of 8 buckets fit by far.
    (u64::from(shift) * 8 + (micros >> shift)) as u16
}

/// The largest duration of a bucket.
fn upper_us(bucket: u16) -> u64 {
    let shift = u32::from(bucket / 8).saturating_sub(1);
    let eighths = u64::from(bucket) - u64::from(shift) * 8;
    match (eighths + 1).checked_shl(shift) {
        Some(above) if shift < 60 => above - 1,
        // Only a damaged row names such a bucket.
        Some(_) | None => LONGEST_US,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use proptest::prelude::*;

    fn day(number: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * number)
    }

    fn learned(seconds: impl IntoIterator<Item = f64>, now: Timestamp) -> Learned {
        let mut learned = Learned::default();
        for seconds in seconds {
            learned.observe(seconds, now);
        }
        learned
    }

    #[test]
    fn p95_of_a_hundred() {
        let p95 = learned((1..=100).map(f64::from), day(20_000)).p95().unwrap();
        assert!((95.0..=95.0 * 1.125).contains(&p95), "{p95}");
    }

    #[test]
    fn a_slow_week_is_forgotten_after_fast_ones() {
        let mut estimate = learned([60.0; 100], day(20_000));
        for n in 1..=60 {
            estimate.observe(2.0, day(20_000 + n));
            estimate.observe(2.0, day(20_000 + n));
        }
        let p95 = estimate.p95().unwrap();
        assert!(p95 < 2.3, "{p95}");
        assert_eq!(learned([60.0; 100], day(20_000)).p95().map(f64::round), Some(63.0));
    }

    #[test]
    fn a_default_yields_to_enough_observations() {
        let few = learned([2.0; 4], day(20_000));
        assert_eq!(few.p95_or(30.0), 30.0);
        let enough = learned([2.0; 5], day(20_000));
        assert!(enough.p95_or(30.0) < 2.3);
        let slower = learned([50.0], day(20_000));
        assert!(slower.p95_or(30.0) >= 50.0);
        assert_eq!(Learned::default().p95_or(30.0), 30.0);
    }

    #[test]
    fn an_old_observation_counts_less_than_a_fresh_one() {
        let mut in_order = learned([9.0], day(10));
        in_order.observe(1.0, day(20));
        let mut late = learned([1.0], day(20));
        late.observe(9.0, day(10));
        assert_eq!(in_order, late);
    }

    #[test]
    fn odd_numbers_do_no_harm() {
        let mut estimate = learned([f64::NAN, -1.0, f64::INFINITY, 1e300], Timestamp::MAX);
        estimate.observe(1.0, Timestamp::MIN);
        assert!(estimate.p95().unwrap() <= 86_400.0 * 1.125);
        let damaged: Learned = serde_json::from_str(r#"{"day":-9,"weights":{"65535":7000000}}"#).unwrap();
        assert_eq!(damaged.p95(), Some(86_400.0));
    }

    proptest! {
        #[test]
        fn buckets_hold_their_values(micros in 0..u64::MAX) {
            let upper = upper_us(bucket_of(micros));
            if micros <= LONGEST_US {
                prop_assert!(micros <= upper && upper <= micros + micros / 8);
            }
            prop_assert!(bucket_of(micros) <= bucket_of(micros.saturating_add(1)));
        }

        #[test]
        fn text_reads_back_and_merging_commutes(
            left in prop::collection::vec((0.001..500.0_f64, 0..40_i64), 0..40),
            right in prop::collection::vec((0.001..500.0_f64, 0..40_i64), 0..40),
        ) {
            let build = |seen: &[(f64, i64)]| {
                let mut learned = Learned::default();
                for (seconds, at) in seen {
                    learned.observe(*seconds, day(*at));
                }
                learned
            };
            let (left, right) = (build(&left), build(&right));
            let text = serde_json::to_string(&left).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Learned>(&text).unwrap(), &left);
            let (mut ab, mut ba) = (left.clone(), right.clone());
            ab.merge(&right);
            ba.merge(&left);
            prop_assert_eq!(ab, ba);
        }
    }
}
