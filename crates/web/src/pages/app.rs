//! The site as an app: its manifest, the worker that keeps the frame and chosen programs, and what is shown without a
//! network.

use super::{Routes, Shell, Visitor, Words, assets, page};
use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Template)]
#[template(path = "pages/offline.html")]
struct Offline {
    t: Words,
    shell: Shell,
}

/// What the worker does; where the assets lie is written into it.
const WORKER: &str = include_str!("../../assets/worker.js");
/// What the frame needs.
const SHELL: [&str; 4] = ["site.css", "icons.svg", "icon.svg", "vendor/htmx.min.js"];

pub fn routes() -> Routes {
    Routes::default().get("/manifest.webmanifest", manifest).get("/sw.js", worker).get("/offline", offline)
}

async fn manifest(visitor: Visitor) -> Response {
    let (t, base) = (visitor.words, assets::base());
    let icon = |file: &str, size: &str, purpose: &str| {
        let kind = if file.ends_with("svg") { "image/svg+xml" } else { "image/png" };
        json!({ "src": format!("{base}/{file}"), "sizes": size, "type": kind, "purpose": purpose })
    };
    let body = json!({
        "id": "/",
        "name": t.say("brand"),
        "short_name": t.say("brand"),
        "description": t.say("welcome-lead"),
        "lang": t.tag(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf7f1",
        "theme_color": "#b03a1e",
        "icons": [
            icon("icon.svg", "any", "any"),
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-mask.png", "512x512", "maskable"),
        ],
        "shortcuts": [
            { "name": t.say("nav-programs"), "url": "/programs" },
            { "name": t.say("nav-feeds"), "url": "/feeds" },
        ],
    });
    typed("application/manifest+json", body.to_string())
}

async fn worker() -> Response {
    let modules = assets::names().filter(|name| name.starts_with("js/"));
    let files: Vec<String> =
        SHELL.into_iter().chain(modules).map(|name| format!("{}/{name}", assets::base())).collect();
    let body =
        WORKER.replace("\"{{ files }}\"", &json!(files).to_string()).replace("{{ base }}", assets::base());
    typed("text/javascript; charset=utf-8", body)
}

/// Asked for each time, so that a new release is found.
fn typed(kind: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, body).into_response()
}

async fn offline(visitor: Visitor) -> Response {
    page(&Offline { t: visitor.words, shell: visitor.shell() })
}
