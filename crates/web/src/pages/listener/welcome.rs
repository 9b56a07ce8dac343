//! What a stranger sees first: what this is, in one sentence, and ten seconds of it.

use crate::pages::{Routes, Shell, Visitor, Words, page};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "listener/welcome.html")]
struct Page {
    t: Words,
    shell: Shell,
}

pub fn routes() -> Routes {
    Routes::default().get("/welcome", |visitor: Visitor| async move { show(&visitor) })
}

pub fn show(visitor: &Visitor) -> Response {
    page(&Page { t: visitor.words, shell: visitor.shell() })
}
