//! What a changed schedule (days, time, zone, resumed after a pause) means for the next slot. No
//! local date gets two programs, what is selected does not move, and what was promised is not
//! silently dropped: a promised slot that the change moved into the past is still the next one, and
//! the planner makes it or records it as missed by [`crate::occurrence::Timeliness`].

use super::{Schedule, Slot};
use jiff::{Timestamp, civil::Date};

/// Where a feed stands in its calendar when its schedule changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last local date that has its outcome or is past choosing: an occurrence in any state but
    /// `open`. It and every earlier date stay as they are.
    pub settled: Option<Date>,
    /// The next date under the old schedule, its occurrence not yet there or still `open`. `None`
    /// when the feed was new, paused, or had no further slot.
    pub promised: Option<Date>,
}

impl Schedule {
    /// The feed's next slot under this schedule, which comes into force at `now`.
    ///
    /// An open occurrence of another date than the answer's is no longer wished: cancel it.
    pub fn take_over(&self, standing: Standing, now: Timestamp) -> Option<Slot> {
        let today = self.zone.date_at(now);
        let yesterday = today.yesterday().unwrap_or(today);
        let earliest = standing.promised.map_or(yesterday, |promised| promised.min(yesterday));
        let first = match standing.settled {
            Some(settled) => settled.tomorrow().ok()?.max(earliest),
            None => earliest,
        };
        // A past slot nobody was promised is no debt: a new feed does not begin with a late program.
        let promised = |date| standing.promised.is_some_and(|promised| date >= promised);
        self.slots_from(first).find(|slot| slot.ready_by > now || promised(slot.local_date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        occurrence::{CATCH_UP, Timeliness},
        schedule::Days,
    };

    fn schedule(ready_by: &str, zone: &str) -> Schedule {
        Schedule::new(Days::DAILY, ready_by.parse().unwrap(), zone.parse().unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// (new zone and time, now, settled, promised) and the next slot: its date and how it is treated.
    #[test]
    fn a_changed_schedule_keeps_its_promises() {
        let cases = [
            // West over the date line: today's program is already there, so tomorrow's is next.
            (
                "America/New_York",
                "07:00",
                "2026-08-10T12:00:00+09:00",
                Some("2026-08-10"),
                Some("2026-08-11"),
                "2026-08-11",
                Timeliness::OnTime,
            ),
            // East: the promised date is seven hours past there.
            (
                "Asia/Tokyo",
                "07:00",
                "2026-08-10T14:00:00+09:00",
                Some("2026-08-09"),
                Some("2026-08-10"),
                "2026-08-10",
                Timeliness::Missed,
            ),
            // East, but only two hours past.
            (
                "Asia/Tokyo",
                "12:00",
                "2026-08-10T14:00:00+09:00",
                Some("2026-08-09"),
                Some("2026-08-10"),
                "2026-08-10",
                Timeliness::Late,
            ),
            // What was selected stays: the same date is not made again at its new time.
            (
                "Asia/Tokyo",
                "20:00",
                "2026-08-10T14:00:00+09:00",
                Some("2026-08-10"),
                Some("2026-08-11"),
                "2026-08-11",
                Timeliness::OnTime,
            ),
            // Still open, so it moves with the schedule.
            (
                "Asia/Tokyo",
                "20:00",
                "2026-08-10T06:00:00+09:00",
                Some("2026-08-09"),
                Some("2026-08-10"),
                "2026-08-10",
                Timeliness::OnTime,
            ),
            // A new or resumed feed owes nothing for this morning.
            (
                "Asia/Tokyo",
                "07:00",
                "2026-08-10T08:00:00+09:00",
                None,
                None,
                "2026-08-11",
                Timeliness::OnTime,
            ),
            (
                "Asia/Tokyo",
                "07:00",
                "2026-08-10T08:00:00+09:00",
                Some("2026-07-01"),
                None,
                "2026-08-11",
                Timeliness::OnTime,
            ),
            // Weekly feed made daily: tomorrow, not this morning, nor next week.
            (
                "Asia/Tokyo",
                "07:00",
                "2026-08-13T08:00:00+09:00",
                Some("2026-08-10"),
                Some("2026-08-17"),
                "2026-08-14",
                Timeliness::OnTime,
            ),
            // Changed after a long outage: the oldest promise is looked at first, and missed.
            (
                "Asia/Tokyo",
                "07:00",
                "2026-08-10T08:00:00+09:00",
                Some("2026-08-01"),
                Some("2026-08-02"),
                "2026-08-02",
                Timeliness::Missed,
            ),
        ];
        for (zone, ready_by, now, settled, promised, next, timeliness) in cases {
            let standing = Standing { settled: settled.map(day), promised: promised.map(day) };
            let slot = schedule(ready_by, zone).take_over(standing, at(now)).unwrap();
            assert_eq!(slot.local_date, day(next), "{zone} {ready_by} at {now}");
            assert_eq!(
                Timeliness::of(slot.ready_by, at(now), CATCH_UP),
                timeliness,
                "{zone} {ready_by} at {now}"
            );
        }
    }

    #[test]
    fn a_pause_leaves_no_next_slot() {
        let now = at("2026-08-10T06:00:00+09:00");
        let mut feed = schedule("07:00", "Asia/Tokyo");
        feed.paused_since = Some(now);
        let standing = Standing { settled: Some(day("2026-08-09")), promised: Some(day("2026-08-10")) };
        assert_eq!(feed.take_over(standing, now), None);
    }

    /// What people are told is what the planner does.
    #[test]
    fn runs_that_are_told_are_those_that_come() {
        let now = at("2026-12-01T00:00:00Z");
        let today = day("2026-12-01");
        for (zone, settled) in
            [("Asia/Tokyo", None), ("Asia/Tokyo", Some(today)), ("America/Los_Angeles", Some(today))]
        {
            let schedule = schedule("23:00", zone);
            let next = schedule.take_over(Standing { settled, promised: None }, now).unwrap();
            let told = schedule.upcoming_after(settled, now, 2);
            let following = schedule.following(next.local_date).unwrap();
            assert_eq!(told, [next, following], "{zone}");
        }
    }
}
