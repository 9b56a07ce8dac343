//! What English writes short, written out, numbers included: so every voice says them alike.

mod numerals;
mod units;

use super::{Rule, apply_all, group, month_day, number};
use crate::{
    english::{MONTHS, cardinal, ordinal, roman},
    writer::extractive::english_end,
};
use numerals::{decimal, spelled, year};
use regex::{Captures, Regex};
use std::sync::LazyLock;
use units::unit;

pub(super) fn write_out(line: &str) -> String {
    apply_all(&RULES, &initials(line))
}

/// Initials without their stops (U.S. Navy, J. K. Rowling), except a stop that ends the sentence too.
fn initials(line: &str) -> String {
    static INITIALS: LazyLock<Regex> = LazyLock::new(|| super::pattern(r"\b(?:[A-Z]\.)+"));
    let ends = english_end::ends(line);
    let replaced = INITIALS.replace_all(line, |found: &Captures<'_>| {
        let (run, end) = found.get(0).map_or(("", 0), |found| (found.as_str(), found.end()));
        let letters = run.replace('.', "");
        let last = end == line.len() || ends.contains(&end);
        let goes_on = line.get(end..).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
        match (last, goes_on) {
            (_, true) => run.to_owned(),
            (true, false) => letters + ".",
            (false, false) => letters,
        }
    });
    replaced.into_owned()
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = abbreviations();
    rules.extend(dates_and_times());
    rules.extend(amounts());
    rules.extend(symbols());
    rules.extend(numbers());
    rules
});

fn abbreviations() -> Vec<Rule> {
    vec![
        Rule::template(r"\bDr\.\s+([A-Z])", "Doctor ${1}"),
        Rule::template(r"\bMr\.\s+([A-Z])", "Mister ${1}"),
        Rule::template(r"\bMrs\.\s+([A-Z])", "Missus ${1}"),
        Rule::template(r"\bProf\.\s+([A-Z])", "Professor ${1}"),
        Rule::template(r"\bN[oO]\.\s?(\d)", "number ${1}"),
        // By itself V or X may be a name; after these words it counts. Part I may be followed by a verb.
        Rule::made(
            r"\b(Chapter|Part|Section|Volume|Book|Act|Scene|Phase|Article|Appendix|Title)\s([IVX]{2,5}|[VX])\b",
            |found| Some(format!("{} {}", group(found, 1), cardinal(roman(group(found, 2))?))),
        ),
        Rule::made(
            r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?\s(\d{1,4})(?:st|nd|rd|th)?\b",
            |found| {
                let month = MONTHS
                    .iter()
                    .find(|month| month.get(..3).is_some_and(|short| group(found, 1).starts_with(short)))?;
                Some(match number(found, 2)? {
                    day @ 1..=31 => format!("{month} {}", ordinal(day)),
                    _ => format!("{month} {}", group(found, 2)),
                })
            },
        ),
    ]
}

fn dates_and_times() -> Vec<Rule> {
    vec![
        Rule::made(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:T|\b)", |found| {
            spoken_date(number(found, 1)?, number(found, 2)?, number(found, 3)?)
        }),
        Rule::made(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", |found| {
            spoken_date(number(found, 3)?, number(found, 1)?, number(found, 2)?)
        }),
        Rule::made(r"\b(1[3-9]|2[0-3]):00\b", |found| {
            Some(format!("{} PM", cardinal(number(found, 1)?.checked_sub(12)?)))
        }),
        // The day by its name; others of that form are told from fractions by their size.
        Rule::template(r"\b9/11\b", "nine eleven"),
        Rule::made(r"\b(\d{1,2})/(\d{1,2})\s(stars?|points?|ratings?)\b", |found| {
            let (part, whole) = (cardinal(number(found, 1)?), cardinal(number(found, 2)?));
            Some(format!("{part} out of {whole} {}", group(found, 3)))
        }),
        Rule::made(
            r"\b([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?:Z\b|[+-]\d\d:?\d\d\b)?",
            |found| {
                let (hour, minute) = (cardinal(number(found, 1)?), number(found, 2)?);
                Some(match (minute, number(found, 3)) {
                    (0, None) => format!("{hour} o'clock"),
                    (1..=9, None) => format!("{hour} oh {}", cardinal(minute)),
                    (_, None) => format!("{hour} {}", cardinal(minute)),
                    (_, Some(second)) => {
                        format!("{hour} {} and {} seconds", cardinal(minute), cardinal(second))
                    }
                })
            },
        ),
        Rule::template(r" o'clock\s?([AaPp])\.?[Mm]\b\.?", " ${1} M"),
        Rule::template(r"\b[Aa]\.[Mm]\.", "AM"),
        Rule::template(r"\b[Pp]\.[Mm]\.", "PM"),
    ]
}

