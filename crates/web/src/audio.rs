//! A program's audio over HTTP.

use crate::file::{Content, File};
use axum::{
    http::{HeaderMap, HeaderValue, Method},
    response::Response,
};
use domain::Manifest;
use media::Media;
use store::Micros;

/// A published file and the tag its bytes go by. Published bytes never change, so neither does the tag.
#[derive(Clone, Debug)]
pub struct Audio<'a> {
    pub media: &'a Media,
    pub manifest: &'a Manifest,
    /// Quoted, as it stands in the header.
    pub etag: &'a HeaderValue,
    pub published_at: Option<Micros>,
}

impl Audio<'_> {
    /// Answers GET and HEAD.
    pub fn answer(&self, method: &Method, wishes: &HeaderMap) -> Response {
        let Self { media, manifest, etag, published_at } = *self;
        let file = File {
            content: Content::Program { media, manifest },
            content_type: "audio/mpeg",
            etag,
            modified: published_at,
            cache_control: "private, max-age=86400",
        };
        file.answer(method, wishes)
    }
}
