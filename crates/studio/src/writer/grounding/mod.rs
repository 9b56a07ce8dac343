//! Whether what a sentence states stands in the article.
//!
//! Hard facts only: numbers with their units, versions, dates, times, hosts and names. A sentence that
//! turns an argument round with the article's own facts passes; no rule here reads meaning. Pure: text
//! in, findings out.

mod dates;
mod everyday;
mod hosts;
mod kanji;
mod names;
mod numbers;
mod unit;

use domain::{Article, Language};
use names::Names;
use numbers::Numbers;
use std::{collections::BTreeSet, fmt};
use unicode_normalization::UnicodeNormalization;

/// Everything an article states that a sentence may repeat.
#[derive(Debug)]
pub struct Ground {
    language: Language,
    numbers: Numbers,
    names: Names,
    hosts: BTreeSet<String>,
}

/// One fact of a sentence that the article does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    pub kind: FactKind,
    /// As it stands in the sentence, normalised.
    pub fact: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    Number,
    Date,
    Host,
    Name,
}

impl Ground {
    /// Title, text, author, tags, address and date of the article.
    pub fn of(article: &Article, language: Language) -> Self {
        let mut text = String::new();
        for part in [Some(article.title.as_str()), article.author.as_deref(), Some(&article.text)] {
            text.push_str(part.unwrap_or_default());
            text.push('\n');
        }
        for tag in &article.tags {
            text.push_str(tag);
            text.push('\n');
        }
        text.extend(article.url.iter().flat_map(|url| [url.as_str(), "\n"]).map(str::to_owned));
        // RFC 3339, of which the day is what may be said.
        text.extend(article.published.iter().map(|at| at.to_string().chars().take(10).collect::<String>()));
        let text = plain(&text);
        Self {
            language,
            numbers: Numbers::of(&text),
            names: Names::of(&text),
            hosts: hosts::hosts(&text).collect(),
        }
    }

    /// What `sentence` states beyond the article; empty when it may be said.
    pub fn unsupported(&self, sentence: &str) -> Vec<Unsupported> {
        let sentence = plain(sentence);
        let hosts = hosts::hosts(&sentence).filter(|host| !self.hosts.contains(host));
        let mut found: Vec<Unsupported> =
            hosts.map(|fact| Unsupported { kind: FactKind::Host, fact }).collect();
        found.extend(self.numbers.unsupported(&sentence));
        let names = self.names.unsupported(&sentence, self.language);
        found.extend(names.into_iter().map(|fact| Unsupported { kind: FactKind::Name, fact }));
        found
    }
}

/// Width and compatibility forms aside: １.９５ is 1.95, ㈱ is (株).
fn plain(text: &str) -> String {
    text.nfkc().map(|c| if matches!(c, '’' | '‘') { '\'' } else { c }).collect()
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            FactKind::Number => "number",
            FactKind::Date => "date",
            FactKind::Host => "address",
            FactKind::Name => "name",
        };
        write!(f, "{kind} {:?}", self.fact)
    }
}
