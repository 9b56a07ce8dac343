//! Numbers as values with units, and dates: equal however they are written.

use super::{FactKind, Unsupported};
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Date {
    year: Option<u16>,
    month: u8,
    day: Option<u8>,
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

impl Date {
    /// Says at least what `said` says.
    fn covers(self, said: Self) -> bool {
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

/// An article's numbers are read in every way they could be meant; a sentence's only where it is sure
/// that a number is stated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Generous,
    Strict,
}

/// Dates of a text, and the text without them.
fn dates(text: &str) -> (Vec<Date>, String) {
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
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
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
                // 4-core, 30K: what is said may drop what the value was multiplied by.
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

/// 二千五百, 3万5千, 二〇二六, 一九.
fn kanji_value(run: &str) -> Option<u64> {
    let positional = run.chars().all(|c| c.is_ascii_digit() || kanji_digit(c).is_some());
    if positional {
        return run.chars().try_fold(0_u64, |value, c| {
            let digit = c.to_digit(10).map(u64::from).or_else(|| kanji_digit(c))?;
            value.checked_mul(10)?.checked_add(digit)
        });
    }
    let (mut total, mut group, mut digit) = (0_u64, 0_u64, None::<u64>);
    for c in run.chars() {
        if let Some(next) = c.to_digit(10).map(u64::from).or_else(|| kanji_digit(c)) {
            digit = Some(digit.unwrap_or(0).checked_mul(10)?.checked_add(next)?);
        } else {
            let scale = kanji_scale(c)?;
            if scale >= 10_000 {
                let sum = group.checked_add(digit.take().unwrap_or(u64::from(group == 0)))?;
                total = total.checked_add(sum.checked_mul(scale)?)?;
                group = 0;
            } else {
                group = group.checked_add(digit.take().unwrap_or(1).checked_mul(scale)?)?;
            }
        }
    }
    total.checked_add(group)?.checked_add(digit.unwrap_or(0))
}

const fn kanji_digit(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

const fn kanji_scale(c: char) -> Option<u64> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '億' => 100_000_000,
        '兆' => 1_000_000_000_000,
        _ => return None,
    })
}

const fn is_kanji_digit(c: char) -> bool {
    kanji_digit(c).is_some() || kanji_scale(c).is_some()
}

const fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '々')
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
    const ONES: [&str; 20] = [
        "zero",
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
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let of = |list: &[&str]| list.iter().position(|name| *name == word).and_then(|at| u64::try_from(at).ok());
    of(&ONES).or_else(|| of(&TENS).map(|tens| (tens + 2) * 10))
}

/// The unit that follows a number, under one name however it is written.
fn unit_of(rest: &str) -> Option<&'static str> {
    let (spaced, joined) = (rest.strip_prefix([' ', '-']).unwrap_or(rest), rest);
    for (unit, forms) in UNITS {
        for form in *forms {
            let latin = form.chars().all(|c| c.is_ascii_alphabetic());
            let after = if latin { spaced.strip_prefix(form) } else { joined.strip_prefix(form) };
            if after.is_some_and(|after| !latin || !after.starts_with(|c: char| c.is_ascii_alphanumeric())) {
                return Some(unit);
            }
        }
    }
    None
}

/// Longer forms before shorter ones that they start with.
const UNITS: &[(&str, &[&str])] = &[
    ("percent", &["%", "percent", "パーセント"]),
    ("tenth", &["割"]),
    ("millisecond", &["ミリ秒", "milliseconds", "millisecond", "ms", "msec"]),
    ("microsecond", &["マイクロ秒", "microseconds", "microsecond", "us"]),
    ("week", &["週間", "weeks", "week", "週"]),
    ("month", &["か月", "カ月", "ヶ月", "ヵ月", "months", "month", "月"]),
    ("year", &["年間", "years", "year", "年"]),
    ("day", &["日間", "days", "day", "日"]),
    ("hour", &["時間", "hours", "hour"]),
    ("o'clock", &["時", "am", "pm"]),
    ("minute", &["分間", "minutes", "minute", "min", "分"]),
    ("second", &["秒", "seconds", "second", "sec"]),
    ("bit", &["ビット", "bits", "bit"]),
    ("kilobyte", &["キロバイト", "KB", "KiB", "kilobytes", "kilobyte"]),
    ("megabyte", &["メガバイト", "MB", "MiB", "megabytes", "megabyte"]),
    ("gigabyte", &["ギガバイト", "GB", "GiB", "gigabytes", "gigabyte"]),
    ("byte", &["バイト", "bytes", "byte"]),
    ("yen", &["円", "yen"]),
    ("dollar", &["ドル", "dollars", "dollar"]),
    ("times", &["倍", "times"]),
    ("person", &["人", "名", "people"]),
    ("version", &["系"]),
    ("degree", &["度"]),
    (
        "counter",
        &[
            "つ", "個", "件", "本", "台", "回", "行", "枚", "社", "冊", "種類", "文字", "段階", "箇所",
            "か所", "番", "点", "歳", "列", "桁",
        ],
    ),
];

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
