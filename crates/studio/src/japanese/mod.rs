//! The Japanese dictionary, shared by the voice (how a text is read) and the extractive writer (its
//! words).
//!
//! It is dear to load and never changes, so a process holds one, and only from the moment Japanese is
//! really spoken. This room knows nothing of sound: it turns text into words, kana and labels.

mod accent;
mod dictionary;
mod latin;
mod senses;
mod speech;
mod words;

pub(crate) use dictionary::VERSION as DICTIONARY_VERSION;
pub use words::Word;

use domain::Readings;
use jlabel::Label;
use jpreprocess::{DefaultTokenizer, JPreprocess};
use jpreprocess_jpcommon::njdnodes_to_features;
use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// The analyser of Japanese text. Share it by `Arc`; every method may be called from many threads.
pub struct Japanese {
    data_dir: PathBuf,
    analyser: OnceLock<JPreprocess<DefaultTokenizer>>,
    latin: latin::Latin,
    /// Held while the dictionary is unpacked and loaded, so that it happens once.
    loading: Mutex<()>,
}

impl Japanese {
    /// Names the data directory the dictionary is unpacked into; touches nothing until the first text.
    pub fn lazy(data_dir: impl Into<PathBuf>) -> Arc<Self> {
        Arc::new(Self {
            data_dir: data_dir.into(),
            analyser: OnceLock::new(),
            latin: latin::Latin::default(),
            loading: Mutex::new(()),
        })
    }

    /// Unpacks (the first time on this machine) and loads now: what `doctor` and tests want.
    pub fn load(data_dir: &Path) -> Result<Arc<Self>, JapaneseError> {
        let japanese = Self::lazy(data_dir);
        japanese.analyser()?;
        Ok(japanese)
    }

    /// The words of a text, in order, with their places in it. Spaces belong to no word.
    pub fn words(&self, text: &str) -> Result<Vec<Word>, JapaneseError> {
        let analyser = self.analyser()?;
        words::of(analyser, text)
    }

    /// How a text (through the normaliser) is said, in katakana, 、 and ？ where the voice rests or rises.
    pub fn kana(&self, text: &str, readings: &Readings) -> Result<String, JapaneseError> {
        let njd = speech::analyse(self.analyser()?, &self.latin, text, readings)?;
        // ’ marks a vowel that is whispered, which is not another reading.
        Ok(njd.nodes.iter().map(|node| node.get_pron().to_pure_string().replace('’', "")).collect())
    }

    /// Full-context labels of one speakable chunk: what an HTS voice is driven by.
    pub(crate) fn labels(&self, text: &str, readings: &Readings) -> Result<Vec<Label>, JapaneseError> {
        let njd = speech::analyse(self.analyser()?, &self.latin, text, readings)?;
        Ok(njdnodes_to_features(&njd.nodes))
    }

    /// Unpacks and reads the dictionary, unless that was done.
    pub(crate) fn ready(&self) -> Result<(), JapaneseError> {
        self.analyser().map(|_| ())
    }

    fn analyser(&self) -> Result<&JPreprocess<DefaultTokenizer>, JapaneseError> {
        if let Some(analyser) = self.analyser.get() {
            return Ok(analyser);
        }
        // A thread that panicked while loading left nothing half done: the directory is renamed into place.
        let _loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(analyser) = self.analyser.get() {
            return Ok(analyser);
        }
        let analyser = dictionary::load(&self.data_dir)?;
        Ok(self.analyser.get_or_init(|| analyser))
    }
}

impl fmt::Debug for Japanese {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Japanese")
            .field("data_dir", &self.data_dir)
            .field("loaded", &self.analyser.get().is_some())
            .finish()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum JapaneseError {
    #[error(
        "the japanese dictionary cannot be unpacked into {path}: {source}; free space or choose another data directory"
    )]
    Unpack { path: PathBuf, source: io::Error },
    #[error(
        "the japanese dictionary in {path} cannot be loaded: {reason}; remove the directory to have it made anew"
    )]
    Load { path: PathBuf, reason: String },
    #[error("a japanese text of {chars} characters cannot be analysed: {reason}")]
    Analyse { chars: usize, reason: String },
}
