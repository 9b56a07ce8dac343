//! What a handler says about its work.

use crate::Micros;
use std::fmt;

/// How an attempt ended, as its handler judges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// A good end: there was nothing to do, and this is why.
    Skip(String),
    /// Failed; to be tried again as its class allows.
    Retry(JobError),
    /// Not now: again at this instant, without an attempt being used.
    Snooze(Micros),
    /// Failed for good.
    Fail(JobError),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JobError {
    pub class: Class,
    /// One line: what, where, what to do.
    pub message: String,
    /// Throttled: the provider asked to wait this long, microseconds.
    pub retry_after: Option<Micros>,
}

impl JobError {
    pub fn new(class: Class, message: impl fmt::Display) -> Self {
        Self { class, message: message.to_string(), retry_after: None }
    }

    pub fn throttled(message: impl fmt::Display, retry_after: Option<Micros>) -> Self {
        Self { class: Class::Throttled, message: message.to_string(), retry_after }
    }
}

/// What kind of failure it was: decides whether and when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It may work next time: a time-out, a broken connection, a 500.
    Transient,
    /// Too fast: 429.
    Throttled,
    /// It will never work: 404, refused for good.
    Permanent,
    /// Money or quota ran out; it comes back with the next period.
    Budget,
    /// What was to be worked on is unusable.
    Input,
    /// Our own mistake: a panic, work that cannot be read back, a process that dies of it.
    Bug,
}

impl Class {
    pub const ALL: [Self; 6] =
        [Self::Transient, Self::Throttled, Self::Permanent, Self::Budget, Self::Input, Self::Bug];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Throttled => "throttled",
            Self::Permanent => "permanent",
            Self::Budget => "budget",
            Self::Input => "input",
            Self::Bug => "bug",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}
