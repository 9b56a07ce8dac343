//! From guessed lengths to measured ones: fit, narrate what was chosen, fit again.
//!
//! ```text
//! loop {
//!     match rehearsal.step() {
//!         Step::Narrate(choices) => for each: rehearsal.measured(choice, ms) or rehearsal.failed(choice),
//!         Step::Settled(fit) => break fit,
//!     }
//! }
//! ```

use super::{
    fit::{Ask, Choice, Fit, Fulfilment, Offer, fit, spares},
    length::{Known, Lengths},
};
use crate::script::Depth;

/// Ends after at most three rounds of narration and a fourth fit over what was measured by then.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    ask: Ask,
    offers: Vec<Offer>,
    /// Per depth what was guessed and what it turned out to be, in milliseconds.
    guesses: [(u64, u64); Depth::ALL.len()],
    rounds: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make these, and say how long they are. Never one that is measured already.
    Narrate(Vec<Choice>),
    /// Every chosen article is measured. The spares may not be.
    Settled(Fit),
}

impl Rehearsal {
    const MOST_ROUNDS: u8 = 3;

    /// Offers best first; lengths known from earlier narrations may be measured from the start.
    pub fn new(offers: Vec<Offer>, ask: Ask) -> Self {
        Self { ask, offers, guesses: Default::default(), rounds: 0 }
    }

    pub fn step(&mut self) -> Step {
        let rehearsed = fit(&self.measured_only(), &self.ask);
        if self.rounds == Self::MOST_ROUNDS || self.suffices(&rehearsed) {
            return self.settled(rehearsed);
        }
        let planned = fit(&self.corrected(), &self.ask);
        let unmeasured: Vec<Choice> =
            planned.chosen.iter().copied().filter(|choice| !self.is_measured(*choice)).collect();
        if unmeasured.is_empty() {
            return self.settled(planned);
        }
        self.rounds += 1;
        Step::Narrate(unmeasured)
    }

    /// The choice was narrated and lasts so long, without its transition.
    pub fn measured(&mut self, choice: Choice, ms: u64) {
        let Some(lengths) = self.lengths(choice.index) else { return };
        let guessed = lengths.get(choice.depth).filter(|length| length.known == Known::Estimated);
        lengths.measured(choice.depth, ms);
        if let (Some(guessed), Some(sums)) = (guessed, self.guesses.get_mut(choice.depth as usize)) {
            sums.0 += guessed.ms;
            sums.1 += ms;
        }
    }

    /// The choice could not be narrated. Another depth of the same article would most likely fail, too,
    /// so the article is out, but for what of it is measured already.
    pub fn failed(&mut self, choice: Choice) {
        let Some(lengths) = self.lengths(choice.index) else { return };
        for depth in Depth::ALL {
            let measured = lengths.get(depth).filter(|length| length.known == Known::Measured);
            lengths.set(depth, measured.filter(|_| depth != choice.depth));
        }
    }

    /// After a round of narration: full, and of enough articles to need no further one.
    fn suffices(&self, rehearsed: &Fit) -> bool {
        self.rounds > 0
            && rehearsed.fulfilment == Fulfilment::Full
            && rehearsed.chosen.len() >= self.ask.suitable_articles().min(3)
    }

    fn settled(&self, fit: Fit) -> Step {
        Step::Settled(Fit { spares: spares(&self.offers, &fit.chosen), ..fit })
    }

    fn lengths(&mut self, index: usize) -> Option<&mut Lengths> {
        self.offers.iter_mut().find(|offer| offer.index == index).map(|offer| &mut offer.lengths)
    }

    fn is_measured(&self, choice: Choice) -> bool {
        let offer = self.offers.iter().find(|offer| offer.index == choice.index);
        let length = offer.and_then(|offer| offer.lengths.get(choice.depth));
        length.is_some_and(|length| length.known == Known::Measured)
    }

    fn measured_only(&self) -> Vec<Offer> {
        self.with_estimates(|_, _| None)
    }

    /// Guesses, scaled by how far earlier ones of the same depth were off, at most by two.
    fn corrected(&self) -> Vec<Offer> {
        self.with_estimates(|depth, ms| match self.guesses.get(depth as usize) {
            Some((guessed @ 1.., actual)) => {
                let actual = (*actual).clamp(guessed / 2, guessed * 2);
                Some((ms * actual / guessed).max(1))
            }
            _ => Some(ms),
        })
    }

