//! Which articles make a program, how deep each is told, and why the others do not.
//!
//! `candidates` refuses what does not pass and ranks the rest; `fit` chooses among them for length.
//! Both are pure: articles and `now` come in, indices and reasons go out.

use crate::{article::Article, language::Language, script::Style};
use jiff::Timestamp;
use std::{borrow::Borrow, fmt};

pub mod duplicate;
pub mod edition;
pub mod filter;
pub mod fit;
mod guesses;
mod heard;
pub mod length;
mod reason;
pub mod rehearsal;
pub mod score;
pub mod speakable;
mod tastes;

pub use edition::Grade;
pub use filter::Filter;
pub use fit::{Ask, Choice, Fit, Fulfilment, Offer, fit};
pub use guesses::Guesses;
pub use heard::Heard;
pub use length::{Length, Lengths, Pace};
pub use reason::Reason;
pub use rehearsal::{Rehearsal, Step};
pub use speakable::prevailing_language;
pub use tastes::{Tastes, Thumb};

use duplicate::duplicates;
use filter::{Strength, Verdict};

/// What a listener wants of one program.
#[derive(Clone, Debug)]
pub struct Wish {
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    /// At most so many articles; `None` leaves the number to the length.
    pub max_articles: Option<usize>,
    pub filter: Filter,
    pub heard: Heard,
    pub tastes: Tastes,
}

/// Every article given, either kept or dropped with its reason.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// Worth most first.
    pub kept: Vec<Candidate>,
    /// In the order given.
    pub dropped: Vec<Dropped>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Among the articles given.
    pub index: usize,
    /// Alone.
    pub score: f64,
    /// Beside better articles of the same source; see `score`.
    pub worth: f64,
    pub strength: Strength,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub index: usize,
    pub reason: Reason,
}

/// "12 of 40 pass".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    pub passed: usize,
    pub total: usize,
}

/// Sorts articles into candidates and refused ones. The first reason counts, in this order: filter,
/// heard, not speakable, duplicate.
pub fn candidates<A: Borrow<Article>>(articles: &[A], wish: &Wish, now: Timestamp) -> Candidates {
    candidates_with(articles, wish, now, |article| speakable::refuse(article.borrow(), wish.language))
}

/// The same, where it is known already which articles cannot be spoken: [`speakable::refuse`] reads their whole
/// texts.
pub fn candidates_with<A: Borrow<Article>>(
    articles: &[A],
    wish: &Wish,
    now: Timestamp,
    refuse: impl Fn(&A) -> Option<Reason>,
) -> Candidates {
    let mut kept = Vec::new();
    let mut dropped = Vec::new();
    for (index, one) in articles.iter().enumerate() {
        let article = one.borrow();
        match admit(article, wish, now, || refuse(one)) {
            Ok(strength) => {
                let score = score::score(article, strength, now) * wish.tastes.factor(article);
                kept.push(Candidate { index, score, worth: score, strength });
            }
            Err(reason) => dropped.push(Dropped { index, reason }),
        }
    }
    kept.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
    drop_duplicates(articles, &mut kept, &mut dropped);
    weigh(articles, &mut kept);
    dropped.sort_by_key(|one| one.index);
    Candidates { kept, dropped }
}

impl Candidates {
    pub fn summary(&self) -> Summary {
        Summary { passed: self.kept.len(), total: self.kept.len() + self.dropped.len() }
    }
}

impl Summary {
    pub fn sentence(self, language: Language) -> String {
        match language {
            Language::En => format!("{self}."),
            Language::Ja => format!("{}件中{}件が対象です。", self.total, self.passed),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} pass", self.passed, self.total)
    }
}

fn admit(
    article: &Article,
    wish: &Wish,
    now: Timestamp,
    refuse: impl FnOnce() -> Option<Reason>,
) -> Result<Strength, Reason> {
    let strength = match wish.filter.matches(article, now) {
        Verdict::Passes(strength) => strength,
        Verdict::Refused(refusal) => return Err(Reason::Filtered(refusal)),
    };
    if wish.heard.contains(article) {
        return Err(Reason::Heard);
    }
    refuse().map_or(Ok(strength), Err)
}

/// Heard articles go first: a copy of one of them is no news, wherever it comes from.
fn drop_duplicates<A: Borrow<Article>>(
    articles: &[A],
    kept: &mut Vec<Candidate>,
    dropped: &mut Vec<Dropped>,
) {
    let heard = dropped.iter().filter(|one| one.reason == Reason::Heard).map(|one| one.index);
    let order: Vec<usize> = heard.chain(kept.iter().map(|one| one.index)).collect();
    let heard = order.len() - kept.len();
    let in_order: Vec<&Article> =
        order.iter().filter_map(|index| articles.get(*index)).map(A::borrow).collect();
    let mut repeats = vec![None; order.len()];
    for duplicate in duplicates(&in_order).into_iter().filter(|duplicate| duplicate.index >= heard) {
        let of = order[duplicate.of];
        let reason = if duplicate.of < heard {
            Reason::HeardElsewhere { of }
        } else {
            Reason::Duplicate { of, likeness: duplicate.likeness }
        };
        repeats[duplicate.index] = Some(Dropped { index: order[duplicate.index], reason });
    }
    let mut of_kept = repeats.split_off(heard).into_iter();
    kept.retain(|_| match of_kept.next().flatten() {
        Some(repeat) => {
            dropped.push(repeat);
            false
        }
        None => true,
    });
}

fn weigh<A: Borrow<Article>>(articles: &[A], kept: &mut [Candidate]) {
    let source =
        |one: &Candidate| articles.get(one.index).map_or("", |article| article.borrow().source.as_str());
    let worths = score::worths(kept.iter().map(|one| (source(one), one.score)));
    for (one, worth) in kept.iter_mut().zip(worths) {
        one.worth = worth;
    }
    kept.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.index.cmp(&b.index)));
}

#[cfg(test)]
mod tests;
