//! Articles, phrases and jingles to parts: each made once, under a key that covers all it depends on.

use crate::making::{Audio, Had, MakingError, Product, Shelf};
use domain::{
    Article, ArtifactKey, ArtifactKind, AudioFormat, Depth, Host, Language, Readings, Scope, Script, Style,
    Written, artifact::KeyBuilder, manifest, program::Cue,
};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use store::{Artifact, artifacts::Media};
use studio::{
    mixer::{self, Jingle, Loudness, MixError, Track, Voiced},
    voice::{self, Utterance, Voice, VoiceError, default_pace, normalise},
    writer::{self, Brief, Writer, WriterError},
};

/// The breath between two lines.
const BETWEEN_LINES_MS: u32 = 350;

/// A part with all that a program says about it.
#[derive(Clone, Debug)]
pub struct Narrated {
    pub part: manifest::Part,
    pub said: Said,
}

/// What is kept beside a part's frames.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    pub cues: Vec<Cue>,
    pub loudness: Loudness,
}

#[derive(Debug, thiserror::Error)]
pub enum NarrateError {
    #[error("writer: {0}")]
    Writer(#[from] WriterError),
    #[error("voice: {0}")]
    Voice(#[from] VoiceError),
    #[error("sound: {0}")]
    Mix(#[from] MixError),
    #[error("nothing of it can be spoken")]
    Speechless,
    #[error("{0}")]
    FailedBefore(String),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Media(#[from] media::MediaError),
    #[error("artifact {key} is kept with a description that cannot be read: {cause}")]
    Meta { key: ArtifactKey, cause: serde_json::Error },
    #[error("a worker thread ended early: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl NarrateError {
    /// Nothing failed; there were no words to say.
    pub const fn is_silence(&self) -> bool {
        matches!(
            self,
            Self::Speechless
                | Self::Voice(VoiceError::NothingToSay { .. })
                | Self::Writer(WriterError::NothingToSay { .. } | WriterError::OtherLanguage { .. })
        )
    }

    /// Another article may well fare better.
    pub const fn is_the_articles(&self) -> bool {
        match self {
            Self::Writer(error) => matches!(error.failure(), writer::Failure::Input),
            Self::Voice(error) => matches!(error.failure(), voice::Failure::Input),
            Self::Mix(_) | Self::Speechless | Self::FailedBefore(_) => true,
            Self::Store(_) | Self::Media(_) | Self::Meta { .. } | Self::Thread(_) => false,
        }
    }

    /// The place where artifacts are kept has failed, not the making of this one.
    pub const fn is_storage(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Media(_) | Self::Meta { .. })
    }
}

/// Counts of what was asked for and how it was had.
#[derive(Debug, Default)]
pub struct Tally {
    pub hits: AtomicUsize,
    pub made: AtomicUsize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (made, hits) = (self.made.load(Ordering::Relaxed), self.hits.load(Ordering::Relaxed));
        write!(f, "parts made: {made}, found: {hits}")
    }
}

/// Everything that turns text into parts. Cheap to clone.
#[derive(Clone)]
pub struct Narrator {
    pub shelf: Shelf,
    pub writer: Arc<dyn Writer>,
    pub voice: Arc<dyn Voice>,
    pub readings: ReadingsByLanguage,
    pub format: AudioFormat,
    pub tally: Arc<Tally>,
}

#[derive(Clone, Debug, Default)]
pub struct ReadingsByLanguage {
    pub ja: Arc<Readings>,
    pub en: Arc<Readings>,
}

impl ReadingsByLanguage {
    pub const fn of(&self, language: Language) -> &Arc<Readings> {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }
}

/// How an article is to be told.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    pub language: Language,
    pub style: Style,
    pub depth: Depth,
}

impl fmt::Debug for Narrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Narrator").field("writer", &self.writer.fingerprint()).finish_non_exhaustive()
    }
}

impl Narrator {
    /// One article, written and voiced.
    pub async fn segment(&self, article: &Article, telling: Telling) -> Result<Narrated, NarrateError> {
        let script_key = self.script_key(article, telling);
        let key = self
            .speech_key(ArtifactKind::Segment, scope_of(article), telling.language, telling.style)
            .field("script", script_key.to_string())
            .field("readings", self.readings_in(telling.language, &[&article.title, &article.text]))
            .finish();
        self.had(key, ArtifactKind::Segment, || async {
            let script = self.script(article, telling, script_key).await?;
            self.speak(&script, telling.language).await
        })
        .await
    }

    /// A short text of our own. One that names a person is scoped to its listener.
    pub async fn phrase(
        &self,
        script: &Script,
        language: Language,
        scope: Scope<'_>,
    ) -> Result<Narrated, NarrateError> {
        let text = script.text();
        let hosts: Vec<u8> = script.lines.iter().map(|line| line.host as u8).collect();
        let key = self
            .speech_key(ArtifactKind::Phrase, scope, language, Style::Dialogue)
            .field("text", &text)
            .field("hosts", hosts)
            .field("readings", self.readings_in(language, &[&text]))
            .finish();
        self.had(key, ArtifactKind::Phrase, || self.speak(script, language)).await
    }

