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

use super::length::{Known, Lengths};
use crate::script::Depth;
use serde::{Deserialize, Serialize};

mod table;

use table::{Item, State, Table};

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
const MIDDLE_WEIGHT: f32 = 0.3;
/// A segment that is made, or is being made for somebody else, costs nothing more.
const MADE_BONUS: f32 = 1.05;

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

/// Chooses among offers, best first. Up to 64 are weighed against each other; of more, the first 64
/// are, after as many of the best have been taken at full length as those could not fill.
pub fn fit(offers: &[Offer], ask: &Ask) -> Fit {
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

/// The best that were not chosen, told at standard length or, failing that, briefly.
pub(super) fn spares(offers: &[Offer], chosen: &[Choice]) -> Vec<Choice> {
    offers
        .iter()
        .filter(|offer| chosen.iter().all(|choice| choice.index != offer.index))
        .filter_map(|offer| {
            let depth =
                [Depth::Standard, Depth::Brief].into_iter().find(|d| offer.lengths.get(*d).is_some())?;
            Some(Choice { index: offer.index, depth })
        })
        .take(SPARES)
        .collect()
}

/// The ask without what is fixed: articles only, each with its transition.
struct Problem {
    /// Positions of offers taken beforehand.
    head: Vec<(usize, Depth)>,
    /// What is left to weigh, at most `Table::MOST_ITEMS`.
    items: Vec<Item>,
    low_ms: u32,
    middle_ms: u32,
    high_ms: u32,
    most_articles: usize,
    suitable: usize,
}

impl Problem {
    fn new(offers: &[Offer], ask: &Ask) -> Self {
        let items: Vec<Item> =
            offers.iter().enumerate().filter_map(|(at, offer)| item(at, offer, ask)).collect();
        let room = |ms: u64| u32::try_from(ms.saturating_sub(ask.fixed_ms)).unwrap_or(u32::MAX / 2);
        let mut problem = Self {
            head: Vec::new(),
            low_ms: room(ask.least_ms()),
            middle_ms: room(ask.target_ms),
            high_ms: room(ask.most_ms()),
            most_articles: ask.max_articles.unwrap_or(usize::MAX).min(items.len()),
            suitable: ask.suitable_articles().min(items.len()).max(1),
            items,
        };
        problem.take_head();
        problem
    }

    fn take_head(&mut self) {
        let mut taken = 0;
        while self.items.len() - taken > Table::<1>::MOST_ITEMS && self.most_articles > 1 {
            let weighed = self.items.iter().skip(taken).take(Table::<1>::MOST_ITEMS);
            let longest: u64 = weighed.map(|item| u64::from(item.longest().1)).sum();
            let Some(first) = self.items.get(taken).filter(|_| longest < u64::from(self.low_ms)) else {
                break;
            };
            let (depth, ms) = first.longest();
            self.head.push((first.at, depth));
            for bound in [&mut self.low_ms, &mut self.middle_ms, &mut self.high_ms] {
                *bound = bound.saturating_sub(ms);
            }
            self.most_articles -= 1;
            self.suitable = self.suitable.saturating_sub(1).max(1);
            taken += 1;
        }
        self.items.drain(..taken);
        self.items.truncate(Table::<1>::MOST_ITEMS);
    }

    /// Positions and depths, and what to blame if they fall short.
    fn solve(&self) -> (Vec<(usize, Depth)>, Shortage) {
        let longest = self.longest();
        let longest_ms: u64 = longest.iter().map(|(_, _, ms)| u64::from(*ms)).sum();
        if longest_ms < u64::from(self.low_ms) {
            let limited = self.most_articles < self.items.len();
            let why = if limited { Shortage::ArticleLimit } else { Shortage::TooFewArticles };
            return (longest.into_iter().map(|(at, depth, _)| (at, depth)).collect(), why);
        }
        let best = self.inside().or_else(|| self.below()).map(|state| state.picks(&self.items));
        (best.unwrap_or_else(|| self.least()), Shortage::NoCombination)
    }

    /// The best inside the tolerance: three or more articles if possible, weighed if possible.
    fn inside(&self) -> Option<State> {
        let enough = LEAST_ARTICLES.saturating_sub(self.head.len()).min(self.most_articles);
        let most_weighed = self.most_articles.min(2 * self.suitable + LEAST_ARTICLES);
        let weighed = Table::weighed(&self.items, self.high_ms, most_weighed);
        if let Some(state) = self.best_of(&weighed, enough) {
            return Some(state);
        }
        let reached = Table::reached(&self.items, self.high_ms, self.most_articles);
        let best = |least| self.best_of(&weighed, least).or_else(|| self.best_of(&reached, least));
        (0..=enough).rev().find_map(best)
    }

    /// The longest program below the tolerance; `None` if that is an empty one.
    fn below(&self) -> Option<State> {
        let reached = Table::reached(&self.items, self.high_ms, self.most_articles);
        let short = reached.states().filter(|state| state.articles > 0 && state.sum_ms < self.low_ms);
        short.reduce(|best, next| if next.sum_ms > best.sum_ms { next } else { best })
    }

    /// The shortest article at its shortest; nothing if there is none.
    fn least(&self) -> Vec<(usize, Depth)> {
        let all =
            self.items.iter().flat_map(|item| item.options().map(|(depth, ms, _)| (ms, item.at, depth)));
        all.min().map(|(_, at, depth)| (at, depth)).into_iter().collect()
    }

    /// As many as allowed, the longest of all, each at its longest.
    fn longest(&self) -> Vec<(usize, Depth, u32)> {
        let each = self.items.iter().map(|item| (item.at, item.longest()));
        let mut all: Vec<_> = each.map(|(at, (depth, ms))| (at, depth, ms)).collect();
        all.sort_by_key(|(at, _, ms)| (std::cmp::Reverse(*ms), *at));
        all.truncate(self.most_articles);
        all
    }

    fn best_of<const R: usize>(&self, table: &Table<R>, least: usize) -> Option<State> {
        let scale: f32 = self.items.iter().take(self.suitable).map(|item| item.worth).sum();
        let inside = table.states().filter(|state| {
            usize::from(state.articles) >= least.max(1)
                && (self.low_ms..=self.high_ms).contains(&state.sum_ms)
        });
        let valued = inside.map(|state| (self.value(&state, scale), state));
        valued.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, state)| state)
    }

    fn value(&self, state: &State, scale: f32) -> f32 {
        let suitable = self.suitable as f32;
        let crowd = (f32::from(state.articles) - suitable) / suitable;
        let tolerance = (self.high_ms - self.middle_ms).max(1) as f32;
        let off = state.sum_ms.abs_diff(self.middle_ms) as f32 / tolerance;
        state.gain - scale * (crowd * crowd + MIDDLE_WEIGHT * off * off)
    }
}

fn item(at: usize, offer: &Offer, ask: &Ask) -> Option<Item> {
    let worth = if offer.worth.is_finite() { offer.worth.clamp(0.01, 1_000.0) as f32 } else { 0.01 };
    let option = |depth| {
        let length = offer.lengths.get(depth).filter(|length| length.ms > 0)?;
        let ms = u32::try_from(length.ms + ask.per_article_ms).ok().filter(|ms| *ms < u32::MAX / 4)?;
        let standard_ms = (Depth::Standard.seconds() * 1_000) as f32;
        let bonus = match length.known {
            Known::Measured | Known::Wanted => MADE_BONUS,
            Known::Estimated => 1.0,
        };
        Some((ms, worth * bonus * (length.ms as f32 / standard_ms).sqrt()))
    };
    Item::new(at, worth, Depth::ALL.map(option))
}

#[cfg(test)]
mod tests;
