//! Reading the headers that say when to come again.
//!
//! Dates are compared with the answer's own `Date`, so neither side's clock matters; an answer
//! without one has no usable dates.

use crate::{request::Validators, response::Rate};
use reqwest::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, LAST_MODIFIED, RETRY_AFTER,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) fn validators(headers: &HeaderMap) -> Validators {
    Validators { etag: verbatim(headers, ETAG), last_modified: verbatim(headers, LAST_MODIFIED) }
}

pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    verbatim(headers, CONTENT_TYPE)
}

pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    seconds(value).or_else(|| until(headers, value))
}

/// RFC 9111 §4.2.1, for a private cache.
pub(crate) fn fresh_for(headers: &HeaderMap) -> Option<Duration> {
    let directives = || {
        headers
            .get_all(CACHE_CONTROL)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
    };
    let is = |name: &'static str| move |directive: &str| directive.eq_ignore_ascii_case(name);
    if directives().any(is("no-cache")) || directives().any(is("no-store")) {
        return None;
    }
    let max_age = directives().find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then(|| seconds(value.trim().trim_matches('"')))?
    });
    let age = text(headers, AGE).and_then(seconds).unwrap_or_default();
    let fresh = max_age.or_else(|| until(headers, text(headers, EXPIRES)?))?.saturating_sub(age);
    (!fresh.is_zero()).then_some(fresh)
}

/// `Rate-Remaining` and `Rate-Reset` (an instant in seconds since the epoch), with their `X-` forms.
pub(crate) fn rate(headers: &HeaderMap) -> Option<Rate> {
    let number = |names: [&str; 2]| {
        names.into_iter().find_map(|name| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok())
    };
    let remaining = number(["rate-remaining", "x-ratelimit-remaining"])?;
    let reset_after = number(["rate-reset", "x-ratelimit-reset"]).and_then(|reset| {
        let reset = UNIX_EPOCH.checked_add(Duration::from_secs(reset))?;
        Some(reset.duration_since(date(headers)?).unwrap_or_default())
    });
    Some(Rate { remaining, reset_after })
}

fn verbatim(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    String::from_utf8(headers.get(name)?.as_bytes().to_vec()).ok()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn seconds(value: &str) -> Option<Duration> {
    // Servers send absurd numbers for "never": a century is enough.
    const MOST: u64 = 100 * 366 * 86_400;
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(value.parse().unwrap_or(MOST).min(MOST)))
}

fn until(headers: &HeaderMap, value: &str) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(date(headers)?).unwrap_or_default())
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(text(headers, DATE)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    const NOW: (&str, &str) = ("date", "Mon, 23 Nov 2026 00:00:00 GMT");
    const SOON: &str = "Mon, 23 Nov 2026 00:02:00 GMT";
    const PAST: &str = "Sun, 22 Nov 2026 00:00:00 GMT";

    fn in_seconds(seconds: u64) -> Option<Duration> {
        Some(Duration::from_secs(seconds))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after(&headers(&[("retry-after", "120")])), in_seconds(120));
        assert_eq!(retry_after(&headers(&[("retry-after", "0")])), in_seconds(0));
        assert_eq!(retry_after(&headers(&[NOW, ("retry-after", SOON)])), in_seconds(120));
        assert_eq!(retry_after(&headers(&[NOW, ("retry-after", PAST)])), in_seconds(0));
        assert_eq!(retry_after(&headers(&[NOW, ("retry-after", "soon")])), None);
        assert_eq!(retry_after(&headers(&[("retry-after", SOON)])), None);
        let forever = retry_after(&headers(&[("retry-after", "99999999999999999999999")]));
        assert!(forever.is_some_and(|wait| wait > Duration::from_secs(86_400)));
    }

    #[test]
    fn freshness_is_max_age_before_expires_less_the_age() {
        let fresh = |list: &[(&'static str, &'static str)]| fresh_for(&headers(list));
        assert_eq!(fresh(&[("cache-control", "public, Max-Age=300")]), in_seconds(300));
        assert_eq!(fresh(&[("cache-control", "max-age=\"300\""), ("age", "100")]), in_seconds(200));
        assert_eq!(fresh(&[NOW, ("cache-control", "max-age=60"), ("expires", SOON)]), in_seconds(60));
        assert_eq!(fresh(&[NOW, ("expires", SOON)]), in_seconds(120));
        assert_eq!(fresh(&[NOW, ("expires", PAST)]), None);
        assert_eq!(fresh(&[NOW, ("expires", "0")]), None);
        assert_eq!(fresh(&[("cache-control", "no-cache, max-age=60")]), None);
        assert_eq!(fresh(&[("cache-control", "s-maxage=60")]), None);
        assert_eq!(fresh(&[]), None);
    }

    #[test]
    fn rate_headers_are_read() {
        let limited = headers(&[NOW, ("rate-remaining", "0"), ("rate-reset", "1795392060")]);
        assert_eq!(rate(&limited), Some(Rate { remaining: 0, reset_after: in_seconds(60) }));
        assert_eq!(
            rate(&headers(&[("rate-remaining", "7")])),
            Some(Rate { remaining: 7, reset_after: None })
        );
        assert_eq!(rate(&headers(&[])), None);
    }
}
