//! What a generator answers: a program, that there is nothing to say, or that it failed.

use super::generator::is_web;
use crate::{Edition, OccurrenceId};
use serde::{Deserialize, Serialize};
use url::Url;

/// Of a whole document.
pub const MOST_BYTES: usize = 1 << 20;
const TITLE_CHARS: usize = 300;
const REASON_CHARS: usize = 500;
const URL_BYTES: usize = 2_000;
/// As many as a file's table of contents can hold.
const CHAPTERS: usize = 255;
const TRANSCRIPT_BYTES: usize = 512 << 10;

/// A checked answer; its serde form is what is stored, not what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Program(Box<Offer>),
    /// A good end without a program, and why.
    Nothing(String),
    /// The generator gave up, and why.
    Failed(String),
}

/// A program as its maker describes it; its audio is still to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub title: String,
    pub audio_url: Url,
    /// 64 hex digits in lower case.
    pub audio_sha256: Option<String>,
    pub edition: Edition,
    /// Why it is not full; `None` for a full edition.
    pub reason: Option<String>,
    /// In order of their starts.
    pub chapters: Vec<Chapter>,
    /// WebVTT.
    pub transcript: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    pub start_ms: u64,
    pub title: String,
    pub url: Option<Url>,
}

/// Why a document is no answer: what, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    #[error("the answer has {0} bytes; {MOST_BYTES} are the most")]
    TooLarge(usize),
    #[error("the answer cannot be read: {0}")]
    Form(String),
    #[error("the answer is for occurrence {0}; send each to its own callback_url")]
    OtherOccurrence(OccurrenceId),
    #[error("the answer must have one of audio_url, nothing and failed")]
    Purpose,
    #[error("the answer's {field} {why}")]
    Field { field: &'static str, why: &'static str },
}

/// As sent. Keys that are not known are left alone: later contracts may have more.
#[derive(Deserialize)]
struct Document {
    occurrence: OccurrenceId,
    title: Option<String>,
    audio_url: Option<String>,
    audio_sha256: Option<String>,
    edition: Option<Edition>,
    reason: Option<String>,
    #[serde(default)]
    chapters: Vec<DocumentChapter>,
    transcript: Option<String>,
    nothing: Option<String>,
    failed: Option<String>,
}

#[derive(Deserialize)]
struct DocumentChapter {
    start_ms: u64,
    title: String,
    url: Option<String>,
}

impl Answer {
    /// Reads a document that is to be about `occurrence`. That it says so itself keeps a mixed-up reply
    /// from another listener's ears.
    pub fn parse(document: &[u8], occurrence: OccurrenceId) -> Result<Self, BadAnswer> {
        if document.len() > MOST_BYTES {
            return Err(BadAnswer::TooLarge(document.len()));
        }
        let document: Document =
            serde_json::from_slice(document).map_err(|cause| BadAnswer::Form(cause.to_string()))?;
        if document.occurrence != occurrence {
            return Err(BadAnswer::OtherOccurrence(document.occurrence));
        }
        match (&document.audio_url, &document.nothing, &document.failed) {
            (Some(_), None, None) => Ok(Self::Program(Box::new(document.offer()?))),
            (None, Some(why), None) => Ok(Self::Nothing(line("nothing", why, REASON_CHARS)?)),
            (None, None, Some(why)) => Ok(Self::Failed(line("failed", why, REASON_CHARS)?)),
            _ => Err(BadAnswer::Purpose),
        }
    }
}

impl Document {
    fn offer(self) -> Result<Offer, BadAnswer> {
        let edition = self.edition.unwrap_or(Edition::Full);
        let reason = self.reason.map(|reason| line("reason", &reason, REASON_CHARS)).transpose()?;
        match (edition, &reason) {
            (Edition::Full, Some(_)) => return bad("reason", "belongs to an edition that is not full"),
            (Edition::Shortened | Edition::Brief, None) => {
                return bad("reason", "is missing: say why the edition is not full");
            }
            _ => {}
        }
        Ok(Offer {
            title: line("title", self.title.as_deref().unwrap_or_default(), TITLE_CHARS)?,
            audio_url: address("audio_url", self.audio_url.as_deref().unwrap_or_default())?,
            audio_sha256: self.audio_sha256.map(sha256).transpose()?,
            edition,
            reason,
            chapters: chapters(self.chapters)?,
            transcript: self.transcript.map(transcript).transpose()?,
        })
    }
}

fn chapters(sent: Vec<DocumentChapter>) -> Result<Vec<Chapter>, BadAnswer> {
    if sent.len() > CHAPTERS {
        return bad("chapters", "are more than 255; leave some out");
    }
    if !sent.is_sorted_by(|a, b| a.start_ms < b.start_ms) {
        return bad("chapters", "must be in order, each start_ms later than the one before");
    }
    let chapter = |DocumentChapter { start_ms, title, url }: DocumentChapter| {
        let url = url.map(|url| address("chapters[].url", &url)).transpose()?;
        Ok(Chapter { start_ms, title: line("chapters[].title", &title, TITLE_CHARS)?, url })
    };
    sent.into_iter().map(chapter).collect()
}

fn transcript(sent: String) -> Result<String, BadAnswer> {
    let text = sent.trim_start_matches('\u{feff}');
    let signature = text
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']));
    if !signature {
        return bad("transcript", "must be WebVTT, which begins with WEBVTT");
    }
    if text.len() > TRANSCRIPT_BYTES {
        return bad("transcript", "has more than 512 KiB; send a shorter one or none");
    }
    if text.contains('\0') {
        return bad("transcript", "holds a NUL character; remove it");
    }
    Ok(text.to_owned())
}

fn sha256(sent: String) -> Result<String, BadAnswer> {
    let hex = sent.len() == 64 && sent.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex { Ok(sent.to_ascii_lowercase()) } else { bad("audio_sha256", "must have 64 hex digits") }
}

fn address(field: &'static str, sent: &str) -> Result<Url, BadAnswer> {
    match Url::parse(sent) {
        Ok(url) if is_web(&url) && url.as_str().len() <= URL_BYTES => Ok(url),
        _ => bad(field, "must be an http or https address without a user name, of 2000 bytes at most"),
    }
}

/// One line of text: whatever breaks or controls a line becomes a space.
fn line(field: &'static str, sent: &str, most_chars: usize) -> Result<String, BadAnswer> {
    let spaced: String = sent.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => bad(field, "is missing or empty"),
        count if count > most_chars => {
            bad(field, "is too long: 300 characters for a title, 500 for a reason")
        }
        _ => Ok(text),
    }
}

fn bad<T>(field: &'static str, why: &'static str) -> Result<T, BadAnswer> {
    Err(BadAnswer::Field { field, why })
}

#[cfg(test)]
mod tests;
