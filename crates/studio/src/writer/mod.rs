//! An article to a script.

use domain::{Article, Depth, Language, Script, Style};
use futures::future::BoxFuture;

/// What a writer is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    pub article: &'a Article,
    pub language: Language,
    pub style: Style,
    pub depth: Depth,
    /// How many characters (Japanese) or words (English) the voice says in a second.
    pub pace: f32,
}

/// A provider of scripts.
pub trait Writer: Send + Sync {
    /// Writer, model and prompt version: part of the artifact key.
    fn fingerprint(&self) -> String;

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Script, WriterError>>;
}

#[derive(Debug, thiserror::Error)]
pub enum WriterError {}
