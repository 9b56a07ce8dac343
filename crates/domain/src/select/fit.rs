//! Length fit: which candidates, told how deep, make a program of the wished length.
//!
//! What is maximised, among selections inside ±8 % of the target:
//!
//! ```text
//! Σ worth × √(length / 90 s)                    more of an article is worth ever less
//!   − scale × ((articles − n) / n)²             n = minutes / 1.5: neither one lecture nor twenty notes
//!   − scale × 0.3 × (off the middle / 8 %)²     estimates err; the middle forgives most
//! ```
//!
//! with scale = the worth of the n best. Three articles or more come before fewer. If a selection
//! inside ±8 % exists at all, one is found (`table` says why). It runs for every listener: a table or
//! two are allocated, and nothing inside the loops (0.3 ms for 40 offers and 10 minutes, optimised, on
//! one shared core).

use super::length::Lengths;
use crate::script::Depth;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

mod problem;
mod table;

use problem::Problem;

/// The program that is wanted, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    pub target_ms: u64,
    /// Jingles, greeting, what is ahead, closing.
    pub fixed_ms: u64,
    /// Transition and headline of one article.
    pub per_article_ms: u64,
    pub max_articles: Option<usize>,
}

/// An article that may be taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// The article's index; given back in `Choice`.
    pub index: usize,
    pub worth: f64,
    pub lengths: Lengths,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Choice {
    pub index: usize,
    pub depth: Depth,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// In program order.
    pub chosen: Vec<Choice>,
    /// The two next best, should one of the chosen fail.
    pub spares: Vec<Choice>,
    /// With everything around the articles; 0 when nothing was chosen.
    pub total_ms: u64,
    pub fulfilment: Fulfilment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fulfilment {
    /// Within ±8 %.
    Full,
    /// Below; `missing_ms` to the target.
    Short { missing_ms: u64, why: Shortage },
    /// Above, because the shortest article alone is.
    Long { excess_ms: u64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortage {
    /// All there is to say, said at length, is less.
    TooFewArticles,
    /// No more articles were wished.
    ArticleLimit,
    /// There is enough, but no selection lands near the target.
    NoCombination,
}

/// Fewer articles are not a program, if more can be had.
const LEAST_ARTICLES: usize = 3;
const SPARES: usize = 2;
/// How far down a spare is looked for that costs nothing.
const SPARES_AMONG: usize = 6;

impl Offer {
    fn usual(&self) -> Self {
        let mut lengths = Lengths::default();
        Depth::USUAL.into_iter().for_each(|depth| lengths.set(depth, self.lengths.get(depth)));
        Self { lengths, ..*self }
    }
}

impl Ask {
    /// The shortest that is full, inclusive: 92 % of the target.
    pub const fn least_ms(&self) -> u64 {
        (self.target_ms * 92).div_ceil(100)
    }

    /// The longest that is full, inclusive: 108 % of the target.
    pub const fn most_ms(&self) -> u64 {
        self.target_ms * 108 / 100
    }

    pub const fn is_full(&self, total_ms: u64) -> bool {
        self.least_ms() <= total_ms && total_ms <= self.most_ms()
    }

    /// How many articles suit the length: one in 90 s, at least one, at most what was wished.
    pub fn suitable_articles(&self) -> usize {
        let suitable = ((self.target_ms + 45_000) / 90_000).max(1) as usize;
        suitable.min(self.max_articles.unwrap_or(usize::MAX)).max(1)
    }
}

/// Chooses among offers, best first. The depths between the usual ones are taken only where those make
/// no full program, or one of too few articles.
///
/// Up to 42 offers are weighed against each other; of more, the first 42 are, after as many of the best
/// have been taken at full length as those could not fill.
pub fn fit(offers: &[Offer], ask: &Ask) -> Fit {
    let usual: Vec<Offer> = offers.iter().map(Offer::usual).collect();
    let coarse = chosen_among(&usual, ask);
    if coarse.fulfilment == Fulfilment::Full && coarse.chosen.len() >= LEAST_ARTICLES {
        return coarse;
    }
    let fine = chosen_among(offers, ask);
    if fine.merit(ask) > coarse.merit(ask) { fine } else { coarse }
}

fn chosen_among(offers: &[Offer], ask: &Ask) -> Fit {
    let problem = Problem::new(offers, ask);
    let (picked, unmet) = problem.solve();
    let mut chosen: Vec<(usize, Depth)> = problem.head.iter().chain(&picked).copied().collect();
    chosen.sort_unstable();
    let told = chosen.iter().filter_map(|(at, depth)| offers.get(*at)?.lengths.get(*depth));
    let articles_ms: u64 = told.map(|length| length.ms + ask.per_article_ms).sum();
    let total_ms = if chosen.is_empty() { 0 } else { articles_ms + ask.fixed_ms };
    let fulfilment = if ask.is_full(total_ms) {
        Fulfilment::Full
    } else if total_ms > ask.most_ms() {
        Fulfilment::Long { excess_ms: total_ms - ask.target_ms }
    } else {
        Fulfilment::Short { missing_ms: ask.target_ms.saturating_sub(total_ms), why: unmet }
    };
    let choice = |(at, depth): &(usize, Depth)| Some(Choice { index: offers.get(*at)?.index, depth: *depth });
    let chosen: Vec<Choice> = chosen.iter().filter_map(choice).collect();
    Fit { spares: spares(offers, &chosen), chosen, total_ms, fulfilment }
}

/// What tells the better of two fits: full ones by whether they have articles enough, others by how near
/// they come, if they have any.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Merit {
    full: bool,
    articles: usize,
    off_ms: Reverse<u64>,
}

impl Fit {
    fn merit(&self, ask: &Ask) -> Merit {
        let full = self.fulfilment == Fulfilment::Full;
        let articles = self.chosen.len().min(if full { LEAST_ARTICLES } else { 1 });
        let off_ms = Reverse(if full { 0 } else { self.total_ms.abs_diff(ask.target_ms) });
        Merit { full, articles, off_ms }
    }
}

/// The best that were not chosen, told at standard length or, failing that, briefly. Of the next few those come
/// first that are made or being made for somebody: they stand in as well, and most spares are never heard.
pub(super) fn spares(offers: &[Offer], chosen: &[Choice]) -> Vec<Choice> {
    let left = offers.iter().filter(|offer| chosen.iter().all(|choice| choice.index != offer.index));
    let mut near: Vec<(Effort, Choice)> = left.filter_map(spare).take(SPARES_AMONG).collect();
    near.sort_by_key(|(effort, _)| *effort);
    near.into_iter().map(|(_, choice)| choice).take(SPARES).collect()
}

/// What a spare takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Effort {
    Nothing,
    Making,
}

fn spare(offer: &Offer) -> Option<(Effort, Choice)> {
    let depths = || [Depth::Standard, Depth::Brief].into_iter();
    let had = depths().find(|depth| offer.lengths.get(*depth).is_some_and(|length| !length.is_to_make()));
    let effort = if had.is_some() { Effort::Nothing } else { Effort::Making };
    let depth = had.or_else(|| depths().find(|depth| offer.lengths.get(*depth).is_some()))?;
    Some((effort, Choice { index: offer.index, depth }))
}

#[cfg(test)]
mod tests;
