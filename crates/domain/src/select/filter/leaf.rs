//! One condition on an article.

use super::{FilterError, Miss, Refusal, Sense, Strength, Term, term::fold};
use crate::{article::Article, language::Language};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

const DAY_S: i64 = 86_400;

/// What is not known does not hold: an undated article passes no age, one without likes no minimum
/// above 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaf {
    Tag(Term),
    Author(Term),
    /// In title or text.
    Keyword(Term),
    /// The source as its user named it.
    Source(Term),
    Language(Language),
    /// Published at most so many times 24 hours ago.
    MaxAgeDays(u32),
    MinLikes(u64),
}

impl Leaf {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Tag(_) => "tag",
            Self::Author(_) => "author",
            Self::Keyword(_) => "keyword",
            Self::Source(_) => "source",
            Self::Language(_) => "language",
            Self::MaxAgeDays(_) => "max_age_days",
            Self::MinLikes(_) => "min_likes",
        }
    }

    pub(super) fn check(&self) -> Result<(), FilterError> {
        match self {
            Self::Tag(term) | Self::Author(term) | Self::Keyword(term) | Self::Source(term) => {
                let chars = term.written().chars().count();
                if term.is_empty() {
                    return Err(FilterError::EmptyTerm { leaf: self.name() });
                }
                if chars > Term::MOST_CHARS {
                    return Err(FilterError::LongTerm { leaf: self.name(), chars });
                }
                Ok(())
            }
            Self::MaxAgeDays(0) => Err(FilterError::NoAge),
            Self::MaxAgeDays(_) | Self::MinLikes(_) | Self::Language(_) => Ok(()),
        }
    }

    /// A leaf that is only to be absent adds no strength.
    pub(super) fn hold(&self, subject: &Subject<'_>, sense: Sense) -> Result<Strength, Refusal> {
        match (self.strength(subject), sense) {
            (Some(strength), Sense::Wanted) => Ok(strength),
            (None, Sense::Unwanted) => Ok(Strength::default()),
            (Some(_), Sense::Unwanted) | (None, Sense::Wanted) => {
                Err(Refusal::of(Miss { leaf: self.clone(), sense }))
            }
        }
    }

    fn strength(&self, subject: &Subject<'_>) -> Option<Strength> {
        let article = subject.article;
        let holds = match self {
            Self::Keyword(term) => return subject.keyword(term),
            Self::Tag(term) => article.tags.iter().any(|tag| term.names(tag)),
            Self::Author(term) => article.author.as_deref().is_some_and(|author| term.names(author)),
            Self::Source(term) => term.names(&article.source),
            Self::Language(language) => article.language.spoken() == Some(*language),
            Self::MaxAgeDays(days) => subject.age_s().is_some_and(|age| age <= i64::from(*days) * DAY_S),
            Self::MinLikes(likes) => article.likes.unwrap_or(0) >= *likes,
        };
        let strength = match self {
            Self::Tag(_) | Self::Author(_) => Strength { title: 0, named: 1, text: 0 },
            _ => Strength::default(),
        };
        holds.then_some(strength)
    }
}

/// An article under judgement; its texts are folded once, when a keyword first asks.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    article: &'a Article,
    now: Timestamp,
    title: OnceCell<String>,
    text: OnceCell<String>,
}

impl<'a> Subject<'a> {
    pub(super) const fn of(article: &'a Article, now: Timestamp) -> Self {
        Self { article, now, title: OnceCell::new(), text: OnceCell::new() }
    }

    fn keyword(&self, term: &Term) -> Option<Strength> {
        if term.is_in(self.title.get_or_init(|| fold(&self.article.title))) {
            return Some(Strength { title: 1, named: 0, text: 0 });
        }
        let in_text = term.is_in(self.text.get_or_init(|| fold(&self.article.text)));
        in_text.then_some(Strength { title: 0, named: 0, text: 1 })
    }

    /// Seconds; negative for what is dated ahead of time.
    fn age_s(&self) -> Option<i64> {
        self.article.published.map(|published| self.now.as_second() - published.as_second())
    }
}
