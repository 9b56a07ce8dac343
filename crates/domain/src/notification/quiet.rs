//! Hours of the day in which nothing is sent.

use crate::schedule::{LocalTime, Zone, clock_shows};
use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};

/// From a local time to another one, often over midnight; the first belongs to it, the last does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Quiet {
    from: LocalTime,
    to: LocalTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours from {at} to {at} would be all day or never; let them end at another time")]
pub struct NeverLoud {
    at: LocalTime,
}

impl Quiet {
    pub fn new(from: LocalTime, to: LocalTime) -> Result<Self, NeverLoud> {
        if from.time() == to.time() {
            return Err(NeverLoud { at: from });
        }
        Ok(Self { from, to })
    }

    pub const fn from(&self) -> LocalTime {
        self.from
    }

    pub const fn to(&self) -> LocalTime {
        self.to
    }

    pub fn contains(&self, time: Time) -> bool {
        let (from, to) = (self.from.time(), self.to.time());
        if from < to { from <= time && time < to } else { from <= time || time < to }
    }

    /// The instant itself outside of quiet hours, else their end: the next instant at which the clock shows
    /// it. A clock that is put back within them does not end them early.
    pub fn end_after(&self, at: Timestamp, zone: &Zone) -> Timestamp {
        let mut end = at;
        // The end may lie in a gap, and what comes after the gap be quiet again: then a day is passed over.
        for _ in 0..3 {
            if !self.contains(zone.rules().to_datetime(end).time()) {
                break;
            }
            end = clock_shows(self.to, zone, end).unwrap_or(end);
        }
        end
    }
}

/// Quiet hours as written, before they are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: LocalTime,
    to: LocalTime,
}

impl TryFrom<Written> for Quiet {
    type Error = NeverLoud;

    fn try_from(Written { from, to }: Written) -> Result<Self, Self::Error> {
        Self::new(from, to)
    }
}
