//! What a filter says of an article, and why.

use super::{Leaf, Sense};
use crate::language::Language;
use serde::Serialize;
use std::ops::Add;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passes(Strength),
    Refused(Refusal),
}

impl Verdict {
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Passes(_))
    }
}

/// How many wanted conditions about content hold, and where they were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strength {
    /// Keywords in the title.
    pub title: u16,
    /// Tags and authors.
    pub named: u16,
    /// Keywords in the text only.
    pub text: u16,
}

impl Strength {
    /// A title says more than a tag, a tag more than a mention: 3, 2, 1.
    pub fn points(self) -> u32 {
        u32::from(self.title) * 3 + u32::from(self.named) * 2 + u32::from(self.text)
    }
}

impl Add for Strength {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self { title: self.title + more.title, named: self.named + more.named, text: self.text + more.text }
    }
}

/// A condition that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    pub leaf: Leaf,
    pub sense: Sense,
}

/// Why an article was refused: meeting one of these conditions would have taken it further.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The first few, in the filter's order.
    pub misses: Vec<Miss>,
    /// How many more there were.
    pub more: usize,
}

impl Refusal {
    /// Enough to be told in one sentence.
    const MOST_TOLD: usize = 3;

    pub(super) fn of(miss: Miss) -> Self {
        Self { misses: vec![miss], more: 0 }
    }

    pub(super) fn add(&mut self, other: Self) {
        let room = Self::MOST_TOLD.saturating_sub(self.misses.len());
        self.more += other.more + other.misses.len().saturating_sub(room);
        self.misses.extend(other.misses.into_iter().take(room));
    }

    /// One sentence without its full stop.
    pub fn sentence(&self, language: Language) -> String {
        let told: Vec<String> = self.misses.iter().map(|miss| miss.phrase(language)).collect();
        match (language, self.more) {
            (Language::En, 0) => told.join(", and "),
            (Language::En, more) => format!("{}, and {more} more conditions fail", told.join(", and ")),
            (Language::Ja, 0) => told.join("、"),
            (Language::Ja, more) => format!("{}、ほか{more}条件", told.join("、")),
        }
    }
}

impl Miss {
    fn phrase(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Ja => self.japanese(),
        }
    }

    fn english(&self) -> String {
        let wanted = self.sense == Sense::Wanted;
        match &self.leaf {
            Leaf::MaxAgeDays(days) if wanted => format!("it is older than {days} days or has no date"),
            Leaf::MaxAgeDays(days) => format!("it is not older than {days} days"),
            Leaf::MinLikes(likes) if wanted => format!("it has fewer than {likes} likes"),
            Leaf::MinLikes(likes) => format!("it has {likes} likes or more"),
            Leaf::Language(tag) if wanted => format!("its language is not {tag}"),
            Leaf::Language(tag) => format!("its language is {tag}"),
            Leaf::Tag(term) | Leaf::Author(term) | Leaf::Keyword(term) | Leaf::Source(term) => {
                let found = if wanted { "does not match" } else { "is excluded" };
                format!("{} \"{}\" {found}", self.leaf.name(), term.written())
            }
        }
    }

    fn japanese(&self) -> String {
        let wanted = self.sense == Sense::Wanted;
        let (what, term) = match &self.leaf {
            Leaf::MaxAgeDays(days) if wanted => return format!("公開から{days}日を過ぎたか日付がない"),
            Leaf::MaxAgeDays(days) => return format!("公開から{days}日以内"),
            Leaf::MinLikes(likes) if wanted => return format!("いいねが{likes}未満"),
            Leaf::MinLikes(likes) => return format!("いいねが{likes}以上"),
            Leaf::Language(tag) if wanted => return format!("言語が{tag}ではない"),
            Leaf::Language(tag) => return format!("言語が{tag}"),
            Leaf::Tag(term) => ("タグ", term),
            Leaf::Author(term) => ("著者", term),
            Leaf::Keyword(term) => ("キーワード", term),
            Leaf::Source(term) => ("情報源", term),
        };
        let found = if wanted { "に一致しない" } else { "は除外対象" };
        format!("{what}「{}」{found}", term.written())
    }
}
