//! A screen that stays true while it is looked at: the page, the part of it that changes, and the stream that says when
//! it has. Forms do not stand on it, for what is being typed would go; they are on the page of the one thing.

use super::{Desk, Tab};
use crate::{
    api::refused::Refused,
    pages::{Fields, Pages, Routes, Shell, Words, live, page},
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::{Html, IntoResponse, Response},
};

pub trait Board: 'static {
    const TAB: Tab;
    const PATHS: Paths;

    /// What changes.
    fn body(
        pages: &Pages,
        desk: &Desk,
        asked: &Fields,
    ) -> impl Future<Output = Result<String, Refused>> + Send;

    /// What stands above it and stays, such as a form that chooses.
    fn head(_desk: &Desk, _asked: &Fields) -> Result<String, Refused> {
        Ok(String::new())
    }
}

/// Where a board lies.
#[derive(Clone, Copy, Debug)]
pub struct Paths {
    pub page: &'static str,
    pub part: &'static str,
    pub stream: &'static str,
}

#[derive(Template)]
#[template(path = "operate/board.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    head: String,
    live: String,
}

#[derive(Template)]
#[template(path = "operate/live.html")]
struct Live {
    part: String,
    stream: String,
    digest: String,
    body: String,
}

pub fn board<B: Board>() -> Routes {
    Routes::default()
        .get(B::PATHS.page, show::<B>)
        .get(B::PATHS.part, part::<B>)
        .get(B::PATHS.stream, stream::<B>)
}

pub fn asked(uri: &Uri) -> Fields {
    Fields::read(uri.query().unwrap_or_default().as_bytes())
}

pub fn rendered(template: &impl Template) -> Result<String, Refused> {
    template.render().map_err(|error| {
        tracing::error!(%error, "a part of a page cannot be rendered");
        Refused::Fault
    })
}

async fn drawn<B: Board>(pages: &Pages, desk: &Desk, uri: &Uri) -> Result<String, Refused> {
    let body = B::body(pages, desk, &asked(uri)).await?;
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    rendered(&Live {
        part: format!("{}{query}", B::PATHS.part),
        stream: format!("{}{query}", B::PATHS.stream),
        digest: live::digest([&body]),
        body,
    })
}

async fn show<B: Board>(State(pages): State<Pages>, desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let live = drawn::<B>(&pages, &desk, &uri).await?;
    let head = B::head(&desk, &asked(&uri))?;
    Ok(page(&Page { t: desk.t, shell: desk.shell, tab: B::TAB, head, live }))
}

async fn part<B: Board>(State(pages): State<Pages>, desk: Desk, uri: Uri) -> Result<Response, Refused> {
    Ok(Html(drawn::<B>(&pages, &desk, &uri).await?).into_response())
}

async fn stream<B: Board>(State(pages): State<Pages>, desk: Desk, headers: HeaderMap, uri: Uri) -> Response {
    let (looked, asked) = (pages.clone(), asked(&uri));
    live::stream(&pages, live::seen(&headers, &uri), move || {
        let (pages, asked) = (looked.clone(), asked.clone());
        let desk = Desk { now: pages.now(), ..desk.clone() };
        async move { B::body(&pages, &desk, &asked).await.ok().map(|body| live::digest([&body])) }
    })
}
