//! Whether a model's answer may be voiced: line by line, and as a whole.
//!
//! Pure. What it finds is sent back once for mending; what is left after that is cut out here.

use super::{
    Brief, extractive,
    grounding::{Ground, Unsupported},
    units,
};
use domain::{Detected, Host, Line, Unusable, language};
use std::fmt;

/// Of the sentences that were answered, so many must remain.
const LEAST_KEPT_PERCENT: usize = 60;

/// An answer and what is wrong with it.
#[derive(Debug)]
pub(super) struct Review {
    lines: Vec<Reviewed>,
    whole: Vec<Whole>,
}

#[derive(Debug)]
struct Reviewed {
    host: Host,
    quote: Option<std::ops::Range<usize>>,
    sentences: Vec<(String, Vec<Finding>)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Unsupported(Unsupported),
    Address,
    Markup,
    StageDirection,
    TooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whole {
    Malformed,
    WrongLanguage,
    TooShort,
    TooLong,
}

impl Review {
    /// `lines` as the model gave them, their span the passage that they name as their source.
    pub(super) fn of(lines: Vec<Line>, brief: &Brief<'_>, ground: &Ground) -> Self {
        let said: String = lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect();
        let length = units(&said, brief.language);
        let mut whole = Vec::new();
        match language::detect(&said) {
            Detected::Spoken(found) if found == brief.language => {}
            Detected::Unknown => {}
            Detected::Spoken(_) | Detected::Other(_) => whole.push(Whole::WrongLanguage),
        }
        if length * 10 < expected(brief) * 6 {
            whole.push(Whole::TooShort);
        }
        if length * 10 > brief.target() * 14 {
            whole.push(Whole::TooLong);
        }
        let lines = lines.into_iter().map(|line| Reviewed::of(line, brief, ground)).collect();
        Self { lines, whole }
    }

    /// For an answer that is not in the form asked for.
    pub(super) fn malformed() -> Self {
        Self { lines: Vec::new(), whole: vec![Whole::Malformed] }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.whole.is_empty() && self.faults() == 0
    }

    /// The one with fewer faults; a fault of the whole weighs more than any number of lines.
    pub(super) fn better_of(first: Self, second: Self) -> Self {
        let weight = |review: &Self| (review.whole.len(), review.faults());
        if weight(&second) <= weight(&first) { second } else { first }
    }

    fn faults(&self) -> usize {
        self.sentences().filter(|(_, findings)| !findings.is_empty()).count()
    }

    fn sentences(&self) -> impl Iterator<Item = &(String, Vec<Finding>)> {
        self.lines.iter().flat_map(|line| &line.sentences)
    }

    /// What to mend, one finding a line, for the model.
    pub(super) fn findings(&self) -> Vec<String> {
        let of_whole = self.whole.iter().map(ToString::to_string);
        let of_sentences = self.sentences().flat_map(|(said, findings)| {
            findings
                .iter()
                .map(move |finding| format!("{finding}: {}", serde_json::Value::from(said.as_str())))
        });
        of_whole.chain(of_sentences).collect()
    }

