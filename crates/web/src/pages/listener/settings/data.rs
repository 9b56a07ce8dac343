//! What is kept of a listener: to take along, and to take away for good.

use super::Tab;
use crate::{
    api::{export, me, opml, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use store::listeners::Role;

#[derive(Template)]
#[template(path = "listener/settings/data.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    /// Whoever runs the service is taken away by another operator.
    is_operator: bool,
    fields: Fields,
    wrong: Wrong,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/settings/data", show)
        .get("/settings/data/export.json", export_all)
        .get("/settings/data/sources.opml", export_sources)
        .post("/settings/data/delete", delete)
}

fn page_of(signed: Signed, fields: Fields, wrong: Wrong) -> Page {
    let is_operator = signed.listener.role == Role::Operator;
    Page { t: signed.shell.t, shell: signed.shell, tab: Tab::Data, is_operator, fields, wrong }
}

async fn show(signed: Signed) -> Response {
    page(&page_of(signed, Fields::default(), Wrong::default()))
}

async fn export_all(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let all = export::whole(&pages.api, signed.caller).await?;
    Ok(saved(Json(all).into_response(), "attachment; filename=\"mimiyori.json\""))
}

async fn export_sources(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let text = opml::list_of(&pages.api, signed.caller).await?;
    let response = ([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], text).into_response();
    Ok(saved(response, "attachment; filename=\"mimiyori.opml\""))
}

fn saved(mut response: Response, name: &'static str) -> Response {
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    response
}

async fn delete(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    match me::leave(&pages.api, signed.caller, fields.get("email").trim().to_owned()).await {
        Ok(()) => Ok(led("/welcome", "deleted")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(signed, fields, wrong)))
        }
    }
}
