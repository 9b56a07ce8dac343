//! What a feed follows, of what is at hand.

use super::{
    super::{
        kept::{self, SUGGESTIONS, Suggestion},
        wish::{Choices, sources_change},
    },
    Frame,
};
use crate::{
    api::{feeds::change, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "listener/feed/sources.html")]
struct Page {
    t: Words,
    shell: Shell,
    frame: Frame,
    choices: Choices,
    add_to: String,
    suggestions: [Suggestion; SUGGESTIONS.len()],
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/feeds/{id}/sources", show)
        .post("/feeds/{id}/sources", save)
        .post("/feeds/{id}/sources/add", add)
}

async fn page_of(
    pages: &Pages,
    signed: &Signed,
    id: &str,
    typed: Option<(Fields, Wrong)>,
) -> Result<Page, Refused> {
    let (frame, feed) = Frame::of(pages, signed, id, "/sources").await?;
    let choices = match typed {
        None => Choices::of(pages, signed, &feed).await?,
        Some((fields, wrong)) => Choices::typed(pages, signed, fields, wrong).await?,
    };
    let add_to = format!("/feeds/{}/sources/add", frame.id);
    let (t, shell) = (signed.shell.t, signed.shell.clone());
    Ok(Page { t, shell, frame, choices, add_to, suggestions: SUGGESTIONS })
}

async fn show(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, &signed, &id, None).await?))
}

async fn save(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (frame, _) = Frame::of(&pages, &signed, &id, "/sources").await?;
    let change = sources_change(&fields);
    match change::update(&pages.api, signed.caller, frame.id, &HeaderMap::new(), change).await {
        Ok(()) => Ok(led(&format!("/feeds/{id}/sources"), "saved")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(&pages, &signed, &id, Some((fields, wrong))).await?))
        }
    }
}

/// What is added here is followed at once.
async fn add(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (frame, feed) = Frame::of(&pages, &signed, &id, "/sources").await?;
    let added = async {
        let before: BTreeSet<_> = own(&pages, &signed).await?;
        kept::add(&pages, signed.caller, &fields).await?;
        let followed = pages.store().sources_of(feed.id).await?.into_iter().map(|source| source.id);
        let new = own(&pages, &signed).await?.into_iter().filter(|id| !before.contains(id));
        let wish = followed.chain(new).fold(Fields::default(), |wish, id| wish.with("sources", id));
        let change = sources_change(&wish);
        change::update(&pages.api, signed.caller, frame.id, &HeaderMap::new(), change).await
    };
    match added.await {
        Ok(()) => Ok(led(&format!("/feeds/{id}/sources"), "source-added")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            let mut page = page_of(&pages, &signed, &id, None).await?;
            let typed = page.choices.fields.with("address", fields.get("address"));
            page.choices.fields = typed.with("opml", fields.get("opml"));
            page.choices.wrong = wrong;
            Ok(page_with(status, &page))
        }
    }
}

async fn own(pages: &Pages, signed: &Signed) -> Result<BTreeSet<domain::SourceId>, Refused> {
    let all = crate::api::export::all_sources(&pages.api, signed.caller).await?;
    Ok(all.into_iter().map(|source| source.id).collect())
}
