//! Why a generator gave no program: what, where, what to do, in one line.

use crate::{mp3::NotMp3, writer::Failure};
use domain::external::BadAnswer;
use media::MediaError;
use net::{NetError, webhook::BadSecret};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    #[error("the feed's external generator: {0}")]
    Secret(#[from] BadSecret),
    #[error(transparent)]
    Net(#[from] NetError),
    #[error("{url} answered {status}: it asks to wait")]
    Throttled { url: String, status: u16, wait: Option<Duration> },
    #[error("{url} answered {status}: it has a problem; it is tried again")]
    Failing { url: String, status: u16, wait: Option<Duration> },
    #[error("{url} answered {status}: it refuses; check the address and the shared secret")]
    Refused { url: String, status: u16 },
    #[error("{url} answered {status}: requests follow no redirect; set the final address")]
    Moved { url: String, status: u16 },
    #[error("{url}: {cause}")]
    Answer { url: String, cause: BadAnswer },
    #[error("{url} answered {status} instead of audio; keep it there for a day at least")]
    NoAudio { url: String, status: u16 },
    #[error("{url} is {found}, not audio/mpeg; give the address of the MP3 file itself")]
    AudioType { url: String, found: String },
    #[error("{url} is no MP3 file: {cause}")]
    Audio { url: String, cause: NotMp3 },
    #[error("{url}: the audio does not have the audio_sha256 of the answer; was it replaced?")]
    Digest { url: String },
    #[error(transparent)]
    Media(#[from] MediaError),
}

impl GeneratorError {
    pub const fn failure(&self) -> Failure {
        match self {
            Self::Net(error) if error.is_passing() => Failure::Transient,
            Self::Media(_) | Self::Failing { wait: None, .. } => Failure::Transient,
            Self::Throttled { wait, .. } | Self::Failing { wait, .. } => {
                Failure::Throttled { retry_after: *wait }
            }
            Self::Secret(_) | Self::Net(_) | Self::Refused { .. } | Self::Moved { .. } => Failure::Permanent,
            Self::NoAudio { .. }
            | Self::Answer { .. }
            | Self::AudioType { .. }
            | Self::Audio { .. }
            | Self::Digest { .. } => Failure::Input,
        }
    }

    /// What a status that is no answer means.
    pub(super) const fn of_answer(url: String, status: u16, wait: Option<Duration>) -> Self {
        match status {
            429 => Self::Throttled { url, status, wait },
            408 | 425 | 500.. => Self::Failing { url, status, wait },
            300..=399 => Self::Moved { url, status },
            _ => Self::Refused { url, status },
        }
    }

    /// The same for audio. What was announced a moment ago may take another to be there.
    pub(super) const fn of_audio(url: String, status: u16, wait: Option<Duration>) -> Self {
        match status {
            429 => Self::Throttled { url, status, wait },
            404 | 408 | 425 | 500.. => Self::Failing { url, status, wait },
            _ => Self::NoAudio { url, status },
        }
    }
}
