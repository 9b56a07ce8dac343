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

/// A problem with one field of what was sent.
#[derive(Clone, Debug)]
pub struct FieldProblem {
    pub problem: Problem,
    /// Its path, `schedule.ready_by`.
    pub field: String,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl Problem {
    /// What its type is called everywhere.
    pub fn kind(&self) -> String {
        format!("urn:mimiyori:problem:{}", self.name)
    }

    fn answer(&self, field: Option<&str>) -> Response {
        let Self { status, title, detail, .. } = self;
        let document = Document { r#type: self.kind(), title, status: status.as_u16(), detail, field };
        let headers =
            [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        (*status, headers, serde_json::json!(document).to_string()).into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.answer(None)
    }
}

impl IntoResponse for FieldProblem {
    fn into_response(self) -> Response {
        self.problem.answer(Some(&self.field))
    }
}
