//! What is sent, read into types. What cannot be read is 400, what is not wanted 422 with the field that is wrong.

use super::refused::Refused;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use std::str::FromStr;

/// Of a request.
pub const MOST_BYTES: usize = 256 << 10;

/// JSON of one shape.
#[derive(Debug)]
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        if !is_json(request.headers()) {
            return Err(Refused::MediaType);
        }
        read(&whole(request, state).await?).map(Self)
    }
}

/// JSON of one shape, or nothing, which is its default.
#[derive(Debug)]
pub struct MaySend<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaySend<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let is_json = is_json(request.headers());
        let bytes = whole(request, state).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => read(&bytes).map(Self),
            (false, false) => Err(Refused::MediaType),
        }
    }
}

/// Text, as it is.
#[derive(Debug)]
pub struct SentText(pub String);

impl<S: Send + Sync> FromRequest<S> for SentText {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let bytes = whole(request, state).await?;
        text(&bytes).map(|text| Self(text.to_owned()))
    }
}

/// What stands behind the question mark.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let found = Query::try_from_uri(&parts.uri);
        found.map(|Query(asked)| Self(asked)).map_err(|cause| {
            let cause =
                std::error::Error::source(&cause).map_or_else(|| cause.to_string(), ToString::to_string);
            let (field, detail) = cause.split_once(": ").unwrap_or(("", &cause));
            let is_field = field.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if is_field { Refused::field(field, detail) } else { Refused::field("", &cause) }
        })
    }
}

/// The id in the path. What is no id names nothing.
#[derive(Debug)]
pub struct Named<T>(pub T);

impl<S: Send + Sync, T: FromStr + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        let named = path.ok().and_then(|Path(text)| text.parse().ok());
        named.map(Self).ok_or(Refused::Missing("id"))
    }
}

pub async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refused> {
    Bytes::from_request(request, state).await.map_err(|cause| match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::TooLarge { most_bytes: MOST_BYTES },
        _ => Refused::Unreadable("the body broke off; send it again".into()),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn text(bytes: &[u8]) -> Result<&str, Refused> {
    std::str::from_utf8(bytes)
        .map_err(|cause| Refused::Unreadable(format!("byte {} is no UTF-8", cause.valid_up_to())))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    let text = text(bytes)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.into_inner());
        match cause.classify() {
            serde_json::error::Category::Data => {
                let cause = cause.to_string();
                let detail = cause.split(" at line ").next().unwrap_or_default();
                Refused::field(if path == "." { "" } else { &path }, detail)
            }
            _ => Refused::Unreadable(format!("this is no JSON: {cause}")),
        }
    })?;
    json.end()
        .map_err(|cause| Refused::Unreadable(format!("this is more than one JSON document: {cause}")))?;
    Ok(value)
}

/// Tells a field that is `null` from one that is not there.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// A text for people: of so many characters, without any that control a terminal.
pub fn words(field: &'static str, text: &str, most: usize) -> Result<String, Refused> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Refused::field(field, "it has control characters; leave them out"));
    }
    let chars = text.chars().count();
    if chars > most {
        return Err(Refused::field(field, format_args!("it has {chars} characters; at most {most}")));
    }
    Ok(text.to_owned())
}

/// The same, of at least one character.
pub fn some_words(field: &'static str, text: &str, most: usize) -> Result<String, Refused> {
    match words(field, text, most)? {
        text if text.is_empty() => Err(Refused::field(field, "it is empty")),
        text => Ok(text),
    }
}
