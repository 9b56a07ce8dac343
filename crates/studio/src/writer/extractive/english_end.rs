//! Where English sentences end: at a stop that is not part of an abbreviation, a number or a name.

/// Byte offsets after each sentence of one line. What follows the last one is a sentence too.
pub(crate) fn ends(line: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut depth = 0usize;
    for (at, c) in line.char_indices() {
        match c {
            '(' | '[' if line[at..].contains(if c == '(' { ')' } else { ']' }) => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '.' | '!' | '?' | '…' if depth == 0 => ends.extend(end_at(line, at, c)),
            _ => {}
        }
    }
    ends.dedup();
    ends
}

/// The offset after the stop at `at` and the quotes that close with it, if a sentence ends there.
fn end_at(line: &str, at: usize, stop: char) -> Option<usize> {
    let after = line.get(at + stop.len_utf8()..)?;
    let closers: usize = after
        .chars()
        .take_while(|c| matches!(c, '"' | '”' | '’' | '\'' | ')' | ']'))
        .map(char::len_utf8)
        .sum();
    let rest = after.get(closers..)?;
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim_start();
    let next = rest.chars().find(|c| c.is_alphanumeric())?;
    let quoted = !rest.starts_with(char::is_alphanumeric);
    let before = line.get(..at)?;
    let ends = match stop {
        // "Really?" she asked; Yahoo! is
        '!' | '?' => !next.is_lowercase() || (quoted && closers == 0),
        '…' => next.is_uppercase(),
        _ if before.ends_with('.') => next.is_uppercase(),
        _ => ends_at_period(before, rest, next),
    };
    ends.then_some(at + stop.len_utf8() + closers)
}

fn ends_at_period(before: &str, rest: &str, next: char) -> bool {
    let word =
        before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“')).next().unwrap_or("");
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let lower = word.to_lowercase();
    if NEVER_LAST.contains(&lower.as_str()) || (next.is_numeric() && BEFORE_NUMBERS.contains(&lower.as_str()))
    {
        return false;
    }
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 2);
    if initial || dotted || MAYBE_LAST.contains(&lower.as_str()) {
        // "in the U.S. The law": only a word that usually starts a sentence tells.
        let opener = rest.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("");
        return OPENERS.contains(&opener);
    }
    // A lower-case word may start a sentence ("cargo builds it."), after a word that can end one.
    !next.is_lowercase() || word.chars().count() >= 2
}

/// Always followed by what they belong to.
const NEVER_LAST: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "sen", "rep", "capt", "cf", "vs", "e.g", "i.e", "eg", "ie",
    "approx", "ca", "viz", "resp", "dept", "sgt",
];

/// "No. 5", "Fig. 2"; but "he said no."
const BEFORE_NUMBERS: &[&str] =
    &["no", "nos", "fig", "figs", "eq", "sec", "ch", "vol", "p", "pp", "art", "ver"];

/// May end a sentence.
const MAYBE_LAST: &[&str] = &[
    "etc", "inc", "ltd", "co", "corp", "jr", "sr", "bros", "u.s", "u.k", "e.u", "a.m", "p.m", "ph.d", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "gov", "univ", "min",
    "max", "st", "mt", "ft",
];

/// Words with a capital that tell that a sentence starts.
const OPENERS: &[&str] = &[
    "The", "A", "An", "This", "That", "These", "Those", "It", "Its", "He", "She", "They", "We", "You", "I",
    "In", "On", "At", "By", "For", "From", "To", "With", "As", "If", "When", "While", "Where", "Why", "How",
    "What", "Who", "But", "And", "Or", "So", "Yet", "Then", "Now", "Here", "There", "However", "Instead",
    "After", "Before", "Some", "Most", "Each",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<&str> {
        let mut start = 0;
        let mut parts = Vec::new();
        for end in ends(line).into_iter().chain([line.len()]) {
            parts.push(line[start..end].trim());
            start = end;
        }
        parts
    }

    #[test]
    fn abbreviations_numbers_and_names_stay_whole() {
        for (line, parts) in [
            ("It works. Then it stops.", vec!["It works.", "Then it stops."]),
            ("Rust 1.95 is out. Version v2.0.1 too.", vec!["Rust 1.95 is out.", "Version v2.0.1 too."]),
            ("Use a queue, e.g. Postgres, i.e. a table.", vec!["Use a queue, e.g. Postgres, i.e. a table."]),
            (
                "J. R. Smith and Dr. Jones met. They left.",
                vec!["J. R. Smith and Dr. Jones met.", "They left."],
            ),
            ("It grew in the U.S. The rest fell.", vec!["It grew in the U.S.", "The rest fell."]),
            ("The U.S. Navy uses it.", vec!["The U.S. Navy uses it."]),
            ("Node.js and main.rs differ. So what?", vec!["Node.js and main.rs differ.", "So what?"]),
            ("\"Stop!\" he said. \"Why?\" she asked.", vec!["\"Stop!\" he said.", "\"Why?\" she asked."]),
            ("See Fig. 2 and No. 5. Fine.", vec!["See Fig. 2 and No. 5.", "Fine."]),
            ("He said \"no.\" We agreed.", vec!["He said \"no.\"", "We agreed."]),
            (
                "It is late (see below. Or not.) today. Go.",
                vec!["It is late (see below. Or not.) today.", "Go."],
            ),
            ("Wait... what now. Fine.", vec!["Wait... what now.", "Fine."]),
            ("We meet at 9 a.m. on Monday. Come.", vec!["We meet at 9 a.m. on Monday.", "Come."]),
            (
                "He left St. Louis for St. John's St. The rest stayed at Mt. Hood with Sgt. Pepper.",
                vec!["He left St. Louis for St. John's St.", "The rest stayed at Mt. Hood with Sgt. Pepper."],
            ),
            ("Then run it. cargo builds it.", vec!["Then run it.", "cargo builds it."]),
        ] {
            assert_eq!(split(line), parts);
        }
    }
}
