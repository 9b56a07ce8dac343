//! One call of a provider, from the question whether it may be made to how it ended.

use super::Micros;
use serde::{Deserialize, Serialize};

/// What is asked of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// A script.
    Write,
    /// A line of speech.
    Speak,
}

impl Operation {
    pub const ALL: [Self; 2] = [Self::Write, Self::Speak];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Speak => "speak",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

/// What a call uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    pub requests: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub characters: u64,
}

impl Units {
    /// What counts against the units of a minute.
    pub const fn total(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens).saturating_add(self.characters)
    }
}

/// A call somebody wants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    pub operation: Operation,
    /// 0 is the most urgent.
    pub lane: u8,
    /// What it will use, where that is known before; else what calls of its operation have used of late.
    pub units: Option<Units>,
    /// What has been paid for the same artifact of late.
    pub paid: Paid,
}

/// Calls for one artifact and operation that were paid, or may have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    pub answered: u32,
    /// Nobody knows: they were cut off by a time-out, a broken connection, or the end of their process.
    pub lost: u32,
}

impl Paid {
    /// A script is one call; speech is one for every line, and a line that was answered is needed once more
    /// when another line of its artifact failed.
    pub const fn is_enough(self, operation: Operation) -> bool {
        match operation {
            Operation::Write => self.answered.saturating_add(self.lost) >= 2,
            Operation::Speak => self.lost >= 2,
        }
    }
}

/// What is set aside for a call that may be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    pub requests: u64,
    pub units: u64,
    pub micro_usd: u64,
}

/// A call that was let through, as it is remembered until it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    pub operation: Operation,
    pub lane: u8,
    pub reserved_at: Micros,
    pub booked: Booked,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was answered, usefully or not. What it used, where the answer says so.
    Answered(Option<Units>),
    /// 429, or 503 with Retry-After. Not paid.
    Throttled { retry_after: Option<Micros> },
    /// 5xx, or nobody there. Not paid.
    Failed,
    /// No whole answer came: it may have been paid.
    Lost,
    /// Refused for what it asks or who asks. Not paid.
    Rejected,
    /// It was not made after all.
    Unused,
}

impl Answer {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Throttled { .. } => "throttled",
            Self::Failed => "failed",
            Self::Lost => "lost",
            Self::Rejected => "rejected",
            Self::Unused => "unused",
        }
    }
}
