//! How words are said: a listener's own dictionary.

use super::{feeds::named, settings::Tab};
use crate::{
    api::{Caller, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{Language, ReadingId, reading};
use store::hearing::ReadingRow;

/// Of one listener.
const MOST: usize = 500;
const MOST_CHARS: usize = 60;

#[derive(Template)]
#[template(path = "listener/settings/readings.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    readings: Vec<ReadingRow>,
    fields: Fields,
    wrong: Wrong,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/settings/readings", show)
        .post("/settings/readings", add)
        .post("/settings/readings/drop", drop_one)
}

/// Keeps what a form says: `surface`, `reading`, `language`.
pub async fn put(pages: &Pages, caller: Caller, fields: &Fields) -> Result<(), Refused> {
    let language: Language =
        fields.get("language").parse().map_err(|cause| Refused::field("language", cause))?;
    for name in ["surface", "reading"] {
        if fields.get(name).trim().chars().count() > MOST_CHARS || fields.get(name).contains(['\t', '\n']) {
            return Err(Refused::field(name, format_args!("at most {MOST_CHARS} characters")));
        }
    }
    let line = format!("{}\t{}", fields.get("surface").trim(), fields.get("reading").trim());
    let wrong = |field: &str, cause: &dyn std::fmt::Display| Refused::field(field, cause);
    let mut read = reading::parse(&line, language).map_err(|error| match error.fault {
        reading::ReadingFault::NoSurface | reading::ReadingFault::NoTab => wrong("surface", &error.fault),
        fault => wrong("reading", &fault),
    })?;
    let entry = read.pop().ok_or_else(|| wrong("surface", &"it is empty"))?;
    if pages.store().readings(caller.listener).await?.len() >= MOST {
        return Err(Refused::Conflict(format!("{MOST} entries are the most; remove one first")));
    }
    let (now, surface, reading) = (pages.now(), entry.surface, entry.reading);
    let id = ReadingId::born(now, pages.api.chance());
    let mut tx = pages.store().begin().await?;
    tx.put_reading(caller.listener, &ReadingRow { id, language, surface, reading }, now).await?;
    tx.audit(now, &caller.signature(), "reading.put", &caller.listener.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

async fn page_of(pages: &Pages, signed: Signed, fields: Fields, wrong: Wrong) -> Result<Page, Refused> {
    let readings = pages.store().readings(signed.listener.id).await?;
    Ok(Page { t: signed.shell.t, shell: signed.shell, tab: Tab::Readings, readings, fields, wrong })
}

async fn show(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let fields = Fields::default().with("language", signed.listener.language.tag());
    Ok(page(&page_of(&pages, signed, fields, Wrong::default()).await?))
}

async fn add(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    match put(&pages, signed.caller, &fields).await {
        Ok(()) => Ok(led("/settings/readings", "reading-kept")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(&pages, signed, fields, wrong).await?))
        }
    }
}

async fn drop_one(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let mut tx = pages.store().begin().await?;
    if !tx.remove_reading(named(fields.get("id"))?, signed.listener.id).await? {
        return Err(Refused::Missing("entry"));
    }
    let by = signed.caller.signature();
    tx.audit(pages.now(), &by, "reading.drop", &signed.listener.id.to_string(), "{}").await?;
    tx.commit().await?;
    Ok(led("/settings/readings", "reading-dropped"))
}
