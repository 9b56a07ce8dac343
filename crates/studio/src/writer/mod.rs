//! An article to a script: what the hosts say, line by line.
//!
//! A writer knows one article and what is wished of it; it knows no listener, no program and no job,
//! so that what it writes can be shared. What names a person or joins articles is in `phrases`.

mod error;
pub mod extractive;
pub mod grounding;
pub mod openai;
pub mod phrases;
mod quality;
mod title;

pub use error::{Failure, WriterError};
pub use extractive::Extractive;
pub use openai::{OpenAi, OpenAiSettings};
pub use title::spoken_title;

use domain::{Article, Depth, Detected, Language, Style, Written, spoken::units};
use futures::future::BoxFuture;

/// What a writer is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    pub article: &'a Article,
    pub language: Language,
    pub style: Style,
    pub depth: Depth,
    /// How many spoken units (Japanese characters, English words) the voice says in a second.
    pub pace: f32,
}

impl Brief<'_> {
    /// The length to aim at, in spoken units.
    pub fn target(&self) -> usize {
        let pace = if self.pace.is_finite() && self.pace > 0.0 { self.pace.min(MOST_PACE) } else { 1.0 };
        // Seconds are at most a few hundred: exact in an f32.
        (self.depth.seconds() as f32 * pace).round() as usize
    }

    /// An article is told in its own language: no writer here translates.
    fn check(&self) -> Result<(), WriterError> {
        let Article { id, language, .. } = self.article;
        let other = match language {
            Detected::Spoken(found) => *found != self.language,
            Detected::Other(_) => true,
            Detected::Unknown => false,
        };
        if other {
            return Err(WriterError::OtherLanguage { id: id.clone(), found: language.clone() });
        }
        Ok(())
    }
}

/// No voice says more in a second; a pace beyond it was learned from nonsense.
const MOST_PACE: f32 = 20.0;

/// A provider of scripts.
pub trait Writer: Send + Sync {
    /// Writer, model and prompt version: part of the artifact key.
    fn fingerprint(&self) -> String;

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>>;
}
