//! `Range` headers (RFC 9110 §14): what was asked of how many bytes.

use std::ops::Range;

/// More ranges than this in one request are refused rather than served: nobody needs them, and they
/// make a small request into a large answer.
const RANGES_MAX: usize = 16;

/// What part of the bytes a request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ranges {
    /// No range, or one that is to be ignored: the whole.
    Whole,
    One(Range<u64>),
    Several(Vec<Range<u64>>),
}

/// None of the wanted bytes exist: answer 416 with `Content-Range: bytes */N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no byte of the range exists; there are {bytes}")]
pub struct RangeError {
    pub bytes: u64,
}

impl Ranges {
    /// Reads a header's value against a length. A header that is not a byte range, or not well formed,
    /// is ignored, as the RFC asks.
    pub fn parse(header: Option<&str>, bytes: u64) -> Result<Self, RangeError> {
        let Some(list) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
            return Ok(Self::Whole);
        };
        let Some(wanted) = list.split(',').map(parse_one).collect::<Option<Vec<Wanted>>>() else {
            return Ok(Self::Whole);
        };
        if wanted.len() > RANGES_MAX {
            return Ok(Self::Whole);
        }
        let mut found: Vec<Range<u64>> = wanted.iter().filter_map(|wanted| wanted.within(bytes)).collect();
        match found.len() {
            0 => Err(RangeError { bytes }),
            1 => Ok(Self::One(found.remove(0))),
            // Asking for more than there is, over and over, is no way to get it (RFC 9110 §14.2).
            _ if found.iter().map(|range| range.end - range.start).sum::<u64>() > bytes => Ok(Self::Whole),
            _ => Ok(Self::Several(found)),
        }
    }
}

enum Wanted {
    From(u64),
    Between(u64, u64),
    Last(u64),
}

impl Wanted {
    fn within(&self, bytes: u64) -> Option<Range<u64>> {
        let range = match *self {
            Self::From(first) => first..bytes,
            Self::Between(first, last) => first..last.saturating_add(1).min(bytes),
            Self::Last(count) => bytes.saturating_sub(count)..bytes,
        };
        (range.start < range.end).then_some(range)
    }
}

fn parse_one(text: &str) -> Option<Wanted> {
    let (first, last) = text.trim().split_once('-')?;
    match (first, last) {
        ("", count) => Some(Wanted::Last(number(count)?)),
        (first, "") => Some(Wanted::From(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Wanted::Between(first, last))
        }
    }
}

/// Digits only: `parse` alone would take a sign. A number beyond 64 bits is as good as the largest.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: &str) -> Result<Ranges, RangeError> {
        Ranges::parse(Some(header), 1_000)
    }

    #[test]
    fn single_ranges() {
        for (header, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-", 0..1_000),
            ("bytes=-500", 500..1_000),
            ("bytes=-5000", 0..1_000),
            ("bytes=990-5000", 990..1_000),
            ("bytes=0-99999999999999999999999", 0..1_000),
        ] {
            assert_eq!(parse(header), Ok(Ranges::One(range)), "{header}");
        }
    }

    #[test]
    fn several_ranges_keep_their_order_and_lose_the_impossible() {
        assert_eq!(parse("bytes=10-19, 0-4"), Ok(Ranges::Several(vec![10..20, 0..5])));
        assert_eq!(parse("bytes=10-19, 2000-"), Ok(Ranges::One(10..20)));
        assert_eq!(parse("bytes=0-499, 500-"), Ok(Ranges::Several(vec![0..500, 500..1_000])));
        assert_eq!(parse("bytes=0-499, 499-"), Ok(Ranges::Whole), "more than there is");
    }

    #[test]
    fn beyond_the_end_is_refused() {
        for header in ["bytes=1000-", "bytes=-0", "bytes=5000-6000"] {
            assert_eq!(parse(header), Err(RangeError { bytes: 1_000 }), "{header}");
        }
        assert_eq!(Ranges::parse(Some("bytes=0-"), 0), Err(RangeError { bytes: 0 }));
    }

    #[test]
    fn what_is_no_range_is_ignored() {
        for header in ["bytes=", "bytes=5-1", "bytes=a-b", "bytes=+1-5", "items=0-5", "bytes=1"] {
            assert_eq!(parse(header), Ok(Ranges::Whole), "{header}");
        }
        assert_eq!(Ranges::parse(None, 1_000), Ok(Ranges::Whole));
        let many = format!("bytes={}", vec!["0-0"; 17].join(","));
        assert_eq!(parse(&many), Ok(Ranges::Whole));
    }
}
