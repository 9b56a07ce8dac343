//! `schedule preview`: the contract's shape, over nights when the clock changes.

use super::run::Home;

fn preview(zone: &str, at: &str, from: &str, count: &str) -> serde_json::Value {
    let arguments = ["--at", at, "--zone", zone, "--from", from, "--count", count, "--json"];
    let ended = Home::new().run(&[&["schedule", "preview"], &arguments[..]].concat()).succeeds();
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn a_time_that_the_clock_skips_is_the_first_after_it() {
    let slots = preview("America/New_York", "02:30", "2026-03-07T12:00:00Z", "2");
    let expected = serde_json::json!([
        {"local_date": "2026-03-08", "ready_by": "2026-03-08T07:00:00Z", "local": "2026-03-08T03:00:00-04:00", "note": "gap"},
        {"local_date": "2026-03-09", "ready_by": "2026-03-09T06:30:00Z", "local": "2026-03-09T02:30:00-04:00", "note": null},
    ]);
    assert_eq!(slots, expected);
}

#[test]
fn a_time_that_comes_twice_is_the_first() {
    let slots = preview("Europe/Berlin", "02:30", "2026-10-24T12:00:00Z", "1");
    assert_eq!(slots[0]["ready_by"], "2026-10-25T00:30:00Z");
    assert_eq!(slots[0]["note"], "fold");
}

#[test]
fn days_are_kept_and_nonsense_is_refused() {
    let home = Home::new();
    let run = |more: &[&str]| home.run(&[&["schedule", "preview", "--zone", "Asia/Tokyo"], more].concat());
    let ended =
        run(&["--at", "07:00", "--days", "mon,fri", "--from", "2026-11-23T00:00:00Z", "--count", "2"])
            .succeeds();
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert!(lines[0].contains("Friday") && lines[1].contains("Monday"), "{lines:?}");
    for wrong in
        [&["--at", "25:00"][..], &["--at", "07:00", "--days", "someday"], &["--at", "7", "--count", "0"]]
    {
        run(wrong).fails(2);
    }
    assert!(
        home.run(&["schedule", "preview", "--at", "07:00", "--zone", "Mars/Olympus"])
            .fails(2)
            .contains("Mars")
    );
}
