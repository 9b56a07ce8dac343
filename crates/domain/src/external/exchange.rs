//! What may become of an exchange with a generator: pure functions from what stands, and what happened,
//! to what stands next.
//!
//! ```text
//! sent ──200──▶ answered          sent, accepted ──answer_by passes──▶ timed out
//!   │  ╲                          any but those with a program taken ──refused──▶ failed
//!  202  ╲─call─▶ called back      timed out, failed ──asked again with a later due time──▶ sent
//!   ▼             ▲
//! accepted ──call─┘
//! ```
//!
//! Everything may happen twice and in any order: a request is repeated under the same name, a callback
//! overtakes the 202, both bring the answer. The first answer stands; the same one again is a repetition.

use super::Answer;
use crate::occurrence::{self, State};
use jiff::{SignedDuration, Timestamp};

/// For fetching the audio and publishing it: no answer is taken later than this before the due time.
pub const PUBLISH_MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// A callback wakes the job; should that be missed, it looks after this and half the time passed again.
const LOOK: SignedDuration = SignedDuration::from_secs(1);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub phase: Phase,
    /// Requests sent so far; the last one's number.
    pub sends: u32,
    /// When it was first asked with this deadline.
    pub asked_at: Timestamp,
    /// The deadline that the generator was given; a later one means that somebody wants it asked again.
    pub due_at: Timestamp,
    /// From then on no answer is taken.
    pub answer_by: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The request is on its way, or what came of it was lost.
    Sent,
    /// 202: a callback is promised.
    Accepted {
        at: Timestamp,
    },
    /// The answer to the request was the answer.
    Answered(Answer),
    CalledBack(Answer),
    TimedOut,
    /// Refused, or an answer that could not be used; why.
    Failed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Recorded before each request.
    Send {
        due_at: Timestamp,
    },
    Accept,
    Answer(&'a Answer),
    /// How the occurrence stands decides too: nobody waits for one that has ended.
    CallBack {
        answer: &'a Answer,
        occurrence: State,
    },
    TimeOut,
    /// Of the request with this number, or of its answer.
    Fail {
        send: u32,
        why: &'a str,
    },
}

/// Why nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It had happened before.
    #[error("this is recorded already")]
    Repetition,
    #[error("another answer was taken before; the first one stands")]
    Differs,
    #[error("no program was asked for under this name")]
    Unasked,
    #[error("the time to answer ended at {0}; answer sooner, or ask for a later ready-by")]
    TooLate(Timestamp),
    #[error("the request was given up: {0}")]
    GivenUp(String),
    #[error("the occurrence is {0}; nobody waits for an answer any more")]
    Ended(State),
    /// A request with a later number is under way, or it is not time yet.
    #[error("this no longer or not yet applies")]
    Untimely,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    Send,
    /// A callback is promised; look again then.
    Wait(Timestamp),
    Take(&'a Answer),
    TimeOut,
    GiveUp(&'a str),
}

/// The next step of whoever works on the occurrence; `due_at` is their own deadline.
pub fn next(exchange: Option<&Exchange>, due_at: Timestamp, now: Timestamp) -> Next<'_> {
    let Some(exchange) = exchange else {
        return if now < due_at {
            Next::Send
        } else {
            Next::GiveUp("its time was over before it was asked for")
        };
    };
    let asked_anew = due_at > exchange.due_at && now < due_at;
    match &exchange.phase {
        Phase::Answered(answer) | Phase::CalledBack(answer) => Next::Take(answer),
        _ if asked_anew => Next::Send,
        Phase::Sent | Phase::Accepted { .. } if now >= exchange.answer_by => Next::TimeOut,
        Phase::Sent => Next::Send,
        Phase::Accepted { at } => {
            let look = LOOK.max(now.duration_since(*at) / 2);
            Next::Wait(now.saturating_add(look).unwrap_or(Timestamp::MAX).min(exchange.answer_by))
        }
        Phase::TimedOut => Next::GiveUp("it did not answer in time"),
        Phase::Failed(why) => Next::GiveUp(why),
    }
}

