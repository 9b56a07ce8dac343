//! Where a script becomes sound: normalised, voiced and mixed into one part.

use super::{NarrateError, ReadingsByLanguage, Said};
use crate::making::{Audio, Product};
use domain::{AudioFormat, Host, Language, Reading, Readings, Script};
use futures::future::BoxFuture;
use std::sync::Arc;
use studio::{
    mixer::{self, Jingle, MixError, Track, Voiced},
    voice::{Utterance, Voice, VoiceError, normalise},
};

/// The breath between two lines.
const BETWEEN_LINES_MS: u32 = 350;

/// Speaking costs money or time: behind this stands the studio, or, in simulations, a model of it.
pub trait Booth: Send + Sync {
    /// Part of the artifact key: everything that changes the sound.
    fn fingerprint(&self, language: Language, host: Host) -> String;

    /// What the transcript calls the speaker.
    fn speaker(&self, language: Language, host: Host) -> String;

    /// `own` are readings that come before those of everybody.
    fn record<'a>(
        &'a self,
        script: &'a Script,
        language: Language,
        own: &'a [Reading],
    ) -> BoxFuture<'a, Result<Product, NarrateError>>;

    fn play(&self, jingle: Jingle) -> BoxFuture<'_, Result<Product, NarrateError>>;
}

/// The studio's own.
pub struct Studio {
    pub voice: Arc<dyn Voice>,
    pub readings: ReadingsByLanguage,
    pub format: AudioFormat,
}

impl Booth for Studio {
    fn fingerprint(&self, language: Language, host: Host) -> String {
        self.voice.fingerprint(language, host)
    }

    fn speaker(&self, language: Language, host: Host) -> String {
        self.voice.speaker(language, host)
    }

    fn record<'a>(
        &'a self,
        script: &'a Script,
        language: Language,
        own: &'a [Reading],
    ) -> BoxFuture<'a, Result<Product, NarrateError>> {
        Box::pin(self.speak(script, language, own))
    }

    fn play(&self, jingle: Jingle) -> BoxFuture<'_, Result<Product, NarrateError>> {
        let format = self.format;
        Box::pin(async move {
            let part = tokio::task::spawn_blocking(move || mixer::part(jingle.pcm(), format)).await??;
            product(Voiced { part, cues: Vec::new() })
        })
    }
}

impl Studio {
    async fn speak(
        &self,
        script: &Script,
        language: Language,
        own: &[Reading],
    ) -> Result<Product, NarrateError> {
        let common = self.readings.of(language);
        let readings = match own {
            [] => Arc::clone(common),
            own => Arc::new(Readings::layered([common.entries().to_vec(), own.to_vec()])),
        };
        let mut track = Track::new(self.format);
        for line in &script.lines {
            let utterance = Utterance {
                text: line.text.clone(),
                host: line.host,
                language,
                readings: Arc::clone(&readings),
            };
            let pcm = match self.voice.speak(&utterance).await {
                Ok(pcm) => pcm,
                // A line of symbols alone: the others still make sense.
                Err(VoiceError::NothingToSay { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if track.seconds() > 0.0 {
                track.pause(BETWEEN_LINES_MS);
            }
            track = tokio::task::spawn_blocking(move || {
                track.say(utterance.host, normalise::shown(&utterance.text), pcm)?;
                Ok::<_, MixError>(track)
            })
            .await??;
        }
        if track.seconds() == 0.0 {
            return Err(NarrateError::Speechless);
        }
        let voiced = tokio::task::spawn_blocking(move || track.finish()).await??;
        product(voiced)
    }
}

fn product(Voiced { part, cues }: Voiced) -> Result<Product, NarrateError> {
    let lines: Vec<&str> = cues.iter().map(|cue| cue.text.as_str()).collect();
    let said = Said { text: lines.join("\n"), cues, loudness: part.loudness };
    // A plain structure of texts and numbers: writing it as JSON cannot fail.
    let meta = serde_json::to_string(&said).unwrap_or_default();
    Ok(Product { audio: Some(Audio { mp3: part.mp3.into(), frames: part.frames }), meta })
}
