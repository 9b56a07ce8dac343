//! The demo's page: two programs in the making, then their players.

use crate::audio::Audio;
use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use domain::{Language, Manifest, Program, SegmentKind};
use media::Media;
use serde::Deserialize;
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};
use tokio::sync::watch;

mod text;
use text::Texts;

/// One program of the demo, in the making or done.
#[derive(Clone, Debug)]
pub struct Slot {
    pub language: Language,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub enum Stage {
    Waiting,
    /// `done` of `of` parts are voiced.
    Working {
        done: usize,
        of: usize,
    },
    Ready(Arc<Published>),
    Failed(String),
}

/// A program as the page shows and serves it.
#[derive(Debug)]
pub struct Published {
    pub program: Program,
    pub manifest: Manifest,
    /// Quoted entity tag of the audio's bytes.
    pub etag: HeaderValue,
    /// JSON chapters, as a podcast app reads them.
    pub chapters: String,
    /// WebVTT.
    pub transcript: String,
}

#[derive(Clone, Debug)]
struct Shown {
    slots: watch::Receiver<Vec<Slot>>,
    media: Media,
}

/// The page and all it needs; `slots` may change while it is looked at.
pub fn router(slots: watch::Receiver<Vec<Slot>>, media: Media) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/programs/{language}", get(card))
        .route("/programs/{language}/program.mp3", get(audio))
        .route("/programs/{language}/chapters.json", get(chapters))
        .route("/programs/{language}/transcript.vtt", get(transcript))
        .route("/assets/demo.css", get(|| asset("text/css", include_str!("../assets/demo.css"))))
        .route("/assets/demo.js", get(|| asset("text/javascript", include_str!("../assets/demo.js"))))
        .route("/assets/icon.svg", get(|| asset("image/svg+xml", include_str!("../assets/icon.svg"))))
        .with_state(Shown { slots, media })
        .layer(axum::middleware::map_response(guarded))
}

/// Nothing comes from elsewhere and nothing is guessed, on every answer.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[derive(Deserialize)]
struct Wish {
    lang: Option<String>,
}

impl Wish {
    /// The page's language: as asked, else as the browser prefers.
    fn language(&self, headers: &HeaderMap) -> Language {
        let asked = self.lang.as_deref().and_then(|tag| tag.parse().ok());
        asked.unwrap_or_else(|| {
            let prefers = headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            if prefers.trim_start().starts_with("ja") { Language::Ja } else { Language::En }
        })
    }
}

#[derive(Template)]
#[template(path = "demo.html")]
struct Page {
    language: Language,
    texts: &'static Texts,
    cards: Vec<Card>,
    all_done: bool,
}

#[derive(Template)]
#[template(path = "card.html")]
struct Card {
    texts: &'static Texts,
    page: Language,
    language: Language,
    stage: Stage,
}

impl Card {
    fn of(slot: Slot, page: Language) -> Self {
        Self { texts: Texts::of(page), page, language: slot.language, stage: slot.stage }
    }

    fn state(&self) -> &'static str {
        match self.stage {
            Stage::Waiting => "waiting",
            Stage::Working { .. } => "working",
            Stage::Ready(_) => "ready",
            Stage::Failed(_) => "failed",
        }
    }
}

/// One article's line in a card.
struct Chapter<'a> {
    start_s: String,
    clock: String,
    title: &'a str,
}

impl Published {
    /// The tag is taken from the header and the names of the parts: together they are the bytes.
    pub fn new(program: Program, manifest: Manifest, chapters: String, transcript: String) -> Self {
        let parts = manifest.parts.iter().map(|part| part.media_key.as_bytes());
        let mut hasher = DefaultHasher::new();
        std::iter::once(manifest.header.as_slice()).chain(parts).for_each(|bytes| bytes.hash(&mut hasher));
        let tag = format!("\"{:016x}\"", hasher.finish());
        let etag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Self { program, manifest, etag, chapters, transcript }
    }

    fn articles(&self) -> Vec<Chapter<'_>> {
        let articles = self.program.segments.iter().filter(|segment| segment.kind == SegmentKind::Article);
        articles
            .map(|segment| Chapter {
                start_s: format!("{}.{:03}", segment.start_ms / 1_000, segment.start_ms % 1_000),
                clock: clock(segment.start_ms),
                title: &segment.title,
            })
            .collect()
    }

    fn length(&self) -> String {
        clock(self.program.duration_ms)
    }
}

/// Minutes and seconds, as players show them.
fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

async fn page(State(shown): State<Shown>, Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let language = wish.language(&headers);
    let slots = shown.slots.borrow().clone();
    let all_done = slots.iter().all(|slot| matches!(slot.stage, Stage::Ready(_) | Stage::Failed(_)));
    let cards = slots.into_iter().map(|slot| Card::of(slot, language)).collect();
    render(&Page { language, texts: Texts::of(language), cards, all_done })
}

async fn card(
    State(shown): State<Shown>,
    Path(language): Path<String>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Response {
    match shown.slot(&language) {
        Some(slot) => render(&Card::of(slot, wish.language(&headers))),
        None => not_found(),
    }
}

async fn audio(
    State(shown): State<Shown>,
    Path(language): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Some(published) = shown.published(&language) else { return not_found() };
    let Published { manifest, etag, .. } = &*published;
    Audio { media: &shown.media, manifest, etag, published_at: None }.answer(&method, &headers)
}

async fn chapters(State(shown): State<Shown>, Path(language): Path<String>) -> Response {
    match shown.published(&language) {
        Some(published) => typed("application/json+chapters", published.chapters.clone()),
        None => not_found(),
    }
}

async fn transcript(State(shown): State<Shown>, Path(language): Path<String>) -> Response {
    match shown.published(&language) {
        Some(published) => typed("text/vtt; charset=utf-8", published.transcript.clone()),
        None => not_found(),
    }
}

impl Shown {
    fn slot(&self, language: &str) -> Option<Slot> {
        self.slots.borrow().iter().find(|slot| slot.language.tag() == language).cloned()
    }

    fn published(&self, language: &str) -> Option<Arc<Published>> {
        match self.slot(language)?.stage {
            Stage::Ready(published) => Some(published),
            Stage::Waiting | Stage::Working { .. } | Stage::Failed(_) => None,
        }
    }
}

fn render(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn typed(content_type: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "private, max-age=86400")], body)
        .into_response()
}

async fn asset(content_type: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "max-age=300")], body).into_response()
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
