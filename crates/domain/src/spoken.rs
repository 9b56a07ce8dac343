//! How much there is to say in a text: what a voice's pace is counted in.
//!
//! A unit is a word in English and a character in Japanese, as it is *said*: "2,147" is six words (two
//! thousand one hundred forty seven) and six characters (二千百四十七). It is asked of every article
//! there is, so it only scans; what exactly is said belongs to the voices.
//!
//! Measured with the embedded voices, eight words of a number last as long as seven others, and five
//! characters of one as long as six others.

use crate::language::Language;
use std::iter;

/// Signs that are said, with their words in English and characters in Japanese (パーセント, ドル).
const SIGNS: [(char, usize, usize); 7] =
    [('%', 1, 5), ('％', 1, 5), ('$', 1, 2), ('€', 1, 3), ('£', 1, 3), ('¥', 1, 1), ('°', 1, 1)];

/// A number of more digits is spelled.
const MOST_DIGITS: usize = 15;

pub fn units(text: &str, language: Language) -> usize {
    match language {
        Language::En => text.split_whitespace().map(english).sum(),
        Language::Ja => pieces(text).map(Piece::characters).sum(),
    }
}

/// Letters are one word with all that joins them (rust-analyzer), but digits among them are said apart.
fn english(word: &str) -> usize {
    if word.contains(is_digit) {
        pieces(word).map(Piece::words).sum()
    } else {
        usize::from(word.contains(char::is_alphanumeric))
    }
}

