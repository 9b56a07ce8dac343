//! The same story from several sources, told once.
//!
//! Two articles are one when they share a page, their words, or nearly their words. SimHash finds the
//! pairs worth a look: comparing each with all that are kept takes a nanosecond a pair, which is less than
//! looking up buckets until there are some thousand. The share of common shingles decides. The same title
//! proves nothing ("Release notes", "今週のまとめ").

use crate::article::{
    Article, Revision,
    likeness::{Shingles, distance},
};
use serde::Serialize;
use std::collections::HashMap;

/// Bits in which near-copies may differ; a fifth of a text replaced moves about 9 of 64.
const MOST_DISTANCE: u32 = 11;
/// Shared shingles from which two texts are one.
const LEAST_JACCARD: f64 = 0.75;
/// Shorter texts (about 130 Japanese characters, 130 English words) share set phrases by chance.
const LEAST_SHINGLES: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    SameAddress,
    SameText,
    SimilarText,
}

/// `index` repeats `of`, which comes before it. Both are positions in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    pub index: usize,
    pub of: usize,
    pub likeness: Likeness,
}

/// All articles that repeat an earlier one that is kept; give the best first. Every duplicate is like
/// the very article it is said to repeat, so what is kept holds no two alike.
pub fn duplicates(best_first: &[&Article]) -> Vec<Duplicate> {
    let mut kept = Kept::new(best_first);
    let mut found = Vec::new();
    for (index, article) in best_first.iter().enumerate() {
        match kept.like(index, article) {
            Some((of, likeness)) => found.push(Duplicate { index, of, likeness }),
            None => kept.keep(index, article),
        }
    }
    found
}

struct Kept<'a> {
    all: &'a [&'a Article],
    by_url: HashMap<&'a str, usize>,
    by_revision: HashMap<Revision, usize>,
    hashes: Vec<(usize, u64)>,
    /// Filled when a text is first compared.
    shingles: HashMap<usize, Shingles>,
}

impl<'a> Kept<'a> {
    fn new(all: &'a [&'a Article]) -> Self {
        Self {
            all,
            by_url: HashMap::new(),
            by_revision: HashMap::new(),
            hashes: Vec::with_capacity(all.len()),
            shingles: HashMap::new(),
        }
    }

    fn keep(&mut self, index: usize, article: &'a Article) {
        if let Some(url) = &article.canonical_url {
            self.by_url.insert(url, index);
        }
        if !article.text.is_empty() {
            self.by_revision.insert(article.revision, index);
        }
        self.hashes.push((index, article.simhash));
    }

    fn like(&mut self, index: usize, article: &Article) -> Option<(usize, Likeness)> {
        if let Some(of) = article.canonical_url.as_deref().and_then(|url| self.by_url.get(url)) {
            return Some((*of, Likeness::SameAddress));
        }
        // Without a text a revision is only a title.
        if let Some(of) = self.by_revision.get(&article.revision).filter(|_| !article.text.is_empty()) {
            return Some((*of, Likeness::SameText));
        }
        let near = |(_, hash): &&(usize, u64)| distance(article.simhash, *hash) <= MOST_DISTANCE;
        // In the order they were kept: the best first. There are few.
        let near: Vec<usize> = self.hashes.iter().filter(near).map(|(of, _)| *of).collect();
        near.into_iter().find(|of| self.alike(index, *of)).map(|of| (of, Likeness::SimilarText))
    }

    fn alike(&mut self, a: usize, b: usize) -> bool {
        for index in [a, b] {
            let text = self.all.get(index).map_or("", |article| article.text.as_str());
            self.shingles.entry(index).or_insert_with(|| Shingles::of(text));
        }
        let (Some(a), Some(b)) = (self.shingles.get(&a), self.shingles.get(&b)) else { return false };
        a.len().min(b.len()) >= LEAST_SHINGLES && a.jaccard(b) >= LEAST_JACCARD
    }
}

#[cfg(test)]
mod tests;
