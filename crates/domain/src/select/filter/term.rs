//! A word or phrase of a filter, and where it stands in a text.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Text as its user wrote it, and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Term {
    written: String,
    folded: String,
}

impl Term {
    pub const MOST_CHARS: usize = 200;

    pub fn new(written: &str) -> Self {
        Self { written: written.to_owned(), folded: fold(written) }
    }

    pub fn written(&self) -> &str {
        &self.written
    }

    pub(super) fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    /// Equal to a name but for case, width and a leading `@` or `#`.
    pub(super) fn names(&self, name: &str) -> bool {
        bare(&self.folded) == bare(&fold(name))
    }

    /// Stands in a folded text. Where letters are parted by spaces, only as whole words: "go" is not
    /// in "google", nor "c" in "c++", but "Rust" is in "Rustで書く".
    pub(super) fn is_in(&self, folded: &str) -> bool {
        let starts_in_word = self.folded.chars().next().is_some_and(is_spaced);
        let ends_in_word = self.folded.chars().next_back().is_some_and(is_spaced);
        folded.match_indices(&self.folded).any(|(at, found)| {
            let before = folded.get(..at).unwrap_or_default();
            let after = folded.get(at + found.len()..).unwrap_or_default();
            !(starts_in_word && before.ends_with(is_spaced) || ends_in_word && goes_on(after))
        })
    }
}

impl From<String> for Term {
    fn from(written: String) -> Self {
        Self::new(&written)
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.written
    }
}

/// NFKC, lower case, every run of white space one space.
pub(super) fn fold(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

fn bare(folded: &str) -> &str {
    let name = folded.trim_start_matches(['@', '#']);
    if name.is_empty() { folded } else { name }
}

/// Part of a word in a script that parts words by spaces; after NFKC.
fn is_spaced(c: char) -> bool {
    let unspaced = matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    (c.is_alphanumeric() || c == '_') && !unspaced
}

fn goes_on(after: &str) -> bool {
    after.starts_with(is_spaced) || after.starts_with("++") || after.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(term: &str, text: &str) -> bool {
        Term::new(term).is_in(&fold(text))
    }

    #[test]
    fn latin_words_are_whole() {
        assert!(found("go", "Why Go won"));
        assert!(!found("go", "Google and algorithms"));
        assert!(found("rust", "Rustで書くCLI"));
        assert!(found("borrow checker", "the borrow\n  checker’s rules"));
        assert!(found("C++", "Modern C++17"));
        assert!(!found("c", "modern C++ and C#"));
        assert!(found("c", "written in C."));
        assert!(!found("C", "ABC"));
        assert!(found("go", "google go"), "a later place counts");
    }

    #[test]
    fn japanese_needs_no_boundary() {
        assert!(found("所有権", "Rustの所有権入門"));
        assert!(found("ｻｰﾊﾞｰ", "サーバーを立てる"));
        assert!(found("ＡＷＳ", "aws入門"));
    }

    #[test]
    fn names_ignore_case_and_sigil() {
        assert!(Term::new("@Alice").names("alice"));
        assert!(Term::new("rust").names("#Rust"));
        assert!(!Term::new("rust").names("rustlang"));
    }
}
