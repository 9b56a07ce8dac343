//! Writer, voice and readings, as configured.

use crate::{
    config::{self, Config, ConfigError, VoiceKind, WriterKind},
    failure::{Failure, Kind},
    narrate::ReadingsByLanguage,
};
use domain::{Language, Reading, Readings, reading};
use std::{path::Path, sync::Arc, time::Duration};
use studio::{
    japanese::Japanese,
    voice::{
        Embedded, OpenAiSpeech, OpenAiVoice, Server, Voice, Voicevox, VoicevoxSpeakers, shipped_readings,
    },
    writer::{Extractive, OpenAi, OpenAiSettings, Writer},
};
use url::Url;

/// Reasoning models take their time over a long article.
const WRITER_TIMEOUT: Duration = Duration::from_secs(120);

pub struct Providers {
    pub writer: Arc<dyn Writer>,
    pub voice: Arc<dyn Voice>,
    pub readings: ReadingsByLanguage,
    /// What is left when these cannot be used; `None` where they depend on nobody themselves.
    pub plain: Option<(Arc<dyn Writer>, Arc<dyn Voice>)>,
}

pub fn open(config: &Config, data_dir: &Path) -> Result<Providers, Failure> {
    let japanese = Japanese::lazy(data_dir);
    let voice = voice(config, &japanese)?;
    let writer = writer(config, &japanese)?;
    let readings = ReadingsByLanguage {
        ja: readings(Language::Ja, &config.voice.readings_ja)?,
        en: readings(Language::En, &config.voice.readings_en)?,
    };
    let needs_others =
        config.writer.kind != WriterKind::Extractive || config.voice.kind != VoiceKind::Embedded;
    let plain = needs_others.then(|| {
        let writer: Arc<dyn Writer> = Arc::new(Extractive::new(Arc::clone(&japanese)));
        let voice: Arc<dyn Voice> = Arc::new(Embedded::new(Arc::clone(&japanese)));
        (writer, voice)
    });
    Ok(Providers { writer, voice, readings, plain })
}

fn readings(language: Language, operators: &str) -> Result<Arc<Readings>, Failure> {
    let mut layers = vec![shipped_readings(language)];
    if !operators.is_empty() {
        layers.push(read_readings(operators, language)?);
    }
    Ok(Arc::new(Readings::layered(layers)))
}

fn read_readings(file: &str, language: Language) -> Result<Vec<Reading>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|cause| ConfigError::File { path: file.into(), cause: cause.to_string() })?;
    reading::parse(&text, language).map_err(|cause| Failure::new(Kind::Usage, format!("{file}: {cause}")))
}

fn voice(config: &Config, japanese: &Arc<Japanese>) -> Result<Arc<dyn Voice>, Failure> {
    let settings = &config.voice;
    Ok(match settings.kind {
        VoiceKind::Embedded => Arc::new(Embedded::new(Arc::clone(japanese))),
        VoiceKind::Openai => {
            let or = |set: &str, default: &str| if set.is_empty() { default } else { set }.to_owned();
            let voice = OpenAiVoice {
                model: or(&settings.model, "gpt-4o-mini-tts"),
                main: or(&settings.main, "alloy"),
                guest: or(&settings.guest, "verse"),
            };
            Arc::new(OpenAiSpeech::new(speech_server(config, "https://api.openai.com/v1")?, voice))
        }
        VoiceKind::Voicevox => {
            let speakers =
                VoicevoxSpeakers { main: speaker(&settings.main, 3)?, guest: speaker(&settings.guest, 8)? };
            Arc::new(Voicevox::new(
                speech_server(config, "http://127.0.0.1:50021")?,
                speakers,
                &settings.model,
            ))
        }
    })
}

fn speech_server(config: &Config, default: &str) -> Result<Server, Failure> {
    let settings = &config.voice;
    let base = if settings.base_url.is_empty() { default } else { &settings.base_url };
    let base = address("voice.base_url", base)?;
    Ok(Server::new(base, settings.api_key.reveal()?.as_deref(), client()?))
}

fn speaker(written: &str, default: u32) -> Result<u32, Failure> {
    if written.is_empty() {
        return Ok(default);
    }
    written.parse().map_err(|_| {
        Failure::new(Kind::Usage, format!("voice: {written:?} is no VOICEVOX speaker; give its number"))
    })
}

fn address(key: &str, written: &str) -> Result<Url, Failure> {
    written
        .parse()
        .map_err(|cause| Failure::new(Kind::Usage, format!("{key} {written:?} is no address: {cause}")))
}

fn writer(config: &Config, japanese: &Arc<Japanese>) -> Result<Arc<dyn Writer>, Failure> {
    let extractive = Arc::new(Extractive::new(Arc::clone(japanese)));
    let settings = &config.writer;
    Ok(match settings.kind {
        WriterKind::Extractive => extractive,
        WriterKind::Openai => {
            let settings = OpenAiSettings {
                base_url: address("writer.base_url", &settings.base_url)?
                    .as_str()
                    .trim_end_matches('/')
                    .to_owned(),
                api_key: settings.api_key.reveal()?.unwrap_or_default(),
                model: settings.model.clone(),
                timeout: WRITER_TIMEOUT,
            };
            Arc::new(OpenAi::new(client()?, settings, extractive))
        }
    })
}

fn client() -> Result<net::TrustedClient, Failure> {
    net::trusted(config::USER_AGENT).map_err(|cause| Failure::new(Kind::Provider, cause))
}
