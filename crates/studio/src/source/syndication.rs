//! A feed document to drafts of articles, through `feed-rs`: RSS 0.9x, 1.0, 2.0, Atom, JSON Feed.

use super::{Format, SourceError, date, document::Document, plain, prose, teaser};
use domain::ArticleDraft;
use feed_rs::{
    model::{Entry, Feed, FeedType, Person},
    parser::{self, ParseFeedError},
};
use jiff::Timestamp;
use std::{
    collections::HashSet,
    time::{Duration, SystemTime},
};
use url::Url;

/// Entries that are looked at. A feed with more is an archive.
const MOST_ENTRIES: usize = 1_000;
/// An id that is longer is told by its hash: ids are kept, and looked up.
const MOST_ID_BYTES: usize = 500;

#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) format: Format,
    pub(super) title: String,
    pub(super) language: Option<String>,
    pub(super) drafts: Vec<ArticleDraft>,
    pub(super) ttl: Option<Duration>,
    pub(super) notes: Vec<String>,
}

/// Who the articles are from, for every draft.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) source: &'a str,
    /// Relative links are resolved against it.
    pub(super) base: Option<&'a Url>,
    pub(super) private: bool,
}

pub(super) fn parse(document: &Document, origin: Origin<'_>) -> Result<Parsed, SourceError> {
    let at = origin.base.map_or_else(|| origin.source.to_owned(), net::shown);
    let parser = parser::Builder::new()
        .base_uri(origin.base)
        .sanitize_content(false)
        // Ids are ours to make: the parser's differ from run to run where an entry has no link.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| Some(SystemTime::try_from(date::instant(text)?).ok()?.into()))
        .build();
    let feed = parser.parse(document.0.as_bytes()).map_err(|error| {
        let why = error.to_string().replace(['\n', '\r'], " ");
        match error {
            // The reader stops inside a tag, a comment or a CDATA section only at the document's end.
            ParseFeedError::XmlReader(_) if why.contains("syntax error") => {
                SourceError::Truncated { at, why }
            }
            _ => SourceError::NotAFeed { at, why },
        }
    })?;

    let mut notes = Vec::new();
    if feed.entries.len() > MOST_ENTRIES {
        notes.push(format!("{} entries; the first {MOST_ENTRIES} are read", feed.entries.len()));
    }
    let mut seen = HashSet::new();
    let mut drafts = Vec::new();
    for entry in feed.entries.iter().take(MOST_ENTRIES) {
        let mut draft = draft(entry, &feed, origin);
        if !seen.insert(draft.id.clone()) {
            // Some feeds give every entry the same id; the same entry twice is one article.
            draft.id = format!("{}#{}", draft.id, hash(&draft));
            if !seen.insert(draft.id.clone()) {
                notes.push(format!("an entry stands twice: {}", draft.title));
                continue;
            }
        }
        drafts.push(draft);
    }
    Ok(Parsed {
        format: format(&feed.feed_type),
        title: feed.title.as_ref().map(|title| prose::line(&title.content)).unwrap_or_default(),
        language: feed.language.as_deref().map(plain::line).filter(|language| !language.is_empty()),
        ttl: feed.ttl.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        drafts,
        notes,
    })
}

const fn format(kind: &FeedType) -> Format {
    match kind {
        FeedType::Atom => Format::Atom,
        FeedType::JSON => Format::JsonFeed,
        FeedType::RSS0 => Format::Rss0,
        FeedType::RSS1 => Format::Rss1,
        FeedType::RSS2 => Format::Rss2,
    }
}

fn draft(entry: &Entry, feed: &Feed, origin: Origin<'_>) -> ArticleDraft {
    let url = link(entry, feed, origin.base);
    let text = body(entry);
    let title = entry.title.as_ref().map(|title| prose::line(&title.content)).unwrap_or_default();
    let mut draft = ArticleDraft {
        source: origin.source.to_owned(),
        id: id(&entry.id),
        title: if title.is_empty() { plain::headline(&text) } else { title },
        author: author(&entry.authors).or_else(|| author(&feed.authors)),
        published: entry.published.or(entry.updated).and_then(|date| {
            let nanoseconds = i32::try_from(date.timestamp_subsec_nanos()).ok()?;
            Timestamp::new(date.timestamp(), nanoseconds).ok()
        }),
        tags: tags(entry),
        likes: None,
        private: origin.private,
        text,
        url,
    };
    if draft.id.is_empty() {
        draft.id = draft.url.as_ref().map_or_else(|| hash(&draft), |url| id(url.as_str()));
    }
    draft
}

fn id(given: &str) -> String {
    if given.len() > MOST_ID_BYTES {
        return blake3::hash(given.as_bytes()).to_hex().to_string();
    }
    plain::line(given)
}

/// The longer of content and summary.
fn body(entry: &Entry) -> String {
    let content = entry.content.as_ref().and_then(|content| content.body.as_deref()).map(prose::text);
    let summary = entry.summary.as_ref().map(|summary| prose::text(&summary.content));
    let texts = [content, summary].into_iter().flatten();
    let longest = texts.max_by_key(|text| text.len()).unwrap_or_default();
    teaser::without_invitation(&longest).to_owned()
}

/// The entry's page: not its comments, its enclosure or its editing address.
fn link(entry: &Entry, feed: &Feed, base: Option<&Url>) -> Option<Url> {
    let site = || {
        let links = feed.links.iter().filter(|link| link.rel.as_deref() != Some("self"));
        links.filter_map(|link| Url::parse(&link.href).ok()).next()
    };
    let resolve = |href: &str| {
        let href = href.trim();
        let url = match Url::parse(href) {
            Ok(url) => url,
            Err(url::ParseError::RelativeUrlWithoutBase) if !href.is_empty() => {
                base.cloned().or_else(site)?.join(href).ok()?
            }
            Err(_) => return None,
        };
        matches!(url.scheme(), "http" | "https").then_some(url)
    };
    let pages = || entry.links.iter().filter(|link| link.target.is_none());
    let is = |rel: Option<&str>| matches!(rel, None | Some("alternate"));
    let page = pages().filter(|link| is(link.rel.as_deref())).find_map(|link| resolve(&link.href));
    // An RSS guid is a permanent link unless it says otherwise.
    page.or_else(|| Url::parse(entry.id.trim()).ok().filter(|id| matches!(id.scheme(), "http" | "https")))
}

fn author(people: &[Person]) -> Option<String> {
    let names = people.iter().filter_map(|person| person.name.as_deref()).map(prose::line);
    names.into_iter().find(|name| !name.is_empty())
}

fn tags(entry: &Entry) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for category in entry.categories.iter().take(100) {
        let tag = prose::line(category.label.as_deref().unwrap_or(&category.term));
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn hash(draft: &ArticleDraft) -> String {
    let mut hasher = blake3::Hasher::new();
    let url = draft.url.as_ref().map(Url::as_str).unwrap_or_default();
    for part in [url, &draft.title, &draft.text] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}
