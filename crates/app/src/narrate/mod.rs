//! Articles, phrases and jingles to parts: each made once, under a key that covers all it depends on.

mod booth;
mod keys;

pub use booth::{Booth, Studio};
pub use keys::{Keys, owner_of};

use crate::{
    making::{Had, MakingError, Product, Shelf},
    metrics,
};
use domain::{
    Article, ArtifactKey, ArtifactKind, Language, ListenerId, Reading, Readings, Script, Telling, Written,
    manifest, program::Cue,
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
    mixer::{Jingle, Loudness, MixError},
    voice::{self, VoiceError, default_pace},
    writer::{self, Brief, WriterError},
};

/// A part with all that a program says about it.
#[derive(Clone, Debug)]
pub struct Narrated {
    pub key: ArtifactKey,
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
    #[error("what was to be narrated is gone; the program goes on without it")]
    Gone,
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
            Self::Mix(_) | Self::Speechless | Self::Gone | Self::FailedBefore(_) => true,
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
    hits: AtomicUsize,
    /// Scripts that a writer wrote.
    written: AtomicUsize,
    /// Spoken parts that everybody may share, and those that are one listener's own.
    spoken: AtomicUsize,
    spoken_for_one: AtomicUsize,
    played: AtomicUsize,
}

impl Tally {
    pub fn writer_calls(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }

    /// Those for one listener alone not counted.
    pub fn voice_calls(&self) -> usize {
        self.spoken.load(Ordering::Relaxed)
    }

    pub fn voice_calls_for_one(&self) -> usize {
        self.spoken_for_one.load(Ordering::Relaxed)
    }

    fn note(&self, kind: ArtifactKind, had: Had, owner: Option<ListenerId>) {
        metrics::artifact_requested(kind, had.into());
        let count = match (had, kind, owner) {
            (Had::Hit | Had::Joined, ..) => &self.hits,
            (Had::Made, ArtifactKind::Script, _) => &self.written,
            (Had::Made, ArtifactKind::Jingle, _) => &self.played,
            (Had::Made, ArtifactKind::Segment | ArtifactKind::Phrase, None) => &self.spoken,
            (Had::Made, ArtifactKind::Segment | ArtifactKind::Phrase, Some(_)) => &self.spoken_for_one,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = [&self.spoken, &self.spoken_for_one, &self.played];
        let made: usize = made.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        write!(f, "parts made: {made}, found: {}", self.hits.load(Ordering::Relaxed))
    }
}

impl From<Had> for metrics::Had {
    fn from(had: Had) -> Self {
        match had {
            Had::Hit => Self::Hit,
            Had::Made => Self::Made,
            Had::Joined => Self::Joined,
        }
    }
}

/// Everything that turns text into parts. Cheap to clone.
#[derive(Clone)]
pub struct Narrator {
    pub shelf: Shelf,
    pub keys: Keys,
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

impl fmt::Debug for Narrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Narrator").field("writer", &self.keys.writer.fingerprint()).finish_non_exhaustive()
    }
}

impl Narrator {
    /// One article, written and voiced.
    pub async fn segment(
        &self,
        article: &Article,
        telling: Telling,
        owner: Option<ListenerId>,
        own: &[Reading],
    ) -> Result<Narrated, NarrateError> {
        let key = self.keys.segment(article, telling, owner, own);
        self.had(key, ArtifactKind::Segment, owner, || async {
            let script = self.script(article, telling, owner).await?;
            self.keys.booth.record(&script, telling.language, own).await
        })
        .await
    }

    /// A short text of our own. One that names a person is its owner's.
    pub async fn phrase(
        &self,
        script: &Script,
        language: Language,
        owner: Option<ListenerId>,
        own: &[Reading],
    ) -> Result<Narrated, NarrateError> {
        let key = self.keys.phrase_with(script, language, owner, own);
        self.had(key, ArtifactKind::Phrase, owner, || self.keys.booth.record(script, language, own)).await
    }

    pub async fn jingle(&self, jingle: Jingle) -> Result<Narrated, NarrateError> {
        let key = self.keys.jingle(jingle);
        self.had(key, ArtifactKind::Jingle, None, || self.keys.booth.play(jingle)).await
    }

    /// The script of an article: an artifact too, so that another voice need not pay the writer again.
    async fn script(
        &self,
        article: &Article,
        telling: Telling,
        owner: Option<ListenerId>,
    ) -> Result<Script, NarrateError> {
        let key = self.keys.script(article, telling, owner);
        let Telling { language, style, depth } = telling;
        let pace = default_pace(language);
        let write = || async {
            let brief = Brief { article, language, style, depth, pace };
            let written = self.keys.writer.write(&brief).await?;
            let meta = serde_json::to_string(&written).map_err(|cause| NarrateError::Meta { key, cause })?;
            Ok(Product { audio: None, meta })
        };
        let (artifact, had) = self.shelf.once(key, ArtifactKind::Script, write).await?;
        self.own(key, owner).await?;
        if had == Had::Made {
            self.tally.note(ArtifactKind::Script, had, owner);
        }
        Ok(read_meta::<Written>(&artifact)?.script)
    }

    async fn had<F>(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        owner: Option<ListenerId>,
        make: impl FnOnce() -> F,
    ) -> Result<Narrated, NarrateError>
    where
        F: Future<Output = Result<Product, NarrateError>>,
    {
        let (artifact, had) = match self.shelf.once(key, kind, make).await {
            Ok(had) => had,
            Err(error) => {
                metrics::artifact_requested(kind, metrics::Had::Failed);
                return Err(error.into());
            }
        };
        self.own(key, owner).await?;
        self.tally.note(kind, had, owner);
        Narrated::of(&artifact)
    }

    /// What is one listener's alone goes with them.
    async fn own(&self, key: ArtifactKey, owner: Option<ListenerId>) -> Result<(), NarrateError> {
        if let Some(owner) = owner {
            self.shelf.store.own_artifact(key, owner).await?;
        }
        Ok(())
    }
}

impl Narrated {
    /// What is kept of a spoken artifact.
    pub fn of(artifact: &Artifact) -> Result<Self, NarrateError> {
        let said = read_meta(artifact)?;
        let Some(Media { media_key, bytes, frames }) = artifact.media.clone() else {
            return Err(NarrateError::Speechless);
        };
        Ok(Self { key: artifact.key, part: manifest::Part { media_key, bytes, frames }, said })
    }
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
