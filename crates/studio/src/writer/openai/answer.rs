//! What a server answers, and the lines in it.

use crate::writer::{Brief, WriterError};
use domain::{Host, Line, Style, Usage};
use serde::Deserialize;

/// A chat completion, by the fields that matter; servers differ in the others.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Counted>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Said,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Counted {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl Completion {
    pub(super) fn usage(&self) -> Usage {
        let counted = self.usage.unwrap_or(Counted { prompt_tokens: 0, completion_tokens: 0 });
        Usage {
            prompt_tokens: counted.prompt_tokens,
            completion_tokens: counted.completion_tokens,
            requests: 1,
        }
    }

    /// The first choice's content.
    pub(super) fn text(self, model: &str) -> Result<String, WriterError> {
        let model = model.to_owned();
        let Some(choice) = self.choices.into_iter().next() else {
            return Err(WriterError::Unreadable { model, reason: "it holds no choice".into() });
        };
        if let Some(reason) = choice.message.refusal.filter(|reason| !reason.trim().is_empty()) {
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
            return Err(WriterError::Refused { model, reason });
        }
        match choice.finish_reason.as_deref() {
            Some("length") => return Err(WriterError::Truncated { model }),
            Some("content_filter") => return Err(WriterError::Filtered { model }),
            _ => {}
        }
        let content = choice.message.content.filter(|content| !content.trim().is_empty());
        content.ok_or(WriterError::Unreadable { model, reason: "it is empty".into() })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    lines: Vec<AnsweredLine>,
}

#[derive(Debug, Deserialize)]
struct AnsweredLine {
    #[serde(default)]
    host: String,
    text: String,
    #[serde(default)]
    quote: Option<String>,
}

impl Answer {
    /// The JSON object in `text`, which looser servers wrap in prose or a fence. `None` when there is
    /// none of the form asked for; an error when it just breaks off.
    pub(super) fn parse(text: &str, model: &str) -> Result<Option<Self>, WriterError> {
        let Some(start) = text.find('{') else { return Ok(None) };
        let mut objects = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Self>();
        match objects.next() {
            Some(Ok(answer)) => Ok(Some(answer)),
            Some(Err(error)) if error.is_eof() => Err(WriterError::Truncated { model: model.to_owned() }),
            _ => Ok(None),
        }
    }

    /// Lines with the bytes of the article that they name as their source, where those exist.
    pub(super) fn lines(self, brief: &Brief<'_>) -> Vec<Line> {
        let lines = self.lines.into_iter().filter(|line| line.text.chars().any(char::is_alphanumeric));
        lines
            .map(|line| {
                let host = match brief.style {
                    Style::Dialogue if line.host.eq_ignore_ascii_case("guest") => Host::Guest,
                    Style::Dialogue | Style::Single => Host::Main,
                };
                let quote = line.quote.filter(|quote| !quote.trim().is_empty());
                let span = quote.and_then(|quote| {
                    let quote = quote.trim();
                    let start = brief.article.text.find(quote)?;
                    Some(start..start + quote.len())
                });
                // A line is one utterance: no breaks inside.
                let text = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
                Line { host, text, span }
            })
            .collect()
    }
}