    /// The lines without what is still wrong, and how many sentences went; or why nothing can be made of it.
    pub(super) fn settle(self, brief: &Brief<'_>) -> Result<(Vec<Line>, u32), Unusable> {
        if self.whole.contains(&Whole::Malformed) {
            return Err(Unusable::Malformed);
        }
        if self.whole.contains(&Whole::WrongLanguage) {
            return Err(Unusable::WrongLanguage);
        }
        let all = self.sentences().count();
        let faults = self.faults();
        if all == 0 || (all - faults) * 100 < all * LEAST_KEPT_PERCENT {
            return Err(if all == 0 { Unusable::Malformed } else { Unusable::Ungrounded });
        }
        let mut lines: Vec<Line> = self.lines.into_iter().filter_map(|line| line.sound(brief)).collect();
        shorten(&mut lines, brief);
        let length: usize = lines.iter().map(|line| units(&line.text, brief.language)).sum();
        if length * 2 < expected(brief) {
            return Err(Unusable::TooShort);
        }
        Ok((lines, u32::try_from(faults).unwrap_or(u32::MAX)))
    }
}

/// An article with less to say than the target cannot be told at length.
fn expected(brief: &Brief<'_>) -> usize {
    brief.target().min(units(&brief.article.text, brief.language) / 2)
}

/// Takes lines off the end until the target is met within a quarter.
fn shorten(lines: &mut Vec<Line>, brief: &Brief<'_>) {
    let mut length = 0;
    let most = brief.target() + brief.target() / 4;
    let kept = lines.iter().take_while(|line| {
        length += units(&line.text, brief.language);
        length <= most
    });
    let kept = kept.count().max(1);
    lines.truncate(kept);
}

impl Reviewed {
    fn of(line: Line, brief: &Brief<'_>, ground: &Ground) -> Self {
        let directed = is_stage_direction(&line.text);
        let sentences = extractive::split(&line.text, brief.language);
        let sentences = sentences.into_iter().map(|said| {
            let mut findings = faults_of_form(&said, brief);
            if directed {
                findings.push(Finding::StageDirection);
            }
            findings.extend(ground.unsupported(&said).into_iter().map(Finding::Unsupported));
            (said, findings)
        });
        Self { host: line.host, quote: line.span, sentences: sentences.collect() }
    }

    fn sound(self, brief: &Brief<'_>) -> Option<Line> {
        let sound: Vec<String> = self
            .sentences
            .into_iter()
            .filter(|(_, findings)| findings.is_empty())
            .map(|(said, _)| said)
            .collect();
        let between = match brief.language {
            domain::Language::Ja => "",
            domain::Language::En => " ",
        };
        (!sound.is_empty()).then(|| Line { host: self.host, text: sound.join(between), span: self.quote })
    }
}

fn faults_of_form(said: &str, brief: &Brief<'_>) -> Vec<Finding> {
    let longest = match brief.language {
        domain::Language::Ja => 200,
        domain::Language::En => 70,
    };
    let mut found = Vec::new();
    if said.contains("://") || said.contains("www.") {
        found.push(Finding::Address);
    }
    if is_markup(said) {
        found.push(Finding::Markup);
    }
    if units(said, brief.language) > longest {
        found.push(Finding::TooLong);
    }
    found
}

fn is_markup(said: &str) -> bool {
    let starts = ["#", "- ", "* ", "> ", "| "].iter().any(|mark| said.starts_with(mark));
    let holds = ["**", "__", "`", "](", "</", "/>", "&nbsp;", "\\n"].iter().any(|mark| said.contains(mark));
    let speaker = ["main:", "guest:", "host:", "main：", "guest："]
        .iter()
        .any(|name| said.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let tag = said.split('<').skip(1).any(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.find('>').is_some_and(|end| end < 40)
    });
    starts || holds || speaker || tag
}

/// (laughs), ［拍手］, *sighs*: a whole line or its start, or a laugh anywhere.
fn is_stage_direction(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['(', '（', '[', '［', '【', '*', '♪'])
        || ["（笑", "(笑", "(laugh", "(sigh", "(pause", "[music"].iter().any(|sign| line.contains(sign))
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(fact) => write!(f, "the article does not hold the {fact}"),
            Self::Address => f.write_str("web addresses are not spoken"),
            Self::Markup => f.write_str("markup is not spoken"),
            Self::StageDirection => f.write_str("stage directions are not spoken"),
            Self::TooLong => f.write_str("the sentence is too long to be spoken"),
        }
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the answer is not the JSON object that was asked for",
            Self::WrongLanguage => "the lines are in the wrong language",
            Self::TooShort => "the lines are much too short altogether",
            Self::TooLong => "the lines are much too long altogether",
        })
    }
}