fn amounts() -> Vec<Rule> {
    vec![
        // In words at once: 1,999 is no year.
        Rule::made(r"(^|[^$€£¥\d.,])(1,[1-9]\d\d|2,0\d\d)($|[^\w.,]|[.,](?:\s|$))", |found| {
            let value = group(found, 2).replace(',', "").parse().ok()?;
            Some(format!("{}{}{}", group(found, 1), cardinal(value), group(found, 3)))
        }),
        Rule::made(r"\d{1,3}(?:,\d{3})+", |found| Some(group(found, 0).replace(',', ""))),
        Rule::template(r"\bUS\$(\d)", "$$${1}"),
        Rule::template(r"\$0\.01\b", "one cent"),
        Rule::made(r"\$0\.(\d\d)\b", |found| Some(format!("{} cents", cardinal(number(found, 1)?)))),
        Rule::template(r"\b401\(?k\)?", "four oh one K"),
        Rule::made(r"\b([248])K\b", |found| Some(format!("{} K", cardinal(number(found, 1)?)))),
        Rule::made(
            r"([$€£¥])\s?(\d+)(?:\.(\d+))?(?:\s?(bn|mn|tn|[KMBTkmb])\b|\s?(thousand|million|billion|trillion)\b)?",
            |found| {
                let (one, many, part) = match group(found, 1) {
                    "$" => ("dollar", "dollars", "cents"),
                    "€" => ("euro", "euros", "cents"),
                    "£" => ("pound", "pounds", "pence"),
                    _ => ("yen", "yen", "sen"),
                };
                let scale = match group(found, 4) {
                    "K" | "k" => " thousand",
                    "M" | "m" | "mn" => " million",
                    "B" | "b" | "bn" => " billion",
                    "T" | "tn" => " trillion",
                    _ => group(found, 5),
                };
                let (whole, fraction) = (number(found, 2)?, group(found, 3));
                Some(match (scale, fraction.len()) {
                    ("", 2) if fraction != "00" => {
                        let unit = if whole == 1 { one } else { many };
                        format!("{} {unit} and {} {part}", cardinal(whole), cardinal(fraction.parse().ok()?))
                    }
                    ("", 0 | 2) if whole == 1 => format!("one {one}"),
                    ("", 0 | 2) => format!("{} {many}", cardinal(whole)),
                    _ => format!("{} {} {many}", decimal(group(found, 2), fraction), scale.trim()),
                })
            },
        ),
        Rule::template(
            r"(million|billion|trillion) dollars (plan|deal|fund|project|bill|budget|investment|loan|valuation|company|package|lawsuit|program|fine)\b",
            "${1} dollar ${2}",
        ),
        Rule::template(r"(\d)\s?[%％]", "${1} percent"),
        Rule::template(r"(\d)\s?°C", "${1} degrees celsius"),
        Rule::template(r"(\d)\s?°F", "${1} degrees fahrenheit"),
        Rule::template(r"(\d)\s?°", "${1} degrees"),
        Rule::made(r"(\d)\s?(km|cm|mm|m)\^?2\b", |found| {
            Some(format!("{} square {}s", group(found, 1), unit(group(found, 2))?))
        }),
        Rule::made(r"(^|[^\w.])(\d+(?:\.\d+)?)[ -]?([A-Za-zµμ]{1,4}(?:/s)?)($|[^A-Za-z0-9/])", |found| {
            // The 1990s are no seconds.
            let unit =
                unit(group(found, 3)).filter(|_| group(found, 3) != "s" || group(found, 2).len() < 4)?;
            let ending = if group(found, 2) == "1" || unit.ends_with("hertz") { "" } else { "s" };
            let (unit, rest) =
                unit.split_once(' ').map_or((unit, String::new()), |(a, b)| (a, format!(" {b}")));
            Some(format!("{}{} {unit}{ending}{rest}{}", group(found, 1), group(found, 2), group(found, 4)))
        }),
        Rule::made(r"\b(\d+(?:\.\d+)?)([kK])\b", |found| Some(format!("{} thousand", group(found, 1)))),
        Rule::template(r"\b(\d+(?:\.\d+)?)M\b", "${1} million"),
        Rule::template(r"\b(\d+(?:\.\d+)?)x\b", "${1} times"),
    ]
}

