//! A token bucket: how many of something may be used in a minute.

use super::{MINUTE, Micros};
use serde::{Deserialize, Serialize};

/// One number says all: when the bucket will be full again if nothing more is taken. A tenth of a minute's
/// allowance fits in at once; it refills so much slower that no minute ever sees more than the allowance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bucket {
    full_at: Micros,
}

impl Bucket {
    /// When `count` may be taken at `per_minute`; in the past or now: at once. More than fits in is let
    /// through when the bucket is full, and waited for afterwards.
    pub fn ready_at(self, count: u64, per_minute: u64, now: Micros) -> Micros {
        if per_minute == 0 {
            return now;
        }
        let room = capacity(per_minute);
        let needed = takes(count.min(room), per_minute);
        self.full_at.saturating_add(needed).saturating_sub(takes(room, per_minute))
    }

    pub fn take(&mut self, count: u64, per_minute: u64, now: Micros) {
        self.full_at = self.full_at.max(now).saturating_add(takes(count, per_minute));
    }

    /// Puts right what was taken by an estimate.
    pub fn correct(&mut self, taken: u64, used: u64, per_minute: u64) {
        let (back, more) = (taken.saturating_sub(used), used.saturating_sub(taken));
        self.full_at =
            self.full_at.saturating_sub(takes(back, per_minute)).saturating_add(takes(more, per_minute));
    }
}

const fn capacity(per_minute: u64) -> u64 {
    if per_minute < 10 { 1 } else { per_minute / 10 }
}

/// How long it takes to refill `count`, rounded up.
fn takes(count: u64, per_minute: u64) -> Micros {
    if per_minute == 0 {
        return 0;
    }
    let refill = per_minute - (capacity(per_minute) - 1);
    let micros = (u128::from(count) * u128::from(MINUTE.unsigned_abs())).div_ceil(u128::from(refill));
    Micros::try_from(micros).unwrap_or(Micros::MAX)
}
