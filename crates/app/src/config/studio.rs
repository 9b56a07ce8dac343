//! Who writes and who speaks.

use super::Secret;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriterKind {
    #[default]
    Extractive,
    Openai,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    pub kind: WriterKind,
    /// The section of `[providers]` whose limits and budget its calls share; empty: named as its kind.
    pub provider: String,
    /// Any OpenAI-compatible server; trusted, so a local one works.
    pub base_url: String,
    pub model: String,
    pub api_key: Secret,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            kind: WriterKind::default(),
            provider: String::new(),
            base_url: "https://api.openai.com/v1".into(),
            model: "gpt-5-mini".into(),
            api_key: Secret::default(),
        }
    }
}

impl Writer {
    /// Whose limits and budget its calls share.
    pub fn provider(&self) -> &str {
        match (self.provider.as_str(), self.kind) {
            ("", WriterKind::Extractive) => "extractive",
            ("", WriterKind::Openai) => "openai",
            (name, _) => name,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoiceKind {
    #[default]
    Embedded,
    Openai,
    Voicevox,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    pub kind: VoiceKind,
    /// The section of `[providers]` whose limits and budget its calls share; empty: named as its kind.
    pub provider: String,
    /// Empty: OpenAI's own address, or VOICEVOX on this machine. Trusted, so a local one works.
    pub base_url: String,
    /// For `openai`; empty: the provider's default.
    pub model: String,
    pub api_key: Secret,
    /// The main host's voice: a name for `openai`, a speaker number for `voicevox`.
    pub main: String,
    /// The guest's voice in dialogues.
    pub guest: String,
    /// The operator's reading dictionary, a file like `assets/readings/ja.tsv`.
    pub readings_ja: String,
    pub readings_en: String,
}

impl Voice {
    /// Whose limits and budget its calls share.
    pub fn provider(&self) -> &str {
        match (self.provider.as_str(), self.kind) {
            ("", VoiceKind::Embedded) => "embedded",
            ("", VoiceKind::Openai) => "openai",
            ("", VoiceKind::Voicevox) => "voicevox",
            (name, _) => name,
        }
    }
}