/// A stretch of text that is said.
enum Piece<'a> {
    Letters(&'a str),
    /// With the commas and points inside it: 2,147 or 1.95.0.
    Number(&'a str),
    Sign(char),
}

impl Piece<'_> {
    fn words(self) -> usize {
        match self {
            Self::Letters(_) => 1,
            Self::Number(number) => {
                let words = said(number, |value| match value {
                    // 2026, unlike 2,026, is a year: twenty twenty six.
                    1_100..2_100 if number.chars().count() == 4 => {
                        english_words(value / 100) + english_words(value % 100)
                    }
                    _ => english_words(value),
                });
                (words * 7).div_ceil(8)
            }
            Self::Sign(sign) => name(sign).map_or(0, |(words, _)| words),
        }
    }

    fn characters(self) -> usize {
        match self {
            Self::Letters(letters) => letters.chars().count(),
            Self::Number(number) => said(number, japanese_characters) * 6 / 5,
            Self::Sign(sign) => name(sign).map_or(0, |(_, characters)| characters),
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    iter::from_fn(move || {
        let start = rest.find(|c| is_letter(c) || is_digit(c) || name(c).is_some())?;
        let from = rest.get(start..)?;
        let first = from.chars().next()?;
        let end = if is_digit(first) {
            number_end(from)
        } else if is_letter(first) {
            from.find(|c| !is_letter(c)).unwrap_or(from.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = from.split_at_checked(end)?;
        rest = after;
        Some(if is_digit(first) {
            Piece::Number(piece)
        } else if is_letter(first) {
            Piece::Letters(piece)
        } else {
            Piece::Sign(first)
        })
    })
}

/// Past the digits, the groups of three after commas and the digits after points.
fn number_end(text: &str) -> usize {
    let digits = |text: &str| text.find(|c| !is_digit(c)).unwrap_or(text.len());
    let mut end = digits(text);
    loop {
        let more = text.get(end + 1..).map_or(0, digits);
        match text.as_bytes().get(end) {
            Some(b',') if more == 3 => end += 1 + more,
            Some(b'.') if more > 0 => end += 1 + more,
            _ => return end,
        }
    }
}

/// What stands before a point as `whole` counts it; every point and digit after it as one.
fn said(number: &str, whole: impl Fn(u64) -> usize) -> usize {
    let (first, after) = number.split_at(number.find('.').unwrap_or(number.len()));
    let digits = || first.chars().filter_map(digit);
    let spelled = digits().count() > MOST_DIGITS || (first.len() > 1 && digits().next() == Some(0));
    let value = || digits().fold(0, |value, digit| value * 10 + digit);
    let before = if spelled { digits().count() } else { whole(value()) };
    before + after.chars().count()
}

/// Two thousand | one hundred forty seven.
fn english_words(value: u64) -> usize {
    let words = |(scale, group): (usize, u64)| {
        let tens = match group % 100 {
            0 => 0,
            1..=20 | 30 | 40 | 50 | 60 | 70 | 80 | 90 => 1,
            _ => 2,
        };
        let hundreds = if group >= 100 { 2 } else { 0 };
        hundreds + tens + usize::from(scale > 0 && group > 0)
    };
    groups(value, 1_000).map(words).sum::<usize>().max(1)
}

/// 二十一億 | 四千七百四十八万 | 三千六百四十七.
fn japanese_characters(value: u64) -> usize {
    let characters = |(scale, group): (usize, u64)| {
        let digits = groups(group, 10).map(|(place, digit)| match (place, digit) {
            (_, 0) => 0,
            (0, _) | (_, 1) => 1,
            _ => 2,
        });
        digits.sum::<usize>() + usize::from(scale > 0 && group > 0)
    };
    groups(value, 10_000).map(characters).sum::<usize>().max(1)
}

/// From the smallest, numbered.
fn groups(value: u64, size: u64) -> impl Iterator<Item = (usize, u64)> {
    let rests = iter::successors(Some(value), move |rest| (*rest >= size).then_some(rest / size));
    rests.map(move |rest| rest % size).enumerate()
}

fn name(sign: char) -> Option<(usize, usize)> {
    let found = SIGNS.iter().find(|(known, ..)| *known == sign);
    found.map(|(_, words, characters)| (*words, *characters))
}

fn is_letter(c: char) -> bool {
    (c.is_alphanumeric() || c == 'ー') && !is_digit(c)
}

fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

/// ASCII or full width.
fn digit(c: char) -> Option<u64> {
    match c {
        '0'..='9' => Some(u64::from(c) - u64::from('0')),
        '０'..='９' => Some(u64::from(c) - u64::from('０')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(said: &str) -> usize {
        said.split(' ').count()
    }

    #[test]
    fn words_of_a_text_are_counted_as_said() {
        for (text, said) in [
            ("It doesn't re-read, ever.", "it doesn't reread ever"),
            ("1,000,000 and 90 and 0", "one million and ninety and zero"),
            ("in 2026, of 2,026", "in twenty twenty six of two thousand twenty six"),
            ("12.5% of 16GB", "twelve point five percent of sixteen gigabytes"),
            ("$5M", "five million dollars"),
            ("Rust 1.95.0.", "Rust one point nine five point zero"),
            ("call 007", "call zero zero seven"),
            ("10,20 or 1,5", "ten twenty or one five"),
        ] {
            assert_eq!(units(text, Language::En), words(said), "{text}");
        }
        assert_eq!(units(" - — ! ", Language::En), 0);
    }

    #[test]
    fn characters_of_a_text_are_counted_as_said() {
        for (text, said) in [
            ("コードを読む。", "コードを読む"),
            ("１０件と2,000円", "十件と二千円"),
            ("2.5%", "二点五パーセント"),
            ("第0回と10^6", "第零回と十六"),
            ("$3,000", "三千ドル"),
        ] {
            assert_eq!(units(text, Language::Ja), said.chars().count(), "{text}");
        }
    }

    #[test]
    fn long_numbers_are_counted_by_their_groups() {
        let said = "two billion one hundred forty seven million four hundred eighty three thousand six hundred \
                    forty seven";
        assert_eq!(english_words(2_147_483_647), words(said));
        let said = "二十一億四千七百四十八万三千六百四十七";
        assert_eq!(japanese_characters(2_147_483_647), said.chars().count());
        assert_eq!(units("2,147,483,647", Language::En), 14);
        assert_eq!(units("21億4748万3647", Language::Ja), 21);
        assert_eq!(units("2147483647", Language::Ja), 22);
    }

    #[test]
    fn no_number_is_too_long() {
        let digits = "9".repeat(40);
        assert_eq!(units(&digits, Language::En), 35);
        assert_eq!(units(&digits, Language::Ja), 48);
    }
}
