//! How long an article lasts at each depth: guessed from its text, then measured from its speech.

use super::speakable::amount;
use crate::{article::Article, language::Language, script::Depth};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Measured,
    /// A guess, of what is being made already.
    Wanted,
    Estimated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    pub ms: u64,
    pub known: Known,
}

impl Length {
    /// Nobody has it made so far.
    pub fn is_to_make(self) -> bool {
        self.known == Known::Estimated
    }
}

/// One article's length at each depth; `None` where it cannot be had at that depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths([Option<Length>; Depth::ALL.len()]);

impl Lengths {
    pub const fn get(&self, depth: Depth) -> Option<Length> {
        self.0[depth as usize]
    }

    pub const fn set(&mut self, depth: Depth, length: Option<Length>) {
        self.0[depth as usize] = length;
    }

    pub const fn measured(&mut self, depth: Depth, ms: u64) {
        self.set(depth, Some(Length { ms, known: Known::Measured }));
    }

    pub const fn estimated(&mut self, depth: Depth, ms: u64) {
        self.set(depth, Some(Length { ms, known: Known::Estimated }));
    }

    /// Notes that a guessed one is being made already, for somebody else.
    pub fn wanted(&mut self, depth: Depth) {
        if let Some(Length { known: known @ Known::Estimated, .. }) = &mut self.0[depth as usize] {
            *known = Known::Wanted;
        }
    }

    /// The depths that can be had, shallowest first.
    pub fn each(&self) -> impl Iterator<Item = (Depth, Length)> {
        Depth::ALL.into_iter().filter_map(|depth| Some((depth, self.get(depth)?)))
    }

    /// The longest it can last; the shallower depth in a tie.
    pub fn longest(&self) -> Option<(Depth, Length)> {
        self.each().reduce(|best, next| if next.1.ms > best.1.ms { next } else { best })
    }
}

/// How fast a voice speaks, learned: spoken units (Japanese characters, English words) a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    units_per_s: f64,
}

impl Pace {
    /// What one more measurement weighs.
    const LEARNING: f64 = 0.2;

    /// A rate to start from; what is no rate at all becomes 1.
    pub fn new(units_per_s: f64) -> Self {
        let usable = units_per_s.is_finite() && units_per_s > 0.0;
        Self { units_per_s: if usable { units_per_s } else { 1.0 } }
    }

    pub const fn units_per_s(self) -> f64 {
        self.units_per_s
    }

    /// Moves towards what a narration of so many units took.
    pub fn learn(&mut self, units: usize, ms: u64) {
        if units > 0 && ms > 0 {
            let seen = units as f64 * 1_000.0 / ms as f64;
            self.units_per_s += Self::LEARNING * (seen - self.units_per_s);
        }
    }

    /// At each usual depth what its writer aims at, or all the text holds; a depth that would add less than
    /// a fifth to a shallower one is not worth making. Between them only what leaves as much unsaid.
    pub fn lengths(self, article: &Article, language: Language) -> Lengths {
        let units = amount(&article.text, language);
        let text_ms = (units as f64 * 1_000.0 / self.units_per_s) as u64;
        let mut lengths = Lengths::default();
        let mut shallower_ms = 0;
        let aim_ms = |depth: Depth| u64::from(depth.seconds()) * 1_000;
        for depth in Depth::USUAL {
            let ms = text_ms.min(aim_ms(depth));
            if ms > 0 && ms * 5 > shallower_ms * 6 {
                lengths.estimated(depth, ms);
                shallower_ms = ms;
            }
        }
        for depth in Depth::BETWEEN {
            if text_ms * 5 > aim_ms(depth) * 6 {
                lengths.estimated(depth, aim_ms(depth));
            }
        }
        lengths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleDraft;

    fn estimated_s(chars: usize) -> Vec<Option<u64>> {
        let text = "あ".repeat(chars);
        let article = Article::new(ArticleDraft { text, ..ArticleDraft::default() });
        let lengths = Pace::new(8.0).lengths(&article, Language::Ja);
        Depth::ALL.map(|depth| lengths.get(depth).map(|length| length.ms / 1_000)).to_vec()
    }

    #[test]
    fn a_depth_lasts_as_long_as_it_aims_or_as_the_text_holds() {
        assert_eq!(estimated_s(4_000), [Some(32), Some(40), Some(65), Some(100), Some(160), Some(200)]);
        assert_eq!(estimated_s(1_040), [Some(32), Some(40), Some(65), Some(100), None, Some(130)]);
        assert_eq!(estimated_s(600), [Some(32), Some(40), None, Some(75), None, None]);
        assert_eq!(estimated_s(160), [Some(20), None, None, None, None, None]);
        assert_eq!(estimated_s(0), [None; 6]);
    }

    #[test]
    fn numbers_last_as_long_as_they_are_said() {
        let said = "One million two hundred thousand people came. ".repeat(20);
        let written = "1,200,000 people came. ".repeat(20);
        let lengths = |text: String| {
            let article = Article::new(ArticleDraft { text, ..ArticleDraft::default() });
            Pace::new(2.5).lengths(&article, Language::En)
        };
        assert_eq!(lengths(written), lengths(said));
    }

    #[test]
    fn a_pace_approaches_what_is_measured() {
        let mut pace = Pace::new(6.0);
        (0..40).for_each(|_| pace.learn(900, 100_000));
        assert!((pace.units_per_s() - 9.0).abs() < 0.01);
        pace.learn(0, 100);
        pace.learn(100, 0);
        assert!((pace.units_per_s() - 9.0).abs() < 0.01);
        assert_eq!(Pace::new(f64::NAN).units_per_s(), 1.0);
    }
}
