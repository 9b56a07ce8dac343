//! A durable unit of work, as it is handed in and as it is handed out.

use crate::{Counts, Micros};
use std::{borrow::Cow, fmt};

/// Given by the store; grows with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A job under one lease: the fence grows with every lease of the job, so an old holder's ticket
/// opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    pub id: JobId,
    pub fence: u32,
}

/// A priority class; 0 is the best. Names and weights are configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(pub u8);

/// Which handler a job is for: a short lower-case word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(Cow<'static, str>);

impl Kind {
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    pub fn name(&self) -> &str {
        &self.0
    }
}

impl From<String> for Kind {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A job to be enqueued; `work` is text in the caller's own form (JSON).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    pub kind: Kind,
    pub work: String,
    /// Unique among unfinished jobs; `None` is never a duplicate.
    pub key: Option<String>,
    /// Whose running jobs are limited together: a listener.
    pub group: Option<String>,
    pub lane: Lane,
    /// The latest start that still meets `due_at`: the order inside a lane.
    pub start_by: Micros,
    /// When it must be finished; retries end a grace after it.
    pub due_at: Micros,
    /// How many wait for it: the order among those with the same latest start.
    pub demand: u32,
    pub begin: Begin,
}

impl NewJob {
    /// In the best lane, to be started at once, wanted by one, without key or group.
    pub fn new(kind: Kind, work: impl Into<String>, due_at: Micros) -> Self {
        Self {
            kind,
            work: work.into(),
            key: None,
            group: None,
            lane: Lane(0),
            start_by: due_at,
            due_at,
            demand: 1,
            begin: Begin::Now,
        }
    }
}

/// When a new job may be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    Now,
    At(Micros),
    /// When what it waits for is promoted by this name.
    Held(String),
}

/// What to do with a new job whose key an unfinished one already has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDuplicate {
    /// The old one stays as it is.
    Keep,
    /// The old one takes the better lane and the earlier start of the two, and the demand of both. Once
    /// it runs it stays as it is.
    Join,
}

/// A leased job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job<W> {
    pub ticket: Ticket,
    pub kind: Kind,
    pub key: Option<String>,
    pub group: Option<String>,
    pub lane: Lane,
    pub due_at: Micros,
    /// Since when it could have been claimed.
    pub ready_at: Micros,
    /// Before this attempt.
    pub counts: Counts,
    pub work: W,
}

impl<W> Job<W> {
    pub fn with_work<V>(self, work: V) -> (Job<V>, W) {
        let Self { ticket, kind, key, group, lane, due_at, ready_at, counts, work: old } = self;
        (Job { ticket, kind, key, group, lane, due_at, ready_at, counts, work }, old)
    }
}
