//! How complete a program is, told from its length and its articles.

use super::fit::{Ask, Fit, Fulfilment, Shortage};
use crate::{language::Language, program::Edition};
use serde::Serialize;

/// An edition and, unless it is full, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grade {
    pub edition: Edition,
    pub shortfall: Option<Shortfall>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shortfall {
    pub total_ms: u64,
    pub target_ms: u64,
    pub articles: usize,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Short(Shortage),
    /// Even the shortest article is longer.
    TooLong,
    /// Some articles could not be narrated.
    Failures,
    /// Some articles were not narrated in time.
    Time,
}

impl Grade {
    pub fn of(fit: &Fit, ask: &Ask) -> Self {
        Self::measured(fit.total_ms, fit, ask)
    }

    /// The grade of what was made of a fit and lasts `total_ms`. Full within ±8 %; brief below half, or
    /// with one article where more were wished; otherwise shortened.
    pub fn measured(total_ms: u64, fit: &Fit, ask: &Ask) -> Self {
        if ask.is_full(total_ms) {
            return Self { edition: Edition::Full, shortfall: None };
        }
        let articles = fit.chosen.len();
        let alone = articles <= 1 && ask.suitable_articles() > 1;
        let edition = if total_ms * 2 < ask.target_ms || alone { Edition::Brief } else { Edition::Shortened };
        let why = match fit.fulfilment {
            _ if total_ms > ask.target_ms => Why::TooLong,
            Fulfilment::Short { why, .. } => Why::Short(why),
            Fulfilment::Full | Fulfilment::Long { .. } => Why::Short(Shortage::NoCombination),
        };
        Self { edition, shortfall: Some(Shortfall { total_ms, target_ms: ask.target_ms, articles, why }) }
    }

    /// The same, but for another reason: what was chosen would have sufficed.
    #[must_use]
    pub fn because(self, why: Why) -> Self {
        Self { shortfall: self.shortfall.map(|shortfall| Shortfall { why, ..shortfall }), ..self }
    }

    /// For `program.json`; `None` for a full edition.
    pub fn reason(&self, language: Language) -> Option<String> {
        self.shortfall.map(|shortfall| shortfall.sentence(language))
    }
}

impl Shortfall {
    /// One sentence, full stop included.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Ja => self.japanese(),
        }
    }

    fn english(&self) -> String {
        let target = match minutes(self.target_ms).as_str() {
            "1" => "1 minute".to_owned(),
            many => format!("{many} minutes"),
        };
        let length = format!("{} of {target}", minutes(self.total_ms));
        let articles = match self.articles {
            1 => "one article".to_owned(),
            many => format!("{many} articles"),
        };
        match self.why {
            Why::Short(Shortage::TooFewArticles) => {
                format!("Only {articles} to tell today: {length}.")
            }
            Why::Short(Shortage::ArticleLimit) => {
                format!("No more than {articles} to be told, and they fill {length}.")
            }
            Why::Short(Shortage::NoCombination) => {
                format!("No selection of articles fits the length: {length}.")
            }
            Why::TooLong => format!("Even the shortest article is longer than the program: {length}."),
            Why::Failures => format!("Some articles could not be narrated: {length}."),
            Why::Time => format!("Some articles were not narrated in time: {length}."),
        }
    }

    fn japanese(&self) -> String {
        let (total, target, articles) = (minutes(self.total_ms), minutes(self.target_ms), self.articles);
        match self.why {
            Why::Short(Shortage::TooFewArticles) => {
                format!("紹介できる記事が{articles}件のみのため、{target}分のところ{total}分です。")
            }
            Why::Short(Shortage::ArticleLimit) => {
                format!("記事は{articles}件までのため、{target}分のところ{total}分です。")
            }
            Why::Short(Shortage::NoCombination) => {
                format!("長さの合う記事の組み合わせがなく、{target}分のところ{total}分です。")
            }
            Why::TooLong => format!("最も短い記事でも番組の長さを超え、{target}分のところ{total}分です。"),
            Why::Failures => format!("音声にできなかった記事があり、{target}分のところ{total}分です。"),
            Why::Time => format!("時間までに用意できなかった記事があり、{target}分のところ{total}分です。"),
        }
    }
}

/// Minutes with one decimal, without ".0".
fn minutes(ms: u64) -> String {
    let tenths = (ms + 3_000) / 6_000;
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        script::Depth,
        select::{
            fit::{Offer, fit},
            length::Lengths,
        },
    };

    fn graded(minutes: u64, max_articles: Option<usize>, lengths_s: &[u64]) -> Grade {
        let ask = Ask { target_ms: minutes * 60_000, fixed_ms: 20_000, per_article_ms: 5_000, max_articles };
        let offer = |(index, s): (usize, &u64)| {
            let mut lengths = Lengths::default();
            lengths.measured(Depth::Standard, s * 1_000);
            Offer { index, worth: 0.5, lengths }
        };
        let offers: Vec<Offer> = lengths_s.iter().enumerate().map(offer).collect();
        Grade::of(&fit(&offers, &ask), &ask)
    }

    #[test]
    fn full_needs_no_reason() {
        let grade = graded(5, None, &[85; 9]);
        assert_eq!((grade.edition, grade.reason(Language::En)), (Edition::Full, None));
    }

    #[test]
    fn one_wished_article_that_fills_the_length_is_full() {
        assert_eq!(graded(3, Some(1), &[160]).edition, Edition::Full);
        assert_eq!(graded(3, None, &[160]).edition, Edition::Full, "the length is what counts");
    }

    #[test]
    fn shortened_and_brief_say_why() {
        let grade = graded(10, None, &[85, 85, 85, 85]);
        assert_eq!(grade.edition, Edition::Shortened);
        assert_eq!(grade.reason(Language::En).unwrap(), "Only 4 articles to tell today: 6.3 of 10 minutes.");
        let ja = "紹介できる記事が4件のみのため、10分のところ6.3分です。";
        assert_eq!(grade.reason(Language::Ja).unwrap(), ja);
        assert_eq!(graded(10, None, &[85, 85]).edition, Edition::Brief, "less than half");
        assert_eq!(graded(5, None, &[200]).edition, Edition::Brief, "one article where more were wished");
        let limited = graded(10, Some(2), &[170; 8]);
        assert_eq!(limited.edition, Edition::Shortened);
        assert!(limited.reason(Language::En).unwrap().starts_with("No more than 2 articles to be told"));
    }

    #[test]
    fn too_long_is_not_full() {
        let grade = graded(1, None, &[85, 95]);
        assert_eq!(grade.edition, Edition::Shortened);
        assert!(grade.reason(Language::En).unwrap().contains("1.8 of 1 minute."));
    }
}
