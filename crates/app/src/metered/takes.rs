//! Lines that were spoken for an artifact that was not stored then, whatever stopped it: the next attempt need not pay
//! for them again. They are kept in this process only, and only while there is room.

use domain::{ArtifactKey, Host, Language};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use studio::voice::{Pcm, Utterance};

/// Some artifacts' worth of sound.
const MOST_BYTES: usize = 48 << 20;

/// What tells one line of an artifact from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Line {
    text: String,
    host: u8,
    language: &'static str,
}

impl Line {
    fn of(utterance: &Utterance) -> Self {
        let Utterance { text, host, language, .. } = utterance;
        let (host, language): (Host, Language) = (*host, *language);
        Self { text: text.clone(), host: host as u8, language: language.tag() }
    }
}

/// The lines that one attempt has so far.
#[derive(Debug, Default)]
pub(super) struct Takes(Mutex<HashMap<Line, Pcm>>);

impl Takes {
    pub(super) fn find(&self, utterance: &Utterance) -> Option<Pcm> {
        lock(&self.0).get(&Line::of(utterance)).cloned()
    }

    pub(super) fn keep(&self, utterance: &Utterance, pcm: &Pcm) {
        lock(&self.0).insert(Line::of(utterance), pcm.clone());
    }

    /// Takes over what another attempt left.
    pub(super) fn add(&self, others: HashMap<Line, Pcm>) {
        lock(&self.0).extend(others);
    }

    pub(super) fn forget(&self) {
        lock(&self.0).clear();
    }

    fn leave(&self) -> HashMap<Line, Pcm> {
        std::mem::take(&mut lock(&self.0))
    }
}

/// What attempts left behind, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Leftovers(Mutex<VecDeque<(ArtifactKey, HashMap<Line, Pcm>)>>);

impl Leftovers {
    /// An attempt of this artifact begins.
    pub(super) fn fetch(&self, artifact: ArtifactKey) -> HashMap<Line, Pcm> {
        let mut left = lock(&self.0);
        let place = left.iter().position(|(key, _)| *key == artifact);
        place.and_then(|place| left.remove(place)).map(|(_, lines)| lines).unwrap_or_default()
    }

    /// An attempt of this artifact is over.
    pub(super) fn store(&self, artifact: ArtifactKey, takes: &Takes) {
        let lines = takes.leave();
        if lines.is_empty() {
            return;
        }
        let mut left = lock(&self.0);
        left.push_back((artifact, lines));
        let bytes = |lines: &HashMap<Line, Pcm>| {
            lines.values().map(|pcm| std::mem::size_of_val(pcm.samples.as_slice())).sum::<usize>()
        };
        let mut total: usize = left.iter().map(|(_, lines)| bytes(lines)).sum();
        while total > MOST_BYTES
            && let Some((_, oldest)) = left.pop_front()
        {
            total -= bytes(&oldest);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