fn symbols() -> Vec<Rule> {
    vec![
        Rule::template(r"(\d)\s?[~〜～–—]\s?([$€£¥]?\d)", "${1} to ${2}"),
        Rule::template(r"(^|[^\w.-])(\d+(?:\.\d+)?)\s?-\s?(\d+(?:\.\d+)?)($|[^\w-])", "${1}${2} to ${3}${4}"),
        Rule::template(r"(\d+)\^(\d+)", "${1} to the power of ${2}"),
        Rule::template(r"(^|[^\w)])[-−–](\d)", "${1}minus ${2}"),
        Rule::template(r"\bv(\d)", "version ${1}"),
        Rule::template(r"\b[Vv]er\.? ?(\d)", "version ${1}"),
        Rule::template(r"([A-Za-z0-9])/(month|year|day|week|hour|mo|yr|user)\b", "${1} per ${2}"),
        Rule::template(r"\bper mo\b", "per month"),
        Rule::template(r"\bper yr\b", "per year"),
        Rule::template(r"!=|≠", " not equal to "),
        Rule::template(r">=", " at least "),
        Rule::template(r"<=", " at most "),
        Rule::template(r"(\w)<(\w)|(\w)\s<\s?(\d)", "${1}${3} less than ${2}${4}"),
        Rule::template(r"(\w)>(\w)|(\w)\s>\s?(\d)", "${1}${3} greater than ${2}${4}"),
        Rule::template(r"([\w)])(?:\*|\s\*\s)([\w(])", "${1} times ${2}"),
        Rule::template(r"([\w)])(?:\*|\s\*\s)([\w(])", "${1} times ${2}"),
        Rule::template(r"[≥≧]\s?", " at least "),
        Rule::template(r"[≤≦]\s?", " at most "),
        Rule::template(r"(^|\s)[~≈≒]\s?(\d)", "${1}about ${2}"),
        Rule::template(r"±\s?", " plus or minus "),
        Rule::template(r"(\d)\+($|[^\w+])", "${1} or more${2}"),
        Rule::template(r"\s?×\s?", " times "),
        Rule::template(r"\s\+\s", " plus "),
        Rule::template(r"\s?→\s?", " to "),
        Rule::template(r"\s?=+\s?", " equals "),
        Rule::template(r"\s&\s", " and "),
        Rule::template(r"(^|[^A-Za-z0-9])#(\d)", "${1}number ${2}"),
        Rule::template(r"(^|[^A-Za-z0-9])[#@](\w)", "${1}${2}"),
        Rule::template(r"\s@\s", " at "),
        Rule::template(r"(?i)\be\.g\.,?", "for example,"),
        Rule::template(r"(?i)\bi\.e\.,?", "that is,"),
        Rule::template(r"(?i)\betc\.(,|\s+[a-z])", "et cetera${1}"),
        Rule::template(r"(?i)\betc\.", "et cetera."),
        Rule::template(r"(?i)\bvs\.?(\s)", "versus${1}"),
        Rule::template(r"(?i)\bw/o\b", "without"),
        Rule::template(r"\s?[(\[]\s?", ", "),
        Rule::template(r"\s?[)\]]\s?([,.!?;:]|$)", "${1}"),
        Rule::template(r"\s?[)\]]\s?", ", "),
        Rule::template(r"\s?[—–―]\s?|\s-+\s", ", "),
        Rule::template(r"\s/\s", " or "),
        Rule::template(r"[、，]\s?", ", "),
        Rule::template(r"。\s?", ". "),
    ]
}

/// Digits that belong to no name (GPT-4, H2O and x86 stay as they are).
fn numbers() -> Vec<Rule> {
    vec![
        Rule::made(r"\b(\d+)(st|nd|rd|th)\b", |found| Some(ordinal(number(found, 1)?))),
        Rule::made(r"\b(\d+)/(\d+)\b", |found| {
            let (part, whole) = (number(found, 1)?, number(found, 2)?);
            Some(match (part, whole) {
                (1, 2) => "one half".to_owned(),
                (1, 4) => "one quarter".to_owned(),
                // 3/8 of an inch; 10/23 is a day.
                _ if part < whole && (3..=100).contains(&whole) && (part == 1 || whole <= 10) => {
                    let plural = if part == 1 { "" } else { "s" };
                    format!("{} {}{plural}", cardinal(part), ordinal(whole))
                }
                _ => format!("{} {}", cardinal(part), cardinal(whole)),
            })
        }),
        Rule::made(r"(^|[^\w.-])(\d+)((?:\.\d+)+)($|[^\w]|\.)", |found| {
            let said = decimal(group(found, 2), group(found, 3).trim_start_matches('.'));
            Some(format!("{}{said}{}", group(found, 1), group(found, 4)))
        }),
        Rule::made(r"(^|[^\w.-])((?:1[1-9]|20)\d\d)(s?)($|[^\w.]|\.\s|\.$)", |found| {
            let mut said = year(number(found, 2)?);
            if !group(found, 3).is_empty() {
                said = if said.ends_with('y') {
                    said.trim_end_matches('y').to_owned() + "ies"
                } else {
                    said + "s"
                };
            }
            Some(format!("{}{said}{}", group(found, 1), group(found, 4)))
        }),
        Rule::made(r"(^|[^\w.-]|[^\w]-)(\d+)\b", |found| {
            let digits = group(found, 2);
            let said = match digits.parse::<u64>() {
                Ok(value) if digits.len() <= 15 && !digits.starts_with("00") => cardinal(value),
                _ => spelled(digits),
            };
            Some(format!("{}{said}", group(found, 1)))
        }),
    ]
}

