//! What production has learned of itself: how long its steps take, how far guessed lengths are off, how much
//! a batch shares. Observed here, written down now and then, read back by every node.

use domain::{
    Depth, Language,
    forecast::{BatchWork, Durations, Sharing, Step},
    select::Guesses,
};
use jiff::Timestamp;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::{Store, StoreError};

/// Known, with what this process saw since it last wrote.
#[derive(Debug, Default)]
pub struct Learning(Mutex<Both>);

#[derive(Debug, Default)]
struct Both {
    known: Lessons,
    fresh: Lessons,
}

#[derive(Clone, Debug, Default)]
struct Lessons {
    durations: Durations,
    guesses: Guesses,
    sharing: Sharing,
}

const STEPS: [Step; 5] = [Step::Select, Step::Segment, Step::Phrase, Step::Assemble, Step::External];
const GUESSES: &str = "guesses";
const SHARING: &str = "sharing";

impl Learning {
    /// One piece of a step took so long.
    pub fn took(&self, step: Step, took: Duration, now: Timestamp) {
        let mut both = self.lock();
        both.known.durations.observe(step, took.as_secs_f64(), now);
        both.fresh.durations.observe(step, took.as_secs_f64(), now);
    }

    /// An article was guessed to last so long and lasts so long.
    pub fn lasted(&self, language: Language, depth: Depth, guessed_ms: u64, actual_ms: u64) {
        let mut both = self.lock();
        both.known.guesses.observe(language, depth, guessed_ms, actual_ms);
        both.fresh.guesses.observe(language, depth, guessed_ms, actual_ms);
    }

    /// A batch of so many wanted so many distinct artifacts.
    pub fn shared(&self, occurrences: u64, segments: u64, phrases: u64) {
        let mut both = self.lock();
        both.known.sharing.observe(occurrences, segments, phrases);
        both.fresh.sharing.observe(occurrences, segments, phrases);
    }

    pub fn corrected(&self, language: Language, depth: Depth, guessed_ms: u64) -> u64 {
        self.lock().known.guesses.corrected(language, depth, guessed_ms)
    }

    pub fn durations(&self) -> Durations {
        self.lock().known.durations.clone()
    }

    /// The work of a batch that is still to be selected.
    pub fn predict(&self, occurrences: u64) -> BatchWork {
        self.lock().known.sharing.predict(occurrences)
    }

    /// Writes down what is fresh, and reads what all nodes know. What cannot be read is unlearned.
    pub async fn exchange(&self, store: &Store) -> Result<(), StoreError> {
        let fresh = std::mem::take(&mut self.lock().fresh);
        if let Err(error) = write(store, &fresh).await {
            self.lock().fresh.merge(&fresh);
            return Err(error);
        }
        let mut known = Lessons::default();
        for (name, value) in store.learned().await? {
            known.read(&name, &value);
        }
        let mut both = self.lock();
        known.merge(&both.fresh);
        both.known = known;
        Ok(())
    }

    /// A panic while holding it leaves plain data, still good.
    fn lock(&self) -> MutexGuard<'_, Both> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(store: &Store, fresh: &Lessons) -> Result<(), StoreError> {
    let mut changes: Vec<String> = STEPS
        .iter()
        .filter(|step| fresh.durations.learned(**step).is_some())
        .map(|step| step_name(*step))
        .collect();
    if fresh.guesses != Guesses::default() {
        changes.push(GUESSES.into());
    }
    if fresh.sharing != Sharing::default() {
        changes.push(SHARING.into());
    }
    if changes.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for name in changes {
        let merge = |known: Option<&str>| {
            let mut lessons = Lessons::default();
            if let Some(known) = known {
                lessons.read(&name, known);
            }
            lessons.merge(fresh);
            lessons.written(&name)
        };
        tx.learn(&name, merge).await?;
    }
    tx.commit().await
}

impl Lessons {
    fn merge(&mut self, other: &Self) {
        for step in STEPS {
            if let Some(learned) = other.durations.learned(step) {
                self.durations.merge(step, learned);
            }
        }
        self.guesses.merge(&other.guesses);
        self.sharing.merge(&other.sharing);
    }

    fn read(&mut self, name: &str, value: &str) {
        let read = match name {
            GUESSES => serde_json::from_str(value).map(|guesses| self.guesses = guesses),
            SHARING => serde_json::from_str(value).map(|sharing| self.sharing = sharing),
            name => match STEPS.into_iter().find(|step| step_name(*step) == name) {
                Some(step) => serde_json::from_str(value).map(|learned| self.durations.merge(step, &learned)),
                None => Ok(()),
            },
        };
        if let Err(error) = read {
            tracing::warn!(name, %error, "what was learned cannot be read; learning anew");
        }
    }

    fn written(&self, name: &str) -> String {
        let written = match name {
            GUESSES => serde_json::to_string(&self.guesses),
            SHARING => serde_json::to_string(&self.sharing),
            name => {
                let step = STEPS.into_iter().find(|step| step_name(*step) == name);
                serde_json::to_string(&step.and_then(|step| self.durations.learned(step)))
            }
        };
        // Numbers by names: writing them as JSON cannot fail.
        written.unwrap_or_default()
    }
}

fn step_name(step: Step) -> String {
    let name = match step {
        Step::Select => "select",
        Step::Segment => "segment",
        Step::Phrase => "phrase",
        Step::Assemble => "assemble",
        Step::External => "external",
    };
    format!("seconds:{name}")
}
