//! How words are said: the reading dictionary.
//!
//! Three layers say how a term is read: the shipped list, the operator's and the listener's. Here they
//! become one, and are found in a text. What a reading sounds like is the voice's business.

use crate::Language;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};
use unicode_normalization::UnicodeNormalization;

/// One entry: say `surface` as `reading` (katakana for Japanese, a respelling for English).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reading {
    pub surface: String,
    pub reading: String,
}

/// Layers of readings as one; a later layer wins: shipped, then the operator's, then the listener's.
///
/// Surfaces are compared without regard to case, width and composition: `ＲＵＳＴ` is `Rust`. A surface
/// that begins or ends in a Latin letter or digit is found only as a whole word.
#[derive(Clone, Default)]
pub struct Readings(Arc<Layered>);

#[derive(Default)]
struct Layered {
    /// By folded surface, so sorted and without rivals.
    entries: Vec<Reading>,
    folded: Vec<String>,
    /// Built when the first text is searched.
    index: OnceLock<Option<AhoCorasick>>,
}

impl Readings {
    pub fn layered(layers: impl IntoIterator<Item = Vec<Reading>>) -> Self {
        let winners: BTreeMap<String, Reading> = layers
            .into_iter()
            .flatten()
            .map(|reading| (Folded::of(&reading.surface).text, reading))
            .filter(|(folded, _)| !folded.is_empty())
            .collect();
        let (folded, entries) = winners.into_iter().unzip();
        Self(Arc::new(Layered { entries, folded, index: OnceLock::new() }))
    }

    pub fn entries(&self) -> &[Reading] {
        &self.0.entries
    }

    /// Where entries occur in a text, left to right, the longest first, never overlapping.
    pub fn find(&self, text: &str) -> Vec<(Range<usize>, &Reading)> {
        if self.0.entries.is_empty() {
            return Vec::new();
        }
        let Some(index) = self.0.index() else { return Vec::new() };
        let folded = Folded::of(text);
        let mut found: Vec<_> = index
            .find_overlapping_iter(&folded.text)
            .filter_map(|hit| {
                let range = folded.whole_word(hit.range())?;
                Some((range, self.0.entries.get(hit.pattern().as_usize())?))
            })
            .collect();
        found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut free_from = 0;
        found.retain(|(range, _)| {
            let free = range.start >= free_from;
            if free {
                free_from = range.end;
            }
            free
        });
        found
    }

    /// The text with every occurrence replaced by its reading.
    pub fn apply(&self, text: &str) -> String {
        let mut said = String::with_capacity(text.len());
        let mut from = 0;
        for (range, reading) in self.find(text) {
            said.push_str(text.get(from..range.start).unwrap_or_default());
            said.push_str(&reading.reading);
            from = range.end;
        }
        said.push_str(text.get(from..).unwrap_or_default());
        said
    }

    /// The entries that a text uses, sorted: part of an artifact's key, so that a key changes only when
    /// an entry that is heard does.
    pub fn occurring_in(&self, text: &str) -> Vec<&Reading> {
        let mut occurring: Vec<&Reading> = self.find(text).into_iter().map(|(_, reading)| reading).collect();
        occurring.sort_by(|a, b| (&a.surface, &a.reading).cmp(&(&b.surface, &b.reading)));
        occurring.dedup();
        occurring
    }
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Readings").field(&self.0.entries).finish()
    }
}

impl Layered {
    fn index(&self) -> Option<&AhoCorasick> {
        // A build fails only beyond 2³¹ states; then no reading applies, and the text is still spoken.
        let build = || {
            // The kind that is quickest to build: texts are short and lists change with each listener.
            AhoCorasick::builder().kind(Some(AhoCorasickKind::NoncontiguousNFA)).build(&self.folded).ok()
        };
        self.index.get_or_init(build).as_ref()
    }
}

