//! The knapsack that a fit is: what may be taken, weighed in tables, until the best selection is known.

use super::{
    Ask, LEAST_ARTICLES, Offer, Shortage,
    table::{Item, State, Table},
};
use crate::script::Depth;
use std::cmp::Reverse;

const MIDDLE_WEIGHT: f32 = 0.3;
/// A segment that is made, or is being made for somebody else, costs nothing more.
const MADE_BONUS: f32 = 1.05;

/// The ask without what is fixed: articles only, each with its transition.
pub(super) struct Problem {
    /// Positions of offers taken beforehand.
    pub(super) head: Vec<(usize, Depth)>,
    /// What is left to weigh, at most `Table::MOST_ITEMS`.
    items: Vec<Item>,
    low_ms: u32,
    middle_ms: u32,
    high_ms: u32,
    most_articles: usize,
    suitable: usize,
}

impl Problem {
    pub(super) fn new(offers: &[Offer], ask: &Ask) -> Self {
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
    pub(super) fn solve(&self) -> (Vec<(usize, Depth)>, Shortage) {
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
        all.sort_by_key(|(at, _, ms)| (Reverse(*ms), *at));
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
        let bonus = if length.is_to_make() { 1.0 } else { MADE_BONUS };
        Some((ms, worth * bonus * (length.ms as f32 / standard_ms).sqrt()))
    };
    Item::new(at, worth, Depth::ALL.map(option))
}
