//! How often a token may ask: a bucket for each that fills steadily, in this process.

use super::caller::By;
use axum::http::{HeaderMap, HeaderValue};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use store::Micros;

/// Buckets that are remembered; whoever has not asked for long has a full one anyway.
const MOST: usize = 10_000;

#[derive(Debug)]
pub struct Rate {
    per_minute: u32,
    buckets: Mutex<HashMap<By, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Micros,
}

/// What is left of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    pub limit: u32,
    pub left: u32,
    /// Until the bucket is full.
    pub full_in_s: u64,
    /// Until the next request, where this one is too much.
    pub wait_s: Option<u64>,
}

impl Rate {
    /// A whole minute's requests may come at once.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, buckets: Mutex::default() }
    }

    /// One request.
    pub fn take(&self, by: By, now: Micros) -> Meter {
        let (limit, per_s) = (f64::from(self.per_minute), f64::from(self.per_minute) / 60.0);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket { left: limit, at: now };
        let filled = |bucket: &Bucket| {
            let seconds = (now - bucket.at).max(0) as f64 / 1e6;
            Bucket { left: (bucket.left + seconds * per_s).min(limit), at: now }
        };
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| filled(bucket).left < limit);
        }
        let bucket = buckets.entry(by).or_insert(full);
        *bucket = filled(bucket);
        let wait_s = (bucket.left < 1.0).then(|| ((1.0 - bucket.left) / per_s).ceil().max(1.0) as u64);
        if wait_s.is_none() {
            bucket.left -= 1.0;
        }
        let full_in_s = ((limit - bucket.left) / per_s).ceil() as u64;
        Meter { limit: self.per_minute, left: bucket.left as u32, full_in_s, wait_s }
    }
}

impl Meter {
    pub fn tell(self, headers: &mut HeaderMap) {
        headers.insert("ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(self.left));
        headers.insert("ratelimit-reset", HeaderValue::from(self.full_in_s));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::TokenId;

    #[test]
    fn a_bucket_empties_fills_and_is_its_tokens_own() {
        let rate = Rate::new(60);
        let by = |n| By::Token(TokenId::born(0, [n << 24, n]));
        for asked in 1..=60 {
            let meter = rate.take(by(1), 0);
            assert_eq!((meter.left, meter.wait_s), (60 - asked, None));
        }
        assert_eq!(rate.take(by(1), 0).wait_s, Some(1));
        assert_eq!(rate.take(by(2), 0).wait_s, None);
        assert_eq!(rate.take(by(1), 2_500_000), Meter { limit: 60, left: 1, full_in_s: 59, wait_s: None });
        // A clock that goes back takes nothing away.
        assert_eq!(rate.take(by(1), 0).left, 0);
        assert_eq!(rate.take(by(1), i64::MAX / 2).left, 59);
    }
}
