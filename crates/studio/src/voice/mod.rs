//! Text to speech.

use domain::{Host, Language, Readings};
use futures::future::BoxFuture;
use std::sync::Arc;

/// Mono samples, −1 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// Hz.
    pub rate: u32,
    pub samples: Vec<f32>,
}

/// One line to be said. `text` has been through the normaliser.
#[derive(Clone, Debug)]
pub struct Utterance {
    pub text: String,
    pub host: Host,
    pub language: Language,
    pub readings: Arc<Readings>,
}

/// A provider of speech.
pub trait Voice: Send + Sync {
    /// Engine, version and voice of a host: part of the artifact key, so it must change whenever the
    /// sound does.
    fn fingerprint(&self, language: Language, host: Host) -> String;

    /// What the transcript calls the speaker.
    fn speaker(&self, language: Language, host: Host) -> String;

    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>>;
}

#[derive(Debug, thiserror::Error)]
pub enum VoiceError {}
