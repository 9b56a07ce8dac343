//! Everybody's sources, and how they fare.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
};
use crate::{
    api::{operate::sources, page::Stretch, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Words, led},
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::SourceId;

struct Sources;

#[derive(Template)]
#[template(path = "operate/sources.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    sources: Vec<Row>,
    next: String,
}

struct Row {
    id: SourceId,
    title: String,
    address: String,
    state: String,
    tone: &'static str,
    is_gone: bool,
    notice: String,
    failures: u32,
    rhythm: String,
    fetched: String,
    next: String,
}

pub fn routes() -> Routes {
    board::<Sources>().post("/operate/sources/resume", resume)
}

impl Board for Sources {
    const TAB: Tab = Tab::Sources;
    const PATHS: Paths =
        Paths { page: "/operate/sources", part: "/operate/part/sources", stream: "/operate/live/sources" };

    async fn body(pages: &Pages, desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let stretch = Stretch { cursor: asked.some("cursor").map(ToOwned::to_owned), limit: None };
        let found = sources::page(&pages.api, &stretch).await?;
        let next = found.next_cursor.map_or_else(String::new, |at| format!("/operate/sources?cursor={at}"));
        let sources = found.items.into_iter().map(|one| row(desk, one)).collect();
        rendered(&Body { t: desk.t, shell: &desk.shell, sources, next })
    }
}

fn row(desk: &Desk, one: sources::SourceHealth) -> Row {
    Row {
        id: one.id,
        title: if one.title.is_empty() { one.host } else { one.title },
        address: one.address,
        tone: match one.state {
            "active" if one.failures == 0 => "good",
            "active" => "warn",
            _ => "bad",
        },
        is_gone: one.state != "active",
        state: desk.t.say(&format!("op-source-{}", one.state)),
        notice: one.notice.unwrap_or_default(),
        failures: one.failures,
        rhythm: desk.t.count("minutes", one.interval_s / 60),
        fetched: desk.maybe_moment(one.fetched_at),
        next: desk.moment(one.next_fetch_at),
    }
}

async fn resume(State(pages): State<Pages>, desk: Desk, fields: Fields) -> Result<Response, Refused> {
    let id = fields.get("id").parse().map_err(|_| Refused::Missing("source"))?;
    sources::resume(&pages.api, desk.caller, id).await?;
    Ok(led("/operate/sources", "op-resumed"))
}
