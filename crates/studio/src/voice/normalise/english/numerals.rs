//! Numbers as English words.

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

pub(super) fn cardinal(value: u64) -> String {
    const SMALL: [&str; 20] = [
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
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let name = |names: &[&'static str], at: u64| {
        usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default().to_owned()
    };
    let with_rest = |head: String, rest: u64, joint: &str| {
        if rest == 0 { head } else { format!("{head}{joint}{}", cardinal(rest)) }
    };
    match value {
        0..=19 => name(&SMALL, value),
        20..=99 => with_rest(name(&TENS, value / 10), value % 10, " "),
        100..=999 => with_rest(format!("{} hundred", cardinal(value / 100)), value % 100, " "),
        _ => {
            let (scale, scale_name) = [
                (1_000_000_000_000, "trillion"),
                (1_000_000_000, "billion"),
                (1_000_000, "million"),
                (1_000, "thousand"),
            ]
            .into_iter()
            .find(|(scale, _)| value >= *scale)
            .unwrap_or((1_000, "thousand"));
            with_rest(format!("{} {scale_name}", cardinal(value / scale)), value % scale, " ")
        }
    }
}

pub(super) fn ordinal(value: u64) -> String {
    let said = cardinal(value);
    let (head, last) = said.rsplit_once(' ').map_or(("", said.as_str()), |(head, last)| (head, last));
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => other.strip_suffix('y').map_or_else(|| format!("{other}th"), |stem| format!("{stem}ieth")),
    };
    if head.is_empty() { last } else { format!("{head} {last}") }
}
