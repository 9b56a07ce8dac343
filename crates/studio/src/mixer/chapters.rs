//! Chapters: one for the opening, one per article, one for the closing. As Podcasting 2.0 JSON here,
//! in the tag by `header`, in a feed by whoever asks.

use super::Piece;
use domain::{Language, SegmentKind};
use serde::Serialize;

/// In milliseconds from the program's start; a chapter ends where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chapter<'a> {
    pub start_ms: u64,
    pub end_ms: u64,
    pub title: &'a str,
    pub url: Option<&'a str>,
}

/// An article's chapter begins exactly where the article does; the words that lead over to it belong
/// to what came before.
pub fn chapters(language: Language, pieces: &[Piece]) -> Vec<Chapter<'_>> {
    let mut chapters: Vec<Chapter<'_>> = Vec::with_capacity(pieces.len() + 2);
    let last = pieces.iter().rposition(|piece| piece.kind == SegmentKind::Article);
    let mut now_ms = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let begins = match piece.kind {
            SegmentKind::Article => {
                Some((titled(language, &piece.title), piece.url.as_deref().filter(is_web)))
            }
            _ if index == 0 => Some((opening(language), None)),
            _ if last.is_some_and(|last| index == last + 1) => Some((closing(language), None)),
            SegmentKind::Jingle | SegmentKind::Phrase => None,
        };
        if let Some((title, url)) = begins {
            chapters.push(Chapter { start_ms: now_ms, end_ms: now_ms, title, url });
        }
        now_ms += piece.part.duration_ms();
        if let Some(chapter) = chapters.last_mut() {
            chapter.end_ms = now_ms;
        }
    }
    chapters
}

/// Players list chapters by title: one without cannot be chosen.
fn titled(language: Language, title: &str) -> &str {
    match language {
        _ if !title.trim().is_empty() => title,
        Language::Ja => "無題",
        Language::En => "Untitled",
    }
}

/// Players open what a chapter links to: nothing but pages.
fn is_web(url: &&str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

const fn opening(language: Language) -> &'static str {
    match language {
        Language::Ja => "オープニング",
        Language::En => "Opening",
    }
}

const fn closing(language: Language) -> &'static str {
    match language {
        Language::Ja => "エンディング",
        Language::En => "Closing",
    }
}

/// `application/json+chapters`, version 1.2.0 of the Podcast Namespace's JSON chapters.
pub fn json(chapters: &[Chapter<'_>]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry<'a> {
        start_time: f64,
        end_time: f64,
        title: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
    }
    let seconds = |ms: u64| ms as f64 / 1_000.0;
    let entry = |chapter: &Chapter<'_>| {
        serde_json::json!(Entry {
            start_time: seconds(chapter.start_ms),
            end_time: seconds(chapter.end_ms),
            title: chapter.title,
            url: chapter.url,
        })
    };
    let entries: Vec<_> = chapters.iter().map(entry).collect();
    serde_json::json!({ "version": "1.2.0", "chapters": entries }).to_string()
}
