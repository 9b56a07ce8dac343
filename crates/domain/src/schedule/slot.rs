//! A local date and time as an instant, on clocks that jump. Every local date that exists has
//! exactly one: after a jump forward the first instant there is, of a repeated time the first.

use super::{LocalTime, Zone};
use jiff::{
    Timestamp, ZonedDateTime,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};

/// When one program must be ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The date the program is for. `local` is on the next one when a gap swallowed midnight.
    pub local_date: Date,
    pub ready_by: Timestamp,
    /// `ready_by` as the listener's clock shows it.
    pub local: ZonedDateTime,
    /// Set when the wished time did not occur exactly once on that date.
    pub note: Option<Note>,
}

/// What a change of the clocks did to a wished time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Note {
    /// The clocks jumped over it: the slot is the first instant after the gap.
    Gap,
    /// It occurs twice: the slot is the first of the two.
    Fold,
}

/// The slot of `time` on `date`, or `None` for a date that the zone left out of its calendar
/// (Samoa had no 30 December 2011).
pub(super) fn resolve(date: Date, time: LocalTime, zone: &Zone) -> Option<Slot> {
    let rules = zone.rules();
    let wished = date.to_datetime(time.time());
    let (ready_by, note) = match rules.to_ambiguous_timestamp(wished).offset() {
        AmbiguousOffset::Unambiguous { offset } => (offset.to_timestamp(wished).ok()?, None),
        AmbiguousOffset::Fold { before, after } => {
            let first = before.to_timestamp(wished).ok()?;
            match rules.to_datetime(first) == wished {
                true => (first, Some(Note::Fold)),
                // Where a zone's rule for the future begins, it may be taken for what was in force before it.
                false => (after.to_timestamp(wished).ok()?, None),
            }
        }
        AmbiguousOffset::Gap { before, after } => {
            let end = gap_end(rules, wished, after.to_timestamp(wished).ok()?)?;
            let last_moment = before.to_datetime(end);
            if swallows(date, last_moment, after.to_datetime(end)) {
                return None;
            }
            (end, Some(Note::Gap))
        }
    };
    Some(Slot { local_date: date, ready_by, local: ready_by.to_zoned_datetime(rules.clone()), note })
}

/// The next instant after `at` at which the clock comes to show a time: of a time in a gap the end of the
/// gap, of a repeated one either.
pub(crate) fn clock_shows(time: LocalTime, zone: &Zone, at: Timestamp) -> Option<Timestamp> {
    let today = zone.date_at(at);
    let days = [
        today.yesterday().ok(),
        Some(today),
        today.tomorrow().ok(),
        today.tomorrow().ok().and_then(|next| next.tomorrow().ok()),
    ];
    let instants = days.into_iter().flatten().flat_map(|date| {
        let wished = date.to_datetime(time.time());
        let second = match zone.rules().to_ambiguous_timestamp(wished).offset() {
            AmbiguousOffset::Fold { after, .. } => after.to_timestamp(wished).ok(),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => None,
        };
        [resolve(date, time, zone).map(|slot| slot.ready_by), second]
    });
    instants.flatten().filter(|instant| *instant > at).min()
}

/// The first instant after the gap around `wished`. Only transitions at which the clock then shows
/// more than `wished` can end it; those that change nothing but a name are passed over.
fn gap_end(rules: &TimeZone, wished: DateTime, before_the_gap: Timestamp) -> Option<Timestamp> {
    rules
        .following(before_the_gap)
        .map(|transition| transition.timestamp())
        .find(|instant| rules.to_datetime(*instant) > wished)
}

/// Whether a jump of the clock from one reading to another leaves nothing of a date.
fn swallows(date: Date, from: DateTime, to: DateTime) -> bool {
    from <= date.to_datetime(jiff::civil::Time::midnight()) && to.date() > date
}
