//! Dates of a text, in digits or words.

use super::kanji::{is_kanji_digit, kanji_value};
use crate::english::MONTHS;

/// As much of a date as is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date {
    pub(super) year: Option<u16>,
    pub(super) month: u8,
    pub(super) day: Option<u8>,
}

/// Dates of a text, and the text without them.
pub(super) fn dates(text: &str) -> (Vec<Date>, String) {
    let mut found = Vec::new();
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    let mut boundary = true;
    while let Some(c) = text[at..].chars().next() {
        if boundary && let Some((date, bytes)) = date_at(&text[at..]) {
            found.push(date);
            rest.push('\n');
            at += bytes;
            boundary = true;
            continue;
        }
        rest.push(c);
        boundary = !(c.is_ascii_alphanumeric() || is_kanji_digit(c) || matches!(c, '.' | ',' | '-' | '/'));
        at += c.len_utf8();
    }
    (found, rest)
}

fn date_at(text: &str) -> Option<(Date, usize)> {
    numeric_date(text).or_else(|| japanese_date(text)).or_else(|| english_date(text))
}

/// 2026-11-23, 2026/11/23
fn numeric_date(text: &str) -> Option<(Date, usize)> {
    let (year, rest) = digits(text, 4, 4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/'))?;
    let (month, rest) = digits(rest.get(1..)?, 1, 2)?;
    let (day, rest) = digits(rest.strip_prefix(separator)?, 1, 2)?;
    let date = date(Some(year), month, Some(day))?;
    Some((date, text.len() - rest.len()))
}

/// 2026年11月23日, 11月23日, 十一月二十三日, 2026年11月. A month alone (11月) is a number with a unit.
fn japanese_date(text: &str) -> Option<(Date, usize)> {
    let number = |text: &'_ str| -> Option<(u32, usize)> {
        let bytes: usize =
            text.chars().take_while(|c| c.is_ascii_digit() || is_kanji_digit(*c)).map(char::len_utf8).sum();
        let value = kanji_value(text.get(..bytes).filter(|digits| !digits.is_empty())?)?;
        Some((u32::try_from(value).ok()?, bytes))
    };
    let (first, bytes) = number(text)?;
    let after = text.get(bytes..)?;
    let (year, month, mut rest) = if let Some(rest) = after.strip_prefix('年') {
        let (month, bytes) = number(rest)?;
        (Some(first), month, rest.get(bytes..)?.strip_prefix('月')?)
    } else {
        (None, first, after.strip_prefix('月')?)
    };
    let day = number(rest).and_then(|(day, bytes)| {
        let after = rest.get(bytes..)?.strip_prefix('日')?;
        rest = after;
        Some(day)
    });
    if year.is_none() && day.is_none() {
        return None;
    }
    Some((date(year, month, day)?, text.len() - rest.len()))
}

/// November 23, 2026; Nov. 23rd; 23 November 2026; November 2026.
fn english_date(text: &str) -> Option<(Date, usize)> {
    let day_first = digits(text, 1, 2).and_then(|(day, rest)| {
        let rest = without_ordinal(rest).trim_start_matches(' ');
        let rest = rest.strip_prefix("of ").unwrap_or(rest);
        let (month, rest) = month_name(rest)?;
        Some((day, month, rest))
    });
    if let Some((day, month, rest)) = day_first {
        let (year, rest) = trailing_year(rest);
        return Some((date(year, month, Some(day))?, text.len() - rest.len()));
    }
    let (month, rest) = month_name(text)?;
    let spaced = rest.strip_prefix(' ')?;
    if let Some((year, rest)) = digits(spaced, 4, 4) {
        return Some((date(Some(year), month, None)?, text.len() - rest.len()));
    }
    let (day, rest) = digits(spaced, 1, 2)?;
    let (year, rest) = trailing_year(without_ordinal(rest));
    Some((date(year, month, Some(day))?, text.len() - rest.len()))
}

fn trailing_year(text: &str) -> (Option<u32>, &str) {
    let spaced = text.strip_prefix(", ").or_else(|| text.strip_prefix(' '));
    spaced.and_then(|rest| digits(rest, 4, 4)).map_or((None, text), |(year, rest)| (Some(year), rest))
}

fn without_ordinal(text: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|ordinal| text.strip_prefix(ordinal)).unwrap_or(text)
}

fn month_name(text: &str) -> Option<(u32, &str)> {
    MONTHS.iter().zip(1..).find_map(|(name, month)| {
        let short = name.get(..3)?;
        let rest = text.strip_prefix(name).or_else(|| {
            let rest = text.strip_prefix(short)?;
            let rest = if month == 9 { rest.strip_prefix('t').unwrap_or(rest) } else { rest };
            Some(rest.strip_prefix('.').unwrap_or(rest))
        })?;
        (!rest.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((month, rest))
    })
}

/// A number of so many digits at the start, and what follows; no digit may follow.
pub(super) fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text.get(..count).filter(|_| (least..=most).contains(&count))?.parse().ok()?;
    Some((value, text.get(count..)?))
}

fn date(year: Option<u32>, month: u32, day: Option<u32>) -> Option<Date> {
    if !(1..=12).contains(&month) || day.is_some_and(|day| !(1..=31).contains(&day)) {
        return None;
    }
    let year = year.map(u16::try_from).transpose().ok()?;
    Some(Date { year, month: u8::try_from(month).ok()?, day: day.map(u8::try_from).transpose().ok()? })
}

impl Date {
    /// Says at least what `said` says.
    pub(super) fn covers(self, said: Self) -> bool {
        self.month == said.month
            && (said.year.is_none() || self.year == said.year)
            && (said.day.is_none() || self.day == said.day)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or = |value: Option<u32>| value.map_or("-".to_owned(), |value| value.to_string());
        write!(f, "{}/{}/{}", or(self.year.map(u32::from)), self.month, or(self.day.map(u32::from)))
    }
}
