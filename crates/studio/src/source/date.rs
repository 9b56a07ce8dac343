//! When an entry says it was published: RFC 3339, RFC 2822 and what feeds write instead of them.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use regex::{Captures, Regex};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// `2026-11-23`, `2026/11/23`, `2026年11月23日`.
static YEAR_FIRST: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*(?<y>\d{4})\s*[-/.年]\s*(?<m>\d{1,2})\s*[-/.月]\s*(?<d>\d{1,2})日?"));
/// `Mon, 23 Nov 2026`, `23-Nov-26`.
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(?<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?<m>[A-Za-z]{3})[a-z]*\.?,?[\s-]+(?<y>\d{4}|\d{2})\b")
});
/// `November 23, 2026`.
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(?<m>[A-Za-z]{3})[a-z]*\.?\s+(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<y>\d{4})\b")
});
/// `T08:00Z`, ` 8:00:00.5 +0900`, `(月) 午後8時5分`, `, 8:00 pm JST`.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) ^ [\sTt,]* (?:\([^)]*\)\s*)? (?:at\s+)? (?<half>午前|午後)? \s*
          (?<hour>\d{1,2}) [:時] \s* (?<minute>\d{1,2})?
          (?: [:分] \s* (?<second>\d{1,2}) (?:[.,]\d+)? )? [分秒]? \s*
          (?<meridiem>[AaPp]\.?[Mm]\b\.?)? ",
    )
});
static OFFSET: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*(?:GMT|UTC)?\s*(?<sign>[+-])(?<hours>\d{1,2}):?(?<minutes>\d{2})?\b"));

/// Names that feeds use for offsets, in minutes. RFC 2822 §4.3 counts every other name as UTC.
const ZONES: [(&str, i32); 19] = [
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("BST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("IST", 330),
    ("SGT", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The instant a feed's text names; none where it names none. Without a zone it is UTC, or Japan's time
/// where the date is written in Japanese.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let text: String = text.trim().chars().take(100).nfkc().collect();
    let found = [&YEAR_FIRST, &DAY_FIRST, &MONTH_FIRST].into_iter().find_map(|form| form.captures(&text))?;
    let date = date(&found)?;
    let rest = &text[found.get_match().end()..];
    let japanese = if text.contains('年') { 540 } else { 0 };

    let Some(clock) = TIME.captures(rest) else {
        return at(date, Time::midnight(), offset(rest).unwrap_or(japanese));
    };
    let offset = offset(&rest[clock.get_match().end()..]).unwrap_or(japanese);
    let hour = hour(&clock)?;
    let minute = number(&clock, "minute").unwrap_or(0);
    // A leap second is the last one of its minute.
    let second = number(&clock, "second").unwrap_or(0).min(59);
    // ISO 8601 calls the midnight that ends a day 24:00.
    let (date, hour) = if hour == 24 { (date.tomorrow().ok()?, 0) } else { (date, hour) };
    at(date, Time::new(hour, minute, second, 0).ok()?, offset)
}

fn at(date: Date, time: Time, offset_minutes: i32) -> Option<Timestamp> {
    let offset = Offset::from_seconds(offset_minutes * 60).ok()?;
    offset.to_timestamp(date.to_datetime(time)).ok()
}

fn date(found: &Captures<'_>) -> Option<Date> {
    let year: i16 = found["y"].parse().ok()?;
    // RFC 2822 §4.3 tells the century of a year of two digits.
    let year = match (found["y"].len(), year) {
        (2, 0..50) => year + 2000,
        (2, _) => year + 1900,
        _ => year,
    };
    let named = || MONTHS.iter().position(|month| found["m"].eq_ignore_ascii_case(month));
    let month = match found["m"].parse() {
        Ok(month) => month,
        Err(_) => i8::try_from(named()? + 1).ok()?,
    };
    Date::new(year, month, found["d"].parse().ok()?).ok()
}

fn hour(clock: &Captures<'_>) -> Option<i8> {
    let hour = number(clock, "hour")?;
    let afternoon = clock.name("half").map(|half| half.as_str() == "午後");
    let meridiem = clock.name("meridiem").map(|half| half.as_str().starts_with(['P', 'p']));
    match (afternoon.or(meridiem), hour) {
        (None, _) => Some(hour),
        (Some(afternoon), 0..=12) => Some(hour % 12 + if afternoon { 12 } else { 0 }),
        (Some(_), _) => None,
    }
}

/// Minutes east of UTC; none where nothing is said.
fn offset(text: &str) -> Option<i32> {
    if let Some(offset) = OFFSET.captures(text) {
        let minutes =
            i32::from(number(&offset, "hours")?) * 60 + number(&offset, "minutes").map_or(0, i32::from);
        return Some(if &offset["sign"] == "-" { -minutes } else { minutes });
    }
    let name: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let known = ZONES.iter().find(|(zone, _)| name.eq_ignore_ascii_case(zone));
    (!name.is_empty()).then(|| known.map_or(0, |(_, minutes)| *minutes))
}

fn number(found: &Captures<'_>, name: &str) -> Option<i8> {
    found.name(name)?.as_str().parse().ok()
}

#[expect(clippy::expect_used, reason = "the patterns are constants, and the tests use each")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn a_date_is_read_in_every_form_that_feeds_use() {
        let morning = "2026-11-22T23:00:00Z";
        for (text, expected) in [
            ("2026-11-23T08:00:00+09:00", morning),
            ("2026-11-23T08:00+09:00", morning),
            ("2026-11-23T08:00:00.123+0900", morning),
            ("2026-11-22T23:00:00Z", morning),
            ("Mon, 23 Nov 2026 08:00:00 +0900", morning),
            ("Mon, 23 Nov 2026 08:00:00 JST", morning),
            ("Monday, 23 November 2026 8:00 JST", morning),
            ("23 Nov 26 08:00 JST", morning),
            ("Sun, 22 Nov 2026 23:00:00 GMT", morning),
            ("Sun, 22 Nov 2026 23:00:00 Z", morning),
            ("Sun, 22 Nov 2026 18:00:00 EST", morning),
            ("Nov 22, 2026 11:00 PM", morning),
            ("2026-11-22 23:00:00", morning),
            ("2026-11-22 23:00:00 UTC", morning),
            ("2026/11/22 23:00:00", morning),
            ("2026/11/23 8:00:00 +0900", morning),
            ("2026年11月23日 08:00", morning),
            ("2026年11月23日(月) 午前8時0分", morning),
            ("２０２６年１１月２３日８時", morning),
            ("2026-11-22T24:00:00Z", "2026-11-23T00:00:00Z"),
            ("Tue, 30 Jun 2026 23:59:60 GMT", "2026-06-30T23:59:59Z"),
            ("2026-11-23", "2026-11-23T00:00:00Z"),
            ("2026-11-23+09:00", "2026-11-22T15:00:00Z"),
            ("2026年11月23日", "2026-11-22T15:00:00Z"),
            ("Sun, 22 Nov 2026 12:30 am", "2026-11-22T00:30:00Z"),
            ("23-Nov-2026 08:00:00 GMT+9", morning),
        ] {
            let read = instant(text).map(|instant| instant.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_names_no_day_has_no_date() {
        for text in ["", "yesterday", "2026-02-30", "2026-13-01", "23 Foo 2026", "99:99", "2026", "8:00"] {
            assert_eq!(instant(text), None, "{text}");
        }
        assert_eq!(instant("2026-11-23 25:00"), None);
        assert_eq!(instant("2026-11-23 13:00 PM"), None);
        assert_eq!(instant(&"9".repeat(1_000)), None);
    }
}
