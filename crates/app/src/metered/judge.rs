//! What the end of a call says of its provider, and what a failure means for the job that made it.

use domain::{
    Usage, Written,
    provider::{Answer, Units, Why, Withheld},
};
use queue::{Class, JobError, Micros};
use std::time::Duration;
use studio::{
    voice::{self, Pcm, VoiceError},
    writer::{self, WriterError},
};

pub(super) fn written(written: &Result<Written, WriterError>) -> Answer {
    let error = match written {
        Ok(Written { usage, .. }) => return Answer::Answered(units(usage)),
        Err(error) => error,
    };
    match error {
        WriterError::OtherLanguage { .. } | WriterError::Withheld(_) | WriterError::Dictionary(_) => {
            Answer::Unused
        }
        // What it answered was no use, and is on the bill.
        WriterError::NothingToSay { .. }
        | WriterError::Truncated { .. }
        | WriterError::Unreadable { .. }
        | WriterError::Refused { .. }
        | WriterError::Filtered { .. } => Answer::Answered(None),
        WriterError::Throttled { retry_after, .. } => {
            Answer::Throttled { retry_after: retry_after.map(micros) }
        }
        WriterError::Server { retry_after: Some(wait), .. } => {
            Answer::Throttled { retry_after: Some(micros(*wait)) }
        }
        // A spent quota is a wall that nobody else need run into.
        WriterError::Server { .. } | WriterError::Unreachable { .. } | WriterError::QuotaSpent { .. } => {
            Answer::Failed
        }
        WriterError::Lost { .. } => Answer::Lost,
        WriterError::Unauthorised { .. } | WriterError::Rejected { .. } => Answer::Rejected,
    }
}

/// `None` where the server does not say.
fn units(usage: &Usage) -> Option<Units> {
    let units = Units {
        requests: u64::from(usage.requests.max(1)),
        input_tokens: usage.prompt_tokens,
        output_tokens: usage.completion_tokens,
        characters: 0,
    };
    Some(units).filter(|units| units.total() > 0)
}

/// `asked` is what the line uses if it is answered.
pub(super) fn spoken(spoken: &Result<Pcm, VoiceError>, asked: Units) -> Answer {
    let error = match spoken {
        Ok(_) => return Answer::Answered(Some(asked)),
        Err(error) => error,
    };
    match error {
        VoiceError::NothingToSay { .. }
        | VoiceError::WrongLanguage { .. }
        | VoiceError::Japanese(_)
        | VoiceError::Engine { .. }
        | VoiceError::Withheld(_) => Answer::Unused,
        VoiceError::Throttled { retry_after, .. } => {
            Answer::Throttled { retry_after: retry_after.map(micros) }
        }
        VoiceError::Unreachable { .. } | VoiceError::ServerFailed { .. } => Answer::Failed,
        // Sound that nobody can hear is on the bill as well, and is no more likely the third time.
        VoiceError::Lost { .. } | VoiceError::BadAudio { .. } => Answer::Lost,
        VoiceError::Refused { .. } | VoiceError::BadRequest { .. } => Answer::Rejected,
    }
}

pub(super) const fn writer_class(error: &WriterError) -> Class {
    match error.failure() {
        writer::Failure::Transient => Class::Transient,
        writer::Failure::Throttled { .. } => Class::Throttled,
        writer::Failure::Permanent => Class::Permanent,
        writer::Failure::Budget => Class::Budget,
        writer::Failure::Input => Class::Input,
    }
}

pub(super) const fn voice_class(error: &VoiceError) -> Class {
    match error.failure() {
        voice::Failure::Transient => Class::Transient,
        voice::Failure::Throttled(_) => Class::Throttled,
        voice::Failure::Permanent => Class::Permanent,
        voice::Failure::Budget => Class::Budget,
        voice::Failure::Input => Class::Input,
    }
}

/// A call that was not let through, as its job's failure.
pub fn withheld(refusal: &Withheld) -> JobError {
    let class = match refusal.why {
        Why::Killed | Why::Budget(_) => Class::Budget,
        Why::PaidTwice => Class::Permanent,
        Why::Broken | Why::Unrecorded => Class::Transient,
        Why::Paused | Why::Parallel | Why::Rate => Class::Throttled,
    };
    JobError { retry_after: refusal.wait.map(micros), ..JobError::new(class, refusal) }
}

/// How long to wait before a call that was not let through is asked for again.
pub fn wait(refusal: &Withheld) -> Micros {
    const A_MOMENT: Micros = 1_000_000;
    refusal.wait.map_or(A_MOMENT, micros).max(A_MOMENT)
}

fn micros(wait: Duration) -> Micros {
    Micros::try_from(wait.as_micros()).unwrap_or(Micros::MAX)
}
