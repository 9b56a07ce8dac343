//! The knapsack's table: for each number of articles and each stretch of time, a few selections.
//!
//! Time is cut into stretches, but each selection keeps its exact sum, so rounding never adds up.
//! Keeping the shortest and the longest of a stretch is enough to miss nothing: for any selection with
//! sum s the table then holds two with a ≤ s ≤ b and b − a no wider than a stretch (by induction over
//! the articles; the argument of the relaxed dynamic programs for subset sum, Kellerer et al. 2003).
//! As the tolerance is wider than a stretch, a or b lies in it whenever s does.

use crate::script::Depth;

/// Milliseconds and gain at each depth.
pub(super) type Options = [Option<(u32, f32)>; Depth::ALL.len()];

/// One article at its depths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// Position among the offers.
    pub(super) at: usize,
    pub(super) worth: f32,
    options: Options,
    longest: (Depth, u32),
}

impl Item {
    /// `None` if it can be had at no depth.
    pub(super) fn new(at: usize, worth: f32, options: Options) -> Option<Self> {
        let each = Depth::ALL.into_iter().zip(options).filter_map(|(depth, option)| Some((depth, option?.0)));
        let longest = each.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        Some(Self { at, worth, options, longest })
    }

    pub(super) fn options(&self) -> impl Iterator<Item = (Depth, u32, f32)> {
        let each = Depth::ALL.into_iter().zip(self.options);
        each.filter_map(|(depth, option)| option.map(|(ms, gain)| (depth, ms, gain)))
    }

    pub(super) const fn longest(&self) -> (Depth, u32) {
        self.longest
    }
}

/// A selection: three bits per item say at which depth, 0 that it is out.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    taken: u128,
    pub(super) sum_ms: u32,
    pub(super) gain: f32,
    pub(super) articles: u8,
}

impl State {
    const VACANT: Self = Self { taken: 0, sum_ms: u32::MAX, gain: 0.0, articles: 0 };
    const EMPTY: Self = Self { sum_ms: 0, ..Self::VACANT };

    pub(super) const fn is_vacant(&self) -> bool {
        self.sum_ms == u32::MAX
    }

    /// Positions among the offers, with depths.
    pub(super) fn picks(&self, items: &[Item]) -> Vec<(usize, Depth)> {
        let each = items.iter().enumerate();
        each.filter_map(|(number, item)| {
            let depth = (self.taken >> (3 * number) & 7).checked_sub(1)?;
            Some((item.at, *Depth::ALL.get(depth as usize)?))
        })
        .collect()
    }
}

/// `R` selections for each number of articles and stretch of time.
#[derive(Debug)]
pub(super) struct Table<const R: usize> {
    stretches: usize,
    cells: Vec<[State; R]>,
}

impl Table<1> {
    /// Keeps the most gain.
    pub(super) fn weighed(items: &[Item], high_ms: u32, most_articles: usize) -> Self {
        Self::filled(items, high_ms, most_articles, |[kept], state| {
            if kept.is_vacant() || state.gain > kept.gain {
                *kept = state;
            }
        })
    }
}

impl Table<2> {
    /// Keeps the shortest and the longest.
    pub(super) fn reached(items: &[Item], high_ms: u32, most_articles: usize) -> Self {
        Self::filled(items, high_ms, most_articles, |[shortest, longest], state| {
            if shortest.is_vacant() || state.sum_ms < shortest.sum_ms {
                *shortest = state;
            }
            if longest.is_vacant() || state.sum_ms > longest.sum_ms {
                *longest = state;
            }
        })
    }
}

impl<const R: usize> Table<R> {
    /// As many as `State::taken` has room for.
    pub(super) const MOST_ITEMS: usize = 42;
    const STRETCHES: u32 = 256;

