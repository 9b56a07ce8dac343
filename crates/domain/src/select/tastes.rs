//! What a listener thinks of sources and authors, from their thumbs: a factor on what an article is worth to them.
//!
//! ```text
//! factor = 1.12 ^ (source + 1.5 × author)     in 0.5 ..= 1.6; source, author: thumbs up less thumbs down, at most ±4
//! ```
//!
//! Bounded, so that nothing that was liked once drives out all else and nothing that was disliked is never heard again.

use crate::article::Article;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thumb {
    Up,
    Down,
}

const STEP: f64 = 1.12;
const AUTHOR: f64 = 1.5;
const MOST: i32 = 4;
const BOUNDS: (f64, f64) = (0.5, 1.6);

/// Thumbs up less thumbs down, by source and by author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tastes {
    sources: HashMap<Box<str>, i32>,
    authors: HashMap<Box<str>, i32>,
}

impl Tastes {
    pub fn note(&mut self, source: &str, author: Option<&str>, thumb: Thumb) {
        let step = match thumb {
            Thumb::Up => 1,
            Thumb::Down => -1,
        };
        *self.sources.entry(source.into()).or_default() += step;
        if let Some(author) = author {
            *self.authors.entry(author.into()).or_default() += step;
        }
    }

    /// What an article's score is multiplied by; 1 where nothing is known.
    pub fn factor(&self, article: &Article) -> f64 {
        let of = |known: &HashMap<Box<str>, i32>, name: &str| {
            f64::from(known.get(name).copied().unwrap_or(0).clamp(-MOST, MOST))
        };
        let source = of(&self.sources, &article.source);
        let author = article.author.as_deref().map_or(0.0, |author| of(&self.authors, author));
        STEP.powf(source + AUTHOR * author).clamp(BOUNDS.0, BOUNDS.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleDraft;

    fn article(source: &str, author: &str) -> Article {
        let (source, author) = (source.into(), Some(author.into()));
        Article::new(ArticleDraft { source, author, ..ArticleDraft::default() })
    }

    #[test]
    fn what_is_liked_is_worth_more_and_never_all() {
        let mut tastes = Tastes::default();
        assert_eq!(tastes.factor(&article("a", "x")), 1.0);
        tastes.note("a", Some("x"), Thumb::Up);
        tastes.note("b", Some("y"), Thumb::Down);
        let (liked, source_only, disliked) = (
            tastes.factor(&article("a", "x")),
            tastes.factor(&article("a", "z")),
            tastes.factor(&article("b", "y")),
        );
        assert!(liked > source_only && source_only > 1.0 && disliked < 1.0);
        for _ in 0..100 {
            tastes.note("a", Some("x"), Thumb::Up);
            tastes.note("b", Some("y"), Thumb::Down);
        }
        assert_eq!(tastes.factor(&article("a", "x")), BOUNDS.1);
        assert_eq!(tastes.factor(&article("b", "y")), BOUNDS.0);
        tastes.note("c", None, Thumb::Down);
        tastes.note("c", None, Thumb::Up);
        assert_eq!(tastes.factor(&article("c", "w")), 1.0);
    }
}
