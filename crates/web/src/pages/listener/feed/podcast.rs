//! Where podcast apps find a feed: an address for each device, as text and as a picture for a camera.

use super::Frame;
use crate::{
    api::{
        podcasts::{self, NewPodcast, Podcast},
        refused::Refused,
    },
    pages::{
        Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form, time,
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::FeedTokenId;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// White around a code, in modules: cameras need it.
const QUIET: i32 = 3;

#[derive(Template)]
#[template(path = "listener/feed/podcast.html")]
struct Page {
    t: Words,
    shell: Shell,
    frame: Frame,
    podcasts: Vec<Shown>,
    fields: Fields,
    wrong: Wrong,
}

struct Shown {
    id: FeedTokenId,
    label: String,
    is_all: bool,
    url: String,
    /// The same under the scheme that podcast apps listen to.
    subscribe: String,
    used: String,
    size: i32,
    path: String,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/feeds/{id}/podcast", show)
        .post("/feeds/{id}/podcast", add)
        .post("/feeds/{id}/podcast/rotate", rotate)
        .post("/feeds/{id}/podcast/revoke", revoke)
}

async fn page_of(
    pages: &Pages,
    signed: Signed,
    id: &str,
    fields: Fields,
    wrong: Wrong,
) -> Result<Page, Refused> {
    let t = signed.shell.t;
    let (frame, feed) = Frame::of(pages, &signed, id, "/podcast").await?;
    // Whoever looks for an address finds one.
    let candidate = FeedTokenId::born(pages.now(), pages.api.chance());
    pages.store().feed_token(feed.id, candidate, pages.now()).await?;
    let mut shown = Vec::new();
    for one in podcasts::all(&pages.api, signed.caller).await? {
        if one.feed_id.is_none_or(|of| of == feed.id) {
            shown.extend(podcast(pages, t, &signed, one));
        }
    }
    Ok(Page { t, shell: signed.shell, frame, podcasts: shown, fields, wrong })
}

/// `None`: it is good no more.
fn podcast(pages: &Pages, t: Words, signed: &Signed, one: Podcast) -> Option<Shown> {
    let url = one.podcast_url?;
    let (size, path) = code(&url)?;
    let used = one.last_used_at.map(|at| at.as_microsecond());
    let used = match used {
        Some(at) => t.about("podcast-used", &time::moment(t, at, &signed.listener.zone, pages.now())),
        None => t.say("podcast-unused"),
    };
    let (_, rest) = url.split_once("://")?;
    Some(Shown {
        id: one.id,
        label: if one.label.is_empty() { t.say("podcast-first") } else { one.label },
        is_all: one.feed_id.is_none(),
        subscribe: format!("podcast://{rest}"),
        used,
        size,
        path,
        url,
    })
}

/// Side of the picture in modules, and the dark ones as a path.
fn code(text: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some((code.size() + 2 * QUIET, path))
}

async fn show(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, signed, &id, Fields::default(), Wrong::default()).await?))
}

async fn add(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (frame, _) = Frame::of(&pages, &signed, &id, "/podcast").await?;
    let feed_id = (!fields.has("all", "yes")).then_some(frame.id);
    let new = NewPodcast { feed_id, label: fields.get("label").to_owned(), expires_at: None };
    match podcasts::add(&pages.api, signed.caller, new).await {
        Ok(made) => Ok(led(&format!("/feeds/{id}/podcast#podcast-{}", made.id), "podcast-made")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(&pages, signed, &id, fields, wrong).await?))
        }
    }
}

async fn rotate(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let made = podcasts::replace(&pages.api, signed.caller, super::named(fields.get("id"))?).await?;
    Ok(led(&format!("/feeds/{id}/podcast#podcast-{}", made.id), "podcast-rotated"))
}

async fn revoke(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    podcasts::end(&pages.api, signed.caller, super::named(fields.get("id"))?).await?;
    Ok(led(&format!("/feeds/{id}/podcast"), "podcast-revoked"))
}
