//! The content words of a sentence: what two sentences must share to be about the same thing.

use super::english;
use crate::japanese::{Japanese, JapaneseError};
use domain::Language;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Base forms or stems, each once, in order: ranking must not depend on a hash seed.
pub(super) type Words = BTreeSet<String>;

/// Japanese by the voice's own dictionary, English by rules.
pub(super) fn content_words(
    text: &str,
    language: Language,
    japanese: Option<&Japanese>,
) -> Result<Words, JapaneseError> {
    match (language, japanese) {
        (Language::En, _) => Ok(english(text)),
        (Language::Ja, None) => Ok(runs(text)),
        (Language::Ja, Some(japanese)) => {
            let words = japanese.words(text)?;
            Ok(words
                .into_iter()
                .filter(|word| word.content && !EMPTY.contains(&word.base.as_str()))
                .map(|word| plain(&word.base))
                .collect())
        }
    }
}

fn english(text: &str) -> Words {
    text.unicode_words()
        .map(plain)
        .filter(|word| !english::is_stop_word(word))
        .map(|word| english::stem(&word))
        .filter(|word| word.chars().count() > 1)
        .collect()
}

/// Width and case aside.
fn plain(word: &str) -> String {
    word.nfkc().flat_map(char::to_lowercase).collect()
}

/// Verbs and nouns of the dictionary that carry next to nothing.
const EMPTY: &[&str] = &[
    "する",
    "なる",
    "ある",
    "いる",
    "できる",
    "やる",
    "くる",
    "来る",
    "いく",
    "行く",
    "言う",
    "いう",
    "思う",
    "おく",
    "みる",
    "もつ",
    "持つ",
    "よい",
    "いい",
    "ない",
    "多い",
    "場合",
    "必要",
    "今回",
    "自分",
    "使う",
];

/// Without the dictionary: runs of kanji, katakana, Latin letters and digits.
pub(super) fn runs(text: &str) -> Words {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Kanji,
        Katakana,
        Latin,
        Other,
    }
    let class = |c: char| match c {
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '々' => Class::Kanji,
        '\u{30a1}'..='\u{30fc}' => Class::Katakana,
        _ if c.is_ascii_alphanumeric() => Class::Latin,
        _ => Class::Other,
    };
    let mut found = Words::new();
    let mut run = String::new();
    let mut last = Class::Other;
    for c in text.nfkc().chain(['。']) {
        let next = class(c);
        if next != last {
            let least = if last == Class::Katakana { 3 } else { 2 };
            if last != Class::Other && run.chars().count() >= least {
                found.insert(run.to_lowercase());
            }
            run.clear();
        }
        run.push(c);
        last = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_dictionary_runs_are_words() {
        let found = runs("Rustの所有権をコンパイラが検査する");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["rust", "コンパイラ", "所有権", "検査"]);
    }

    #[test]
    fn english_words_are_stems_without_stop_words() {
        let found = content_words("The queues were retrying failed jobs.", Language::En, None).unwrap();
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["fail", "job", "queu", "retry"]);
    }
}
