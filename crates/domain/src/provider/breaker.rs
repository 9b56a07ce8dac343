//! A provider that is down is not asked by everybody: after some failures in a row it is left alone, and
//! now and then one call finds out whether it is back.

use super::{MINUTE, Micros, SECOND};
use serde::{Deserialize, Serialize};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
const FIRST_PAUSE: Micros = 10 * SECOND;
const LONGEST_PAUSE: Micros = 5 * MINUTE;
/// For each lane between them, an urgent call lets less urgent ones go first as a probe for so long.
const COURTESY: Micros = 5 * SECOND;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaker {
    failures: u32,
    open: Option<Opened>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Opened {
    /// What is let through from then on is a probe.
    probe_at: Micros,
    pause: Micros,
    /// The least urgent lane that has asked since.
    least: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    Closed,
    /// Nobody is let through.
    Open,
    /// One call may find out.
    HalfOpen,
}

impl Breaker {
    pub fn state(&self, now: Micros) -> BreakerState {
        match self.open {
            None => BreakerState::Closed,
            Some(open) if now < open.probe_at => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Whether a call of a lane may be made; else when to ask again. `youngest` is when the last of the
    /// calls under way was let through.
    pub fn admit(&mut self, lane: u8, youngest: Option<Micros>, now: Micros) -> Result<(), Micros> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.least = open.least.max(lane);
        let turn = open.probe_at + COURTESY * Micros::from(open.least - lane);
        let is_probed = youngest.is_some_and(|reserved_at| reserved_at >= open.probe_at);
        match (is_probed, turn <= now) {
            (true, _) => Err(turn.max(now + SECOND)),
            (false, false) => Err(turn),
            (false, true) => Ok(()),
        }
    }

    /// The provider answers, whatever it says.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// A call that was let through at `reserved_at` failed.
    pub fn failed(&mut self, reserved_at: Micros, now: Micros) {
        self.failures = self.failures.saturating_add(1);
        match &mut self.open {
            None if self.failures >= FAILURES => {
                let (probe_at, pause) = (now.saturating_add(FIRST_PAUSE), FIRST_PAUSE);
                self.open = Some(Opened { probe_at, pause, least: 0 });
            }
            // Its probe. What was under way when it opened tells nothing new.
            Some(open) if reserved_at >= open.probe_at => {
                open.pause = open.pause.saturating_mul(2).min(LONGEST_PAUSE);
                open.probe_at = now.saturating_add(open.pause);
            }
            Some(_) | None => {}
        }
    }
}
