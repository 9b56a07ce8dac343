//! How a listener is called, where they live, what they read, and how the pages look.

use super::Tab;
use crate::{
    api::{
        me::{self, MyChange},
        refused::Refused,
    },
    pages::{
        Fields, Pages, Routes, Shell, Signed, Visitor, Words, Wrong, led, page, page_with,
        refusals::in_form,
        visitor::{LOOK, Look, kept},
    },
};
use askama::Template;
use axum::{extract::State, http::header, response::Response};
use domain::{Language, schedule::Zone};

#[derive(Template)]
#[template(path = "listener/settings/profile.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    fields: Fields,
    wrong: Wrong,
}

pub fn routes() -> Routes {
    Routes::default().get("/settings", show).post("/settings", save).post("/settings/look", look)
}

async fn show(signed: Signed) -> Response {
    let listener = &signed.listener;
    let fields = Fields::default()
        .with("name", &listener.name)
        .with("zone", listener.zone.as_written())
        .with("language", listener.language.tag());
    let (t, shell) = (signed.shell.t, signed.shell);
    page(&Page { t, shell, tab: Tab::Profile, fields, wrong: Wrong::default() })
}

async fn save(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let saved = async {
        let zone = fields.get("zone").parse::<Zone>().map_err(|cause| Refused::field("zone", cause))?;
        let language = fields.get("language").parse::<Language>();
        let change = MyChange {
            name: Some(fields.get("name").to_owned()),
            zone: Some(zone),
            language: Some(language.map_err(|cause| Refused::field("language", cause))?),
        };
        me::changed(&pages.api, signed.caller, change).await
    };
    match saved.await {
        Ok(_) => Ok(led("/settings", "saved")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            let (t, shell) = (signed.shell.t, signed.shell);
            Ok(page_with(status, &Page { t, shell, tab: Tab::Profile, fields, wrong }))
        }
    }
}

/// Of this browser: light, dark, or as the system has it.
async fn look(_: Visitor, fields: Fields) -> Response {
    let look = Look::named(fields.get("look")).unwrap_or_default();
    let mut response = led("/settings", "saved");
    response.headers_mut().append(header::SET_COOKIE, kept(LOOK, look.name()));
    response
}
