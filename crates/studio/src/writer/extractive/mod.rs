//! The offline writer: the article's own best sentences, in its own order.
//!
//! It invents nothing. Every sentence keeps the bytes it was taken from; the only words of ours name
//! the article and, in a dialogue, are the second host's.

mod choose;
mod english;
pub(crate) mod english_end;
mod japanese_end;
mod rank;
mod sentence;
mod tell;
mod words;

use super::{Brief, Writer, WriterError, spoken_title, units};
use crate::japanese::Japanese;
use domain::{Article, Host, Language, Line, Script, Style, Usage, Written, WrittenBy};
use futures::future::{BoxFuture, ready};
use rank::{Candidate, Leaning};
use sentence::Kind;
use std::{fmt, sync::Arc};
use words::Words;

/// More sentences than this are not looked at: what an article has to say stands before.
const MOST_SENTENCES: usize = 400;

/// Bytes of one sentence beyond which it is no prose.
const LONGEST_SENTENCE: usize = 2_000;

pub struct Extractive {
    japanese: Option<Arc<Japanese>>,
}

impl Extractive {
    /// With the voice's own dictionary, which is read when the first Japanese article comes.
    pub const fn new(japanese: Arc<Japanese>) -> Self {
        Self { japanese: Some(japanese) }
    }

    /// Without a dictionary: Japanese words are guessed from runs of one kind of character.
    pub const fn without_dictionary() -> Self {
        Self { japanese: None }
    }

    /// Never waits for anything: what `write` does.
    pub fn tell(&self, brief: &Brief<'_>) -> Result<Written, WriterError> {
        let Brief { article, language, .. } = *brief;
        brief.check()?;
        if let (Language::Ja, Some(japanese)) = (language, &self.japanese) {
            japanese.ready()?;
        }
        let title = spoken_title(&article.title);
        let candidates = self.candidates(article, &title, language);
        let mut lines: Vec<Line> = opening(article, language).into_iter().collect();
        let spent: usize = lines.iter().map(|line| units(&line.text, language)).sum();
        let target = brief.target().saturating_sub(spent).max(1);
        let chosen = match brief.style {
            Style::Single => choose::choose(&candidates, target),
            // The second host's share of the time is small and nearly constant.
            Style::Dialogue => choose::choose(&candidates, target * 24 / 25),
        };
        let said: Vec<Line> = chosen.iter().filter_map(|at| line_of(article, candidates.get(*at)?)).collect();
        if said.is_empty() {
            return Err(WriterError::NothingToSay { id: article.id.clone() });
        }
        match brief.style {
            Style::Single => lines.extend(said),
            Style::Dialogue => converse(&mut lines, said, article, language),
        }
        Ok(Written {
            script: Script { lines },
            by: WrittenBy::Extractive,
            usage: Usage::default(),
            dropped: 0,
        })
    }

    /// What may be said, ranked, without repetition.
    fn candidates(&self, article: &Article, title: &str, language: Language) -> Vec<Candidate> {
        let text = article.text.as_str();
        let title = self.words(title, language);
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut introduced = false;
        for sentence in sentence::sentences(text, language) {
            let Some(said) = text.get(sentence.range.clone()) else { continue };
            let units = units(said, language);
            if candidates.len() == MOST_SENTENCES {
                break;
            }
            if sentence.kind == Kind::Heading
                || units == 0
                || said.len() > LONGEST_SENTENCE
                || sounds_like_a_direction(said)
            {
                introduced = false;
                continue;
            }
            if sentence.kind == Kind::Code && !introduced {
                continue;
            }
            introduced = sentence.kind != Kind::Code && rank::introduces(said, language);
            let leans = rank::leaning(said, &sentence, language);
            let words = self.words(said, language);
            candidates.push(Candidate { words, units, worth: 0.0, leans, sentence });
        }
        // Nothing was said before the first one.
        if candidates.first().is_some_and(|first| first.leans == Leaning::Hangs) {
            candidates.remove(0);
        }
        rank::rank(&mut candidates, &title, text, language);
        let mut repeats = choose::repeats(&candidates, &title).into_iter();
        candidates.retain(|_| !repeats.next().unwrap_or(false));
        candidates
    }

    /// A text that the dictionary cannot analyse is still told, by the cruder rule.
    fn words(&self, text: &str, language: Language) -> Words {
        words::content_words(text, language, self.japanese.as_deref()).unwrap_or_else(|error| {
            tracing::warn!(%error, "words of one sentence are guessed");
            words::runs(text)
        })
    }
}

/// A listener who hears "pause" takes it for a direction that was read aloud by mistake.
fn sounds_like_a_direction(said: &str) -> bool {
    said.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word.eq_ignore_ascii_case("pause"))
}

fn line_of(article: &Article, candidate: &Candidate) -> Option<Line> {
    let span = candidate.sentence.range.clone();
    let text = article.text.get(span.clone())?.to_owned();
    Some(Line { host: Host::Main, text, span: Some(span) })
}

/// The first host tells; the second asks once and comments after every few sentences, but neither
/// at the very end nor between a sentence and the code note that belongs to it.
fn converse(lines: &mut Vec<Line>, said: Vec<Line>, article: &Article, language: Language) {
    const BETWEEN: usize = 3;
    let mut guest = tell::Guest::of(article, language);
    if !lines.is_empty() {
        lines.push(Line::of(Host::Guest, guest.asks()));
    }
    let last = said.len().saturating_sub(1);
    let mut since = 0;
    for (at, line) in said.into_iter().enumerate() {
        since += 1;
        lines.push(line);
        if since == BETWEEN && at + 1 < last {
            lines.push(Line::of(Host::Guest, guest.comments_next()));
            since = 0;
        }
    }
}

impl Writer for Extractive {
    fn fingerprint(&self) -> String {
        let words = if self.japanese.is_some() { "dictionary" } else { "runs" };
        format!("extractive-4-{words}")
    }

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(ready(self.tell(brief)))
    }
}

impl fmt::Debug for Extractive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extractive").field("dictionary", &self.japanese.is_some()).finish()
    }
}

/// Whether an English word (in lower case) is one of those that carry no meaning by themselves.
pub(super) fn is_common_english(word: &str) -> bool {
    english::is_stop_word(word)
}

/// The sentences of a text, as texts.
pub(super) fn split(text: &str, language: Language) -> Vec<String> {
    let sentences = sentence::sentences(text, language);
    sentences.into_iter().filter_map(|sentence| text.get(sentence.range).map(str::to_owned)).collect()
}

/// The line that names an article, in every writer's scripts.
pub(super) fn opening(article: &Article, language: Language) -> Option<Line> {
    let title = spoken_title(&article.title);
    (!title.is_empty()).then(|| Line::of(Host::Main, tell::opening(article, &title, language)))
}
