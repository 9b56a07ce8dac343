//! The frame of every page, and how a page goes out.

use super::{
    Words, assets,
    visitor::{Look, Visitor},
};
use crate::api::refused::Refused;
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::Language;
use store::listeners::Role;

/// What the frame shows around a page.
#[derive(Clone, Debug)]
pub struct Shell {
    pub t: Words,
    pub look: Look,
    /// Who is signed in.
    pub who: Option<Who>,
    pub path: String,
    /// What was just done, in a sentence; empty: nothing.
    pub done: String,
}

#[derive(Clone, Debug)]
pub struct Who {
    /// Or an observer: may see how the service runs.
    pub is_operator: bool,
    /// By a cookie, which can be given back.
    pub has_session: bool,
}

impl Shell {
    pub fn of(visitor: &Visitor) -> Self {
        let t = visitor.words;
        let done = visitor.done.as_deref().filter(|name| is_plain(name));
        Self {
            t,
            look: visitor.look,
            who: visitor.signed.as_ref().map(|(caller, listener)| Who {
                is_operator: listener.role != Role::Listener,
                has_session: caller.session().is_some(),
            }),
            path: visitor.path.clone(),
            done: done.and_then(|name| t.known(&format!("done-{name}"))).unwrap_or_default(),
        }
    }

    pub fn asset(&self, name: &str) -> String {
        format!("{}/{name}", assets::base())
    }

    /// One of the pictures of the sprite.
    pub fn icon(&self, name: &str) -> String {
        format!("{}/icons.svg#{name}", assets::base())
    }

    /// `page` where a link leads to the page that is shown, or to what it lies under.
    pub fn at(&self, path: &str) -> &'static str {
        let is_here = match path {
            "/" => self.path == "/",
            _ => self.path == path || self.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')),
        };
        if is_here { "page" } else { "false" }
    }

    pub fn may_leave(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.has_session)
    }

    pub const fn other_language(&self) -> Language {
        match self.t.0 {
            Language::Ja => Language::En,
            Language::En => Language::Ja,
        }
    }
}

/// Names of messages that may come from outside.
fn is_plain(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// A page that is well.
pub fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

pub fn page_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let cache = (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            (status, [cache], Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A piece of a page, for a browser that has the rest.
pub fn part(template: &impl Template) -> Result<Response, Refused> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(%error, "a part of a page cannot be rendered");
            Err(Refused::Fault)
        }
    }
}

/// On to another page, which may say what was done.
pub fn led(path: &str, done: &str) -> Response {
    if done.is_empty() {
        return Redirect::to(path).into_response();
    }
    let (path, anchor) =
        path.split_once('#').map_or((path, String::new()), |(path, at)| (path, format!("#{at}")));
    let join = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{join}done={done}{anchor}")).into_response()
}