    pub async fn jingle(&self, jingle: Jingle) -> Result<Narrated, NarrateError> {
        let key = KeyBuilder::new(ArtifactKind::Jingle, Scope::Shared)
            .field("jingle", jingle.name())
            .field("version", Jingle::VERSION)
            .field("mixer", mixer::RECIPE)
            .field("format", self.format.name())
            .finish();
        let format = self.format;
        self.had(key, ArtifactKind::Jingle, || async move {
            let part = tokio::task::spawn_blocking(move || mixer::part(jingle.pcm(), format)).await??;
            product(Voiced { part, cues: Vec::new() })
        })
        .await
    }

    /// The script of an article: an artifact too, so that another voice need not pay the writer again.
    async fn script(
        &self,
        article: &Article,
        telling: Telling,
        key: ArtifactKey,
    ) -> Result<Script, NarrateError> {
        let Telling { language, style, depth } = telling;
        let pace = default_pace(language);
        let write = || async {
            let written = self.writer.write(&Brief { article, language, style, depth, pace }).await?;
            let meta = serde_json::to_string(&written).map_err(|cause| NarrateError::Meta { key, cause })?;
            Ok(Product { audio: None, meta })
        };
        let (artifact, _) = self.shelf.once(key, ArtifactKind::Script, write).await?;
        Ok(read_meta::<Written>(&artifact)?.script)
    }

    /// Normalises, voices and mixes a script.
    async fn speak(&self, script: &Script, language: Language) -> Result<Product, NarrateError> {
        let readings = self.readings.of(language);
        let mut track = Track::new(self.format);
        for line in &script.lines {
            let utterance = Utterance {
                text: line.text.clone(),
                host: line.host,
                language,
                readings: Arc::clone(readings),
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

    async fn had<F>(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        make: impl FnOnce() -> F,
    ) -> Result<Narrated, NarrateError>
    where
        F: Future<Output = Result<Product, NarrateError>>,
    {
        let (artifact, had) = self.shelf.once(key, kind, make).await?;
        let count = if had == Had::Made { &self.tally.made } else { &self.tally.hits };
        count.fetch_add(1, Ordering::Relaxed);
        let said = read_meta(&artifact)?;
        let Some(Media { media_key, bytes, frames }) = artifact.media else {
            return Err(NarrateError::Speechless);
        };
        Ok(Narrated { part: manifest::Part { media_key, bytes, frames }, said })
    }

    fn script_key(&self, article: &Article, telling: Telling) -> ArtifactKey {
        KeyBuilder::new(ArtifactKind::Script, scope_of(article))
            .field("revision", article.revision.as_bytes())
            .field("author", article.author.as_deref().unwrap_or_default())
            .field("language", telling.language.tag())
            .field("style", telling.style.name())
            .field("depth", telling.depth.name())
            .field("writer", self.writer.fingerprint())
            .field("pace", format!("{:.2}", default_pace(telling.language)))
            .finish()
    }

    /// What every spoken artifact depends on.
    fn speech_key(
        &self,
        kind: ArtifactKind,
        scope: Scope<'_>,
        language: Language,
        style: Style,
    ) -> KeyBuilder {
        let key = KeyBuilder::new(kind, scope)
            .field("language", language.tag())
            .field("mixer", mixer::RECIPE)
            .field("format", self.format.name())
            .field("main", self.voice.fingerprint(language, Host::Main));
        match style {
            Style::Single => key,
            Style::Dialogue => key.field("guest", self.voice.fingerprint(language, Host::Guest)),
        }
    }

    fn readings_in(&self, language: Language, texts: &[&str]) -> String {
        let readings = self.readings.of(language);
        let mut lines: Vec<String> = texts
            .iter()
            .flat_map(|text| readings.occurring_in(text))
            .map(|entry| format!("{}\t{}\n", entry.surface, entry.reading))
            .collect();
        lines.sort();
        lines.dedup();
        lines.concat()
    }
}

/// What comes from a source with credentials is shared with nobody.
fn scope_of(article: &Article) -> Scope<'_> {
    if article.private { Scope::Listener(LOCAL_LISTENER) } else { Scope::Shared }
}

/// The one listener of a command that knows no accounts.
pub const LOCAL_LISTENER: &str = "local";

fn product(Voiced { part, cues }: Voiced) -> Result<Product, NarrateError> {
    let lines: Vec<&str> = cues.iter().map(|cue| cue.text.as_str()).collect();
    let said = Said { text: lines.join("\n"), cues, loudness: part.loudness };
    // A plain structure of texts and numbers: writing it as JSON cannot fail.
    let meta = serde_json::to_string(&said).unwrap_or_default();
    Ok(Product { audio: Some(Audio { mp3: part.mp3.into(), frames: part.frames }), meta })
}

fn read_meta<'a, T: Deserialize<'a>>(artifact: &'a Artifact) -> Result<T, NarrateError> {
    serde_json::from_str(&artifact.meta).map_err(|cause| NarrateError::Meta { key: artifact.key, cause })
}

impl From<MakingError<NarrateError>> for NarrateError {
    fn from(error: MakingError<NarrateError>) -> Self {
        match error {
            MakingError::Maker(error) => error,
            MakingError::FailedBefore(error) => Self::FailedBefore(error),
            MakingError::Store(error) => Self::Store(error),
            MakingError::Media(error) => Self::Media(error),
        }
    }
}
