//! Dead letters: jobs that failed for good, kept until somebody redrives or discards them.

use crate::{Class, JobId, Kind, Lane, Micros, retry::GaveUp};

const MINUTE: Micros = 60_000_000;

/// Which dead letters are meant; a field that is `None` leaves the choice open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadFilter {
    pub id: Option<JobId>,
    pub fingerprint: Option<String>,
    pub kind: Option<Kind>,
    pub class: Option<Class>,
    /// Died at or after.
    pub since: Option<Micros>,
    /// Died before.
    pub until: Option<Micros>,
}

/// Another chance for dead letters, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    pub filter: DeadFilter,
    /// Only so many: a canary before the rest.
    pub first: Option<u32>,
    /// Spread over time instead of all at once.
    pub per_minute: Option<u32>,
    /// The deadline they get; theirs is usually past.
    pub due_at: Micros,
    pub by: Decided,
}

/// Whose decision it was, for the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub who: String,
    /// `None`: no reason was given.
    pub why: Option<String>,
}

impl Decided {
    /// Without a reason.
    pub fn by(who: impl Into<String>) -> Self {
        Self { who: who.into(), why: None }
    }
}

impl Redrive {
    /// Microseconds between two of them.
    pub fn between(&self) -> Micros {
        self.per_minute.map_or(0, |rate| MINUTE / i64::from(rate.max(1)))
    }
}

/// Dead letters that died of the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadGroup {
    pub fingerprint: String,
    pub kind: Kind,
    pub class: Class,
    /// Of one of them.
    pub message: String,
    pub total: u64,
    pub first_at: Micros,
    pub last_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    pub id: JobId,
    pub kind: Kind,
    pub key: Option<String>,
    pub group: Option<String>,
    pub lane: Lane,
    pub work: String,
    pub class: Class,
    pub message: String,
    pub fingerprint: String,
    pub gave_up: GaveUp,
    pub tries: u32,
    pub died_at: Micros,
    pub discarded_at: Option<Micros>,
}
