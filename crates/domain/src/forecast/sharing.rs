//! How much of a batch's work is shared, learned from batches of about its size: a hundred listeners want
//! far fewer distinct segments than a hundred times what one wants.

use super::BatchWork;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Distinct artifacts by size of batch. Its serde form is JSON text in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sharing(BTreeMap<u8, Seen>);

/// Sums over the latest batches of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    batches: u32,
    occurrences: u64,
    segments: u64,
    phrases: u64,
}

impl Sharing {
    /// More batches than these are halved: the older ones fade.
    const MEMORY: u32 = 16;
    /// Distinct segments of one listener's program, before there is something to learn from.
    const SEGMENTS_EACH: u64 = 8;
    /// Phrases that a batch needs once for all: dates, counts, transitions.
    const PHRASES_ONCE: u64 = 40;

    /// A batch was made.
    pub fn observe(&mut self, occurrences: u64, segments: u64, phrases: u64) {
        if occurrences > 0 {
            let seen = Seen { batches: 1, occurrences, segments, phrases };
            self.add(class(occurrences), seen);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(class, seen)| self.add(*class, *seen));
    }

    /// The work of a batch that is still to be selected: by the nearest class that was seen, scaled up
    /// to its size but never down from a larger one's sharing. At most what its listeners would want apart.
    pub fn predict(&self, occurrences: u64) -> BatchWork {
        let own = class(occurrences);
        let nearest = self.0.iter().min_by_key(|(class, _)| class.abs_diff(own));
        let (segments, phrases) = match nearest {
            Some((_, seen)) => {
                (seen.scaled(seen.segments, occurrences), seen.scaled(seen.phrases, occurrences))
            }
            None => (occurrences.saturating_mul(Self::SEGMENTS_EACH), occurrences + Self::PHRASES_ONCE),
        };
        BatchWork {
            selections: occurrences,
            segments: segments.min(occurrences.saturating_mul(Self::SEGMENTS_EACH * 2)),
            phrases,
            assemblies: occurrences,
            external: 0,
        }
    }

    fn add(&mut self, class: u8, seen: Seen) {
        let sum = self.0.entry(class).or_default();
        sum.batches += seen.batches;
        sum.occurrences += seen.occurrences;
        sum.segments += seen.segments;
        sum.phrases += seen.phrases;
        while sum.batches > Self::MEMORY {
            *sum = Seen {
                batches: sum.batches / 2,
                occurrences: sum.occurrences / 2,
                segments: sum.segments / 2,
                phrases: sum.phrases / 2,
            };
        }
    }
}

impl Seen {
    fn scaled(self, artifacts: u64, occurrences: u64) -> u64 {
        let share = u128::from(artifacts) * u128::from(occurrences) / u128::from(self.occurrences.max(1));
        u64::try_from(share).unwrap_or(u64::MAX).max(1)
    }
}

/// Batches within a factor of two are of one class.
fn class(occurrences: u64) -> u8 {
    // At most 63.
    occurrences.max(1).ilog2() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_predicted_by_those_of_its_size() {
        let mut sharing = Sharing::default();
        assert_eq!(sharing.predict(10).segments, 80, "nothing is shared before it was seen");
        sharing.observe(1_000, 300, 60);
        sharing.observe(10, 60, 40);
        assert_eq!(sharing.predict(1_000).segments, 300);
        assert_eq!(sharing.predict(900).segments, 270);
        assert_eq!(sharing.predict(8).segments, 48);
        assert_eq!(sharing.predict(2_000).segments, 600);
        assert_eq!(sharing.predict(1).segments, 6);
    }

    #[test]
    fn newer_batches_count_more() {
        let mut sharing = Sharing::default();
        (0..100).for_each(|_| sharing.observe(100, 800, 10));
        (0..40).for_each(|_| sharing.observe(100, 100, 10));
        assert!(sharing.predict(100).segments < 250, "{}", sharing.predict(100).segments);
    }
}