/// The exchange after an event, or why it stays as it is.
pub fn apply(exchange: Option<&Exchange>, event: Event<'_>, now: Timestamp) -> Result<Exchange, Refused> {
    if let Event::Send { due_at } = event {
        return send(exchange, due_at, now);
    }
    let exchange = exchange.ok_or(Refused::Unasked)?;
    let phase = match event {
        Event::Send { .. } | Event::Accept => accept(&exchange.phase, now)?,
        Event::Answer(answer) => {
            take(exchange, answer)?;
            Phase::Answered(answer.clone())
        }
        Event::CallBack { answer, occurrence } => {
            take(exchange, answer)?;
            if !occurrence.is_unfinished() {
                return Err(Refused::Ended(occurrence));
            }
            if now >= exchange.answer_by {
                return Err(Refused::TooLate(exchange.answer_by));
            }
            Phase::CalledBack(answer.clone())
        }
        Event::TimeOut => time_out(exchange, now)?,
        Event::Fail { send, why } => fail(exchange, send, why)?,
    };
    Ok(Exchange { phase, ..exchange.clone() })
}

fn send(exchange: Option<&Exchange>, due_at: Timestamp, now: Timestamp) -> Result<Exchange, Refused> {
    if next(exchange, due_at, now) != Next::Send {
        return Err(Refused::Untimely);
    }
    let answer_by = occurrence::cut_off(now, due_at, PUBLISH_MARGIN);
    Ok(match exchange {
        Some(exchange) if exchange.due_at >= due_at => {
            Exchange { sends: exchange.sends.saturating_add(1), ..exchange.clone() }
        }
        earlier => {
            let sends = earlier.map_or(0, |exchange| exchange.sends).saturating_add(1);
            Exchange { phase: Phase::Sent, sends, asked_at: now, due_at, answer_by }
        }
    })
}

fn accept(phase: &Phase, now: Timestamp) -> Result<Phase, Refused> {
    match phase {
        Phase::Sent => Ok(Phase::Accepted { at: now }),
        Phase::Accepted { .. } | Phase::Answered(_) | Phase::CalledBack(_) => Err(Refused::Repetition),
        Phase::TimedOut | Phase::Failed(_) => Err(Refused::Untimely),
    }
}

/// Whether an answer may be taken at all.
fn take(exchange: &Exchange, answer: &Answer) -> Result<(), Refused> {
    match &exchange.phase {
        Phase::Sent | Phase::Accepted { .. } => Ok(()),
        Phase::Answered(taken) | Phase::CalledBack(taken) if taken == answer => Err(Refused::Repetition),
        Phase::Answered(_) | Phase::CalledBack(_) => Err(Refused::Differs),
        Phase::TimedOut => Err(Refused::TooLate(exchange.answer_by)),
        Phase::Failed(why) => Err(Refused::GivenUp(why.clone())),
    }
}

fn time_out(exchange: &Exchange, now: Timestamp) -> Result<Phase, Refused> {
    match &exchange.phase {
        Phase::Sent | Phase::Accepted { .. } if now >= exchange.answer_by => Ok(Phase::TimedOut),
        Phase::TimedOut => Err(Refused::Repetition),
        _ => Err(Refused::Untimely),
    }
}

fn fail(exchange: &Exchange, send: u32, why: &str) -> Result<Phase, Refused> {
    match &exchange.phase {
        Phase::Failed(_) if send == exchange.sends => Err(Refused::Repetition),
        Phase::Sent | Phase::Answered(_) | Phase::CalledBack(_) if send == exchange.sends => {
            Ok(Phase::Failed(why.to_owned()))
        }
        _ => Err(Refused::Untimely),
    }
}

#[cfg(test)]
mod tests;
