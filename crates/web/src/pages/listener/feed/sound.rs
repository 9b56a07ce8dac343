//! What a feed is called and how it sounds; and its end.

use super::{
    super::wish::{Choices, sound_change},
    Frame,
};
use crate::{
    api::{feeds::change, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Signed, Words, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

#[derive(Template)]
#[template(path = "listener/feed/sound.html")]
struct Page {
    t: Words,
    shell: Shell,
    frame: Frame,
    choices: Choices,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/feeds/{id}/sound", show)
        .post("/feeds/{id}/sound", save)
        .post("/feeds/{id}/delete", delete)
}

async fn show(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let (frame, feed) = Frame::of(&pages, &signed, &id, "/sound").await?;
    let choices = Choices::of(&pages, &signed, &feed).await?;
    Ok(page(&Page { t: signed.shell.t, shell: signed.shell, frame, choices }))
}

async fn save(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (frame, _) = Frame::of(&pages, &signed, &id, "/sound").await?;
    let saved = async {
        let change = sound_change(&fields)?;
        change::update(&pages.api, signed.caller, frame.id, &HeaderMap::new(), change).await
    };
    match saved.await {
        Ok(()) => Ok(led(&format!("/feeds/{id}/sound"), "saved")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            let choices = Choices::typed(&pages, &signed, fields, wrong).await?;
            Ok(page_with(status, &Page { t: signed.shell.t, shell: signed.shell, frame, choices }))
        }
    }
}

async fn delete(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    change::remove(&pages.api, signed.caller, super::named(&id)?, &HeaderMap::new()).await?;
    Ok(led("/feeds", "feed-deleted"))
}
