//! How many calls may be under way: fewer after the provider asked to slow down, then slowly more again
//! (additive increase, multiplicative decrease; Chiu and Jain 1989).

use super::{MINUTE, Micros, SECOND};
use serde::{Deserialize, Serialize};

const SLOT: u64 = 1_000;
/// Where no maximum is configured: more than any node has hands for.
const MOST: u32 = 1_000;
/// The pause after a throttled call that names none; doubles with every further one.
const FIRST_PAUSE: Micros = SECOND;
const LONGEST_PAUSE: Micros = MINUTE;
/// No Retry-After is believed beyond this.
const LONGEST_WAIT: Micros = 24 * 60 * MINUTE;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// Thousandths of a slot; `None`: the configured maximum.
    slots: Option<u64>,
    /// Times it shrank without an answer in between.
    throttled: u32,
    shrunk_at: Option<Micros>,
    /// No call before this.
    paused_until: Option<Micros>,
}

impl Window {
    /// Calls that may be under way, at least 1.
    pub fn parallel(&self, configured: u32) -> u32 {
        let most = maximum(configured);
        self.slots.map_or(most, |slots| u32::try_from(slots / SLOT).unwrap_or(MOST).clamp(1, most))
    }

    /// Until when the provider has asked to wait.
    pub fn paused_until(&self, now: Micros) -> Option<Micros> {
        self.paused_until.filter(|&until| until > now)
    }

    /// Shrinks to half of what is under way, once for all the calls that were under way together.
    pub fn throttle(
        &mut self,
        reserved_at: Micros,
        retry_after: Option<Micros>,
        under_way: u32,
        configured: u32,
        now: Micros,
    ) {
        let is_news = self.shrunk_at.is_none_or(|shrunk_at| reserved_at > shrunk_at);
        if is_news {
            let used = self.parallel(configured).min(under_way.max(1));
            self.slots = Some((u64::from(used) * SLOT / 2).max(SLOT));
            self.throttled = self.throttled.saturating_add(1);
            self.shrunk_at = Some(now);
        }
        let own =
            FIRST_PAUSE.saturating_mul(1 << self.throttled.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
        let wait = retry_after.map_or(own, |wait| wait.clamp(0, LONGEST_WAIT));
        if is_news || retry_after.is_some() {
            self.paused_until = self.paused_until.max(Some(now.saturating_add(wait)));
        }
    }

    /// An answer: one slot more for every window's worth of them.
    pub fn answered(&mut self, configured: u32) {
        self.throttled = 0;
        let Some(slots) = self.slots else { return };
        let grown = slots + SLOT * SLOT / slots.max(SLOT);
        self.slots = Some(grown).filter(|&grown| grown < u64::from(maximum(configured)) * SLOT);
    }
}

const fn maximum(configured: u32) -> u32 {
    if configured == 0 { MOST } else { configured }
}
