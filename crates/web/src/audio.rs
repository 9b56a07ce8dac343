//! A program's audio over HTTP: exact length, entity tag and byte ranges (RFC 9110 §13–§15), streamed
//! from the manifest's parts.

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
use std::ops::Range;

const AUDIO_TYPE: &str = "audio/mpeg";
/// Parts the answers of a multiple range; any text that no MP3 frame begins a line with will do.
const BOUNDARY: &str = "mimiyori-byteranges";

/// A published file and the tag its bytes go by. Published bytes never change, so neither does the tag.
#[derive(Clone, Debug)]
pub struct Audio<'a> {
    pub media: &'a Media,
    pub manifest: &'a Manifest,
    /// Quoted, as it stands in the header.
    pub etag: &'a HeaderValue,
}

impl Audio<'_> {
    /// Answers GET and HEAD.
    pub fn answer(&self, method: &Method, wishes: &HeaderMap) -> Response {
        let bytes = self.manifest.bytes();
        if header_lists_tag(wishes.get(header::IF_NONE_MATCH), self.etag) {
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
        let head = match &ranges {
            Ranges::Whole => self.head(StatusCode::OK).sized(AUDIO_TYPE, bytes),
            Ranges::One(range) => self
                .head(StatusCode::PARTIAL_CONTENT)
                .sized(AUDIO_TYPE, range.end - range.start)
                .with(header::CONTENT_RANGE, content_range(range, bytes)),
            Ranges::Several(ranges) => {
                let kind = format!("multipart/byteranges; boundary={BOUNDARY}");
                self.head(StatusCode::PARTIAL_CONTENT).sized(&kind, multipart_bytes(ranges, bytes))
            }
        };
        if method == Method::HEAD {
            return head.body_of(Body::empty());
        }
        let stream = match ranges {
            Ranges::Whole => self.read(0..bytes),
            Ranges::One(range) => self.read(range),
            Ranges::Several(ranges) => self.multipart(&ranges, bytes),
        };
        head.body_of(Body::from_stream(stream))
    }

    /// Ranges count for GET only, and only while `If-Range` names the bytes we have.
    fn wanted(&self, method: &Method, wishes: &HeaderMap, bytes: u64) -> Result<Ranges, RangeError> {
        let current = wishes.get(header::IF_RANGE).is_none_or(|tag| tag == self.etag);
        if method != Method::GET || !current {
            return Ok(Ranges::Whole);
        }
        Ranges::parse(wishes.get(header::RANGE).and_then(|range| range.to_str().ok()), bytes)
    }

    fn read(&self, range: Range<u64>) -> BoxStream<'static, Result<Bytes, MediaError>> {
        media::read(self.media, self.manifest, range).boxed()
    }

    fn multipart(&self, ranges: &[Range<u64>], bytes: u64) -> BoxStream<'static, Result<Bytes, MediaError>> {
        let parts: Vec<_> = ranges
            .iter()
            .map(|range| {
                let head = stream::iter([Ok(Bytes::from(part_head(range, bytes)))]);
                head.chain(self.read(range.clone())).boxed()
            })
            .collect();
        let tail = stream::iter([Ok(Bytes::from(multipart_tail()))]);
        stream::iter(parts).flatten().chain(tail).boxed()
    }

    fn head(&self, status: StatusCode) -> Head {
        let mut response = status.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Head(response)
    }
}

/// An answer that still lacks its body.
struct Head(Response);

impl Head {
    fn with(mut self, name: header::HeaderName, value: String) -> Self {
        // Numbers and fixed text: always a valid header.
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
fn header_lists_tag(list: Option<&HeaderValue>, etag: &HeaderValue) -> bool {
    let (Some(Ok(list)), Ok(etag)) = (list.map(HeaderValue::to_str), etag.to_str()) else { return false };
    list.trim() == "*" || list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

fn content_range(range: &Range<u64>, bytes: u64) -> String {
    format!("bytes {}-{}/{bytes}", range.start, range.end - 1)
}

fn part_head(range: &Range<u64>, bytes: u64) -> String {
    let content_range = content_range(range, bytes);
    format!("\r\n--{BOUNDARY}\r\nContent-Type: {AUDIO_TYPE}\r\nContent-Range: {content_range}\r\n\r\n")
}

fn multipart_tail() -> String {
    format!("\r\n--{BOUNDARY}--\r\n")
}

fn multipart_bytes(ranges: &[Range<u64>], bytes: u64) -> u64 {
    let parts: u64 =
        ranges.iter().map(|range| part_head(range, bytes).len() as u64 + range.end - range.start).sum();
    parts + multipart_tail().len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{AudioFormat, manifest::Part};

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
        let response = Audio { media: &media, manifest: &manifest, etag: &etag }.answer(&method, &wishes);
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
}