/// Reads one layer: `surface<TAB>reading`, further columns ignored, `#` begins a comment line.
pub fn parse(text: &str, language: Language) -> Result<Vec<Reading>, ReadingError> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end_matches('\r')));
    lines
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(line, text)| entry(text, language).map_err(|fault| ReadingError { line, fault }))
        .collect()
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading dictionary, line {line}: {fault}")]
pub struct ReadingError {
    /// Counted from 1.
    pub line: usize,
    pub fault: ReadingFault,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingFault {
    #[error("no tab; write the term, a tab, and how it is said")]
    NoTab,
    #[error("the term before the tab is empty")]
    NoSurface,
    #[error("the reading after the tab is empty")]
    NoReading,
    #[error("{0:?} cannot be said in japanese; write the reading in katakana")]
    NotKana(String),
    #[error("{0:?} cannot be said in english; write the reading in latin letters")]
    NotLatin(String),
}

fn entry(line: &str, language: Language) -> Result<Reading, ReadingFault> {
    let mut columns = line.split('\t').map(str::trim);
    let surface = columns.next().unwrap_or_default();
    let reading = columns.next().ok_or(ReadingFault::NoTab)?;
    if surface.is_empty() {
        return Err(ReadingFault::NoSurface);
    }
    if reading.is_empty() {
        return Err(ReadingFault::NoReading);
    }
    let reading = match language {
        Language::Ja => katakana(reading).ok_or_else(|| ReadingFault::NotKana(reading.to_owned()))?,
        Language::En if reading.chars().all(|c| c.is_ascii_alphanumeric() || " '-.".contains(c)) => {
            reading.to_owned()
        }
        Language::En => return Err(ReadingFault::NotLatin(reading.to_owned())),
    };
    Ok(Reading { surface: surface.to_owned(), reading })
}

/// Hiragana and half-width kana become katakana; separators fall out. `None` if anything else is there.
fn katakana(reading: &str) -> Option<String> {
    let kana: String = reading
        .nfkc()
        .filter(|c| !matches!(c, ' ' | '・'))
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
            _ => c,
        })
        .collect();
    (!kana.is_empty() && kana.chars().all(|c| matches!(c, 'ァ'..='ヺ' | 'ー'))).then_some(kana)
}

/// A text as it is compared: decomposed for compatibility, lower case, with the way back.
struct Folded {
    text: String,
    /// For each byte of `text`, the byte of the original it came from; one more for the end.
    origin: Vec<usize>,
}

impl Folded {
    fn of(original: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(original.len()), origin: Vec::new() };
        for (at, c) in original.char_indices() {
            for part in std::iter::once(c).nfkd().flat_map(char::to_lowercase) {
                folded.text.push(part);
                folded.origin.resize(folded.text.len(), at);
            }
        }
        folded.origin.push(original.len());
        folded
    }

    /// The place in the original of a hit that takes whole characters and whole Latin words.
    fn whole_word(&self, hit: Range<usize>) -> Option<Range<usize>> {
        let inside = self.text.get(hit.clone())?;
        let before = self.text.get(..hit.start)?.chars().next_back();
        let after = self.text.get(hit.end..)?.chars().next();
        let torn = |outer: Option<char>, inner: Option<char>| {
            inner.is_some_and(is_latin) && outer.is_some_and(is_latin)
        };
        if torn(before, inside.chars().next()) || torn(after, inside.chars().next_back()) {
            return None;
        }
        let (start, end) = (*self.origin.get(hit.start)?, *self.origin.get(hit.end)?);
        let splits_a_character =
            |at: usize, origin: usize| at > 0 && self.origin.get(at - 1) == Some(&origin);
        let whole = !splits_a_character(hit.start, start) && !splits_a_character(hit.end, end);
        whole.then_some(start..end)
    }
}

