//! Words that the dictionary reads in a sense our texts do not use.
//!
//! A reading dictionary cannot say these: it would find 行 in 実行 too. Here the tokeniser has already
//! told that the word stands alone, and how it would be read.

use jpreprocess_core::pronunciation::Pronunciation;

/// Word, the reading the analyser chose, ours, and the mora its accent falls on (0: none).
const SENSES: [(&str, &str, &str, usize); 8] = [
    ("行", "クダリ", "ギョー", 1),
    ("他", "タ", "ホカ", 0),
    ("値", "ネ", "アタイ", 0),
    ("語", "カタリ", "ゴ", 1),
    ("仮名", "カメー", "カナ", 0),
    ("疎", "ウト", "ソ", 1),
    ("重複", "ジューフク", "チョーフク", 0),
    ("早急", "ソーキュー", "サッキュー", 0),
];

/// Counters that the number rules voice where nobody does: 三千件 is サンゼンケン.
const COUNTERS: [(&str, &str, &str); 1] = [("件", "ゲン", "ケン")];

pub(super) fn of(word: &str, chosen: &str) -> Option<Pronunciation> {
    let (.., kana, accent) =
        SENSES.iter().find(|(sense, reading, ..)| (*sense, *reading) == (word, chosen))?;
    Pronunciation::parse(kana, *accent).ok()
}

/// A counter after the number rules have run; the accent is the phrase's and stays.
pub(super) fn counter(word: &str, chosen: &Pronunciation) -> Option<Pronunciation> {
    let reading = chosen.to_pure_string();
    let (.., kana) =
        COUNTERS.iter().find(|(counter, voiced, _)| (*counter, *voiced) == (word, reading.as_str()))?;
    Pronunciation::parse(kana, chosen.accent()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_chosen_reading_is_changed() {
        assert_eq!(of("行", "クダリ").unwrap().to_pure_string(), "ギョー");
        assert!(of("行", "イキ").is_none());
        assert!(SENSES.iter().all(|(.., kana, accent)| Pronunciation::parse(kana, *accent).is_ok()));
    }
}
