//! Times as people read them, by the listener's own clock.

use super::Words;
use domain::{Language, schedule::Zone};
use jiff::{Timestamp, civil::Date};
use store::Micros;

/// `7:05`, as a clock at that place shows it.
pub fn clock(at: Micros, zone: &Zone) -> String {
    let shown = zone.rules().to_datetime(crate::api::at(at));
    format!("{}:{:02}", shown.hour(), shown.minute())
}

/// `12月1日（火）`, `Tue, 1 Dec`.
pub fn day(t: Words, date: Date) -> String {
    match t.0 {
        Language::Ja => format!("{}月{}日（{}）", date.month(), date.day(), weekday(t, date)),
        Language::En => format!("{}, {} {}", weekday(t, date), date.day(), MONTHS[month_index(date)]),
    }
}

/// The day as one speaks of it, where it is near.
pub fn near_day(t: Words, date: Date, today: Date) -> String {
    let days = today.until(date).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => t.say("today"),
        1 => t.say("tomorrow"),
        -1 => t.say("yesterday"),
        _ => day(t, date),
    }
}

/// Day and clock.
pub fn moment(t: Words, at: Micros, zone: &Zone, now: Micros) -> String {
    let date = zone.date_at(crate::api::at(at));
    let today = zone.date_at(crate::api::at(now));
    format!("{} {}", near_day(t, date, today), clock(at, zone))
}

/// Day and clock of an instant, of which there may be none.
pub fn maybe_moment(t: Words, at: Option<Micros>, zone: &Zone, now: Micros) -> String {
    at.map_or_else(|| t.say("never"), |at| moment(t, at, zone, now))
}

pub fn weekday(t: Words, date: Date) -> String {
    weekday_name(t, date.weekday().to_monday_zero_offset())
}

/// Monday is 0.
pub fn weekday_name(t: Words, day: i8) -> String {
    let key = DAYS.get(usize::from(day.unsigned_abs())).copied().unwrap_or("mon");
    t.say(&format!("day-{key}"))
}

/// As schedules write them.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month_index(date: Date) -> usize {
    usize::from(date.month().unsigned_abs()).saturating_sub(1)
}

/// `9:58`, as players show lengths.
pub fn length(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds / 3_600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// For `<time datetime>`.
pub fn stamp(at: Micros) -> Timestamp {
    crate::api::at(at)
}
