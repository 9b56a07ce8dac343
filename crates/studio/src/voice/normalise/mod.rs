//! Text as written to text as spoken, before any voice sees it.
//!
//! What is not language falls away (addresses, code, markup, emoji, drawings), and what is written
//! short is written out (numbers, dates, units, symbols). Symbols inside a name (`C++`, `Node.js`,
//! `CI/CD`) stay, for the reading dictionary knows some names by them; each voice says the rest.

mod chunks;
mod english;
mod japanese;
mod strip;

pub use chunks::{Chunk, chunks};

use domain::Language;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A text ready to be spoken: paragraphs, one a line. Empty if nothing in it can be said.
pub fn speakable(text: &str, language: Language) -> String {
    let stripped = match language {
        // ▲3.5%: a loss, as Japanese accounts write it. Elsewhere a triangle is an arrow up.
        Language::Ja => strip::strip(&LOSS.apply(text)),
        Language::En => strip::strip(text),
    };
    let lines = stripped.lines().map(|line| match language {
        Language::Ja => japanese::write_out(line),
        Language::En => english::write_out(line),
    });
    let said: Vec<String> = lines.map(|line| strip::tidy(&line)).filter(|line| has_sound(line)).collect();
    said.join("\n")
}

static LOSS: LazyLock<Rule> = LazyLock::new(|| Rule::template(r"[▲△]\s?(\d)", "-${1}"));

/// A text as a transcript shows it: as written, but without addresses, markup and emoji, which no voice says.
pub fn shown(text: &str) -> String {
    strip::written(text)
}

/// What the symbols left inside names are called, once the reading dictionary has had its turn.
pub(crate) fn name_symbol(symbol: char, language: Language) -> &'static str {
    match (symbol, language) {
        ('.', Language::Ja) => "ドット",
        ('+', Language::Ja) => "プラス",
        ('#', Language::Ja) => "シャープ",
        ('&', Language::Ja) => "アンド",
        ('@', Language::Ja) => "アット",
        ('.', Language::En) => " dot ",
        ('+', Language::En) => " plus ",
        ('#', Language::En) => " sharp ",
        ('&', Language::En) => " and ",
        ('@', Language::En) => " at ",
        (_, Language::Ja) => "",
        (_, Language::En) => " ",
    }
}

fn has_sound(line: &str) -> bool {
    line.chars().any(char::is_alphanumeric)
}

#[expect(clippy::expect_used, reason = "patterns are literals in this room, all compiled by its tests")]
fn pattern(literal: &str) -> Regex {
    // Words end where Latin letters and digits end: kana and kanji follow them without a space.
    Regex::new(&literal.replace(r"\b", r"(?-u:\b)")).expect("a literal pattern")
}

/// One rewriting rule: a pattern and what stands in its place.
struct Rule {
    pattern: Regex,
    becomes: Becomes,
}

enum Becomes {
    /// A template of the regex crate: `${1}` is the first group.
    Template(&'static str),
    /// `None` leaves the text as it was.
    Made(fn(&Captures<'_>) -> Option<String>),
}

impl Rule {
    fn new(literal: &str, becomes: Becomes) -> Self {
        Self { pattern: pattern(literal), becomes }
    }

    fn template(pattern: &str, template: &'static str) -> Self {
        Self::new(pattern, Becomes::Template(template))
    }

    fn made(pattern: &str, make: fn(&Captures<'_>) -> Option<String>) -> Self {
        Self::new(pattern, Becomes::Made(make))
    }

    fn apply(&self, text: &str) -> String {
        match self.becomes {
            Becomes::Template(template) => self.pattern.replace_all(text, template),
            Becomes::Made(make) => self
                .pattern
                .replace_all(text, |found: &Captures<'_>| make(found).unwrap_or_else(|| found[0].to_owned())),
        }
        .into_owned()
    }
}

fn apply_all(rules: &[Rule], text: &str) -> String {
    rules.iter().fold(text.to_owned(), |text, rule| rule.apply(&text))
}

/// A group's text, empty where it took no part.
fn group<'a>(found: &'a Captures<'_>, at: usize) -> &'a str {
    found.get(at).map_or("", |group| group.as_str())
}

fn number(found: &Captures<'_>, at: usize) -> Option<u64> {
    group(found, at).parse().ok()
}

/// Month and day of a calendar date, in range.
fn month_day(month: u64, day: u64) -> Option<(u64, u64)> {
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_transcript_shows_what_is_said_as_it_was_written() {
        for (text, expected) in [
            ("版は1.95です（https://example.com/a を参照）🎉。", "版は1.95です（ を参照）。"),
            ("Use <div> and `code`, see [the page](https://e.com).", "Use and code, see the page."),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn a_text_without_language_says_nothing() {
        for language in [Language::Ja, Language::En] {
            for text in
                ["", "🎉🎉", "https://example.com/a?b=c", "-----", "(´・ω・`)", "<br/>", "\u{7}\u{202e}"]
            {
                let said = speakable(text, language);
                assert_eq!(said, "", "{text:?}");
            }
        }
    }

    /// What no voice may ever be given.
    fn unspeakable(said: &str) -> Option<&'static str> {
        let lower = said.to_lowercase();
        if lower.contains("://") || lower.contains("www.") {
            return Some("an address");
        }
        if said.contains(['<', '>', '`', '*', '|', '{', '}', '[', ']', '\\', '^', '~', '"']) {
            return Some("markup");
        }
        if said.chars().any(|c| c.is_control() && c != '\n') {
            return Some("a control character");
        }
        let odd = |c: char| matches!(u32::from(c), 0x2500..=0x2bff | 0x1f000..=0x1ffff | 0xfe00..=0xfe0f | 0x200b..=0x200f);
        said.chars().any(odd).then_some("a picture")
    }

    proptest! {
        #[test]
        fn nothing_unspeakable_comes_out(
            parts in prop::collection::vec(
                prop_oneof![
                    "\\PC{0,8}",
                    "[ -~\n]{0,12}",
                    "[ぁ-んァ-ン一-龠。、「」（）0-9A-Za-z.,:/〜-]{0,12}",
                    Just("https://example.com/x".to_owned()),
                    Just("[link](http://a.b/c)".to_owned()),
                    Just("<b>bold</b>".to_owned()),
                    Just("&lt;script&gt;".to_owned()),
                    Just("`let x = 1;`".to_owned()),
                    Just("me@example.com".to_owned()),
                    Just("👩‍💻".to_owned()),
                ],
                0..8,
            )
        ) {
            let text = parts.concat();
            for language in [Language::Ja, Language::En] {
                let said = speakable(&text, language);
                prop_assert_eq!(unspeakable(&said), None, "{:?} became {:?}", text, said);
            }
        }
    }
}
