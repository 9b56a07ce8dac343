//! How much an article is worth to a listener.
//!
//! ```text
//! score = 0.05 + 0.95 × (0.50 × freshness + 0.25 × likes + 0.25 × match)     in 0.05 ..= 1
//!
//! freshness = 0.5 ^ (age / 36 h)            undated 0.4; dated ahead counts as just now
//! likes     = ln(1 + n) / ln(1 + 1000)      at most 1; unknown 0.25
//! match     = p / (p + 3)                   p = 3 × title + 2 × tag or author + 1 × text
//! worth     = score / (1 + 0.35 × k)        k = better articles of the same source
//! ```
//!
//! The floor keeps an old article above none at all. Diversity is in the worth, not in the score: the
//! second article of a source is worth three quarters of what it would be alone.

use super::filter::Strength;
use crate::article::Article;
use jiff::Timestamp;
use std::collections::HashMap;

const FLOOR: f64 = 0.05;
const HALF_LIFE_H: f64 = 36.0;
const FRESHNESS_UNDATED: f64 = 0.4;
const LIKES_FOR_ALL: f64 = 1_000.0;
const LIKES_UNKNOWN: f64 = 0.25;
const MATCH_HALF: f64 = 3.0;
const SAME_SOURCE: f64 = 0.35;

/// What an article is worth alone, 0.05 to 1.
pub fn score(article: &Article, strength: Strength, now: Timestamp) -> f64 {
    let points = f64::from(strength.points());
    let matched = points / (points + MATCH_HALF);
    FLOOR + (1.0 - FLOOR) * (0.5 * freshness(article, now) + 0.25 * liked(article) + 0.25 * matched)
}

/// What articles of these sources and scores, best first, are worth beside each other.
pub fn worths<'a>(best_first: impl IntoIterator<Item = (&'a str, f64)>) -> Vec<f64> {
    let mut taken: HashMap<&str, u32> = HashMap::new();
    let worth = |(source, score): (&'a str, f64)| {
        let before = taken.entry(source).or_default();
        let worth = score / (1.0 + SAME_SOURCE * f64::from(*before));
        *before += 1;
        worth
    };
    best_first.into_iter().map(worth).collect()
}

fn freshness(article: &Article, now: Timestamp) -> f64 {
    article.published.map_or(FRESHNESS_UNDATED, |published| {
        let age_h = (now.as_second() - published.as_second()).max(0) as f64 / 3_600.0;
        0.5_f64.powf(age_h / HALF_LIFE_H)
    })
}

fn liked(article: &Article) -> f64 {
    article.likes.map_or(LIKES_UNKNOWN, |likes| (likes as f64).ln_1p() / LIKES_FOR_ALL.ln_1p()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleDraft;

    fn now() -> Timestamp {
        "2026-03-10T06:00:00Z".parse().unwrap()
    }

    fn scored(published: Option<&str>, likes: Option<u64>, strength: Strength) -> f64 {
        let published = published.map(|text| text.parse().unwrap());
        let draft = ArticleDraft { published, likes, ..ArticleDraft::default() };
        score(&Article::new(draft), strength, now())
    }

    #[test]
    fn freshness_halves_in_36_hours() {
        let at = |published: &str| {
            let draft =
                ArticleDraft { published: Some(published.parse().unwrap()), ..ArticleDraft::default() };
            freshness(&Article::new(draft), now())
        };
        assert!((at("2026-03-10T06:00:00Z") - 1.0).abs() < 1e-9);
        assert!((at("2026-03-08T18:00:00Z") - 0.5).abs() < 1e-9);
        assert!((at("2026-03-07T06:00:00Z") - 0.25).abs() < 1e-9);
        assert!((at("2027-01-01T00:00:00Z") - 1.0).abs() < 1e-9, "ahead of time is just now");
    }

    #[test]
    fn the_unknown_is_between_good_and_bad() {
        let none = Strength::default();
        let (new, old) = (Some("2026-03-10T05:00:00Z"), Some("2025-03-10T05:00:00Z"));
        assert!(scored(new, None, none) > scored(None, None, none));
        assert!(scored(None, None, none) > scored(old, None, none));
        assert!(scored(new, Some(50), none) > scored(new, None, none));
        assert!(scored(new, None, none) > scored(new, Some(0), none));
    }

    #[test]
    fn scores_stay_in_bounds() {
        let most = Strength { title: 200, named: 0, text: 0 };
        assert!(scored(Some("2026-03-10T06:00:00Z"), Some(u64::MAX), most) <= 1.0);
        assert!(scored(Some("1970-01-01T00:00:00Z"), Some(0), Strength::default()) >= FLOOR);
    }

    #[test]
    fn a_source_repeats_at_a_discount() {
        let worths = worths([("a", 0.9), ("a", 0.8), ("b", 0.7), ("a", 0.6)]);
        assert_eq!(worths[0], 0.9);
        assert!(worths[1] < worths[2], "another source comes before the second of the same");
        assert!(worths[3] < 0.4);
    }
}