    fn with_estimates(&self, estimate: impl Fn(Depth, u64) -> Option<u64>) -> Vec<Offer> {
        let mut offers = self.offers.clone();
        for lengths in offers.iter_mut().map(|offer| &mut offer.lengths) {
            let mut seen = *lengths;
            for (depth, length) in lengths.each().filter(|(_, length)| length.known == Known::Estimated) {
                seen.set(depth, None);
                if let Some(ms) = estimate(depth, length.ms) {
                    seen.estimated(depth, ms);
                }
            }
            *lengths = seen;
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ask(minutes: u64) -> Ask {
        Ask { target_ms: minutes * 60_000, fixed_ms: 30_000, per_article_ms: 6_000, max_articles: None }
    }

    fn offers(count: usize) -> Vec<Offer> {
        let mut lengths = Lengths::default();
        Depth::ALL.iter().for_each(|depth| lengths.estimated(*depth, u64::from(depth.seconds()) * 1_000));
        (0..count).map(|index| Offer { index, worth: 1.0 / (index + 1) as f64, lengths }).collect()
    }

    /// Plays the narrator: `speak` is the true length, `None` a failure. The fit and all calls made.
    fn play(mut rehearsal: Rehearsal, speak: impl Fn(Choice) -> Option<u64>) -> (Fit, Vec<Choice>) {
        let mut narrated = Vec::new();
        for _ in 0..=Rehearsal::MOST_ROUNDS {
            match rehearsal.step() {
                Step::Settled(fit) => return (fit, narrated),
                Step::Narrate(choices) => {
                    for choice in choices {
                        narrated.push(choice);
                        match speak(choice) {
                            Some(ms) => rehearsal.measured(choice, ms),
                            None => rehearsal.failed(choice),
                        }
                    }
                }
            }
        }
        panic!("no end after {} rounds", Rehearsal::MOST_ROUNDS);
    }

    fn seconds(choice: Choice) -> u64 {
        u64::from(choice.depth.seconds()) * 1_000
    }

    #[test]
    fn right_guesses_need_one_round() {
        let (fit, narrated) = play(Rehearsal::new(offers(20), ask(10)), |choice| Some(seconds(choice)));
        assert_eq!(fit.fulfilment, Fulfilment::Full);
        assert_eq!(narrated.len(), fit.chosen.len());
    }

    #[test]
    fn guesses_off_by_a_third_still_end_full() {
        for (numerator, denominator) in [(4, 3), (2, 3)] {
            let speak = |choice| Some(seconds(choice) * numerator / denominator);
            let (fit, narrated) = play(Rehearsal::new(offers(20), ask(10)), speak);
            assert_eq!(fit.fulfilment, Fulfilment::Full, "{numerator}/{denominator}");
            assert!(narrated.len() <= fit.chosen.len() + 6, "{} narrated", narrated.len());
        }
    }

    fn only_standard(offers: &mut [Offer], ms: u64) {
        for offer in offers {
            offer.lengths = Lengths::default();
            offer.lengths.estimated(Depth::Standard, ms);
        }
    }

    /// Uncorrected, three rounds reach 540 s of 600.
    #[test]
    fn later_rounds_learn_from_earlier_ones() {
        let mut slow = offers(20);
        only_standard(&mut slow, 85_000);
        let (fit, narrated) = play(Rehearsal::new(slow, ask(10)), |_| Some(45_000));
        assert_eq!(fit.fulfilment, Fulfilment::Full);
        assert_eq!(narrated.len(), fit.chosen.len());
    }

    #[test]
    fn what_is_made_already_does_not_crowd_out_what_is_better() {
        let mut mixed = offers(20);
        only_standard(&mut mixed, 85_000);
        mixed.iter_mut().skip(12).for_each(|offer| offer.lengths.measured(Depth::Standard, 85_000));
        let (fit, narrated) = play(Rehearsal::new(mixed, ask(10)), |_| Some(85_000));
        assert!(!narrated.is_empty());
        assert_eq!(fit.chosen[0].index, 0);
    }

    #[test]
    fn failures_are_replaced() {
        let speak = |choice: Choice| (!choice.index.is_multiple_of(3)).then_some(seconds(choice));
        let (fit, _) = play(Rehearsal::new(offers(20), ask(10)), speak);
        assert_eq!(fit.fulfilment, Fulfilment::Full);
        assert!(fit.chosen.iter().all(|choice| !choice.index.is_multiple_of(3)));
    }

    #[test]
    fn all_failing_ends_with_nothing() {
        let (fit, _) = play(Rehearsal::new(offers(20), ask(10)), |_| None);
        assert!(fit.chosen.is_empty());
    }

    #[test]
    fn known_lengths_are_not_narrated_again() {
        let mut known = offers(20);
        known.iter_mut().for_each(|offer| offer.lengths.measured(Depth::Standard, 85_000));
        known.iter_mut().for_each(|offer| offer.lengths.set(Depth::Brief, None));
        known.iter_mut().for_each(|offer| offer.lengths.set(Depth::Deep, None));
        let (fit, narrated) = play(Rehearsal::new(known, ask(10)), |_| None);
        assert_eq!((fit.fulfilment, narrated.len()), (Fulfilment::Full, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_chosen_one_was_measured(
            count in 0_usize..12,
            minutes in 1_u64..15,
            truth in proptest::collection::vec(proptest::option::weighted(0.9, 10_000_u64..260_000), 72),
        ) {
            let speak = |choice: Choice| truth[choice.index * 6 + choice.depth as usize];
            let (fit, narrated) = play(Rehearsal::new(offers(count), ask(minutes)), speak);
            let total: u64 = fit.chosen.iter().map(|choice| speak(*choice).unwrap() + 6_000).sum();
            prop_assert_eq!(fit.total_ms, if fit.chosen.is_empty() { 0 } else { total + 30_000 });
            let distinct: std::collections::HashSet<_> = narrated.iter().collect();
            prop_assert_eq!(distinct.len(), narrated.len());
        }
    }
}
