//! A token bucket: how many of something may be used in a minute.

use super::{MINUTE, Micros};
use serde::{Deserialize, Serialize};

/// One number says all: when the bucket will be full again if nothing more is taken. A tenth of a minute's
/// allowance fits in at once; it refills so much slower that no minute ever sees more than the allowance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bucket {
    /// Since the epoch; so fine that what is rounded never keeps anybody waiting.
    full_at_ns: i64,
}

const NANOS: i64 = 1_000;

impl Bucket {
    /// When `count` may be taken at `per_minute`; in the past or now: at once. More than fits in is let
    /// through when the bucket is full, and waited for afterwards.
    pub fn ready_at(self, count: u64, per_minute: u64, now: Micros) -> Micros {
        if per_minute == 0 {
            return now;
        }
        let room = capacity(per_minute);
        let needed = refill_ns(count.min(room), per_minute);
        self.full_at_ns.saturating_add(needed).saturating_sub(refill_ns(room, per_minute)).div_euclid(NANOS)
    }

    pub fn take(&mut self, count: u64, per_minute: u64, now: Micros) {
        let now_ns = now.saturating_mul(NANOS);
        self.full_at_ns = self.full_at_ns.max(now_ns).saturating_add(refill_ns(count, per_minute));
    }

    /// Puts right what was taken by an estimate.
    pub fn correct(&mut self, taken: u64, used: u64, per_minute: u64) {
        let (back, more) = (taken.saturating_sub(used), used.saturating_sub(taken));
        self.full_at_ns = self
            .full_at_ns
            .saturating_sub(refill_ns(back, per_minute))
            .saturating_add(refill_ns(more, per_minute));
    }
}

const fn capacity(per_minute: u64) -> u64 {
    if per_minute < 10 { 1 } else { per_minute / 10 }
}

/// How long it takes to refill `count`, rounded up.
fn refill_ns(count: u64, per_minute: u64) -> i64 {
    if per_minute == 0 {
        return 0;
    }
    let minute_ns = u128::from(MINUTE.unsigned_abs()) * u128::from(NANOS.unsigned_abs());
    let refilled = per_minute - (capacity(per_minute) - 1);
    let nanos = (u128::from(count) * minute_ns).div_ceil(u128::from(refilled));
    i64::try_from(nanos).unwrap_or(i64::MAX)
}
