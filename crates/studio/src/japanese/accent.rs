//! Where the pitch falls in words no dictionary knows: loan words and names of letters.

use jpreprocess_core::pronunciation::Pronunciation;

/// Katakana as morae, the accent on the third from the end as in most loan words, one earlier where
/// that mora cannot bear it (ー, ン, ッ). `None` if it is not kana.
pub(super) fn loan_word(kana: &str) -> Option<Pronunciation> {
    let mut spoken = morae(kana)?;
    let sounds: Vec<String> = spoken.moras().iter().map(ToString::to_string).collect();
    let bears = |accent: usize| {
        accent
            .checked_sub(1)
            .and_then(|at| sounds.get(at))
            .is_some_and(|s| !matches!(s.as_str(), "ー" | "ン" | "ッ"))
    };
    let third = sounds.len().saturating_sub(2).max(1);
    let accent = (1..=third).rev().find(|accent| bears(*accent)).unwrap_or(1);
    spoken.set_accent(accent);
    Some(spoken)
}

/// Names of letters in a row: the accent on the last of them.
pub(super) fn letters(names: &[&str]) -> Option<Pronunciation> {
    let (last, before) = names.split_last()?;
    let mut spoken = morae(&names.concat())?;
    let before = morae(&before.concat()).map_or(0, |spoken| spoken.mora_size());
    debug_assert!(!last.is_empty());
    spoken.set_accent(before + 1);
    Some(spoken)
}

fn morae(kana: &str) -> Option<Pronunciation> {
    let kana: String = kana
        .chars()
        .map(|c| match c {
            'ヷ' => "ヴァ".to_owned(),
            'ヸ' => "ヴィ".to_owned(),
            'ヹ' => "ヴェ".to_owned(),
            'ヺ' => "ヴォ".to_owned(),
            'ヵ' => "カ".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let spoken = Pronunciation::parse(&kana, 0).ok()?;
    let is_sound = spoken.mora_size() > 0 && !spoken.is_empty();
    is_sound.then_some(spoken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loan_words_fall_on_the_third_mora_from_the_end() {
        for (kana, accent) in [
            ("ラスト", 1),
            ("コンパイラ", 3),
            ("サーバー", 1),
            ("テンプレート", 4),
            ("ドキュメント", 3),
            ("クバネティス", 3),
            ("ピー", 1),
        ] {
            assert_eq!(loan_word(kana).unwrap().accent(), accent, "{kana}");
        }
        assert!(loan_word("rust").is_none());
        assert!(loan_word("").is_none());
    }

    #[test]
    fn letters_fall_on_the_last() {
        let spoken = letters(&["エー", "ピー", "アイ"]).unwrap();
        assert_eq!((spoken.accent(), spoken.mora_size()), (5, 6));
    }
}
