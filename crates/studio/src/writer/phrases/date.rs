//! A date as it is said: without the year, which nobody needs to hear.

use domain::{Language, Script};
use jiff::civil::{Date, Weekday};

/// Shared by everyone who hears it on that date.
pub fn date(language: Language, date: Date) -> Script {
    let (month, day) = (date.month(), date.day());
    Script::said(match language {
        Language::Ja => format!("{month}月{day}日、{}です。", japanese_weekday(date.weekday())),
        Language::En => {
            format!("It's {}, {} {}.", english_weekday(date.weekday()), month_name(month), ordinal(day))
        }
    })
}

/// In words up to ninety-nine, beyond in digits.
pub(super) fn cardinal(number: usize) -> String {
    let (tens, ones) = (number / 10, number % 10);
    match number {
        0..=19 => ONES[number].to_owned(),
        20..=99 if ones == 0 => TENS[tens].to_owned(),
        20..=99 => format!("{}-{}", TENS[tens], ONES[ones]),
        _ => number.to_string(),
    }
}

fn ordinal(day: i8) -> String {
    const DAYS: [&str; 31] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "twenty first",
        "twenty second",
        "twenty third",
        "twenty fourth",
        "twenty fifth",
        "twenty sixth",
        "twenty seventh",
        "twenty eighth",
        "twenty ninth",
        "thirtieth",
        "thirty first",
    ];
    // A civil date's day is 1 to 31.
    DAYS[usize::from(day.unsigned_abs()).clamp(1, 31) - 1].to_owned()
}

fn month_name(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    // A civil date's month is 1 to 12.
    MONTHS[usize::from(month.unsigned_abs()).clamp(1, 12) - 1]
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

const ONES: [&str; 20] = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_said_in_words() {
        let day = |month, day| Date::constant(2026, month, day);
        assert_eq!(date(Language::Ja, day(11, 23)).text(), "11月23日、月曜日です。");
        assert_eq!(date(Language::En, day(11, 23)).text(), "It's Monday, November twenty third.");
        assert_eq!(date(Language::En, day(1, 31)).text(), "It's Saturday, January thirty first.");
        assert_eq!(date(Language::En, day(2, 1)).text(), "It's Sunday, February first.");
    }

    #[test]
    fn counts_are_said_in_words() {
        let said: Vec<String> = [2, 12, 20, 42, 120].into_iter().map(cardinal).collect();
        assert_eq!(said, ["two", "twelve", "twenty", "forty-two", "120"]);
    }
}
