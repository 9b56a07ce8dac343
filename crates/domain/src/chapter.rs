//! A program's chapters: one for the opening, one for each article, one for the closing. In a program's tag,
//! as Podcasting 2.0 JSON, and in a podcast feed they are the same.

use crate::{Language, Program, SegmentKind};
use serde::Serialize;

/// In milliseconds from the program's start; a chapter ends where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chapter<'a> {
    pub start_ms: u64,
    pub end_ms: u64,
    pub title: &'a str,
    /// A page; nothing else is linked to.
    pub url: Option<&'a str>,
}

/// A stretch of a program, in milliseconds from its start.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    pub kind: SegmentKind,
    pub title: &'a str,
    pub url: Option<&'a str>,
    pub start_ms: u64,
    pub end_ms: u64,
}

/// An article's chapter begins exactly where the article does; the words that lead over to it belong
/// to what came before.
pub fn chapters<'a>(language: Language, stretches: &[Stretch<'a>]) -> Vec<Chapter<'a>> {
    let mut chapters: Vec<Chapter<'_>> = Vec::with_capacity(stretches.len() + 2);
    let last = stretches.iter().rposition(|stretch| stretch.kind == SegmentKind::Article);
    for (index, stretch) in stretches.iter().enumerate() {
        let begins = match stretch.kind {
            SegmentKind::Article => Some((titled(language, stretch.title), stretch.url.filter(is_web))),
            _ if index == 0 => Some((opening(language), None)),
            _ if last.is_some_and(|last| index == last + 1) => Some((closing(language), None)),
            SegmentKind::Jingle | SegmentKind::Phrase => None,
        };
        if let Some((title, url)) = begins {
            let Stretch { start_ms, end_ms, .. } = *stretch;
            chapters.push(Chapter { start_ms, end_ms, title, url });
        } else if let Some(chapter) = chapters.last_mut() {
            chapter.end_ms = stretch.end_ms;
        }
    }
    chapters
}

impl Program {
    pub fn chapters(&self) -> Vec<Chapter<'_>> {
        let stretches: Vec<Stretch<'_>> = self.segments.iter().map(Stretch::from).collect();
        chapters(self.language, &stretches)
    }
}

impl<'a> From<&'a crate::Segment> for Stretch<'a> {
    fn from(segment: &'a crate::Segment) -> Self {
        Self {
            kind: segment.kind,
            title: &segment.title,
            url: segment.url.as_deref(),
            start_ms: segment.start_ms,
            end_ms: segment.end_ms,
        }
    }
}

/// Players list chapters by title: one without cannot be chosen.
pub fn titled(language: Language, title: &str) -> &str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_begin_with_articles_and_leave_no_gap() {
        let stretch = |kind, title, url, start_ms, end_ms| Stretch { kind, title, url, start_ms, end_ms };
        use SegmentKind::{Article, Jingle, Phrase};
        let stretches = [
            stretch(Jingle, "opening", None, 0, 10),
            stretch(Phrase, "", None, 10, 20),
            stretch(Article, "One", Some("https://a.example/"), 20, 30),
            stretch(Phrase, "", None, 30, 35),
            stretch(Article, " ", Some("javascript:alert(1)"), 35, 50),
            stretch(Phrase, "", None, 50, 60),
            stretch(Jingle, "closing", None, 60, 65),
        ];
        let chapter = |start_ms, end_ms, title, url| Chapter { start_ms, end_ms, title, url };
        assert_eq!(
            chapters(Language::En, &stretches),
            [
                chapter(0, 20, "Opening", None),
                chapter(20, 35, "One", Some("https://a.example/")),
                chapter(35, 50, "Untitled", None),
                chapter(50, 65, "Closing", None),
            ]
        );
    }

    #[test]
    fn what_others_made_has_only_what_they_said() {
        let stretch = Stretch { kind: SegmentKind::Article, title: "a", url: None, start_ms: 7, end_ms: 9 };
        let expected = [Chapter { start_ms: 7, end_ms: 9, title: "a", url: None }];
        assert_eq!(chapters(Language::Ja, &[stretch]), expected);
        assert_eq!(chapters(Language::Ja, &[]), []);
    }
}
