//! The same story from several sources, told once.
//!
//! Two articles are one when they share a page, their words, or nearly their words. SimHash finds the
//! pairs worth a look, by buckets instead of pairwise; the share of common shingles decides. The same
//! title proves nothing ("Release notes", "今週のまとめ").

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
    bands: Bands,
    /// Filled when a text is first compared.
    shingles: HashMap<usize, Shingles>,
}

impl<'a> Kept<'a> {
    fn new(all: &'a [&'a Article]) -> Self {
        Self {
            all,
            by_url: HashMap::new(),
            by_revision: HashMap::new(),
            bands: Bands::default(),
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
        self.bands.insert(index, article.simhash);
    }

    fn like(&mut self, index: usize, article: &Article) -> Option<(usize, Likeness)> {
        if let Some(of) = article.canonical_url.as_deref().and_then(|url| self.by_url.get(url)) {
            return Some((*of, Likeness::SameAddress));
        }
        // Without a text a revision is only a title.
        if let Some(of) = self.by_revision.get(&article.revision).filter(|_| !article.text.is_empty()) {
            return Some((*of, Likeness::SameText));
        }
        let near = self.bands.near(article.simhash);
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

/// Six bands of 10 or 11 bits. Two hashes within 11 bits differ by at most one bit in some band (else
/// they would differ in 12), so looking at a band and its one-bit neighbours misses no pair.
#[derive(Default)]
struct Bands {
    buckets: HashMap<(u32, u64), Vec<(usize, u64)>>,
}

impl Bands {
    const STARTS: [(u32, u32); 6] = [(0, 11), (11, 11), (22, 11), (33, 11), (44, 10), (54, 10)];

    fn insert(&mut self, index: usize, hash: u64) {
        for (start, width) in Self::STARTS {
            self.buckets.entry((start, part(hash, start, width))).or_default().push((index, hash));
        }
    }

    /// Everything within reach, in order of insertion: the best first.
    fn near(&self, hash: u64) -> Vec<usize> {
        let mut near = Vec::new();
        for (start, width) in Self::STARTS {
            let own = part(hash, start, width);
            let neighbours = (0..width).map(|bit| own ^ 1 << bit);
            for value in std::iter::once(own).chain(neighbours) {
                let bucket = self.buckets.get(&(start, value)).into_iter().flatten();
                near.extend(
                    bucket.filter(|(_, other)| distance(hash, *other) <= MOST_DISTANCE).map(|(i, _)| *i),
                );
            }
        }
        near.sort_unstable();
        near.dedup();
        near
    }
}

const fn part(hash: u64, start: u32, width: u32) -> u64 {
    hash >> start & ((1 << width) - 1)
}

#[cfg(test)]
mod tests;
