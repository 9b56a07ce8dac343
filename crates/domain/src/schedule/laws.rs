//! The rules of a schedule over all of tzdb, 1990 to 2037. The oracle walks a zone's transitions one
//! by one; it shares no code with the resolution it judges.

use super::*;
use jiff::{
    SignedDuration,
    civil::{DateTime, Time, date},
    tz::{Offset, TimeZone, TimeZoneDatabase},
};
use proptest::prelude::*;
use std::sync::LazyLock;

static ZONES: LazyLock<Vec<String>> =
    LazyLock::new(|| TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect());

/// All of tzdb, and half of the time a zone whose clocks did something unusual.
fn any_zone() -> impl Strategy<Value = Zone> {
    let odd = [
        "Africa/Cairo",
        "Africa/Casablanca",
        "America/Havana",
        "America/Nuuk",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Antarctica/Troll",
        "Asia/Beirut",
        "Asia/Gaza",
        "Asia/Pyongyang",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Kwajalein",
    ];
    let all = any::<prop::sample::Index>().prop_map(|index| index.get(&ZONES).clone());
    let odd = prop::sample::select(odd.to_vec()).prop_map(str::to_owned);
    prop_oneof![all, odd].prop_map(|name| name.parse().unwrap())
}

/// Half of the times lie in the hours where clocks are changed.
fn any_time() -> impl Strategy<Value = LocalTime> {
    let odd_hours = prop::sample::select(vec![23, 0, 1, 2, 3]);
    (prop_oneof![odd_hours, 0..24_i32], 0..60_i32)
        .prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}").parse().unwrap())
}

fn any_date() -> impl Strategy<Value = Date> {
    (0..17_500_i64).prop_map(|days| date(1990, 1, 1) + SignedDuration::from_hours(24 * days))
}

fn any_days() -> impl Strategy<Value = Days> {
    prop::collection::vec(prop::sample::select(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), 1..8)
        .prop_map(|days| days.join(",").parse().unwrap())
}

/// Stretches of constant offset: from when, until when, and the offset.
fn stretches(rules: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp, Offset)> {
    let mut cuts = vec![from];
    cuts.extend(rules.following(from).map(|cut| cut.timestamp()).take_while(|cut| *cut < to));
    cuts.push(to);
    cuts.windows(2).map(|pair| (pair[0], pair[1], rules.to_offset(pair[0]))).collect()
}

/// What a date and time come to, by looking at every stretch of constant offset around them.
fn oracle(wished: DateTime, rules: &TimeZone) -> Option<(Timestamp, Option<Note>)> {
    let noon = Offset::UTC.to_timestamp(wished).unwrap();
    let stretches =
        stretches(rules, noon - SignedDuration::from_hours(96), noon + SignedDuration::from_hours(96));
    let midnight = wished.date().to_datetime(Time::midnight());
    let next_midnight = wished.date().tomorrow().unwrap().to_datetime(Time::midnight());
    let exists = stretches.iter().any(|(from, to, offset)| {
        offset.to_datetime(*from) < next_midnight && offset.to_datetime(*to) > midnight
    });
    if !exists {
        return None;
    }
    let hits: Vec<Timestamp> = stretches
        .iter()
        .filter(|(from, to, offset)| offset.to_datetime(*from) <= wished && wished < offset.to_datetime(*to))
        .map(|(_, _, offset)| offset.to_timestamp(wished).unwrap())
        .collect();
    match hits.as_slice() {
        [] => {
            let after = stretches.iter().find(|(from, _, offset)| offset.to_datetime(*from) > wished);
            after.map(|(from, _, _)| (*from, Some(Note::Gap)))
        }
        [once] => Some((*once, None)),
        [first, ..] => Some((*first, Some(Note::Fold))),
    }
}

proptest! {
    /// 420 days each, so that every case crosses the year's changes.
    #[test]
    fn every_date_that_exists_has_one_slot_and_slots_only_get_later(
        zone in any_zone(), time in any_time(), first in any_date()
    ) {
        let schedule = Schedule::new(Days::DAILY, time, zone.clone());
        let mut local_date = first;
        let mut expected = Vec::new();
        for _ in 0..420 {
            if let Some((ready_by, note)) = oracle(local_date.to_datetime(time.time()), zone.rules()) {
                expected.push((local_date, ready_by, note));
            }
            local_date = local_date.tomorrow().unwrap();
        }
        let slots = schedule.upcoming(expected[0].1, expected.len());
        let found: Vec<_> = slots.iter().map(|slot| (slot.local_date, slot.ready_by, slot.note)).collect();
        prop_assert!(slots.is_sorted_by(|a, b| a.ready_by < b.ready_by && a.local_date < b.local_date));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn next_after_walks_the_same_slots_as_upcoming(
        zone in any_zone(), time in any_time(), days in any_days(), first in any_date()
    ) {
        let schedule = Schedule::new(days, time, zone);
        let from = first.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp();
        let slots = schedule.upcoming(from, 30);
        for pair in slots.windows(2) {
            prop_assert_eq!(schedule.next_after(pair[0].ready_by), Some(pair[1].clone()));
            prop_assert_eq!(schedule.following(pair[0].local_date), Some(pair[1].clone()));
        }
        prop_assert!(slots.iter().all(|slot| days.contains(slot.local_date.weekday())));
    }

    /// A listener who keeps moving house: time passes, zone, time and days change, and the planner
    /// selects whatever opens six hours ahead.
    #[test]
    fn no_date_gets_two_programs_and_no_promise_is_dropped(
        moves in prop::collection::vec((any_zone(), any_time(), any_days(), 1..60_i64, any::<bool>()), 1..25),
        first in any_date(),
    ) {
        let mut now = first.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp();
        let mut standing = Standing::default();
        let mut outcomes: Vec<Date> = Vec::new();
        for (zone, time, days, hours, paused) in moves {
            let mut schedule = Schedule::new(days, time, zone);
            schedule.paused_since = paused.then_some(now);
            let next = schedule.take_over(standing, now);
            if let Some(promised) = standing.promised.filter(|promised| schedule.slot(*promised).is_some()) {
                prop_assert!(next.as_ref().is_some_and(|slot| slot.local_date <= promised));
            }
            let mut next = next;
            now += SignedDuration::from_hours(hours);
            while let Some(slot) = next.take_if(|slot| slot.ready_by - SignedDuration::from_hours(6) <= now) {
                outcomes.push(slot.local_date);
                standing.settled = Some(slot.local_date);
                next = schedule.following(slot.local_date);
            }
            standing.promised = next.map(|slot| slot.local_date);
        }
        prop_assert!(outcomes.is_sorted_by(|a, b| a < b), "{outcomes:?}");
    }
}
