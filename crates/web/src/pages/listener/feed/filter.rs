//! A feed's filter, tried on what its sources have now: "12 of 40", and of each article why.

use super::{
    Frame,
    builder::{Draft, Edit},
};
use crate::{
    api::{
        feeds::change::{self, FeedChange},
        filters::{self, FilterWish},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Signed, Words, led, page, page_with},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{FeedId, select::Filter};

/// Articles that are shown.
const SHOWN: usize = 40;

#[derive(Template)]
#[template(path = "listener/feed/filter.html")]
struct Page {
    t: Words,
    shell: Shell,
    frame: Frame,
    builder: String,
}

#[derive(Template)]
#[template(path = "listener/feed/builder.html")]
struct Builder {
    t: Words,
    id: FeedId,
    root: String,
    wrong: String,
    tested: Option<Tested>,
}

struct Tested {
    summary: String,
    passed: usize,
    total: usize,
    has_unread: bool,
    articles: Vec<Judged>,
}

struct Judged {
    title: String,
    passes: bool,
    reason: String,
}

pub fn routes() -> Routes {
    Routes::default().get("/feeds/{id}/filter", show).post("/feeds/{id}/filter", edit)
}

async fn show(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let (frame, feed) = Frame::of(&pages, &signed, &id, "/filter").await?;
    let draft = Draft::of(&feed.filter);
    let page_of = filled(&pages, signed, frame, &draft, String::new()).await?;
    Ok(page(&page_of))
}

async fn edit(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (frame, _) = Frame::of(&pages, &signed, &id, "/filter").await?;
    let t = signed.shell.t;
    let op = fields.get("op");
    let draft = Draft::typed(&fields).edited(&Edit::named(op));
    if op != "save" {
        return Ok(page(&filled(&pages, signed, frame, &draft, String::new()).await?));
    }
    let Ok(filter) = draft.whole() else {
        let page = filled(&pages, signed, frame, &draft, t.say("wrong-filter")).await?;
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let change = FeedChange { filter: Some(filter), ..FeedChange::default() };
    match change::update(&pages.api, signed.caller, frame.id, &HeaderMap::new(), change).await {
        Ok(()) => Ok(led(&format!("/feeds/{id}/filter"), "saved")),
        Err(Refused::NotInPlan(why)) => {
            let page = filled(&pages, signed, frame, &draft, why).await?;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(refused) => Err(refused),
    }
}

async fn filled(
    pages: &Pages,
    signed: Signed,
    frame: Frame,
    draft: &Draft,
    wrong: String,
) -> Result<Page, Refused> {
    let (t, shell) = (signed.shell.t, signed.shell.clone());
    let tested = match draft.tried() {
        Ok(filter) => tested(pages, &signed, frame.id, filter).await?,
        Err(_) => None,
    };
    let root = draft.render(t, &shell, !wrong.is_empty());
    let builder = Builder { t, id: frame.id, root, wrong, tested };
    let builder = builder.render().map_err(|error| {
        tracing::error!(%error, "a part of a page cannot be rendered");
        Refused::Fault
    })?;
    Ok(Page { t, shell, frame, builder })
}

/// `None`: there is nothing to try it on.
async fn tested(
    pages: &Pages,
    signed: &Signed,
    feed: FeedId,
    filter: Filter,
) -> Result<Option<Tested>, Refused> {
    let wish = FilterWish { feed_id: Some(feed), sources: None, filter: Some(filter), language: None };
    let found = filters::tried(&pages.api, signed.caller, wish).await?;
    if found.total == 0 {
        return Ok(None);
    }
    let judged = found.articles.into_iter().take(SHOWN);
    Ok(Some(Tested {
        summary: found.summary,
        passed: found.passed,
        total: found.total,
        has_unread: !found.unread_sources.is_empty(),
        articles: judged
            .map(|one| Judged {
                title: one.title,
                passes: one.passes,
                reason: one.reason.unwrap_or_default(),
            })
            .collect(),
    }))
}
