//! The calendar's odd nights as a table, and what a schedule says, refuses and reads back.

use super::*;
use jiff::SignedDuration;

fn schedule(days: Days, ready_by: &str, zone: &str) -> Schedule {
    Schedule::new(days, ready_by.parse().unwrap(), zone.parse().unwrap())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn odd_nights() {
    let gap = Some(Note::Gap);
    let fold = Some(Note::Fold);
    let table = [
        // zone, date, wished, as the clock then shows it, note
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T03:00:00-04:00", gap),
        ("America/New_York", "2026-03-08", "02:00", "2026-03-08T03:00:00-04:00", gap),
        ("America/New_York", "2026-03-08", "03:00", "2026-03-08T03:00:00-04:00", None),
        ("America/New_York", "2026-03-08", "01:59", "2026-03-08T01:59:00-05:00", None),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T01:30:00-04:00", fold),
        ("America/New_York", "2026-11-01", "02:00", "2026-11-01T02:00:00-05:00", None),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T03:00:00+02:00", gap),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T02:30:00+02:00", fold),
        // Half an hour of summer time.
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30:00+11:00", gap),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-05T01:45:00+11:00", fold),
        // The clocks go back for Ramadan and forward again after it.
        ("Africa/Casablanca", "2025-02-23", "02:30", "2025-02-23T02:30:00+01:00", fold),
        ("Africa/Casablanca", "2025-04-06", "02:30", "2025-04-06T03:00:00+01:00", gap),
        // Iran changed at midnight, and stopped in 2022.
        ("Asia/Tehran", "2022-03-22", "00:30", "2022-03-22T01:00:00+04:30", gap),
        ("Asia/Tehran", "2022-09-21", "23:30", "2022-09-21T23:30:00+04:30", fold),
        ("Asia/Tehran", "2023-03-22", "00:30", "2023-03-22T00:30:00+03:30", None),
        // Midnight itself is missing.
        ("America/Sao_Paulo", "2018-11-04", "00:15", "2018-11-04T01:00:00-02:00", gap),
        ("Africa/Cairo", "2024-04-26", "00:15", "2024-04-26T01:00:00+03:00", gap),
        ("Asia/Beirut", "2024-03-31", "00:00", "2024-03-31T01:00:00+03:00", gap),
        // The evening's last hour is missing: the slot keeps its date's label.
        ("America/Nuuk", "2025-03-29", "23:30", "2025-03-30T00:00:00-01:00", gap),
        // The rule that changes every year came into force in an autumn that had no summer time to end.
        ("America/Nuuk", "2023-10-28", "23:00", "2023-10-28T23:00:00-02:00", None),
        ("America/Toronto", "1919-03-30", "23:45", "1919-03-31T00:30:00-04:00", gap),
        ("America/Toronto", "1919-03-31", "00:15", "1919-03-31T00:30:00-04:00", gap),
        // Around the day Samoa left out, and both ends of the date line.
        ("Pacific/Apia", "2011-12-29", "07:00", "2011-12-29T07:00:00-10:00", None),
        ("Pacific/Apia", "2011-12-31", "07:00", "2011-12-31T07:00:00+14:00", None),
        ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-31T00:00:00+14:00", None),
        ("Pacific/Kiritimati", "2026-01-01", "07:00", "2026-01-01T07:00:00+14:00", None),
        ("Etc/GMT+12", "2026-01-01", "07:00", "2026-01-01T07:00:00-12:00", None),
        ("Asia/Tokyo", "2028-02-29", "07:00", "2028-02-29T07:00:00+09:00", None),
    ];
    for (zone, local_date, ready_by, local, note) in table {
        let slot = schedule(Days::DAILY, ready_by, zone).slot(day(local_date));
        let expected =
            Preview { local_date: day(local_date), ready_by: at(local), local: local.to_owned(), note };
        assert_eq!(slot.as_ref().map(Preview::from), Some(expected), "{zone} {local_date} {ready_by}");
    }
}

#[test]
fn a_date_the_zone_left_out_has_no_slot_and_a_reason() {
    for (zone, missing) in [("Pacific/Apia", "2011-12-30"), ("Pacific/Kiritimati", "1994-12-31")] {
        for time in ["00:00", "07:00", "23:59"] {
            let schedule = schedule(Days::DAILY, time, zone);
            let reason = Reason::NoSuchDate { date: day(missing), zone: zone.parse().unwrap() };
            assert_eq!(schedule.why_not(day(missing)), Some(reason), "{zone} {time}");
            let neighbours =
                schedule.upcoming(at(&format!("{missing}T12:00:00Z")) - SignedDuration::from_hours(48), 4);
            let dates: Vec<Date> = neighbours.iter().map(|slot| slot.local_date).collect();
            assert!(!dates.contains(&day(missing)) && dates.len() == 4, "{zone} {time}: {dates:?}");
        }
    }
}

