//! A file over HTTP: exact length, entity tag, date and byte ranges (RFC 9110 §8, §13–§15), whether it lies in
//! memory or is a program that is streamed from its manifest's parts.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::Manifest;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use media::{Media, MediaError, RangeError, Ranges};
use std::{
    ops::Range,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use store::Micros;

/// Parts the answers of a multiple range; any text that no MP3 frame begins a line with will do.
const BOUNDARY: &str = "mimiyori-byteranges";

/// Something that has one sequence of bytes as long as its tag is the same.
#[derive(Clone, Debug)]
pub struct File<'a> {
    pub content: Content<'a>,
    pub content_type: &'static str,
    /// Quoted, as it stands in the header.
    pub etag: &'a HeaderValue,
    pub modified: Option<Micros>,
    pub cache_control: &'static str,
}

#[derive(Clone, Debug)]
pub enum Content<'a> {
    Bytes(&'a Bytes),
    Program { media: &'a Media, manifest: &'a Manifest },
}

type Pieces = BoxStream<'static, Result<Bytes, MediaError>>;

impl Content<'_> {
    fn bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Program { manifest, .. } => manifest.bytes(),
        }
    }

    fn read(&self, range: Range<u64>) -> Pieces {
        match self {
            Self::Bytes(bytes) => {
                // A range lies within the bytes, and those lie in memory.
                let slice = bytes.slice(range.start as usize..range.end as usize);
                stream::iter([Ok(slice)]).boxed()
            }
            Self::Program { media, manifest } => media::read(media, manifest, range).boxed(),
        }
    }

    fn body(&self, range: Range<u64>) -> Body {
        match self {
            Self::Bytes(bytes) => Body::from(bytes.slice(range.start as usize..range.end as usize)),
            Self::Program { .. } => Body::from_stream(self.read(range)),
        }
    }
}

impl File<'_> {
    /// Answers GET and HEAD.
    pub fn answer(&self, method: &Method, wishes: &HeaderMap) -> Response {
        let bytes = self.content.bytes();
        if self.is_known(wishes) {
            return self.head(StatusCode::NOT_MODIFIED).body_of(Body::empty());
        }
        let ranges = match self.wanted(method, wishes, bytes) {
            Ok(ranges) => ranges,
            Err(RangeError { bytes }) => {
                return self
                    .head(StatusCode::RANGE_NOT_SATISFIABLE)
                    .with(header::CONTENT_RANGE, format!("bytes */{bytes}"))
                    .body_of(Body::empty());
            }
        };
        let kind = self.content_type;
        let head = match &ranges {
            Ranges::Whole => self.head(StatusCode::OK).sized(kind, bytes),
            Ranges::One(range) => self
                .head(StatusCode::PARTIAL_CONTENT)
                .sized(kind, range.end - range.start)
                .with(header::CONTENT_RANGE, content_range(range, bytes)),
            Ranges::Several(ranges) => {
                let parted = format!("multipart/byteranges; boundary={BOUNDARY}");
                self.head(StatusCode::PARTIAL_CONTENT).sized(&parted, self.multipart_bytes(ranges, bytes))
            }
        };
        if method == Method::HEAD {
            return head.body_of(Body::empty());
        }
        head.body_of(match ranges {
            Ranges::Whole => self.content.body(0..bytes),
            Ranges::One(range) => self.content.body(range),
            Ranges::Several(ranges) => Body::from_stream(self.multipart(&ranges, bytes)),
        })
    }

    /// Whether whoever asks has these bytes. A date counts only where no tag is named (RFC 9110 §13.1.3).
    pub(crate) fn is_known(&self, wishes: &HeaderMap) -> bool {
        if let Some(tags) = wishes.get(header::IF_NONE_MATCH) {
            return lists_tag(tags, self.etag);
        }
        let since = wishes.get(header::IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
        let since = since.and_then(|since| httpdate::parse_http_date(since).ok());
        since.zip(self.modified).is_some_and(|(since, modified)| in_seconds(modified) <= since)
    }

    /// Ranges count for GET only, and only while `If-Range` names the bytes we have.
    fn wanted(&self, method: &Method, wishes: &HeaderMap, bytes: u64) -> Result<Ranges, RangeError> {
        let is_ours = |named: &HeaderValue| {
            named == self.etag
                || self.modified.is_some_and(|modified| named.as_bytes() == date(modified).as_bytes())
        };
        if method != Method::GET || !wishes.get(header::IF_RANGE).is_none_or(is_ours) {
            return Ok(Ranges::Whole);
        }
        Ranges::parse(wishes.get(header::RANGE).and_then(|range| range.to_str().ok()), bytes)
    }

    fn multipart(&self, ranges: &[Range<u64>], bytes: u64) -> Pieces {
        let parts: Vec<_> = ranges
            .iter()
            .map(|range| {
                let head = stream::iter([Ok(Bytes::from(self.part_head(range, bytes)))]);
                head.chain(self.content.read(range.clone())).boxed()
            })
            .collect();
        let tail = stream::iter([Ok(Bytes::from(multipart_tail()))]);
        stream::iter(parts).flatten().chain(tail).boxed()
    }

    fn part_head(&self, range: &Range<u64>, bytes: u64) -> String {
        let (kind, content_range) = (self.content_type, content_range(range, bytes));
        format!("\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Range: {content_range}\r\n\r\n")
    }

    fn multipart_bytes(&self, ranges: &[Range<u64>], bytes: u64) -> u64 {
        let part = |range: &Range<u64>| self.part_head(range, bytes).len() as u64 + range.end - range.start;
        ranges.iter().map(part).sum::<u64>() + multipart_tail().len() as u64
    }

    fn head(&self, status: StatusCode) -> Head {
        let mut response = status.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        match self.modified {
            Some(modified) => Head(response).with(header::LAST_MODIFIED, date(modified)),
            None => Head(response),
        }
    }
}

