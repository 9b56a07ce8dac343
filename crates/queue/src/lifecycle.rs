//! What may become of a job: one pure function from a state and an event to the next state.
//!
//! ```text
//! held ──promote──▶ available ──claim──▶ leased ──▶ done
//!                       ▲                  │
//!                       ├── retry, snooze, ┤──▶ dead ──redrive──▶ available
//!                       │   give back,     │
//!                       └── lapse ─────────┘        cancelled ◀── held, available, leased
//! ```
//!
//! The database records what is decided here and decides nothing. A process that dies does not use an
//! attempt of its job, until that has happened so often that the job must be the cause.

use crate::{
    Class, JobError, Micros, Outcome, Policies,
    retry::{GaveUp, next_try},
};

/// Jobs whose process died again come back within this time: enough to part them, and hardly a delay.
const SUSPECTS_APART: Micros = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Held,
    Available,
    Leased,
    Done,
    Dead,
    Cancelled,
}

impl State {
    pub const ALL: [Self; 6] =
        [Self::Held, Self::Available, Self::Leased, Self::Done, Self::Dead, Self::Cancelled];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Available => "available",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Nothing leads out of it but an operator's redrive of a dead letter.
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Dead | Self::Cancelled)
    }
}

/// What a job has used up since it was enqueued or redriven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Attempts that failed.
    pub tries: u32,
    /// Leases that ran out since the last attempt that was counted.
    pub crashes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// What it was held for, or its time, has come.
    Promote,
    Claim,
    Finish(&'a Outcome),
    /// Its lease ran out: the holder died or froze.
    Lapse,
    /// Its holder stops in good order and has not finished it.
    GiveBack,
    Cancel,
    /// An operator gives a dead letter another chance.
    Redrive,
}

/// What the rules need to know besides the job's own state.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    pub policies: &'a Policies,
    pub due_at: Micros,
    /// Chance, in [0, 1).
    pub fraction: f64,
    pub now: Micros,
}

/// Where a job goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub to: Next,
    pub counts: Counts,
    /// What is written down about the lease that ended, if one did.
    pub record: Option<Record>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Available { ready_at: Micros },
    Leased,
    Done,
    Dead(GaveUp),
    Cancelled,
}

impl Next {
    pub const fn state(self) -> State {
        match self {
            Self::Available { .. } => State::Available,
            Self::Leased => State::Leased,
            Self::Done => State::Done,
            Self::Dead(_) => State::Dead,
            Self::Cancelled => State::Cancelled,
        }
    }
}

/// The end of a lease, as the list of attempts keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub ending: Ending,
    pub class: Option<Class>,
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Done,
    Skipped,
    Retried,
    Snoozed,
    Failed,
    Lapsed,
    GivenBack,
    Cancelled,
}

impl Ending {
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Skipped,
        Self::Retried,
        Self::Snoozed,
        Self::Failed,
        Self::Lapsed,
        Self::GivenBack,
        Self::Cancelled,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Retried => "retried",
            Self::Snoozed => "snoozed",
            Self::Failed => "failed",
            Self::Lapsed => "lapsed",
            Self::GivenBack => "given_back",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.name() == name)
    }
}

/// An event that means nothing to a job in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {} cannot be told to {event}", state.name())]
pub struct Impossible {
    pub state: State,
    pub event: &'static str,
}

/// The next step of a job; the only place that knows.
pub fn step(
    state: State,
    counts: Counts,
    event: Event<'_>,
    circumstances: &Circumstances<'_>,
) -> Result<Step, Impossible> {
    let now = circumstances.now;
    let moved = |to| Step { to, counts, record: None };
    let ended = |to, ending| Step { to, counts, record: Some(Record { ending, class: None, message: None }) };
    Ok(match (state, event) {
        (State::Held | State::Available, Event::Promote) => moved(Next::Available { ready_at: now }),
        (State::Available, Event::Claim) => moved(Next::Leased),
        (State::Held | State::Available, Event::Cancel) => moved(Next::Cancelled),
        (State::Leased, Event::Cancel) => ended(Next::Cancelled, Ending::Cancelled),
        (State::Leased, Event::GiveBack) => give_back(counts, now),
        (State::Leased, Event::Finish(outcome)) => finish(counts, outcome, circumstances),
        (State::Leased, Event::Lapse) => lapse(counts, circumstances),
        (State::Dead, Event::Redrive) => {
            Step { to: Next::Available { ready_at: now }, counts: Counts::default(), record: None }
        }
        (state, event) => return Err(Impossible { state, event: name(event) }),
    })
}

