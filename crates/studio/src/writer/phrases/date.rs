//! A date as it is said: without the year, which nobody needs to hear.

use crate::english::MONTHS;
use domain::{Language, Script};
use jiff::civil::{Date, Weekday};

/// Shared by everyone who hears it on that date.
pub fn date(language: Language, date: Date) -> Script {
    let (month, day) = (date.month(), date.day());
    Script::said(match language {
        Language::Ja => format!("{month}月{day}日、{}です。", japanese_weekday(date.weekday())),
        Language::En => {
            // A civil date's month is 1 to 12, its day 1 to 31.
            let month = MONTHS[usize::from(month.unsigned_abs()).clamp(1, 12) - 1];
            format!("It's {}, {month} {day}{}.", english_weekday(date.weekday()), ordinal_ending(day))
        }
    })
}

const fn ordinal_ending(day: i8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

const fn japanese_weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "月曜日",
        Weekday::Tuesday => "火曜日",
        Weekday::Wednesday => "水曜日",
        Weekday::Thursday => "木曜日",
        Weekday::Friday => "金曜日",
        Weekday::Saturday => "土曜日",
        Weekday::Sunday => "日曜日",
    }
}

const fn english_weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_people_write_them() {
        let day = |month, day| Date::constant(2026, month, day);
        assert_eq!(date(Language::Ja, day(11, 23)).text(), "11月23日、月曜日です。");
        assert_eq!(date(Language::En, day(11, 23)).text(), "It's Monday, November 23rd.");
        assert_eq!(date(Language::En, day(1, 31)).text(), "It's Saturday, January 31st.");
        assert_eq!(date(Language::En, day(2, 1)).text(), "It's Sunday, February 1st.");
    }
}
