//! English number words, Roman numerals and month names, for all who write or read them: the
//! normaliser, the voice, the phrases and the grounding gate.

pub(crate) const UNDER_TWENTY: [&str; 20] = [
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
/// By tens; the first two are empty.
pub(crate) const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

pub(crate) const MONTHS: [&str; 12] = [
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

/// "nineteen hundred" is never said: 1,900 is "one thousand nine hundred".
pub(crate) fn cardinal(value: u64) -> String {
    let name = |names: &[&'static str], at: u64| {
        usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default().to_owned()
    };
    let with_rest = |head: String, rest: u64, joint: &str| {
        if rest == 0 { head } else { format!("{head}{joint}{}", cardinal(rest)) }
    };
    match value {
        0..=19 => name(&UNDER_TWENTY, value),
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

pub(crate) fn ordinal(value: u64) -> String {
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

/// The value of a Roman numeral up to XX, as it is properly written.
pub(crate) fn roman(numeral: &str) -> Option<u64> {
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    (1..=20).zip(1_u64..).find_map(|(at, value): (usize, u64)| {
        let ones = numeral.strip_prefix("X".repeat(at / 10).as_str())?;
        ONES.get(at % 10).is_some_and(|written| *written == ones).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::roman;

    #[test]
    fn roman_numerals_have_values() {
        for (numeral, value) in
            [("I", 1), ("IV", 4), ("IX", 9), ("X", 10), ("XI", 11), ("XIX", 19), ("XX", 20)]
        {
            assert_eq!(roman(numeral), Some(value));
        }
        for no_numeral in ["", "IIII", "IIX", "VX", "XXI", "MIX", "vi"] {
            assert_eq!(roman(no_numeral), None, "{no_numeral}");
        }
    }
}