/// The end of a lease by its handler's word.
pub fn finish(counts: Counts, outcome: &Outcome, circumstances: &Circumstances<'_>) -> Step {
    let said = |to, ending, message: Option<&String>| Step {
        to,
        counts,
        record: Some(Record { ending, class: None, message: message.cloned() }),
    };
    match outcome {
        // A holder that lived to say so was not brought down by the job.
        Outcome::Snooze(until) => {
            let ready_at = (*until).max(circumstances.now);
            let snoozed = said(Next::Available { ready_at }, Ending::Snoozed, None);
            Step { counts: Counts { crashes: 0, ..counts }, ..snoozed }
        }
        Outcome::Done => said(Next::Done, Ending::Done, None),
        Outcome::Skip(reason) => said(Next::Done, Ending::Skipped, Some(reason)),
        Outcome::Retry(error) => fail(counts, error, circumstances),
        Outcome::Fail(error) => bury(tried(counts), error, GaveUp::Final),
    }
}

/// The end of a lease whose holder stops in good order: as if it had never been claimed.
pub const fn give_back(counts: Counts, now: Micros) -> Step {
    let record = Record { ending: Ending::GivenBack, class: None, message: None };
    Step { to: Next::Available { ready_at: now }, counts, record: Some(record) }
}

/// The end of a lease by time.
pub fn lapse(counts: Counts, circumstances: &Circumstances<'_>) -> Step {
    let crashes = counts.crashes.saturating_add(1);
    if crashes >= circumstances.policies.crashes {
        let message = format!("the process died or froze {crashes} times while it ran");
        return fail(counts, &JobError::new(Class::Bug, message), circumstances);
    }
    // All that ran in the process are under suspicion. Whoever was there again comes back at a time of its own, so that
    // the one that is to blame does not take the same ones with it each time.
    let apart = if crashes > 1 { (SUSPECTS_APART as f64 * circumstances.fraction) as Micros } else { 0 };
    Step {
        to: Next::Available { ready_at: circumstances.now.saturating_add(apart) },
        counts: Counts { crashes, ..counts },
        record: Some(Record { ending: Ending::Lapsed, class: None, message: None }),
    }
}

fn fail(counts: Counts, error: &JobError, circumstances: &Circumstances<'_>) -> Step {
    let counts = tried(counts);
    let Circumstances { policies, due_at, fraction, now } = *circumstances;
    match next_try(policies, error, counts.tries, due_at, fraction, now) {
        Ok(ready_at) => {
            Step { to: Next::Available { ready_at }, counts, record: Some(record(Ending::Retried, error)) }
        }
        Err(reason) => bury(counts, error, reason),
    }
}

fn bury(counts: Counts, error: &JobError, reason: GaveUp) -> Step {
    Step { to: Next::Dead(reason), counts, record: Some(record(Ending::Failed, error)) }
}

fn record(ending: Ending, error: &JobError) -> Record {
    Record { ending, class: Some(error.class), message: Some(error.message.clone()) }
}

const fn tried(counts: Counts) -> Counts {
    Counts { tries: counts.tries.saturating_add(1), crashes: 0 }
}

const fn name(event: Event<'_>) -> &'static str {
    match event {
        Event::Promote => "promote",
        Event::Claim => "claim",
        Event::Finish(_) => "finish",
        Event::Lapse => "lapse",
        Event::GiveBack => "give back",
        Event::Cancel => "cancel",
        Event::Redrive => "redrive",
    }
}

#[cfg(test)]
mod tests;
