//! Speech from any server that speaks OpenAI's `POST /audio/speech`.

use super::{
    Pcm, Utterance, Voice, VoiceError,
    remote::{Server, join, pieces},
};
use domain::{Host, Language};
use futures::future::BoxFuture;

/// The interface takes 4,096 characters; shorter pieces fail and repeat cheaper.
const LONGEST: usize = 1_200;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct OpenAiVoice {
    pub model: String,
    /// The server's names for the two voices.
    pub main: String,
    pub guest: String,
}

#[derive(Clone, Debug)]
pub struct OpenAiSpeech {
    server: Server,
    voice: OpenAiVoice,
}

impl OpenAiSpeech {
    pub const fn new(server: Server, voice: OpenAiVoice) -> Self {
        Self { server, voice }
    }

    fn voice(&self, host: Host) -> &str {
        match host {
            Host::Main => &self.voice.main,
            Host::Guest => &self.voice.guest,
        }
    }

    async fn piece(&self, text: &str, host: Host) -> Result<Pcm, VoiceError> {
        // WAV, for a stream cut short shows in it; raw samples would just end.
        let body = serde_json::json!({
            "model": self.voice.model,
            "voice": self.voice(host),
            "input": text,
            "response_format": "wav",
        });
        let audio = self.server.ask("audio/speech", &[], Some(body.to_string().into_bytes())).await?;
        self.server.audio(&audio)
    }
}

impl Voice for OpenAiSpeech {
    fn fingerprint(&self, _language: Language, host: Host) -> String {
        format!("openai-speech r2 {} {} {}", self.server.name(), self.voice.model, self.voice(host))
    }

    fn speaker(&self, _language: Language, host: Host) -> String {
        self.voice(host).to_owned()
    }

    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>> {
        Box::pin(async move {
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
