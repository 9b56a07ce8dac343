//! What can go wrong while writing, and what may be done about it.

use crate::japanese::JapaneseError;
use domain::{
    Detected,
    provider::{Why, Withheld},
};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    #[error("article {id:?} holds no sentence that can be said; leave it out")]
    NothingToSay { id: String },
    #[error("article {id:?} is in {found:?}, not in the program's language; leave it out")]
    OtherLanguage { id: String, found: Detected },
    #[error("the writer at {url} cannot be reached: {reason}; check `writer.base_url` and the server")]
    Unreachable { url: String, reason: String },
    #[error(
        "the writer at {url} gave no whole answer: {reason}; it is tried again, though it may be paid twice"
    )]
    Lost { url: String, reason: String },
    /// What is told without it would be kept, and be the worse for good.
    #[error(transparent)]
    Dictionary(#[from] JapaneseError),
    #[error(transparent)]
    Withheld(#[from] Withheld),
    #[error("the writer at {url} refused the key (HTTP {status}); check `writer.api_key`")]
    Unauthorised { url: String, status: u16 },
    #[error("the writer at {url} asks to wait (HTTP 429): {reason}")]
    Throttled { url: String, retry_after: Option<Duration>, reason: String },
    #[error("the quota at {url} is used up: {reason}; raise it or choose another writer")]
    QuotaSpent { url: String, reason: String },
    #[error("the writer at {url} failed (HTTP {status}): {reason}; it is tried again")]
    Server { url: String, status: u16, retry_after: Option<Duration>, reason: String },
    #[error(
        "the writer at {url} rejected the request (HTTP {status}): {reason}; check `writer.model` and the server's limits"
    )]
    Rejected { url: String, status: u16, reason: String },
    #[error("the answer of {model:?} was cut off by its token limit; choose a model with a larger one")]
    Truncated { model: String },
    #[error("the answer of {model:?} cannot be read: {reason}; it is tried again")]
    Unreadable { model: String, reason: String },
    #[error("the model {model:?} declined to write about this article: {reason}")]
    Refused { model: String, reason: String },
    #[error("the provider's content filter stopped {model:?} on this article")]
    Filtered { model: String },
}

/// What a failure calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Likely to pass by itself.
    Transient,
    /// Wait, at least so long where it was said.
    Throttled { retry_after: Option<Duration> },
    /// Will not pass until somebody changes something.
    Permanent,
    /// Money or quota is spent.
    Budget,
    /// This article cannot be written about; others can.
    Input,
}

impl WriterError {
    pub const fn failure(&self) -> Failure {
        match self {
            Self::NothingToSay { .. }
            | Self::OtherLanguage { .. }
            | Self::Refused { .. }
            | Self::Filtered { .. }
            | Self::Truncated { .. } => Failure::Input,
            Self::Unreachable { .. } | Self::Lost { .. } | Self::Unreadable { .. } | Self::Dictionary(_) => {
                Failure::Transient
            }
            Self::Withheld(Withheld { why, wait, .. }) => match why {
                Why::Killed | Why::Budget(_) => Failure::Budget,
                Why::PaidTwice => Failure::Permanent,
                Why::Broken | Why::Unrecorded => Failure::Transient,
                Why::Paused | Why::Parallel | Why::Rate => Failure::Throttled { retry_after: *wait },
            },
            Self::Server { retry_after: None, .. } => Failure::Transient,
            Self::Throttled { retry_after, .. } | Self::Server { retry_after, .. } => {
                Failure::Throttled { retry_after: *retry_after }
            }
            Self::Unauthorised { .. } | Self::Rejected { .. } => Failure::Permanent,
            Self::QuotaSpent { .. } => Failure::Budget,
        }
    }
}