#[test]
fn leap_day_comes_when_it_comes() {
    let tokyo = schedule(Days::DAILY, "07:00", "Asia/Tokyo");
    let dates = |from: &str| -> Vec<Date> {
        tokyo.upcoming(at(from), 3).iter().map(|slot| slot.local_date).collect()
    };
    assert_eq!(dates("2028-02-28T00:00:00+09:00"), [day("2028-02-28"), day("2028-02-29"), day("2028-03-01")]);
    assert_eq!(dates("2100-02-28T00:00:00+09:00"), [day("2100-02-28"), day("2100-03-01"), day("2100-03-02")]);
}

#[test]
fn upcoming_includes_its_start_and_next_after_does_not() {
    let tokyo = schedule(Days::DAILY, "07:00", "Asia/Tokyo");
    let seven = at("2026-08-10T07:00:00+09:00");
    assert_eq!(tokyo.upcoming(seven, 1)[0].ready_by, seven);
    assert_eq!(tokyo.next_after(seven).unwrap().ready_by, at("2026-08-11T07:00:00+09:00"));
    assert_eq!(tokyo.following(day("2026-08-31")).unwrap().local_date, day("2026-09-01"));
}

#[test]
fn breaks_say_why() {
    let mut feed = schedule(Days::WEEKDAYS, "07:00", "Asia/Tokyo");
    let vacation = Vacation::new(day("2026-08-12"), day("2026-08-14")).unwrap();
    feed.vacations.push(vacation);
    let skipped = feed.skip_next(at("2026-08-10T12:00:00+09:00"));
    assert_eq!(skipped, Some(day("2026-08-11")));
    feed.paused_since = Some(at("2026-08-19T07:00:00+09:00"));
    for (local_date, reason) in [
        ("2026-08-10", None),
        ("2026-08-11", Some(Reason::Skipped)),
        ("2026-08-12", Some(Reason::Vacation(vacation))),
        ("2026-08-14", Some(Reason::Vacation(vacation))),
        ("2026-08-15", Some(Reason::OtherDays { weekday: jiff::civil::Weekday::Saturday })),
        ("2026-08-18", None),
        ("2026-08-19", Some(Reason::Paused { since: day("2026-08-19") })),
        ("2027-08-19", Some(Reason::Paused { since: day("2026-08-19") })),
    ] {
        assert_eq!(feed.why_not(day(local_date)), reason, "{local_date}");
    }
    let left: Vec<Date> =
        feed.upcoming(at("2026-08-10T00:00:00+09:00"), 9).iter().map(|slot| slot.local_date).collect();
    assert_eq!(left, [day("2026-08-10"), day("2026-08-17"), day("2026-08-18")]);
}

#[test]
fn a_schedule_reads_back_as_written() {
    let text = r#"{"days":"mon,wed","ready_by":"7:05","zone":"europe/berlin","paused_since":"2026-08-19T05:00:00Z","vacations":[{"from":"2026-12-24","to":"2027-01-02"}],"skip":["2026-08-12"]}"#;
    let read: Schedule = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let short: Schedule =
        serde_json::from_str(r#"{"days":"daily","ready_by":"07:00","zone":"Asia/Tokyo"}"#).unwrap();
    assert_eq!(short, schedule(Days::DAILY, "07:00", "Asia/Tokyo"));
    for wrong in [
        r#"{"days":"","ready_by":"07:00","zone":"Asia/Tokyo"}"#,
        r#"{"days":"daily","ready_by":"25:00","zone":"Asia/Tokyo"}"#,
        r#"{"days":"daily","ready_by":"07:00","zone":"Asia/Tokio"}"#,
        r#"{"days":"daily","ready_by":"07:00","zone":"Asia/Tokyo","pause":true}"#,
        r#"{"days":"daily","ready_by":"07:00","zone":"Asia/Tokyo","vacations":[{"from":"2026-02-02","to":"2026-02-01"}]}"#,
    ] {
        assert!(serde_json::from_str::<Schedule>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_preview_has_the_contract_s_shape() {
    let slots = schedule(Days::DAILY, "02:30", "America/New_York").upcoming(at("2026-03-08T00:00:00Z"), 2);
    let preview: Vec<Preview> = slots.iter().map(Preview::from).collect();
    assert_eq!(
        serde_json::to_string(&preview).unwrap(),
        r#"[{"local_date":"2026-03-08","ready_by":"2026-03-08T07:00:00Z","local":"2026-03-08T03:00:00-04:00","note":"gap"},{"local_date":"2026-03-09","ready_by":"2026-03-09T06:30:00Z","local":"2026-03-09T02:30:00-04:00","note":null}]"#
    );
}
