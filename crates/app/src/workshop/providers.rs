//! Writer, voice and readings, as configured.

use crate::{
    config::{Config, ConfigError, VoiceKind, WriterKind},
    failure::{Failure, Kind},
    narrate::ReadingsByLanguage,
};
use domain::{Language, Reading, Readings, reading};
use std::{path::Path, sync::Arc};
use studio::{
    japanese::Japanese,
    voice::{Embedded, Voice, shipped_readings},
    writer::{Extractive, Writer},
};

pub struct Providers {
    pub writer: Arc<dyn Writer>,
    pub voice: Arc<dyn Voice>,
    pub readings: ReadingsByLanguage,
}

pub fn open(config: &Config, data_dir: &Path) -> Result<Providers, Failure> {
    let japanese = Japanese::lazy(data_dir);
    let voice = voice(config, &japanese)?;
    let writer = writer(config, &japanese)?;
    let readings = ReadingsByLanguage {
        ja: readings(Language::Ja, &config.voice.readings_ja)?,
        en: readings(Language::En, &config.voice.readings_en)?,
    };
    Ok(Providers { writer, voice, readings })
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
