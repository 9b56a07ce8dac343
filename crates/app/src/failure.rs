//! How a command ends when it does not end well: one line for people, one exit code for scripts.

use crate::{narrate::NarrateError, program::ProduceError, terminal::OneLine};
use std::{fmt, process::ExitCode};

/// Why a command failed; each kind has its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Other = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Too few articles.
    NothingToSay = 3,
    /// A source or file cannot be read.
    Input = 4,
    /// A writer or voice failed.
    Provider = 5,
    /// The database or the media store cannot be reached.
    Storage = 6,
}

/// A command's end in failure. The message says what, where, and what to do.
#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    pub message: String,
}

impl Failure {
    pub fn new(kind: Kind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }

    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }
}

impl fmt::Display for Failure {
    /// Always one line, whatever the cause said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        OneLine(&self.message).fmt(f)
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        let kind = if matches!(error, store::StoreError::Url(_)) { Kind::Usage } else { Kind::Storage };
        Self::new(kind, error)
    }
}

impl From<media::MediaError> for Failure {
    fn from(error: media::MediaError) -> Self {
        let kind = if matches!(error, media::MediaError::Url(_)) { Kind::Usage } else { Kind::Storage };
        Self::new(kind, error)
    }
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::new(Kind::Usage, error)
    }
}

impl From<ProduceError> for Failure {
    fn from(error: ProduceError) -> Self {
        let kind = match &error {
            ProduceError::NothingToSay(_) => Kind::NothingToSay,
            ProduceError::Narrate(error) if error.is_storage() => Kind::Storage,
            ProduceError::Narrate(NarrateError::Thread(_)) => Kind::Other,
            ProduceError::Narrate(error) if error.is_silence() => Kind::NothingToSay,
            ProduceError::Narrate(_) => Kind::Provider,
        };
        Self::new(kind, error)
    }
}
