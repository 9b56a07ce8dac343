//! When a listener's programs must be ready: days of the week, a local time, a zone, and the breaks
//! between. A schedule turns a local date into the one instant its program is due, or into the
//! reason why that date has none. It must not know what is produced, nor what time it is now.

mod change;
mod days;
#[cfg(test)]
mod laws;
mod local_time;
mod preview;
mod reason;
mod slot;
#[cfg(test)]
mod tests;
mod zone;

pub use change::Standing;
pub use days::{Days, UnknownDays};
pub use local_time::{BadLocalTime, LocalTime};
pub use preview::Preview;
pub use reason::Reason;
pub(crate) use reason::{written_date, written_day};
pub(crate) use slot::clock_shows;
pub use slot::{Note, Slot};
pub use zone::{UnknownZone, Zone, tzdb_version};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A feed's wish for programs. Its serde form is what `feeds.schedule` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub days: Days,
    pub ready_by: LocalTime,
    pub zone: Zone,
    /// No slot from this instant on, until the listener resumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vacations: Vec<Vacation>,
    /// Single dates the listener asked to leave out ("skip next").
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skip: BTreeSet<Date>,
}

impl Schedule {
    /// A schedule without breaks.
    pub const fn new(days: Days, ready_by: LocalTime, zone: Zone) -> Self {
        Self { days, ready_by, zone, paused_since: None, vacations: Vec::new(), skip: BTreeSet::new() }
    }

    /// The slot of a local date, if that date is to have a program.
    pub fn slot(&self, date: Date) -> Option<Slot> {
        self.wish(date).ok()
    }

    /// Why a local date has no program; `None` when it has one.
    pub fn why_not(&self, date: Date) -> Option<Reason> {
        self.wish(date).err()
    }

    /// The next `count` slots due at `from` or later, earliest first. Fewer when the schedule is
    /// paused or the calendar ends.
    pub fn upcoming(&self, from: Timestamp, count: usize) -> Vec<Slot> {
        self.upcoming_after(None, from, count)
    }

    /// The same for a feed whose dates have their outcomes up to one: none of them has another.
    pub fn upcoming_after(&self, settled: Option<Date>, from: Timestamp, count: usize) -> Vec<Slot> {
        let is_open =
            |slot: &Slot| slot.ready_by >= from && settled.is_none_or(|date| slot.local_date > date);
        self.slots_since(from).filter(is_open).take(count).collect()
    }

    /// The first slot due later than `instant`.
    pub fn next_after(&self, instant: Timestamp) -> Option<Slot> {
        self.slots_since(instant).find(|slot| slot.ready_by > instant)
    }

    /// The slot that follows a date: how the planner moves a feed on, one date at a time.
    pub fn following(&self, date: Date) -> Option<Slot> {
        self.slots_from(date.tomorrow().ok()?).next()
    }

    /// Leaves out the next slot after `now` and says which date that was.
    pub fn skip_next(&mut self, now: Timestamp) -> Option<Date> {
        let date = self.next_after(now)?.local_date;
        self.skip.insert(date);
        Some(date)
    }

    /// Wished slots in order of their dates, from `first` on.
    fn slots_from(&self, first: Date) -> impl Iterator<Item = Slot> {
        let mut candidate = Some(first);
        std::iter::from_fn(move || {
            while let Some(date) = candidate {
                let outcome = self.wish(date);
                candidate = match &outcome {
                    // Slots only get later, so a pause ends them all.
                    Err(Reason::Paused { .. }) => None,
                    Err(Reason::Vacation(vacation)) => vacation.to.tomorrow().ok(),
                    Ok(_) | Err(_) => date.tomorrow().ok(),
                };
                if let Ok(slot) = outcome {
                    return Some(slot);
                }
            }
            None
        })
    }

    /// Slots from a date early enough that none due at `instant` or later is left out: a slot can
    /// lie on the day after its date (a gap over midnight), never two days after it.
    fn slots_since(&self, instant: Timestamp) -> impl Iterator<Item = Slot> {
        let today = self.zone.date_at(instant);
        self.slots_from(today.yesterday().unwrap_or(today))
    }

    fn wish(&self, date: Date) -> Result<Slot, Reason> {
        let slot = slot::resolve(date, self.ready_by, &self.zone)
            .ok_or_else(|| Reason::NoSuchDate { date, zone: self.zone.clone() })?;
        if let Some(since) = self.paused_since.filter(|since| slot.ready_by >= *since) {
            return Err(Reason::Paused { since: self.zone.date_at(since) });
        }
        if let Some(vacation) = self.vacations.iter().find(|vacation| vacation.covers(date)) {
            return Err(Reason::Vacation(*vacation));
        }
        if self.skip.contains(&date) {
            return Err(Reason::Skipped);
        }
        if !self.days.contains(date.weekday()) {
            return Err(Reason::OtherDays { weekday: date.weekday() });
        }
        Ok(slot)
    }
}

/// Local dates without programs, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Dates")]
pub struct Vacation {
    from: Date,
    to: Date,
}

impl Vacation {
    pub fn new(from: Date, to: Date) -> Result<Self, EndsBeforeItBegins> {
        if to < from {
            return Err(EndsBeforeItBegins { from, to });
        }
        Ok(Self { from, to })
    }

    pub const fn from(&self) -> Date {
        self.from
    }

    /// The last date left out.
    pub const fn to(&self) -> Date {
        self.to
    }

    pub fn covers(&self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a vacation from {from} ends at {to}, before it begins; swap the dates")]
pub struct EndsBeforeItBegins {
    from: Date,
    to: Date,
}

/// A vacation as written, before its order is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dates {
    from: Date,
    to: Date,
}

impl TryFrom<Dates> for Vacation {
    type Error = EndsBeforeItBegins;

    fn try_from(dates: Dates) -> Result<Self, Self::Error> {
        Self::new(dates.from, dates.to)
    }
}
