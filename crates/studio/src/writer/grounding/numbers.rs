//! Numbers as values with units, and dates: equal however they are written.

use super::{
    FactKind, Unsupported,
    dates::{Date, dates, digits},
    kanji::{is_kanji, is_kanji_digit, kanji_scale, kanji_value},
    unit::unit_of,
};
use crate::english::{TENS, UNDER_TWENTY};
use std::collections::BTreeSet;

/// The numbers and dates of an article.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    quantities: BTreeSet<Quantity>,
    dates: BTreeSet<Date>,
}

/// `value` is decimal text without separators: "30000", "1.95", "1.95.0", "7:30".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Quantity {
    value: String,
    unit: Option<&'static str>,
}

impl Numbers {
    pub(super) fn of(text: &str) -> Self {
        let (dates, rest) = dates(text);
        let mut numbers =
            Self { quantities: quantities(&rest, Reading::Generous), dates: dates.into_iter().collect() };
        // A date's parts may be said by themselves.
        for date in &numbers.dates {
            let parts = [
                (date.year.map(u32::from), "year"),
                (Some(u32::from(date.month)), "month"),
                (date.day.map(u32::from), "day"),
            ];
            for (value, unit) in parts {
                numbers
                    .quantities
                    .extend(value.map(|value| Quantity { value: value.to_string(), unit: Some(unit) }));
            }
        }
        numbers
    }

    pub(super) fn unsupported(&self, sentence: &str) -> Vec<Unsupported> {
        let (dates, rest) = dates(sentence);
        let dates = dates.into_iter().filter(|date| !self.dates.iter().any(|held| held.covers(*date)));
        let mut found: Vec<Unsupported> =
            dates.map(|date| Unsupported { kind: FactKind::Date, fact: date.to_string() }).collect();
        let quantities =
            quantities(&rest, Reading::Strict).into_iter().filter(|quantity| !self.holds(quantity));
        found.extend(quantities.map(|quantity| {
            let fact =
                quantity.value + quantity.unit.map(|unit| format!(" {unit}")).as_deref().unwrap_or_default();
            Unsupported { kind: FactKind::Number, fact }
        }));
        found
    }

    /// The same value with the same unit; a unit on one side only says nothing against it.
    fn holds(&self, said: &Quantity) -> bool {
        self.quantities.iter().any(|held| {
            let version =
                held.value.strip_prefix(said.value.as_str()).is_some_and(|rest| rest.starts_with('.'));
            (held.value == said.value || (version && said.value.contains('.')))
                && (held.unit == said.unit || held.unit.is_none() || said.unit.is_none())
        })
    }
}

/// An article's numbers are read in every way they could be meant; a sentence's only where it is sure
/// that a number is stated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Generous,
    Strict,
}

/// Numbers of a text that has no dates.
fn quantities(text: &str, reading: Reading) -> BTreeSet<Quantity> {
    let mut found = BTreeSet::new();
    let mut at = 0;
    let mut before: Option<char> = None;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let token = if c.is_ascii_digit() {
            digit_number(rest)
        } else if is_kanji_digit(c) {
            kanji_number(rest, before, reading)
        } else if c.is_ascii_alphabetic() && !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-') {
            word_number(rest)
        } else {
            None
        };
        if let Some((value, bytes)) = token {
            let unit = unit_of(&rest[bytes..]);
            // "one", 一つ: rarely a fact. The article's own are kept: they may be said as 1.
            if reading == Reading::Generous || value != "1" || c.is_ascii_digit() {
                found.insert(Quantity { value: value.clone(), unit });
                if let Some(clock) = clock(&value, &rest[bytes..]) {
                    found.insert(Quantity { value: clock, unit: None });
                }
            }
            before = rest[..bytes].chars().next_back();
            at += bytes;
            continue;
        }
        before = Some(c);
        at += c.len_utf8();
    }
    found
}

/// 7時30分 is also 7:30.
fn clock(hours: &str, rest: &str) -> Option<String> {
    let (minutes, rest) = digits(rest.strip_prefix('時')?, 1, 2)?;
    rest.starts_with('分').then(|| format!("{hours}:{minutes:02}"))
}

/// 30,000; 1.95.0; 7:30; 3万5千; 30K; 1.5 million.
fn digit_number(text: &str) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut value = String::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => value.push(char::from(*byte)),
            b',' if digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4) => {}
            b'.' | b':' if digit(at + 1) => value.push(char::from(*byte)),
            _ => break,
        }
        at += 1;
    }
    let (scaled, more) = scaled(&value, text.get(at..)?);
    Some((normal(&scaled), at + more))
}

/// Multiplies by the scale words that follow.
fn scaled(value: &str, rest: &str) -> (String, usize) {
    let spaced = rest.strip_prefix([' ', '-']).map_or((rest, 0), |rest| (rest, 1));
    for (word, power) in [("hundred", 2), ("thousand", 3), ("million", 6), ("billion", 9), ("trillion", 12)] {
        if spaced.0.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            return (times_ten_to(value, power).unwrap_or_else(|| value.to_owned()), spaced.1 + word.len());
        }
    }
    for (letter, power) in [("K", 3), ("k", 3), ("M", 6)] {
        let end = rest
            .strip_prefix(letter)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        if end {
            return (times_ten_to(value, power).unwrap_or_else(|| value.to_owned()), letter.len());
        }
    }
    // 3万5千: what follows the scale is read as kanji, with its own digits.
    let Some(scale) = rest.chars().next().filter(|c| kanji_scale(*c).is_some()) else {
        return (value.to_owned(), 0);
    };
    let bytes: usize =
        rest.chars().take_while(|c| c.is_ascii_digit() || is_kanji_digit(*c)).map(char::len_utf8).sum();
    let whole = format!("{value}{}", &rest[..bytes]);
    if !value.contains('.')
        && let Some(whole) = kanji_value(&whole)
    {
        return (whole.to_string(), bytes);
    }
    let power = kanji_scale(scale).map_or(0, |scale| scale.ilog10());
    (times_ten_to(value, power).unwrap_or_else(|| value.to_owned()), scale.len_utf8())
}

