//! Show notes: why a program is not full, each article with its link, and who and what spoke. HTML of the few
//! elements that podcast apps show, with everything that came from outside escaped.

use super::{credits::Credit, words, xml::line};
use domain::{Edition, Language, Segment, SegmentKind, chapter};
use std::fmt::Write;
use store::podcasts::Episode;
use url::Url;

/// Longer descriptions are cut by directories and apps, in the middle of a tag if it comes so.
pub(super) const DESCRIPTION_BYTES: usize = 4_000;
const TITLE_CHARS: usize = 200;

/// Notes that name all sources, and those that fit into a description where that is fewer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Notes {
    pub description: String,
    pub whole: Option<String>,
}

pub(super) fn notes(episode: &Episode, credit: &Credit) -> Notes {
    let (head, tail) = (head(episode), tail(credit));
    let segments = episode.document.segments.iter();
    let articles = segments.filter(|segment| segment.kind == SegmentKind::Article);
    let sources: Vec<String> = articles.map(|article| source(episode.language, article)).collect();
    let html = |sources: &[String]| match sources {
        [] => format!("{head}{tail}"),
        sources => {
            let title = words::sources(episode.language);
            format!("{head}<p>{title}</p><ol>{}</ol>{tail}", sources.concat())
        }
    };
    let whole = html(&sources);
    if whole.len() <= DESCRIPTION_BYTES {
        return Notes { description: whole, whole: None };
    }
    let mut kept = sources.len();
    let mut bytes = whole.len();
    while kept > 0 && bytes > DESCRIPTION_BYTES {
        kept -= 1;
        bytes -= sources[kept].len();
    }
    Notes { description: html(&sources[..kept]), whole: Some(whole) }
}

fn head(episode: &Episode) -> String {
    let label = words::edition(episode.language, episode.edition);
    match (&episode.reason, episode.edition) {
        (Some(reason), Edition::Shortened | Edition::Brief) => {
            format!("<p>{}</p>", escaped(&words::labelled(episode.language, label, &line(reason, 500))))
        }
        _ => String::new(),
    }
}

fn source(language: Language, article: &Segment) -> String {
    let title = escaped(&line(chapter::titled(language, &article.title), TITLE_CHARS));
    let at = clock(article.start_ms);
    match article.url.as_deref().and_then(page) {
        Some((url, host)) => {
            format!("<li>{at} <a href=\"{}\">{title}</a> ({})</li>", escaped(&url), escaped(&host))
        }
        None => format!("<li>{at} {title}</li>"),
    }
}

/// A page's address as it may stand in a link, and its host's name.
fn page(url: &str) -> Option<(String, String)> {
    let url: Url = url.parse().ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    is_web.then(|| (url.to_string(), host))
}

fn tail(credit: &Credit) -> String {
    let mut html = format!("<p>{}</p>", escaped(&credit.disclosure));
    if let Some(voice) = &credit.attribution {
        let text = escaped(&voice.text);
        // Writing to a string cannot fail.
        let _ = match &voice.licence {
            Some((name, url)) => {
                write!(html, "<p>{text} (<a href=\"{}\">{}</a>)</p>", escaped(url), escaped(name))
            }
            None => write!(html, "<p>{text}</p>"),
        };
    }
    html
}

/// As apps show times, and some jump to.
fn clock(ms: u64) -> String {
    let (minutes, seconds) = (ms / 60_000, ms / 1_000 % 60);
    match minutes / 60 {
        0 => format!("{minutes:02}:{seconds:02}"),
        hours => format!("{hours}:{:02}:{seconds:02}", minutes % 60),
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}
