//! The Qiita API v2: items that match a query, with likes and whole texts.

use super::{Format, SourceError, plain, prose, syndication::Parsed};
use domain::ArticleDraft;
use serde::Deserialize;
use url::Url;

/// Items asked for at once; the API gives up to 100.
const PER_PAGE: &str = "40";

pub(super) fn address(base: &Url, query: &str) -> Option<Url> {
    let mut url = base.join("/api/v2/items").ok()?;
    url.query_pairs_mut().append_pair("query", query).append_pair("per_page", PER_PAGE);
    Some(url)
}

#[derive(Deserialize)]
struct Item {
    id: String,
    title: String,
    url: Url,
    created_at: Option<String>,
    likes_count: Option<u64>,
    #[serde(default)]
    tags: Vec<Tag>,
    user: Option<User>,
    rendered_body: Option<String>,
    body: Option<String>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: Option<String>,
}

pub(super) fn parse(
    text: &str,
    at: &str,
    source: &str,
    query: &str,
    private: bool,
) -> Result<Parsed, SourceError> {
    let items: Vec<Item> = serde_json::from_str(text).map_err(|error| SourceError::NotAFeed {
        at: at.to_owned(),
        why: format!("not what the Qiita API gives: {error}"),
    })?;
    Ok(Parsed {
        format: Format::QiitaApi,
        title: format!("Qiita: {}", plain::line(query)),
        language: Some("ja".to_owned()),
        drafts: items.into_iter().map(|item| draft(item, source, private)).collect(),
        ttl: None,
        notes: Vec::new(),
    })
}

fn draft(item: Item, source: &str, private: bool) -> ArticleDraft {
    let author = item.user.map(|user| user.name.filter(|name| !name.trim().is_empty()).unwrap_or(user.id));
    let text = match (&item.rendered_body, &item.body) {
        (Some(html), _) => prose::of_html(html),
        (None, Some(markdown)) => prose::text(markdown),
        (None, None) => String::new(),
    };
    ArticleDraft {
        source: source.to_owned(),
        id: plain::line(&item.id),
        url: matches!(item.url.scheme(), "http" | "https").then_some(item.url),
        title: plain::line(&item.title),
        author: author.as_deref().map(plain::line),
        published: item.created_at.and_then(|date| date.parse().ok()),
        tags: item.tags.iter().map(|tag| plain::line(&tag.name)).collect(),
        likes: item.likes_count,
        text,
        private,
    }
}