/// Decimal text times a power of ten; `None` for a version or a clock.
fn times_ten_to(value: &str, power: u32) -> Option<String> {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if part.contains('.') || value.contains(':') {
        return None;
    }
    let power = power as usize;
    let moved: String = part.chars().chain(std::iter::repeat('0')).take(power).collect();
    let left = part.get(power..).unwrap_or_default();
    let whole = format!("{whole}{moved}");
    Some(if left.is_empty() { whole } else { format!("{whole}.{left}") })
}

/// Without leading zeros of the whole part: 007 is 7, 07:30 is 7:30. Trailing zeros stay: 1.10 is not 1.1.
fn normal(value: &str) -> String {
    let trimmed = value.trim_start_matches('0');
    if trimmed.is_empty() || trimmed.starts_with(['.', ':']) {
        format!("0{trimmed}")
    } else {
        trimmed.to_owned()
    }
}

/// 三万, 二十三, 五. In a sentence only where a counter follows or two digits make a number sure.
fn kanji_number(text: &str, before: Option<char>, reading: Reading) -> Option<(String, usize)> {
    let run: String = text.chars().take_while(|c| is_kanji_digit(*c)).collect();
    let value = kanji_value(&run)?;
    let rest = text.get(run.len()..)?;
    let sure = unit_of(rest).is_some() || run.chars().count() >= 3;
    // 統一, 第三者, 十分, 万一, 一部: part of a word.
    let in_word = before.is_some_and(is_kanji) || (rest.starts_with(is_kanji) && unit_of(rest).is_none());
    let word =
        run == "十" && rest.starts_with('分') || matches!(run.as_str(), "万一" | "千" | "万" | "百" | "億");
    if reading == Reading::Strict && (!sure || in_word || word) {
        return None;
    }
    Some((value.to_string(), run.len()))
}

/// two, forty-two, three hundred. "one" counts only before a scale.
fn word_number(text: &str) -> Option<(String, usize)> {
    let word = |text: &str| text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let first = text.get(..word(text))?.to_ascii_lowercase();
    let value = english_value(&first)?;
    let mut bytes = first.len();
    let mut total = value;
    if (20..100).contains(&value)
        && let Some(rest) = text.get(bytes..).and_then(|rest| rest.strip_prefix(['-', ' ']))
        && let Some(ones) = rest.get(..word(rest)).and_then(|word| english_value(&word.to_ascii_lowercase()))
        && ones < 10
    {
        total += ones;
        bytes += 1 + word(rest);
    }
    let (scaled, more) = scaled(&total.to_string(), text.get(bytes..)?);
    Some((scaled, bytes + more))
}

fn english_value(word: &str) -> Option<u64> {
    let of = |list: &[&str]| list.iter().position(|name| *name == word).and_then(|at| u64::try_from(at).ok());
    of(&UNDER_TWENTY).or_else(|| of(&TENS[2..]).map(|tens| (tens + 2) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supported(article: &str, sentence: &str) -> bool {
        Numbers::of(article).unsupported(sentence).is_empty()
    }

    #[test]
    fn a_value_is_the_same_however_it_is_written() {
        for (article, sentence) in [
            ("3万件", "30,000件あります"),
            ("30,000", "三万件です"),
            ("2億5千万円", "250000000円"),
            ("五分かかる", "5分です"),
            ("two hundred people", "200 people"),
            ("1.5 million users", "1500000 users"),
            ("It took three days.", "It took 3 days."),
            ("forty-two", "42"),
            ("30K rows", "30,000 rows"),
            ("Rust 1.95.0", "Rust 1.95"),
            ("2026-11-23", "11月23日"),
            ("2026年11月23日", "November 23, 2026"),
            ("Nov. 3rd, 2026", "3 November"),
            ("7:30", "07:30に"),
            ("7時30分", "7:30"),
            ("2026-11-23", "2026年の話"),
            ("30%", "30 percent"),
            ("十一月二十三日", "11月23日"),
        ] {
            assert!(supported(article, sentence), "{article} / {sentence}");
        }
    }

    #[test]
    fn another_value_unit_version_or_day_is_found() {
        for (article, sentence) in [
            ("3万件", "4万件"),
            ("五分かかる", "五秒かかる"),
            ("30 ms", "30 seconds"),
            ("Rust 1.95", "Rust 1.96"),
            ("Rust 1.10", "Rust 1.1.0"),
            ("2026-11-23", "11月24日"),
            ("2026年11月23日 12月24日", "11月24日"),
            ("March 3, 2026", "March 3, 2025"),
            ("two people", "four people"),
            ("30", "30,000"),
            ("0.2秒", "0.3秒"),
        ] {
            assert!(!supported(article, sentence), "{article} / {sentence}");
        }
    }

    #[test]
    fn words_with_a_kanji_digit_state_no_number() {
        for sentence in [
            "一般に統一された方法を一つ選ぶ。",
            "十分に速い。",
            "第三者に見せる。",
            "万一に備える。",
            "千差万別だ。",
            "四角い枠です。",
        ] {
            assert!(supported("", sentence), "{sentence}: {:?}", Numbers::of("").unsupported(sentence));
        }
    }
}
