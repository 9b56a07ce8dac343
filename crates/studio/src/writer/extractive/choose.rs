//! Which sentences are said: the most worth in the time there is, in the text's own order.

use super::rank::{Candidate, Leaning};

/// Longer targets are counted in coarser steps: the table below stays small.
const STEPS: usize = 2_000;

/// A leaning sentence that nothing stands before is worth this much of itself.
const ALONE: f64 = 0.35;

/// Sentences that share more of their words than this say the same.
const SAME: f64 = 0.6;

/// Positions of the candidates to say, ascending. Their units come as near to `target` as the
/// candidates allow, worth first within about ±7 %.
pub(super) fn choose(candidates: &[Candidate], target: usize) -> Vec<usize> {
    if candidates.iter().map(|candidate| candidate.units).sum::<usize>() <= target {
        return (0..candidates.len()).collect();
    }
    let step = target.div_ceil(STEPS).max(1);
    let most = (target + target / 10) / step;
    let table = Table::fill(candidates, most, step);
    let chosen = table.best(target / step).map(|end| table.trace(candidates, end, step)).unwrap_or_default();
    if chosen.is_empty() { worthiest(candidates).into_iter().collect() } else { chosen }
}

/// For a target that no sentence fits: one is said all the same.
fn worthiest(candidates: &[Candidate]) -> Option<usize> {
    let can_stand = candidates.iter().enumerate().filter(|(_, candidate)| candidate.leans != Leaning::Hangs);
    // One that leans is better than none.
    let order = |candidate: &Candidate| (candidate.leans == Leaning::Stands, candidate.worth);
    can_stand
        .max_by(|a, b| {
            let (a, b) = (order(a.1), order(b.1));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
        .map(|(at, _)| at)
}

/// Positions of candidates that say what a better one says already, or what the title says.
pub(super) fn repeats(candidates: &[Candidate], title: &super::words::Words) -> Vec<bool> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|a, b| candidates[*b].worth.total_cmp(&candidates[*a].worth).then(a.cmp(b)));
    let mut repeats = vec![false; candidates.len()];
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        let words = &candidates[at].words;
        let of_title = !title.is_empty() && words.len() <= title.len() + 1 && alike(words, title) > 0.8;
        repeats[at] = of_title || kept.iter().any(|other| alike(words, &candidates[*other].words) > SAME);
        if !repeats[at] {
            kept.push(at);
        }
    }
    repeats
}

/// Shared words over all words; short sentences are never alike by accident of one word.
fn alike(a: &super::words::Words, b: &super::words::Words) -> f64 {
    let shared = a.intersection(b).count();
    if shared < 3 && a.len().max(b.len()) > 3 {
        return 0.0;
    }
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}

/// Best worth for every length, candidate by candidate, by whether the candidate before was taken.
struct Table {
    most: usize,
    /// `worth[taken][length]` after the last candidate; −∞ where no choice has that length.
    worth: [Vec<f64>; 2],
    /// Per candidate and end state: whether the candidate before was taken. Two bits a cell.
    came_from: Vec<u8>,
}

#[derive(Clone, Copy)]
struct End {
    length: usize,
    taken: bool,
}

impl Table {
    fn fill(candidates: &[Candidate], most: usize, step: usize) -> Self {
        let width = most + 1;
        let mut worth = [vec![f64::NEG_INFINITY; width], vec![f64::NEG_INFINITY; width]];
        worth[0][0] = 0.0;
        let mut came_from = vec![0_u8; candidates.len() * width];
        for (at, candidate) in candidates.iter().enumerate() {
            let units = steps(candidate, step);
            let gain = candidate.worth * candidate.units as f64;
            let alone = gain
                * match candidate.leans {
                    Leaning::Stands => 1.0,
                    Leaning::Leans if at == 0 => ALONE,
                    Leaning::Leans | Leaning::Hangs => f64::NEG_INFINITY,
                };
            let row = &mut came_from[at * width..(at + 1) * width];
            let mut next = [vec![f64::NEG_INFINITY; width], vec![f64::NEG_INFINITY; width]];
            for length in 0..width {
                let skipped_after_taken = worth[1][length] > worth[0][length];
                next[0][length] = worth[usize::from(skipped_after_taken)][length];
                row[length] |= u8::from(skipped_after_taken);
                let Some(before) = length.checked_sub(units) else { continue };
                let (lone, joined) = (worth[0][before] + alone, worth[1][before] + gain);
                next[1][length] = lone.max(joined);
                row[length] |= u8::from(joined > lone) << 1;
            }
            worth = next;
        }
        Self { most, worth, came_from }
    }

