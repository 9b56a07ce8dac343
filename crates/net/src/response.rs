//! What came back.

use crate::request::Validators;
use bytes::Bytes;
use std::time::Duration;
use url::Url;

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    /// Where the answer came from, after all redirects.
    pub final_url: Url,
    /// Where the resource has moved for good: as far as every redirect said so (301, 308).
    pub moved_to: Option<Url>,
    pub content_type: Option<String>,
    /// To be stored on every 200, even where the body has not changed.
    pub validators: Validators,
    /// `Retry-After`, seconds or date (a date counts from the answer's own `Date`).
    pub retry_after: Option<Duration>,
    /// What is left of `max-age`, or `Expires` − `Date`.
    pub fresh_for: Option<Duration>,
    pub rate: Option<Rate>,
    /// Decompressed. Empty for a 304.
    pub body: Bytes,
}

/// How many more requests a server will take, and when the count starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub remaining: u64,
    pub reset_after: Option<Duration>,
}
