//! Latin words that no reading dictionary knows: letters by name, words as katakana.

use super::accent;
use e2k::C2k;
use jpreprocess_core::pronunciation::Pronunciation;
use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, OnceLock, PoisonError},
};

/// Longer runs of letters are not words.
const LONGEST_WORD: usize = 30;
/// Words remembered before the memory is emptied: some 100 kB.
const REMEMBERED: usize = 4_000;

/// Says Latin words in kana. A word costs 5 to 11 ms the first time and nothing after.
#[derive(Default)]
pub(super) struct Latin {
    /// The model is 10 MB once unpacked; most texts need none of it.
    model: OnceLock<C2k>,
    known: Mutex<HashMap<String, String>>,
}

impl Latin {
    /// How one run of ASCII letters (an apostrophe inside is allowed) is said; `None` for what is no word.
    pub(super) fn say(&self, word: &str) -> Option<Pronunciation> {
        let word: String = word.chars().filter(char::is_ascii_alphabetic).collect();
        if word.is_empty() || word.len() > LONGEST_WORD {
            return None;
        }
        if is_spelled(&word) {
            let names: Vec<&str> = word.chars().filter_map(letter).collect();
            return accent::letters(&names);
        }
        accent::loan_word(&self.transcribe(&word.to_ascii_lowercase()))
    }

    fn transcribe(&self, word: &str) -> String {
        if let Some(kana) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(word) {
            return kana.clone();
        }
        let kana = self.model.get_or_init(|| C2k::new(2 * LONGEST_WORD)).infer(word);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(word.to_owned(), kana.clone());
        kana
    }
}

impl fmt::Debug for Latin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latin").field("loaded", &self.model.get().is_some()).finish_non_exhaustive()
    }
}

/// Parts of a name written together: `OpenTelemetry` → Open, Telemetry; `HTTPServer` → HTTP, Server;
/// `APIs` → API, s.
pub(super) fn parts(word: &str) -> Vec<&str> {
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    if let Some(stem) = word.strip_suffix('s')
        && stem.len() >= 2
        && stem.chars().all(|c| c.is_ascii_uppercase())
    {
        return vec![stem, "s"];
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 1..chars.len() {
        let upper = |at: usize| chars.get(at).is_some_and(|(_, c)| c.is_ascii_uppercase());
        let lower = |at: usize| chars.get(at).is_some_and(|(_, c)| c.is_ascii_lowercase());
        let turns = upper(at) && (lower(at - 1) || (upper(at - 1) && lower(at + 1)));
        if let (true, Some((byte, _))) = (turns, chars.get(at)) {
            parts.extend(word.get(from..*byte));
            from = *byte;
        }
    }
    parts.extend(word.get(from..));
    parts
}

/// Said letter by letter: single letters, short words in capitals, and what has no vowel.
fn is_spelled(word: &str) -> bool {
    let capitals = word.chars().all(|c| c.is_ascii_uppercase());
    let vowels = word.chars().any(|c| "aeiouyAEIOUY".contains(c));
    word.len() == 1 || !vowels || (capitals && word.len() <= 5)
}

const fn letter(c: char) -> Option<&'static str> {
    Some(match c.to_ascii_lowercase() {
        'a' => "エー",
        'b' => "ビー",
        'c' => "シー",
        'd' => "ディー",
        'e' => "イー",
        'f' => "エフ",
        'g' => "ジー",
        'h' => "エイチ",
        'i' => "アイ",
        'j' => "ジェー",
        'k' => "ケー",
        'l' => "エル",
        'm' => "エム",
        'n' => "エヌ",
        'o' => "オー",
        'p' => "ピー",
        'q' => "キュー",
        'r' => "アール",
        's' => "エス",
        't' => "ティー",
        'u' => "ユー",
        'v' => "ブイ",
        'w' => "ダブリュー",
        'x' => "エックス",
        'y' => "ワイ",
        'z' => "ゼット",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(word: &str) -> String {
        Latin::default().say(word).map_or_else(String::new, |spoken| spoken.to_pure_string())
    }

    #[test]
    fn letters_words_and_noise() {
        assert_eq!(said("API"), "エーピーアイ");
        assert_eq!(said("npm"), "エヌピーエム");
        assert_eq!(said("x"), "エックス");
        assert_eq!(said("deployment"), "デプロイメント");
        assert_eq!(said(&"abc".repeat(20)), "");
    }

    #[test]
    fn names_come_apart_at_capitals() {
        assert_eq!(parts("OpenTelemetry"), ["Open", "Telemetry"]);
        assert_eq!(parts("HTTPServer"), ["HTTP", "Server"]);
        assert_eq!(parts("eBPF"), ["e", "BPF"]);
        assert_eq!(parts("APIs"), ["API", "s"]);
        assert_eq!(parts("plain"), ["plain"]);
    }
}
