//! Errors over HTTP: `application/problem+json` (RFC 9457), of a type that stays.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// What went wrong. Programs tell problems apart by their name, people read title and detail.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: StatusCode,
    /// The last part of the type's name, `not-ready`.
    pub name: &'static str,
    pub title: &'static str,
    /// One line about this case. It says nothing that only the operator may know.
    pub detail: String,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, name, title, detail } = self;
        let r#type = format!("urn:mimiyori:problem:{name}");
        let document = Document { r#type, title, status: status.as_u16(), detail: &detail };
        let headers =
            [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        (status, headers, serde_json::json!(document).to_string()).into_response()
    }
}
