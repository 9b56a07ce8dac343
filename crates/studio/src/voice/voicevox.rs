//! Speech from a VOICEVOX engine: a query of the text's prosody, then its synthesis.

use super::{
    Pcm, Utterance, Voice, VoiceError,
    remote::{Server, join, pieces},
};
use domain::{Host, Language};
use futures::future::BoxFuture;

/// The engine takes seconds for a long text; pieces keep a call short.
const LONGEST: usize = 200;

/// Style ids, as `GET /speakers` of the engine lists them.
#[derive(Clone, Copy, Debug)]
pub struct VoicevoxSpeakers {
    pub main: u32,
    pub guest: u32,
}

#[derive(Clone, Debug)]
pub struct Voicevox {
    server: Server,
    speakers: VoicevoxSpeakers,
    engine: String,
}

impl Voicevox {
    /// `engine` is the engine's version, for the fingerprint: what `GET /version` says, or the operator.
    pub fn new(server: Server, speakers: VoicevoxSpeakers, engine: impl Into<String>) -> Self {
        Self { server, speakers, engine: engine.into() }
    }

    const fn speaker_id(&self, host: Host) -> u32 {
        match host {
            Host::Main => self.speakers.main,
            Host::Guest => self.speakers.guest,
        }
    }

    async fn piece(&self, text: &str, host: Host) -> Result<Pcm, VoiceError> {
        let speaker = self.speaker_id(host).to_string();
        let query = self.server.ask("audio_query", &[("text", text), ("speaker", &speaker)], None).await?;
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&query) {
            let reason = format!("its audio query is not json ({error})");
            return Err(VoiceError::BadAudio { host: self.server.name(), reason });
        }
        let audio = self.server.ask("synthesis", &[("speaker", &speaker)], Some(query.to_vec())).await?;
        self.server.audio(&audio)
    }
}

impl Voice for Voicevox {
    fn fingerprint(&self, _language: Language, host: Host) -> String {
        format!("voicevox r2 {} speaker{}", self.engine, self.speaker_id(host))
    }

    fn speaker(&self, _language: Language, host: Host) -> String {
        format!("VOICEVOX {}", self.speaker_id(host))
    }

    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>> {
        Box::pin(async move {
            if utterance.language != Language::Ja {
                return Err(VoiceError::WrongLanguage { voice: "voicevox", language: utterance.language });
            }
            let mut line = Pcm::default();
            let mut rest_ms = 0;
            for (text, rest_after_ms) in pieces(utterance, LONGEST) {
                let piece = self.piece(&text, utterance.host).await?;
                join(&mut line, piece, rest_ms, &self.server)?;
                rest_ms = rest_after_ms;
            }
            super::said(line, utterance)
        })
    }
}