/// A letter or digit of a Latin word, or an accent on one.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn readings(entries: &[(&str, &str)]) -> Readings {
        Readings::layered([layer(entries)])
    }

    fn layer(entries: &[(&str, &str)]) -> Vec<Reading> {
        entries.iter().map(|(s, r)| Reading { surface: (*s).into(), reading: (*r).into() }).collect()
    }

    #[test]
    fn whole_words_in_any_case_and_width() {
        let rust = readings(&[("Rust", "ラスト")]);
        for (text, expected) in [
            ("Rust製", "ラスト製"),
            ("「RUST」と", "「ラスト」と"),
            ("ＲＵＳＴで", "ラストで"),
            ("Rusty", "Rusty"),
            ("Trust", "Trust"),
            ("Rust2", "Rust2"),
            ("rust-analyzer", "ラスト-analyzer"),
            ("Rusté", "Rusté"),
        ] {
            assert_eq!(rust.apply(text), expected);
        }
    }

    #[test]
    fn the_longest_whole_word_wins() {
        let list = readings(&[
            ("C", "シー"),
            ("C++", "シープラプラ"),
            ("Go", "ゴー"),
            ("Google", "グーグル"),
            ("Google Cloud", "グーグルクラウド"),
        ]);
        assert_eq!(list.apply("C++とC、GoとGoogle CloudとGoogle"), {
            "シープラプラとシー、ゴーとグーグルクラウドとグーグル"
        });
        // The longer one is torn here; the shorter is not lost with it.
        assert_eq!(list.apply("Google Clouds"), "グーグル Clouds");
    }

    #[test]
    fn a_later_layer_wins_whatever_its_case() {
        let shipped = layer(&[("nginx", "エンジンエックス"), ("Rust", "ラスト")]);
        let operator = layer(&[("NGINX", "ンギンクス")]);
        let listener = layer(&[("Nginx", "エヌジンクス")]);
        let all = Readings::layered([shipped, operator, listener]);
        assert_eq!(all.entries().len(), 2);
        assert_eq!(all.apply("nginx, Rust"), "エヌジンクス, ラスト");
    }

    #[test]
    fn half_width_kana_matches_and_no_character_is_split() {
        assert_eq!(readings(&[("ガ", "ア")]).apply("ｶﾞ ガ"), "ア ア");
        assert_eq!(readings(&[("カ", "ア")]).apply("ガカ"), "ガア");
    }

    #[test]
    fn only_entries_that_occur_enter_a_key() {
        let one = readings(&[("Rust", "ラスト"), ("Go", "ゴー")]);
        let other = readings(&[("Rust", "ラスト"), ("Go", "ゴウ"), ("Zig", "ジグ")]);
        let text = "rustとRust";
        assert_eq!(one.occurring_in(text), other.occurring_in(text));
        assert_eq!(one.occurring_in(text).len(), 1);
        assert_ne!(one.occurring_in("Go"), other.occurring_in("Go"));
    }

    #[test]
    fn faults_name_the_line() {
        let parsed = parse("# terms\n\nRust\tらすと\tlanguage\nGo\tゴー\r\n", Language::Ja).unwrap();
        assert_eq!(parsed, layer(&[("Rust", "ラスト"), ("Go", "ゴー")]));
        for (text, line, fault) in [
            ("Rust ラスト", 1, ReadingFault::NoTab),
            ("Go\tゴー\n\tラスト", 2, ReadingFault::NoSurface),
            ("\n\nRust\t ", 3, ReadingFault::NoReading),
            ("Rust\trust", 1, ReadingFault::NotKana("rust".into())),
        ] {
            assert_eq!(parse(text, Language::Ja), Err(ReadingError { line, fault }));
        }
        assert!(parse("nginx\tengine x", Language::En).is_ok());
        assert!(parse("nginx\tエンジンエックス", Language::En).is_err());
    }

    proptest! {
        #[test]
        fn places_are_in_order_and_inside_the_text(text in "[ -~ァ-ンｱ-ﾟＡ-Ｚé]{0,40}") {
            let list = readings(&[("a", "ア"), ("ab", "イ"), ("カ", "ウ"), ("ガ", "エ"), ("Z9", "オ")]);
            let mut from = 0;
            for (range, _) in list.find(&text) {
                prop_assert!(range.start >= from && !range.is_empty());
                prop_assert!(text.get(range.clone()).is_some());
                from = range.end;
            }
        }
    }
}
