//! What is sent to be done, as JSON or as a form, and how the answer goes back: as JSON, or as the next place of a
//! browser that has posted by itself.

use crate::api::{body, refused::Refused};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use net::Url;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What was sent, and how.
#[derive(Debug)]
pub struct Sent<T> {
    pub value: T,
    pub way: Way,
}

/// How the answer goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    Json,
    /// A browser goes on to `next`; where it was refused, back to `back`, with the problem's name.
    Form {
        next: String,
        back: Option<String>,
    },
}

/// What was done.
#[derive(Debug)]
pub struct Done {
    pub status: StatusCode,
    pub body: Value,
    pub cookie: Option<HeaderValue>,
}

const FORM: &str = "application/x-www-form-urlencoded";

impl Done {
    pub const fn nothing_to_say() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Value::Null, cookie: None }
    }

    pub const fn said(body: Value) -> Self {
        Self { status: StatusCode::OK, body, cookie: None }
    }

    pub fn keeping(self, cookie: HeaderValue) -> Self {
        Self { cookie: Some(cookie), ..self }
    }
}

impl Way {
    pub fn answer(self, outcome: Result<Done, Refused>) -> Response {
        match (self, outcome) {
            (Self::Json, Ok(Done { status, body, cookie })) => {
                let response = match body {
                    Value::Null => status.into_response(),
                    body => (status, axum::Json(body)).into_response(),
                };
                keeping(response, cookie)
            }
            (Self::Form { next, .. }, Ok(done)) => keeping(Redirect::to(&next).into_response(), done.cookie),
            (Self::Form { back: Some(back), .. }, Err(refused)) => {
                let join = if back.contains('?') { '&' } else { '?' };
                Redirect::to(&format!("{back}{join}problem={}", refused.name())).into_response()
            }
            (Self::Json | Self::Form { back: None, .. }, Err(refused)) => refused.into_response(),
        }
    }
}

fn keeping(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        if is_form(request.headers()) {
            let bytes = body::whole(request, state).await?;
            return form(&bytes);
        }
        let body::MaySend(value) = body::MaySend::<Value>::from_request(request, state).await?;
        let value = if value.is_null() { Value::Object(Map::new()) } else { value };
        Ok(Self { value: read(value)?, way: Way::Json })
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(FORM))
}

fn form<T: DeserializeOwned>(bytes: &Bytes) -> Result<Sent<T>, Refused> {
    let (mut fields, mut next, mut back) = (Map::new(), None, None);
    for (name, value) in url::form_urlencoded::parse(bytes) {
        match &*name {
            "next" => next = Some(value),
            "back" => back = Some(value),
            _ => drop(fields.insert(name.into_owned(), Value::String(value.into_owned()))),
        }
    }
    let next = next.and_then(|path| own(&path)).unwrap_or_else(|| "/".to_owned());
    let way = Way::Form { next, back: back.and_then(|path| own(&path)) };
    Ok(Sent { value: read(Value::Object(fields))?, way })
}

/// What JSON names of a field is what a form names.
fn read<T: DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.into_inner());
        Refused::field(if path == "." { "" } else { &path }, cause)
    })
}

/// A path of ours, as a browser will understand it: nobody is sent to another site.
pub(crate) fn own(path: &str) -> Option<String> {
    let here: Url = "http://here.invalid/".parse().ok()?;
    let is_plain = path.starts_with('/') && !path.chars().any(|c| c.is_control() || c == '\\');
    let url = here.join(path).ok().filter(|url| is_plain && url.origin() == here.origin())?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // What begins with two slashes names a host.
    Some(format!("{}{query}", url.path())).filter(|path| !path.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (path, led) in [
            ("/feeds?x=1#y", Some("/feeds?x=1")),
            ("/", Some("/")),
            ("//evil.example/", None),
            ("/\\evil.example", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            ("https://evil.example/", None),
            ("javascript:alert(1)", None),
            ("feeds", None),
            ("/a/..//evil.example", None),
            ("/耳", Some("/%E8%80%B3")),
            ("", None),
        ] {
            let found = own(path);
            assert_eq!(found.as_deref(), led, "{path:?}");
            assert!(!found.is_some_and(|path| path.starts_with("//")));
        }
    }
}
