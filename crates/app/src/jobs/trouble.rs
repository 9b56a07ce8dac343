//! Why a handler could not go on, and what becomes of its job then.

use super::{Facts, Room, SECOND};
use queue::{Class, JobError, Micros, Outcome};
use std::{
    ops::RangeInclusive,
    sync::{Mutex, PoisonError},
};
use store::StoreError;

/// Why a handler could not go on. What it says of its work is an outcome, not this.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Media(#[from] media::MediaError),
    #[error("{0}")]
    Work(JobError),
}

/// How long work waits for a storage that does not answer: from one of these to twice that, the longer the longer it
/// has been away, for thousands may wait.
const NO_STORAGE: RangeInclusive<Micros> = 3 * SECOND..=30 * SECOND;

impl Trouble {
    /// What becomes of the job. A storage that is away is nobody's failure: work waits for it, and keeps its
    /// attempts, for as long as anybody waits for the work.
    pub(super) fn outcome(self, room: &Room, facts: &Facts) -> Outcome {
        let now = room.clock.now();
        let Some(storage) = self.storage_away() else { return self.into() };
        if now >= facts.due_at.saturating_add(room.rules.policies.grace) {
            return self.into();
        }
        room.alerts.raise("storage", "away", &format!("work waits for storage: {self}"));
        let away_for = now - room.away.since(storage, now);
        let wait = (away_for / 4).clamp(*NO_STORAGE.start(), *NO_STORAGE.end());
        Outcome::Snooze(now + (wait as f64 * (1.0 + room.entropy.fraction())) as Micros)
    }

    /// Which storage does not answer, if that is the trouble.
    fn storage_away(&self) -> Option<Storage> {
        match self {
            Self::Store(error) if error.is_outage() => Some(Storage::Database),
            Self::Media(error) if error.is_outage() => Some(Storage::Media),
            Self::Store(_) | Self::Media(_) | Self::Work(_) => None,
        }
    }
}

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        let class = match &trouble {
            Trouble::Store(StoreError::Inconsistent { .. }) => Class::Bug,
            Trouble::Store(_) | Trouble::Media(_) => Class::Transient,
            Trouble::Work(error) => return Self::Retry(error.clone()),
        };
        Self::Retry(JobError::new(class, trouble))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Database,
    Media,
}

/// Since when each storage has not answered, if it does not.
#[derive(Debug, Default)]
pub struct Away(Mutex<[Option<Micros>; 2]>);

impl Away {
    /// It answered.
    pub(super) fn is_back(&self, storage: Storage) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[storage as usize] = None;
    }

    /// Since when it has not answered, which it does not now.
    fn since(&self, storage: Storage, now: Micros) -> Micros {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)[storage as usize].get_or_insert(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storage_is_away_from_its_first_silence_until_it_answers_and_apart_from_the_other() {
        let away = Away::default();
        assert_eq!(away.since(Storage::Media, 10), 10);
        assert_eq!(away.since(Storage::Media, 20), 10);
        assert_eq!(away.since(Storage::Database, 20), 20);
        away.is_back(Storage::Database);
        assert_eq!(away.since(Storage::Media, 30), 10);
        away.is_back(Storage::Media);
        assert_eq!(away.since(Storage::Media, 30), 30);
    }
}
