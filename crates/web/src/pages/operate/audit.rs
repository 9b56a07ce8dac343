//! Decisions of people, the latest first.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
};
use crate::{
    api::{operate::audit, page::Stretch, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Words},
};
use askama::Template;

struct Audit;

#[derive(Template)]
#[template(path = "operate/audit.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    decisions: Vec<Row>,
    next: String,
}

struct Row {
    when: String,
    actor: String,
    action: String,
    subject: String,
    detail: String,
}

pub fn routes() -> Routes {
    board::<Audit>()
}

impl Board for Audit {
    const TAB: Tab = Tab::Audit;
    const PATHS: Paths =
        Paths { page: "/operate/audit", part: "/operate/part/audit", stream: "/operate/live/audit" };

    async fn body(pages: &Pages, desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let stretch = Stretch { cursor: asked.some("cursor").map(ToOwned::to_owned), limit: None };
        let found = audit::page(&pages.api, &stretch).await?;
        let next = found.next_cursor.map_or_else(String::new, |at| format!("/operate/audit?cursor={at}"));
        let row = |one: audit::Decision| Row {
            when: desk.moment(one.at),
            actor: one.actor,
            action: one.action,
            subject: one.subject,
            detail: one.detail.to_string(),
        };
        let decisions = found.items.into_iter().map(row).collect();
        rendered(&Body { t: desk.t, shell: &desk.shell, decisions, next })
    }
}
