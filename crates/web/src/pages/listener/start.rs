//! From nothing to the first program in two steps: what it is made of, then when it is to be ready and how it sounds.

use super::{
    kept::{self, Kept, SUGGESTIONS, Suggestion},
    wish::{self, Choices},
};
use crate::{
    api::{feeds, programs, refused::Refused, sources},
    pages::{
        Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, live, page, page_with, refusals::in_form,
        shell::part,
    },
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};

#[derive(Template)]
#[template(path = "listener/start.html")]
struct Sources {
    t: Words,
    shell: Shell,
    fields: Fields,
    wrong: Wrong,
    suggestions: [Suggestion; SUGGESTIONS.len()],
    kept: Kepts,
}

/// The list, which renews itself.
#[derive(Template)]
#[template(path = "listener/kept.html")]
pub struct Kepts {
    pub t: Words,
    pub shell: Shell,
    pub digest: String,
    pub kept: Vec<Kept>,
    /// Where a source is dropped.
    pub base: &'static str,
}

#[derive(Template)]
#[template(path = "listener/start_when.html")]
struct When {
    t: Words,
    shell: Shell,
    choices: Choices,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/start", show)
        .get("/start/part", renewed)
        .get("/start/live", stream)
        .post("/start/sources", add)
        .post("/start/sources/drop", drop_source)
        .get("/start/when", ask_when)
        .post("/start/when", begin)
}

impl Kepts {
    async fn of(pages: &Pages, signed: &Signed) -> Result<Self, Refused> {
        let t = signed.shell.t;
        let kept = kept::all(pages, t, signed.caller).await?;
        Ok(Self { t, shell: signed.shell.clone(), digest: kept::digest(&kept), kept, base: "/start" })
    }
}

async fn sources_page(
    pages: &Pages,
    signed: Signed,
    fields: Fields,
    wrong: Wrong,
) -> Result<Sources, Refused> {
    let kept = Kepts::of(pages, &signed).await?;
    Ok(Sources { t: signed.shell.t, shell: signed.shell, fields, wrong, suggestions: SUGGESTIONS, kept })
}

async fn show(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    Ok(page(&sources_page(&pages, signed, Fields::default(), Wrong::default()).await?))
}

async fn renewed(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    part(&Kepts::of(&pages, &signed).await?)
}

async fn stream(State(pages): State<Pages>, signed: Signed, headers: HeaderMap, uri: Uri) -> Response {
    let looked = pages.clone();
    live::stream(&pages, live::seen(&headers, &uri), move || {
        let (pages, signed) = (looked.clone(), signed.clone());
        async move { Kepts::of(&pages, &signed).await.ok().map(|kept| kept.digest) }
    })
}

async fn add(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    match kept::add(&pages, signed.caller, &fields).await {
        Ok((_, 0)) => Ok(led("/start", "source-added")),
        Ok(_) => Ok(led("/start", "sources-partly")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &sources_page(&pages, signed, fields, wrong).await?))
        }
    }
}

async fn drop_source(
    State(pages): State<Pages>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let id = fields.get("id").parse().map_err(|_| Refused::Missing("source"))?;
    sources::drop_one(&pages.api, signed.caller, id).await?;
    Ok(led("/start", "source-dropped"))
}

async fn ask_when(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let choices = Choices::new(&pages, &signed).await?;
    if choices.sources.is_empty() {
        return Ok(led("/start", ""));
    }
    Ok(page(&When { t: signed.shell.t, shell: signed.shell, choices }))
}

/// Makes the feed, of everything that is at hand, and its first program at once.
async fn begin(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let begun = async {
        let mut new = wish::new_feed(&fields)?;
        if new.sources.is_empty() {
            let kept = crate::api::export::all_sources(&pages.api, signed.caller).await?;
            new.sources = kept.iter().map(|source| source.id.to_string()).collect();
        }
        feeds::wish::create(&pages.api, signed.caller, new).await
    };
    match begun.await {
        Ok(feed) => {
            // The feed is there; that no program comes of it at once must not look as if it were not.
            match programs::make(&pages.api, signed.caller, feed.id, Some(format!("first-{}", feed.id))).await
            {
                Ok(_) => Ok(led("/", "making")),
                Err(_) => Ok(led("/", "feed-made")),
            }
        }
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            let choices = Choices::typed(&pages, &signed, fields, wrong).await?;
            let status =
                if status == StatusCode::FORBIDDEN { StatusCode::UNPROCESSABLE_ENTITY } else { status };
            Ok(page_with(status, &When { t: signed.shell.t, shell: signed.shell, choices }))
        }
    }
}
