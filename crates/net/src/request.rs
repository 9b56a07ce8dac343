//! What is asked for, and within which limits.

use bytes::Bytes;
use std::{fmt, time::Duration};
use url::Url;

/// One GET.
#[derive(Clone, Debug)]
pub struct Request {
    pub url: Url,
    pub accept: &'static str,
    pub validators: Validators,
    /// Sent to the origin of `url` only, never across a redirect to another.
    pub token: Option<Token>,
    /// Bytes of the body after decompression.
    pub max_bytes: usize,
    /// For the whole exchange: names, connections, redirects and the last byte of the body.
    pub timeout: Duration,
    pub max_redirects: u8,
}

impl Request {
    /// With the limits every listener's address gets: 15 MiB, 20 s, 5 redirects.
    pub fn to(url: Url) -> Self {
        Self {
            url,
            accept: "*/*",
            validators: Validators::default(),
            token: None,
            max_bytes: 15 << 20,
            timeout: Duration::from_secs(20),
            max_redirects: 5,
        }
    }
}

/// One POST. Its redirects are not followed: a 3xx is the answer.
#[derive(Clone, Debug)]
pub struct Post {
    pub url: Url,
    pub content_type: &'static str,
    pub accept: &'static str,
    /// Beside these; their names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// [`Post::MOST_BYTES`] at most.
    pub body: Bytes,
    /// Bytes of the answer's body after decompression.
    pub max_bytes: usize,
    /// For the whole exchange.
    pub timeout: Duration,
}

impl Post {
    pub const MOST_BYTES: usize = 1 << 20;

    /// JSON for JSON: at most 1 MiB back, within 20 s.
    pub fn json(url: Url, body: impl Into<Bytes>) -> Self {
        Self {
            url,
            content_type: "application/json",
            accept: "application/json",
            headers: Vec::new(),
            body: body.into(),
            max_bytes: 1 << 20,
            timeout: Duration::from_secs(20),
        }
    }
}

/// What a server said of its last 200, kept letter by letter and sent back so (RFC 9110 §8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// A bearer token; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
