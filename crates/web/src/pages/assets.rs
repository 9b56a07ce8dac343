//! What pages load besides themselves: style, scripts, pictures and sound, all from inside the binary. They lie under
//! a folder named by the hash of all of them, so that modules find each other by relative names and a browser keeps
//! each for as long as it likes.

use super::gzip;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rust_embed::RustEmbed;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

#[derive(RustEmbed)]
#[folder = "assets/site"]
struct Folder;

/// Pattern of their route.
pub const ROUTE: &str = "/assets/{hash}/{*name}";

/// One file, as it is sent.
#[derive(Debug)]
struct Asset {
    kind: &'static str,
    plain: Bytes,
    /// Where it is worth it.
    gzip: Option<Bytes>,
}

#[derive(Debug)]
struct Shelf {
    base: String,
    files: BTreeMap<String, Asset>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let names: BTreeSet<String> = Folder::iter().map(|name| name.to_string()).collect();
    let mut hasher = blake3::Hasher::new();
    let mut files = BTreeMap::new();
    for name in names {
        let Some(file) = Folder::get(&name) else { continue };
        hasher.update(name.as_bytes()).update(b"\n").update(&file.data);
        let (kind, packs) = kind(&name);
        let plain = Bytes::from(file.data.into_owned());
        let gzip = packs.then(|| gzip::pack(&plain));
        files.insert(name, Asset { kind, plain, gzip });
    }
    Shelf { base: format!("/assets/{}", &hasher.finalize().to_hex()[..16]), files }
});

/// Where they lie, without a slash at the end.
pub fn base() -> &'static str {
    &SHELF.base
}

/// Names of all, for the worker that keeps the shell.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHELF.files.keys().map(String::as_str)
}

pub async fn read(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let file = SHELF.files.get(&name).filter(|_| SHELF.base.ends_with(&format!("/{hash}")));
    match file {
        Some(file) => file.answer(&headers, "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Asset {
    fn answer(&self, wishes: &HeaderMap, cache: &'static str) -> Response {
        let packed = self.gzip.as_ref().filter(|_| gzip::is_welcome(wishes));
        let body = packed.unwrap_or(&self.plain).clone();
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if packed.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// What a file is, and whether packing makes it smaller.
fn kind(name: &str) -> (&'static str, bool) {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => ("text/css; charset=utf-8", true),
        "js" => ("text/javascript; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "webmanifest" => ("application/manifest+json", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "png" => ("image/png", false),
        "mp3" => ("audio/mpeg", false),
        _ => ("application/octet-stream", false),
    }
}