    /// The end of the best choice: within 7 % of the target the worthiest, else the nearest. A unit too
    /// many or too few costs twice what a unit is worth on average, or more would always win.
    fn best(&self, target: usize) -> Option<End> {
        let slack = target * 7 / 100;
        let near = target.saturating_sub(slack)..=(target + slack).min(self.most);
        let ends = |length: usize| {
            [false, true]
                .into_iter()
                .map(move |taken| (End { length, taken }, self.worth[usize::from(taken)][length]))
        };
        let off = |end: End, worth: f64| {
            worth * (1.0 - 2.0 * end.length.abs_diff(target) as f64 / target.max(1) as f64)
        };
        near.flat_map(ends)
            .filter(|(_, worth)| worth.is_finite())
            .max_by(|a, b| off(a.0, a.1).total_cmp(&off(b.0, b.1)))
            .or_else(|| {
                (0..=self.most)
                    .flat_map(ends)
                    .filter(|(_, worth)| worth.is_finite())
                    .min_by_key(|(end, _)| end.length.abs_diff(target))
            })
            .map(|(end, _)| end)
    }

    fn trace(&self, candidates: &[Candidate], end: End, step: usize) -> Vec<usize> {
        let width = self.most + 1;
        let End { mut length, mut taken } = end;
        let mut chosen = Vec::new();
        for at in (0..candidates.len()).rev() {
            let cell = self.came_from[at * width + length];
            if taken {
                chosen.push(at);
                length -= steps(&candidates[at], step);
                taken = cell & 2 != 0;
            } else {
                taken = cell & 1 != 0;
            }
        }
        chosen.reverse();
        chosen
    }
}

const fn steps(candidate: &Candidate, step: usize) -> usize {
    let steps = (candidate.units + step / 2) / step;
    if steps == 0 { 1 } else { steps }
}

#[cfg(test)]
mod tests {
    use super::{
        super::sentence::{Kind, Sentence},
        *,
    };
    use proptest::prelude::*;

    fn candidate(units: usize, worth: f64, leans: Leaning) -> Candidate {
        let sentence = Sentence { range: 0..1, kind: Kind::Prose, opens: false };
        Candidate { sentence, words: Default::default(), units, worth, leans }
    }

    #[test]
    fn the_worthiest_sentences_fill_the_time() {
        let candidates = [
            candidate(50, 0.9, Leaning::Stands),
            candidate(50, 0.1, Leaning::Stands),
            candidate(50, 0.8, Leaning::Stands),
            candidate(50, 0.2, Leaning::Stands),
        ];
        assert_eq!(choose(&candidates, 100), [0, 2]);
        assert_eq!(choose(&candidates, 500), [0, 1, 2, 3]);
        assert_eq!(choose(&candidates, 5), [0]);
    }

    #[test]
    fn what_leans_is_said_after_what_it_leans_on() {
        let lean = |leans| {
            [
                candidate(50, 0.5, Leaning::Stands),
                candidate(50, 0.6, leans),
                candidate(50, 0.55, Leaning::Stands),
                candidate(50, 0.52, Leaning::Stands),
            ]
        };
        assert_eq!(choose(&lean(Leaning::Stands), 100), [1, 2]);
        assert_eq!(choose(&lean(Leaning::Leans), 100), [0, 1]);
        let dull = [candidate(50, 0.1, Leaning::Stands), candidate(50, 0.9, Leaning::Hangs)];
        assert_eq!(choose(&dull, 50), [0]);
    }

    proptest! {
        #[test]
        fn the_target_is_met_when_there_is_enough(
            units in prop::collection::vec(20_usize..70, 40..60),
            worths in prop::collection::vec(0.05_f64..1.0, 60),
            target in 250_usize..800,
        ) {
            let candidates: Vec<Candidate> = units
                .iter()
                .zip(&worths)
                .map(|(units, worth)| candidate(*units, *worth, Leaning::Stands))
                .collect();
            let chosen = choose(&candidates, target);
            prop_assert!(chosen.is_sorted());
            let said: usize = chosen.iter().map(|at| units[*at]).sum();
            prop_assert!(said * 100 >= target * 92 && said * 100 <= target * 108, "{said} of {target}");
        }
    }
}
