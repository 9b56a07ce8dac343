//! How a simulated day went.

use super::{providers::Calls, weather::Span};
use domain::{Edition, OccurrenceState, SegmentKind};
use queue::Micros;
use serde::Serialize;
use store::{Store, StoreError, trial::Ending};

/// The names are a contract; those below `seconds` came later.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub listeners: u32,
    pub occurrences: u64,
    /// Of those that were to have a program: published by their ready-by.
    pub on_time_ratio: f64,
    /// Of what was published.
    pub lateness_ms: Lateness,
    pub missed: u64,
    /// Local dates of feeds with more programs than one.
    pub duplicates: u64,
    pub writer_calls: u64,
    /// But for what names one listener.
    pub voice_calls: u64,
    /// Had every program been made alone.
    pub naive_writer_calls: u64,
    pub naive_voice_calls: u64,
    pub cost_micro_usd: u64,
    /// Calls at the same time, at most.
    pub peak_in_flight: u32,
    /// Of this run, not of the day.
    pub seconds: f64,

    pub policy: &'static str,
    pub seed: u64,
    /// Nothing to tell: a good end.
    pub skipped: u64,
    pub failed: u64,
    pub unfinished: u64,
    pub full: u64,
    pub shortened: u64,
    pub brief: u64,
    pub late: u64,
    /// Greetings by name, each made once for ever.
    pub name_calls: u64,
    /// Of the writer and voice that stand in.
    pub plain_calls: u64,
    /// Narrations at the same time.
    pub capacity: u32,
    /// Listeners of the batch with the most of them, and minutes of all capacity that its narration took in the
    /// warm-up, from which the capacity is reckoned.
    pub largest_batch: u64,
    pub largest_batch_minutes: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lateness {
    pub p50: u64,
    pub p99: u64,
    pub max: u64,
}

/// What the database tells of a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcomes {
    pub occurrences: u64,
    pub on_time: u64,
    pub late: u64,
    pub lateness_ms: Lateness,
    pub skipped: u64,
    pub missed: u64,
    pub failed: u64,
    pub unfinished: u64,
    pub full: u64,
    pub shortened: u64,
    pub brief: u64,
}

/// Calls, had every program been made alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Naive {
    pub writer: u64,
    pub voice: u64,
}

/// Programs read at once.
const PAGE: u32 = 500;

impl Outcomes {
    pub fn of(endings: &[Ending]) -> Self {
        let mut outcomes = Self { occurrences: endings.len() as u64, ..Self::default() };
        let mut lateness: Vec<u64> = Vec::with_capacity(endings.len());
        for ending in endings {
            match ending.state {
                OccurrenceState::Published => {
                    let late = ending.late.unwrap_or(Micros::MAX).max(0).unsigned_abs();
                    *(if late > 0 { &mut outcomes.late } else { &mut outcomes.on_time }) += 1;
                    lateness.push(late.div_ceil(1_000));
                }
                OccurrenceState::Skipped | OccurrenceState::Cancelled => outcomes.skipped += 1,
                OccurrenceState::Missed => outcomes.missed += 1,
                OccurrenceState::Failed => outcomes.failed += 1,
                OccurrenceState::Open | OccurrenceState::Selected => outcomes.unfinished += 1,
            }
            match ending.edition {
                Some(Edition::Full) => outcomes.full += 1,
                Some(Edition::Shortened) => outcomes.shortened += 1,
                Some(Edition::Brief) => outcomes.brief += 1,
                None => {}
            }
        }
        outcomes.lateness_ms = Lateness::of(lateness);
        outcomes
    }

    pub fn on_time_ratio(&self) -> f64 {
        match self.occurrences - self.skipped {
            0 => 1.0,
            wanted => self.on_time as f64 / wanted as f64,
        }
    }
}

impl Lateness {
    /// Of all, by nearest rank.
    fn of(mut all: Vec<u64>) -> Self {
        all.sort_unstable();
        let at = |percent: usize| {
            let rank = (all.len() * percent).div_ceil(100).max(1);
            all.get(rank - 1).copied().unwrap_or_default()
        };
        Self { p50: at(50), p99: at(99), max: at(100) }
    }
}

impl Naive {
    pub async fn of(store: &Store, day: Span) -> Result<Self, StoreError> {
        let mut naive = Self::default();
        let mut after = None;
        loop {
            let page = store.documents(day.from, day.to, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(naive) };
            after = Some(*last);
            page.iter().for_each(|(_, program)| naive.add(program));
        }
    }

    fn add(&mut self, program: &domain::Program) {
        for segment in &program.segments {
            match segment.kind {
                SegmentKind::Article => {
                    self.writer += 1;
                    self.voice += 1;
                }
                SegmentKind::Phrase => self.voice += 1,
                SegmentKind::Jingle => {}
            }
        }
    }
}

/// All that a report is made of.
#[derive(Debug)]
pub struct Parts {
    pub outcomes: Outcomes,
    pub naive: Naive,
    pub duplicates: u64,
    pub calls: Calls,
    pub name_calls: u64,
    pub plain_calls: u64,
    pub capacity: u32,
    pub largest_batch: u64,
    pub largest_batch_minutes: f64,
}

impl Report {
    pub fn new(listeners: u32, seed: u64, policy: &'static str, seconds: f64, parts: &Parts) -> Self {
        let Parts { outcomes, naive, calls, .. } = parts;
        Self {
            listeners,
            occurrences: outcomes.occurrences,
            on_time_ratio: rounded(outcomes.on_time_ratio(), 1e6),
            lateness_ms: outcomes.lateness_ms,
            missed: outcomes.missed,
            duplicates: parts.duplicates,
            writer_calls: calls.writer,
            voice_calls: calls.voice.saturating_sub(parts.name_calls),
            naive_writer_calls: naive.writer,
            naive_voice_calls: naive.voice,
            cost_micro_usd: calls.cost_micro_usd,
            peak_in_flight: calls.peak,
            seconds: rounded(seconds, 1e1),
            policy,
            seed,
            skipped: outcomes.skipped,
            failed: outcomes.failed,
            unfinished: outcomes.unfinished,
            full: outcomes.full,
            shortened: outcomes.shortened,
            brief: outcomes.brief,
            late: outcomes.late,
            name_calls: parts.name_calls,
            plain_calls: parts.plain_calls,
            capacity: parts.capacity,
            largest_batch: parts.largest_batch,
            largest_batch_minutes: rounded(parts.largest_batch_minutes, 1e1),
        }
    }
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(state: OccurrenceState, late: Option<Micros>) -> Ending {
        let edition = (state == OccurrenceState::Published).then_some(Edition::Full);
        Ending { state, edition, late }
    }

    #[test]
    fn what_was_skipped_is_neither_late_nor_in_time() {
        use OccurrenceState::{Failed, Missed, Published, Selected, Skipped};
        let endings = [
            ended(Published, Some(-5)),
            ended(Published, Some(0)),
            ended(Published, Some(2_500)),
            ended(Skipped, Some(-5)),
            ended(Missed, Some(5)),
            ended(Failed, Some(5)),
            ended(Selected, None),
        ];
        let outcomes = Outcomes::of(&endings);
        assert_eq!(outcomes.on_time_ratio(), 2.0 / 6.0);
        assert_eq!((outcomes.late, outcomes.missed, outcomes.failed, outcomes.unfinished), (1, 1, 1, 1));
        assert_eq!(outcomes.lateness_ms, Lateness { p50: 0, p99: 3, max: 3 });
        assert_eq!(Outcomes::of(&[]).on_time_ratio(), 1.0);
    }
}
