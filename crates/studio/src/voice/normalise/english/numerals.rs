//! Numbers as English words.

use crate::english::cardinal;

/// Digits after the first point are said one by one: 1.95.0 is "one point nine five point zero".
pub(super) fn decimal(whole: &str, fraction: &str) -> String {
    let whole = whole.parse().map_or_else(|_| spelled(whole), cardinal);
    let parts = fraction.split('.').filter(|part| !part.is_empty());
    parts.fold(whole, |said, part| format!("{said} point {}", spelled(part)))
}

pub(super) fn spelled(digits: &str) -> String {
    let names: Vec<String> =
        digits.chars().filter_map(|c| c.to_digit(10)).map(|d| cardinal(d.into())).collect();
    names.join(" ")
}

pub(super) fn year(value: u64) -> String {
    let (century, rest) = (value / 100, value % 100);
    match (century, rest) {
        (20, 0..=9) | (_, 0) if century % 10 == 0 => cardinal(value),
        (_, 0) => format!("{} hundred", cardinal(century)),
        (_, 1..=9) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}
