//! `feed inspect`: what a source holds.

use crate::{
    cli::{Feed, Place},
    failure::Failure,
    terminal::{OneLine, answer},
    workshop::{AlsoPrivate, Sources},
};
use serde::Serialize;

#[derive(Serialize)]
struct Inspected {
    format: String,
    title: String,
    language: Option<String>,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    title: String,
    url: Option<String>,
    author: Option<String>,
    /// RFC 3339, UTC.
    published: Option<String>,
    tags: Vec<String>,
    text_chars: usize,
}

pub async fn run(place: &Place, wish: Feed) -> Result<(), Failure> {
    let Feed::Inspect { source, allow_private, json } = wish;
    let feed = Sources::of(place)?.read(&source, AlsoPrivate::from(allow_private)).await?;
    let items = feed.articles.into_iter().map(|article| Item {
        text_chars: article.text.chars().count(),
        id: article.id,
        title: article.title,
        url: article.url.map(|url| url.to_string()),
        author: article.author,
        published: article.published.map(|published| published.to_string()),
        tags: article.tags,
    });
    let inspected = Inspected {
        format: feed.format.to_string(),
        title: feed.title,
        language: feed.language,
        items: items.collect(),
    };
    if json { answer(serde_json::json!(inspected)) } else { answer(table(&inspected)) }
}

fn table(feed: &Inspected) -> String {
    let mut lines = vec![format!("{}: {}, {} items", OneLine(&feed.title), feed.format, feed.items.len())];
    lines.extend(feed.items.iter().map(|Item { title, published, text_chars, .. }| {
        let published = published.as_deref().unwrap_or("(no date)");
        format!("{published:<20}  {text_chars:>6} characters  {}", OneLine(title))
    }));
    lines.join("\n")
}
