//! How words are said: a listener's own dictionary.

use super::{feeds::named, settings::Tab};
use crate::{
    api::{
        Caller,
        readings::{self, NewReading},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{extract::State, response::Response};
use store::hearing::ReadingRow;

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
    let language = fields.get("language").parse().map_err(|cause| Refused::field("language", cause))?;
    let new = NewReading {
        language,
        surface: fields.get("surface").to_owned(),
        reading: fields.get("reading").to_owned(),
    };
    readings::put(&pages.api, caller, &new).await.map(drop)
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
    readings::take_out(&pages.api, signed.caller, named(fields.get("id"))?).await?;
    Ok(led("/settings/readings", "reading-dropped"))
}
