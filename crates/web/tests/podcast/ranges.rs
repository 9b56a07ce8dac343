//! Any range of a program over HTTP is that slice of its file.

use crate::harness::{Stage, Wish};
use axum::http::{Method, StatusCode, header};
use proptest::prelude::*;

const BYTES: usize = 13 + 2 * 1_440;

/// What a header that asks so must get: a slice, all, or nothing.
#[derive(Clone, Debug)]
enum Asked {
    From(usize),
    Between(usize, usize),
    Last(usize),
}

impl Asked {
    fn written(&self) -> String {
        match self {
            Self::From(first) => format!("{first}-"),
            Self::Between(first, last) => format!("{first}-{last}"),
            Self::Last(count) => format!("-{count}"),
        }
    }

    /// First and last byte, if any of them exists.
    fn found(&self) -> Option<(usize, usize)> {
        let (first, last) = match *self {
            Self::From(first) => (first, BYTES - 1),
            Self::Between(first, last) => (first, last.min(BYTES - 1)),
            Self::Last(count) => (BYTES.saturating_sub(count), BYTES - 1),
        };
        (first <= last && first < BYTES).then_some((first, last))
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let place = 0..BYTES + 400;
    prop_oneof![
        place.clone().prop_map(Asked::From),
        (place.clone(), 0..BYTES).prop_map(|(first, more)| Asked::Between(first, first + more)),
        place.prop_map(Asked::Last),
    ]
}

/// Bodies of a multipart answer, each with its `Content-Range`.
fn parts(boundary: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let line = format!("\r\n--{boundary}");
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(head) = rest.strip_prefix(line.as_bytes()).and_then(|rest| rest.strip_prefix(b"\r\n")) {
        let end = head.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let range =
            std::str::from_utf8(&head[..end]).unwrap().split("Content-Range: ").nth(1).unwrap().to_owned();
        let (first, last) =
            range.strip_prefix("bytes ").unwrap().split_once('/').unwrap().0.split_once('-').unwrap();
        let length = last.parse::<usize>().unwrap() + 1 - first.parse::<usize>().unwrap();
        let from = end + 4;
        found.push((range, head[from..from + length].to_vec()));
        rest = &head[from + length..];
    }
    assert_eq!(rest, format!("{line}--\r\n").as_bytes(), "and nothing else");
    found
}

#[test]
fn every_range_over_http_is_that_slice_of_the_file() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (stage, path, whole) = runtime.block_on(async {
        let stage = Stage::sqlite().await;
        let program = stage.publish(Wish::default()).await;
        let path = stage.path(&format!("{program}.mp3"));
        let whole = stage.get(&path).await.body;
        (stage, path, whole)
    });
    assert_eq!(whole.len(), BYTES);
    let slice = |(first, last): (usize, usize)| &whole[first..=last];
    let shown = |(first, last): (usize, usize)| format!("bytes {first}-{last}/{BYTES}");
    proptest!(ProptestConfig::with_cases(200), |(wishes in prop::collection::vec(asked(), 1..5))| {
        let written: Vec<String> = wishes.iter().map(Asked::written).collect();
        let header_value = format!("bytes={}", written.join(", "));
        let wish = [(header::RANGE, header_value.as_str())];
        let answer = runtime.block_on(stage.ask(Method::GET, &path, &wish));
        let found: Vec<(usize, usize)> = wishes.iter().filter_map(Asked::found).collect();
        let total: usize = found.iter().map(|(first, last)| last + 1 - first).sum();
        if answer.status != StatusCode::RANGE_NOT_SATISFIABLE {
            prop_assert_eq!(answer.header(header::CONTENT_LENGTH), answer.body.len().to_string());
        }
        match found.as_slice() {
            [] => {
                prop_assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE);
                prop_assert_eq!(answer.header(header::CONTENT_RANGE), format!("bytes */{BYTES}"));
            }
            [one] => {
                prop_assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
                prop_assert_eq!(answer.header(header::CONTENT_RANGE), shown(*one));
                prop_assert_eq!(&answer.body[..], slice(*one));
            }
            _ if total > BYTES => {
                prop_assert_eq!(answer.status, StatusCode::OK);
                prop_assert_eq!(&answer.body, &whole);
            }
            several => {
                prop_assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
                let kind = answer.header(header::CONTENT_TYPE);
                let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
                let expected: Vec<(String, Vec<u8>)> =
                    several.iter().map(|one| (shown(*one), slice(*one).to_vec())).collect();
                prop_assert_eq!(parts(boundary, &answer.body), expected);
            }
        }
        let head = runtime.block_on(stage.ask(Method::HEAD, &path, &wish));
        prop_assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "ranges are for GET");
    });
}
