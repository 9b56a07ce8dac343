//! Plain text as it may be stored, shown and spoken: no control characters, no bidi overrides, no
//! invisible marks, bounded length.

use unicode_segmentation::UnicodeSegmentation;

/// Characters of a title or name; longer ones are cut.
const LINE_CHARS: usize = 200;
/// Characters of a title made of the text's first words.
const HEADLINE_CHARS: usize = 60;

/// One line of at most 200 characters.
pub(super) fn line(text: &str) -> String {
    // A megabyte of title need not be looked at whole.
    let text: String =
        text.chars().take(LINE_CHARS * 20).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let clean: String = words.join(" ").chars().filter(|c| is_kept(*c)).collect();
    cut(clean.trim(), LINE_CHARS)
}

/// The text's first words.
pub(super) fn headline(text: &str) -> String {
    let first = text.lines().find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    // A heading's mark is no part of its words.
    let first = first.trim_start_matches("# ");
    let sentence = first.split_inclusive(['。', '！', '？']).next().unwrap_or(first);
    cut(line(sentence).trim_end_matches('。'), HEADLINE_CHARS)
}

/// Whether a character may stay in a text: neither control nor bidi control, neither invisible nor
/// private. Joiners stay: scripts and emoji need them.
pub(super) const fn is_kept(c: char) -> bool {
    !matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..)
}

/// At a word's end where there is one near, else between two characters as people count them.
fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut count = 0;
    for cluster in text.graphemes(true) {
        count += cluster.chars().count();
        if count >= most {
            break;
        }
        kept.push_str(cluster);
    }
    if let Some(space) = kept.rfind(' ').filter(|space| *space * 3 >= kept.len() * 2) {
        kept.truncate(space);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_clean() {
        assert_eq!(line("  a\u{0}\u{7}b\n\tc\u{202e}d\u{2066}\u{200b}e  "), "a b cde");
        assert_eq!(line("👩‍💻 می‌خواهم"), "👩‍💻 می‌خواهم");
    }

    #[test]
    fn long_titles_end_at_a_word() {
        let cut = line(&"word ".repeat(200_000));
        assert!(cut.ends_with("word…") && cut.chars().count() <= 200, "{cut}");
        let cut = line(&"語".repeat(300_000));
        assert_eq!(cut.chars().count(), 200);
    }

    #[test]
    fn a_headline_is_the_first_words() {
        assert_eq!(headline("🎉\n所有権の話をします。次は借用です。"), "所有権の話をします");
        assert_eq!(headline("# 見出し\n本文です。"), "見出し");
        assert_eq!(headline("Short text"), "Short text");
        assert_eq!(headline("🎉🎉"), "");
    }

    proptest! {
        #[test]
        fn any_title_becomes_one_short_line(text in any::<String>(), times in 1_usize..50) {
            let line = line(&text.repeat(times));
            prop_assert!(line.chars().count() <= LINE_CHARS);
            prop_assert!(line.chars().all(|c| is_kept(c) && !c.is_control()));
            prop_assert_eq!(line.trim(), &line);
        }
    }
}