    /// Of all selections of up to `most_articles` items that last up to `high_ms`, what `keep` keeps.
    fn filled(
        items: &[Item],
        high_ms: u32,
        most_articles: usize,
        keep: impl Fn(&mut [State; R], State),
    ) -> Self {
        let stretch_ms = high_ms.div_ceil(Self::STRETCHES).max(1);
        // One stretch beyond: the longer neighbour of a selection that just fits must not get lost.
        let limit_ms = high_ms.saturating_add(stretch_ms);
        let stretches = (limit_ms / stretch_ms + 1) as usize;
        let most_articles = most_articles.min(Self::MOST_ITEMS);
        let mut table = Self { stretches, cells: vec![[State::VACANT; R]; (most_articles + 1) * stretches] };
        if let Some(first) = table.cells.first_mut() {
            *first = [State::EMPTY; R];
        }
        for (number, item) in items.iter().enumerate().take(Self::MOST_ITEMS) {
            // From many articles to few, so that an item is never added to a selection that has it.
            for articles in (0..most_articles.min(number + 1)).rev() {
                table.grow(articles, |state, next| {
                    for (depth, ms, gain) in item.options() {
                        let sum_ms = state.sum_ms + ms;
                        let Some(cell) = next.get_mut((sum_ms / stretch_ms) as usize) else { continue };
                        let taken = state.taken | (depth as u128 + 1) << (3 * number);
                        let gain = state.gain + gain;
                        keep(cell, State { taken, sum_ms, gain, articles: state.articles + 1 });
                    }
                });
            }
        }
        table
    }

    pub(super) fn states(&self) -> impl Iterator<Item = State> {
        self.cells.iter().flatten().copied().filter(|state| !state.is_vacant())
    }

    /// Offers each selection of `articles` articles to the row above.
    fn grow(&mut self, articles: usize, mut offer: impl FnMut(&State, &mut [[State; R]])) {
        let (below, above) = self.cells.split_at_mut((articles + 1) * self.stretches);
        let from = below.get(articles * self.stretches..).unwrap_or_default();
        let next = above.get_mut(..self.stretches).unwrap_or_default();
        for state in from.iter().flatten().filter(|state| !state.is_vacant()) {
            offer(state, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The claim of the module: whatever can be reached has kept neighbours on both sides, with as many
    /// articles and no further apart than one stretch.
    fn is_bracketed(
        kept: &BTreeSet<(usize, u32)>,
        (articles, sum_ms): (usize, u32),
        stretch_ms: u32,
    ) -> bool {
        let below = kept.range((articles, 0)..=(articles, sum_ms)).next_back();
        let above = kept.range((articles, sum_ms)..(articles + 1, 0)).next();
        below.zip(above).is_some_and(|(below, above)| above.1 - below.1 <= stretch_ms)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn nothing_reachable_is_far_from_what_is_kept(
            lengths in proptest::collection::vec((900_u32..1_200, 900_u32..1_200), 2..9),
            high_ms in 1_000_u32..9_000,
        ) {
            let item = |(at, (brief, deep)): (usize, &(u32, u32))| {
                Item::new(at, 1.0, [Some((*brief, 1.0)), None, None, None, None, Some((*deep, 1.0))])
            };
            let items: Vec<Item> = lengths.iter().enumerate().filter_map(item).collect();
            let table = Table::reached(&items, high_ms, items.len());
            let mut reachable = BTreeSet::from([(0_usize, 0_u32)]);
            for (brief, deep) in &lengths {
                let more = |ms: &u32| reachable.iter().map(|(count, sum)| (count + 1, sum + ms)).collect::<Vec<_>>();
                let (briefly, deeply) = (more(brief), more(deep));
                reachable.extend(briefly.into_iter().chain(deeply));
            }
            let stretch_ms = high_ms.div_ceil(Table::<2>::STRETCHES);
            let kept = table.states().map(|state| (usize::from(state.articles), state.sum_ms)).collect();
            for one in reachable.into_iter().filter(|(_, sum_ms)| *sum_ms <= high_ms) {
                prop_assert!(is_bracketed(&kept, one, stretch_ms), "(articles, ms) = {one:?}");
            }
        }
    }
}
