//! An article: one item of a source, in one revision.

use crate::language::{self, Detected};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use url::Url;

pub mod address;
pub mod likeness;

/// BLAKE3 of what is said in an article: title and text. Tags, likes and dates may change without a
/// new revision.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Revision([u8; 32]);

impl Revision {
    fn of(title: &str, text: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [title, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 hex digits.
impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({self})")
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no revision; revisions are 64 hex digits")]
pub struct NotARevision(String);

impl FromStr for Revision {
    type Err = NotARevision;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hash = blake3::Hash::from_hex(text).map_err(|_| NotARevision(text.to_owned()))?;
        Ok(Self(*hash.as_bytes()))
    }
}

/// What a source says of an item, before anything is derived from it.
#[derive(Clone, Debug, Default)]
pub struct ArticleDraft {
    /// The source as its user named it: a URL, a path or a shortcut.
    pub source: String,
    /// The item's own id, its address, or a hash where it has neither.
    pub id: String,
    pub url: Option<Url>,
    /// Plain text, one line. Empty when the item has none.
    pub title: String,
    pub author: Option<String>,
    pub published: Option<Timestamp>,
    pub tags: Vec<String>,
    pub likes: Option<u64>,
    /// Plain text, paragraphs parted by `\n`, no markup.
    pub text: String,
    /// The source needs credentials: what is made of it is shared with nobody.
    pub private: bool,
}

#[derive(Clone, Debug)]
pub struct Article {
    pub source: String,
    pub id: String,
    pub url: Option<Url>,
    /// `url` without what only tracks readers; equal for the same page.
    pub canonical_url: Option<String>,
    pub title: String,
    pub author: Option<String>,
    pub published: Option<Timestamp>,
    pub tags: Vec<String>,
    pub likes: Option<u64>,
    pub text: String,
    pub private: bool,
    pub language: Detected,
    pub revision: Revision,
    /// Locality-sensitive hash of the text: near-copies differ in few bits.
    pub simhash: u64,
}

/// What is told from an item's title, text and address, once: it is kept with the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    pub canonical_url: Option<String>,
    pub language: Detected,
    pub revision: Revision,
    pub simhash: u64,
}

impl Derived {
    fn of(draft: &ArticleDraft) -> Self {
        let ArticleDraft { url, title, text, .. } = draft;
        Self {
            canonical_url: url.as_ref().map(address::canonical),
            language: language::detect(if text.is_empty() { title } else { text }),
            revision: Revision::of(title, text),
            simhash: likeness::simhash(text),
        }
    }
}

impl Article {
    pub fn new(draft: ArticleDraft) -> Self {
        let derived = Derived::of(&draft);
        Self::kept(draft, derived)
    }

    /// An article as it was kept, with what was derived from it then.
    pub fn kept(draft: ArticleDraft, derived: Derived) -> Self {
        let ArticleDraft { source, id, url, title, author, published, tags, likes, text, private } = draft;
        let Derived { canonical_url, language, revision, simhash } = derived;
        Self {
            source,
            id,
            url,
            canonical_url,
            title,
            author,
            published,
            tags,
            likes,
            text,
            private,
            language,
            revision,
            simhash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_reads_back() {
        let revision = Revision::of("title", "text");
        assert_eq!(revision.to_string().parse(), Ok(revision));
        assert_eq!(revision.to_string().len(), 64);
        assert!("abc".parse::<Revision>().is_err());
        assert_ne!(revision, Revision::of("titlet", "ext"));
    }
}
