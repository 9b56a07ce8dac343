//! Learned seconds per step of production, and what they make of a batch.

use super::Learned;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A step whose duration is learned, each per piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Choosing one occurrence's articles.
    Select,
    /// Narrating and voicing one article.
    Segment,
    /// Voicing one phrase.
    Phrase,
    /// Composing one occurrence's manifest.
    Assemble,
    /// One program from an external generator.
    External,
}

impl Step {
    /// Believed until there is something to learn from: generous, for a hosted writer and voice.
    pub const fn cold_start_s(self) -> f64 {
        match self {
            Self::Select | Self::Assemble => 0.05,
            Self::Segment => 30.0,
            Self::Phrase => 3.0,
            Self::External => 120.0,
        }
    }
}

/// How many pieces of each step a batch has left to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchWork {
    /// Occurrences still to select.
    pub selections: u64,
    /// Distinct segments not made yet.
    pub segments: u64,
    /// Distinct phrases not made yet.
    pub phrases: u64,
    /// Occurrences still to assemble.
    pub assemblies: u64,
    /// Programs that somebody else makes.
    pub external: u64,
}

/// What each step takes, as learned so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Durations(BTreeMap<Step, Learned>);

impl Durations {
    pub fn observe(&mut self, step: Step, seconds: f64, now: Timestamp) {
        self.0.entry(step).or_default().observe(seconds, now);
    }

    /// Takes over what is stored for a step.
    pub fn merge(&mut self, step: Step, learned: &Learned) {
        self.0.entry(step).or_default().merge(learned);
    }

    pub fn learned(&self, step: Step) -> Option<&Learned> {
        self.0.get(&step)
    }

    /// Seconds to reckon with for one piece.
    pub fn seconds(&self, step: Step) -> f64 {
        let cold_start_s = step.cold_start_s();
        self.0.get(&step).map_or(cold_start_s, |learned| learned.p95_or(cold_start_s))
    }

    /// Seconds of work in a batch, of one slot of capacity.
    pub fn work_s(&self, work: &BatchWork) -> f64 {
        [
            (Step::Select, work.selections),
            (Step::Segment, work.segments),
            (Step::Phrase, work.phrases),
            (Step::Assemble, work.assemblies),
            (Step::External, work.external),
        ]
        .into_iter()
        .map(|(step, pieces)| self.seconds(step) * pieces as f64)
        .sum()
    }

    /// Time to keep for assembling a batch after its cut-off.
    pub fn assembly_margin(&self, occurrences: u64, parallel: f64) -> SignedDuration {
        crate::occurrence::assembly_margin(occurrences, self.seconds(Step::Assemble), parallel)
    }
}