/// An answer that still lacks its body.
struct Head(Response);

impl Head {
    fn with(mut self, name: header::HeaderName, value: String) -> Self {
        // Numbers, dates and fixed text: always a valid header.
        if let Ok(value) = HeaderValue::from_str(&value) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    fn sized(self, content_type: &str, bytes: u64) -> Self {
        self.with(header::CONTENT_TYPE, content_type.to_owned())
            .with(header::CONTENT_LENGTH, bytes.to_string())
    }

    fn body_of(mut self, body: Body) -> Response {
        *self.0.body_mut() = body;
        self.0
    }
}

/// `If-None-Match`: `*` or a list of tags, compared weakly.
fn lists_tag(list: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(list), Ok(etag)) = (list.to_str(), etag.to_str()) else { return false };
    list.trim() == "*" || list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

/// HTTP dates have whole seconds.
fn in_seconds(micros: Micros) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(micros.max(0).unsigned_abs() / 1_000_000)
}

fn date(micros: Micros) -> String {
    httpdate::fmt_http_date(in_seconds(micros))
}

fn content_range(range: &Range<u64>, bytes: u64) -> String {
    format!("bytes {}-{}/{bytes}", range.start, range.end - 1)
}

fn multipart_tail() -> String {
    format!("\r\n--{BOUNDARY}--\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{AudioFormat, manifest::Part};

    const MODIFIED: Micros = 784_111_777_900_000;

    struct Served {
        status: StatusCode,
        headers: HeaderMap,
        body: Vec<u8>,
    }

    /// 10 header bytes and two parts of 100: the whole is 210 bytes, each its own position.
    async fn ask(method: Method, wishes: &[(header::HeaderName, &str)]) -> Served {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path()).unwrap();
        let whole: Vec<u8> = (0..210).collect();
        let mut parts = Vec::new();
        for (n, bytes) in whole[10..].chunks(100).enumerate() {
            let media_key = format!("{n}.mp3");
            media.put(&media_key, Bytes::copy_from_slice(bytes)).await.unwrap();
            parts.push(Part { media_key, bytes: 100, frames: 1 });
        }
        let manifest = Manifest { format: AudioFormat::Standard, header: whole[..10].to_vec(), parts };
        let wishes = wishes.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        let etag = HeaderValue::from_static("\"tag\"");
        let file = File {
            content: Content::Program { media: &media, manifest: &manifest },
            content_type: "audio/mpeg",
            etag: &etag,
            modified: Some(MODIFIED),
            cache_control: "private",
        };
        let response = file.answer(&method, &wishes);
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Served { status: head.status, headers: head.headers, body }
    }

    fn numbers(range: Range<u8>) -> Vec<u8> {
        range.collect()
    }

    #[tokio::test]
    async fn the_whole_has_length_and_tag_and_no_content_range() {
        let served = ask(Method::GET, &[]).await;
        assert_eq!((served.status, served.body), (StatusCode::OK, numbers(0..210)));
        assert_eq!(served.headers[header::CONTENT_LENGTH], "210");
        assert_eq!(served.headers[header::ETAG], "\"tag\"");
        assert!(!served.headers.contains_key(header::CONTENT_RANGE));
    }

    #[tokio::test]
    async fn head_says_what_get_would() {
        let (get, head) = (ask(Method::GET, &[]).await, ask(Method::HEAD, &[]).await);
        assert_eq!(get.headers, head.headers);
        assert!(head.body.is_empty());
    }

    #[tokio::test]
    async fn one_range() {
        for (wish, body, shown) in [
            ("bytes=0-0", numbers(0..1), "bytes 0-0/210"),
            ("bytes=-5", numbers(205..210), "bytes 205-209/210"),
            ("bytes=5-112", numbers(5..113), "bytes 5-112/210"),
        ] {
            let served = ask(Method::GET, &[(header::RANGE, wish)]).await;
            assert_eq!((served.status, &served.body), (StatusCode::PARTIAL_CONTENT, &body), "{wish}");
            assert_eq!(served.headers[header::CONTENT_RANGE], shown);
            assert_eq!(served.headers[header::CONTENT_LENGTH], body.len().to_string());
        }
    }

    #[tokio::test]
    async fn several_ranges_are_announced_with_their_exact_length() {
        let served = ask(Method::GET, &[(header::RANGE, "bytes=0-1, 200-")]).await;
        assert_eq!(served.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(served.headers[header::CONTENT_LENGTH], served.body.len().to_string());
        let found = |needle: &[u8]| served.body.windows(needle.len()).any(|window| window == needle);
        assert!(found(b"Content-Range: bytes 0-1/210\r\n\r\n\x00\x01\r\n"));
        assert!(found(b"Content-Range: bytes 200-209/210"));
        assert!(served.body.ends_with(format!("--{BOUNDARY}--\r\n").as_bytes()));
    }

    #[tokio::test]
    async fn beyond_the_end_is_416() {
        let served = ask(Method::GET, &[(header::RANGE, "bytes=210-")]).await;
        assert_eq!(served.status, StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(served.headers[header::CONTENT_RANGE], "bytes */210");
    }

    #[tokio::test]
    async fn known_bytes_are_not_sent_again() {
        for tag in ["\"tag\"", "W/\"tag\"", "\"other\", \"tag\"", "*"] {
            let served = ask(Method::GET, &[(header::IF_NONE_MATCH, tag)]).await;
            assert_eq!(served.status, StatusCode::NOT_MODIFIED, "{tag}");
        }
        assert_eq!(ask(Method::GET, &[(header::IF_NONE_MATCH, "\"other\"")]).await.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_stale_if_range_gets_the_whole() {
        let stale = ask(Method::GET, &[(header::RANGE, "bytes=0-0"), (header::IF_RANGE, "\"old\"")]).await;
        assert_eq!((stale.status, stale.body.len()), (StatusCode::OK, 210));
        let good = ask(Method::GET, &[(header::RANGE, "bytes=0-0"), (header::IF_RANGE, "\"tag\"")]).await;
        assert_eq!(good.status, StatusCode::PARTIAL_CONTENT);
    }

    #[tokio::test]
    async fn a_date_stands_in_for_a_tag_where_none_is_named() {
        let (known, older) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT");
        assert_eq!(ask(Method::GET, &[]).await.headers[header::LAST_MODIFIED], known);
        let since = |date| [(header::IF_MODIFIED_SINCE, date)];
        assert_eq!(ask(Method::GET, &since(known)).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(ask(Method::GET, &since(older)).await.status, StatusCode::OK);
        assert_eq!(ask(Method::GET, &since("yesterday")).await.status, StatusCode::OK);
        let both = [(header::IF_MODIFIED_SINCE, known), (header::IF_NONE_MATCH, "\"other\"")];
        assert_eq!(ask(Method::GET, &both).await.status, StatusCode::OK, "the tag decides");
        for (date, status) in [(known, StatusCode::PARTIAL_CONTENT), (older, StatusCode::OK)] {
            let served = ask(Method::GET, &[(header::RANGE, "bytes=0-0"), (header::IF_RANGE, date)]).await;
            assert_eq!(served.status, status, "{date}");
        }
    }
}
