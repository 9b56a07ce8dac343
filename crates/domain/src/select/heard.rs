//! What a listener has had in earlier programs.

use crate::article::{Article, Revision};
use std::collections::{HashMap, HashSet};

/// An article counts as heard by its place in a source, its page or its words: a later revision of a
/// heard article is heard, too.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    ids: HashMap<String, HashSet<String>>,
    canonical_urls: HashSet<String>,
    revisions: HashSet<Revision>,
}

impl Heard {
    /// Notes one article as it is stored: its source and id there, its page, its revision.
    pub fn note(&mut self, source: &str, id: &str, canonical_url: Option<&str>, revision: Revision) {
        if !id.is_empty() {
            self.ids.entry(source.to_owned()).or_default().insert(id.to_owned());
        }
        self.canonical_urls.extend(canonical_url.map(str::to_owned));
        self.revisions.insert(revision);
    }

    pub fn note_article(&mut self, article: &Article) {
        self.note(&article.source, &article.id, article.canonical_url.as_deref(), article.revision);
    }

    pub fn contains(&self, article: &Article) -> bool {
        self.ids.get(&article.source).is_some_and(|ids| ids.contains(&article.id))
            || article.canonical_url.as_ref().is_some_and(|url| self.canonical_urls.contains(url))
            || self.revisions.contains(&article.revision)
    }
}