fn spoken_date(year_number: u64, month: u64, day: u64) -> Option<String> {
    let (month, day) = month_day(month, day)?;
    let month = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    Some(format!("{month} {}, {} ", ordinal(day), year(year_number)))
}

#[cfg(test)]
mod tests {
    use super::super::speakable;
    use domain::Language;

    #[test]
    fn written_short_is_said_long() {
        let table = [
            ("Rust 1.95.0 is out.", "Rust one point nine five point zero is out."),
            (
                "It handles 1,234,567 jobs",
                "It handles one million two hundred thirty four thousand five hundred sixty seven jobs",
            ),
            ("2026-11-23", "November twenty third, twenty twenty six"),
            ("at 10:30 and 9:05 and 8:00", "at ten thirty and nine oh five and eight o'clock"),
            ("3–5 and 3-5 items", "three to five and three to five items"),
            ("5 ms, 16GB and 1 MB", "five milliseconds, sixteen gigabytes and one megabyte"),
            ("12.5% at 25°C", "twelve point five percent at twenty five degrees celsius"),
            (
                "$5M, $3.50 and $12 million",
                "five million dollars, three dollars and fifty cents and twelve million dollars",
            ),
            ("C++, C# and Node.js", "C++, C# and Node.js"),
            ("A → B & C", "A to B and C"),
            ("GPT-4 and x86 and S3", "GPT-4 and x86 and S3"),
            ("#Rust by @alice", "Rust by alice"),
            ("the 1st, 22nd and 3rd", "the first, twenty second and third"),
            (
                "in 2026, in 1999, in 2005 and the 1990s",
                "in twenty twenty six, in nineteen ninety nine, in two thousand five and the nineteen nineties",
            ),
            ("e.g. this", "for example, this"),
            ("See https://example.com/a?b=1 now", "See now"),
            ("<b>Bold</b> &amp; [link](https://a.b) `code`", "Bold and link code"),
            ("Wow 🎉!!!", "Wow!"),
            ("Wait [pause] here", "Wait here"),
            (
                "100+ users, 3x faster, 10k stars",
                "one hundred or more users, three times faster, ten thousand stars",
            ),
            ("1/2 and 3/4", "one half and three fourths"),
            ("v2.0 of CI/CD", "version two point zero of CI/CD"),
            ("a 5-minute talk", "a five-minute talk"),
            (
                "$5bn, £3.2bn and US$20M",
                "five billion dollars, three point two billion pounds and twenty million dollars",
            ),
            ("$20/month and $0.99", "twenty dollars per month and ninety nine cents"),
            ("a $3.5 billion plan", "a three point five billion dollar plan"),
            ("9/11 and 10/23, 4/5 stars", "nine eleven and ten twenty three, four out of five stars"),
            ("1,999 items", "one thousand nine hundred ninety nine items"),
            ("4K video, a 401k and a V8 engine", "four K video, a four oh one K and a V8 engine"),
            ("300 m² and 5 km²", "three hundred square meters and five square kilometers"),
            ("at 14:00 or 10:30 p.m.", "at two PM or ten thirty PM"),
            ("2*3*4 and *this*", "two times three times four and this"),
            ("std::vector<int>", "std::vector int"),
            ("x<y and y>z", "x less than y and y greater than z"),
            ("arr[0] is __init__", "arr, zero, is init"),
            ("Chapter V, Part XI and Mac OS X", "Chapter five, Part eleven and Mac OS X"),
        ];
        let wrong: Vec<String> = table
            .into_iter()
            .map(|(written, said)| (written, said, speakable(written, Language::En)))
            .filter(|(_, said, got)| said != got)
            .map(|(written, said, got)| format!("{written}: {got:?}, not {said:?}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
