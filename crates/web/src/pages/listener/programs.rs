//! What there is to hear, the latest first.

use super::today::edition;
use crate::{
    api::refused::Refused,
    pages::{Fields, Pages, Routes, Shell, Signed, Words, page, time},
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::{FeedId, ProgramId};
use store::hearing::Position;

const MOST: u32 = 20;

#[derive(Template)]
#[template(path = "listener/programs.html")]
struct Page {
    t: Words,
    shell: Shell,
    programs: Vec<Listed>,
    /// Id and name of each feed, and whether it alone is shown.
    feeds: Vec<(String, String, bool)>,
    is_all: bool,
    next: String,
}

pub struct Listed {
    pub id: ProgramId,
    pub title: String,
    pub language: &'static str,
    pub feed: String,
    pub when: String,
    pub length: String,
    pub edition: String,
    pub reason: String,
    /// Of a hundred; `None` before it was begun.
    pub heard: Option<u64>,
    pub heard_label: String,
    pub is_ended: bool,
}

pub fn routes() -> Routes {
    Routes::default().get("/programs", list)
}

async fn list(State(pages): State<Pages>, signed: Signed, uri: Uri) -> Result<Response, Refused> {
    let asked = Fields::read(uri.query().unwrap_or_default().as_bytes());
    let (t, now) = (signed.shell.t, pages.now());
    let feeds = pages.store().feeds_of(signed.listener.id).await?;
    let wanted: Option<FeedId> = asked.some("feed").and_then(|id| id.parse().ok());
    let before = asked.some("before").and_then(cursor);
    let listener = signed.listener.id;
    let mut found = pages.store().programs_page(listener, wanted, before, now, MOST + 1).await?;
    let has_more = found.len() > MOST as usize;
    found.truncate(MOST as usize);
    let last = found.last().filter(|_| has_more).map(|last| (last.visible_at, last.id));
    let of_feed = wanted.map_or_else(String::new, |id| format!("&feed={id}"));
    let next = last.map_or_else(String::new, |(at, id)| format!("/programs?before={at}.{id}{of_feed}"));
    let ids: Vec<ProgramId> = found.iter().map(|program| program.id).collect();
    let positions = pages.store().positions(listener, &ids).await?;
    let name = |id: FeedId| feeds.iter().find(|feed| feed.id == id).map_or("", |feed| &feed.name).to_owned();
    let programs = found.into_iter().map(|one| {
        let position = positions.get(&one.id).copied();
        let heard = position.map(|Position { at_ms, .. }| (at_ms * 100 / one.duration_ms.max(1)).min(100));
        Listed {
            id: one.id,
            language: one.language.tag(),
            feed: name(one.feed),
            when: time::moment(t, one.visible_at, &signed.listener.zone, now),
            length: time::length(one.duration_ms),
            edition: edition(t, Some(one.edition)),
            reason: one.reason.unwrap_or_default(),
            heard,
            heard_label: t.count("heard-part", heard.unwrap_or(0)),
            is_ended: position.is_some_and(|position| position.is_ended),
            title: one.title,
        }
    });
    let page_of = Page {
        t,
        programs: programs.collect(),
        is_all: wanted.is_none(),
        feeds: feeds
            .iter()
            .map(|feed| (feed.id.to_string(), feed.name.clone(), wanted == Some(feed.id)))
            .collect(),
        next,
        shell: signed.shell,
    };
    Ok(page(&page_of))
}

fn cursor(text: &str) -> Option<(i64, ProgramId)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}
