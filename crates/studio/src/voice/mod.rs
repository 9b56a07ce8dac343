//! Text to speech.
//!
//! A voice takes one line as it was written and gives samples. Every voice sends the line through
//! [`normalise`] first, so that no address, markup or emoji is ever spoken, and honours the reading
//! dictionary. Loudness, encoding and what is kept belong to others.

pub mod embedded;
pub mod normalise;
mod openai;
mod pcm;
mod remote;
mod shipped;
mod voicevox;
mod wav;

pub use embedded::Embedded;
pub use openai::{OpenAiSpeech, OpenAiVoice};
pub use pcm::Pcm;
pub use remote::Server;
pub use shipped::shipped_readings;
pub use voicevox::{Voicevox, VoicevoxSpeakers};

use crate::japanese::JapaneseError;
use domain::{
    Host, Language, Readings,
    provider::{Why, Withheld},
};
use futures::future::BoxFuture;
use std::{sync::Arc, time::Duration};

/// One line to be said.
#[derive(Clone, Debug)]
pub struct Utterance {
    /// As written; the voice normalises it.
    pub text: String,
    pub host: Host,
    pub language: Language,
    /// For this language, all layers.
    pub readings: Arc<Readings>,
}

/// A provider of speech.
pub trait Voice: Send + Sync {
    /// Engine, version and voice of a host, with every setting that changes the sound: part of the
    /// artifact key.
    fn fingerprint(&self, language: Language, host: Host) -> String;

    /// What the transcript calls the speaker.
    fn speaker(&self, language: Language, host: Host) -> String;

    /// The line as sound, without silence at its ends. A line in which nothing can be said is
    /// [`VoiceError::NothingToSay`].
    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>>;
}

/// A whole line, or the error that it has no sound in it.
fn said(line: Pcm, utterance: &Utterance) -> Result<Pcm, VoiceError> {
    if line.samples.is_empty() {
        return Err(VoiceError::NothingToSay { chars: utterance.text.chars().count() });
    }
    Ok(line)
}

/// How many spoken units (`domain::spoken`) the embedded voices say in a second, rests included. Measured
/// over the programs made of the sample feeds.
pub const fn default_pace(language: Language) -> f32 {
    match language {
        Language::Ja => 5.6,
        Language::En => 2.7,
    }
}

#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    #[error("nothing in a line of {chars} characters can be said; leave it out")]
    NothingToSay { chars: usize },
    #[error("{voice} does not speak {language}; choose another voice for it")]
    WrongLanguage { voice: &'static str, language: Language },
    #[error(transparent)]
    Japanese(#[from] JapaneseError),
    #[error("the embedded voice failed: {reason}")]
    Engine { reason: String },
    #[error("the speech server {host} cannot be reached: {reason}; check that it runs and its base_url")]
    Unreachable { host: String, reason: String },
    #[error(
        "the speech server {host} gave no whole answer: {reason}; it is tried again, though it may be paid twice"
    )]
    Lost { host: String, reason: String },
    #[error(transparent)]
    Withheld(#[from] Withheld),
    #[error("the speech server {host} refused with {status}; check its key and the voice's name")]
    Refused { host: String, status: u16 },
    #[error("the speech server {host} cannot take this line ({status}): {reason}")]
    BadRequest { host: String, status: u16, reason: String },
    #[error("the speech server {host} asks to wait")]
    Throttled { host: String, retry_after: Option<Duration> },
    #[error("the speech server {host} failed with {status}")]
    ServerFailed { host: String, status: u16 },
    #[error("the speech server {host} sent no usable audio: {reason}")]
    BadAudio { host: String, reason: String },
}

/// What may be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The same call may succeed later.
    Transient,
    /// It may succeed after this time, if the provider named one.
    Throttled(Option<Duration>),
    /// It fails until the operator changes something.
    Permanent,
    /// Money or quota is spent.
    Budget,
    /// It fails for this line only.
    Input,
}

impl VoiceError {
    pub const fn failure(&self) -> Failure {
        match self {
            Self::NothingToSay { .. }
            | Self::BadRequest { .. }
            | Self::Japanese(JapaneseError::Analyse { .. }) => Failure::Input,
            Self::WrongLanguage { .. } | Self::Refused { .. } | Self::Japanese(_) => Failure::Permanent,
            Self::Throttled { retry_after, .. } => Failure::Throttled(*retry_after),
            Self::Engine { .. } => Failure::Input,
            Self::Unreachable { .. }
            | Self::Lost { .. }
            | Self::ServerFailed { .. }
            | Self::BadAudio { .. } => Failure::Transient,
            Self::Withheld(Withheld { why, wait, .. }) => match why {
                Why::Killed | Why::Budget(_) => Failure::Budget,
                Why::PaidTwice => Failure::Permanent,
                Why::Broken | Why::Unrecorded => Failure::Transient,
                Why::Paused | Why::Parallel | Why::Rate => Failure::Throttled(*wait),
            },
        }
    }
}
