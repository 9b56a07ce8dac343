//! A text's words with their kind and dictionary form: what ranking sentences needs.

use super::JapaneseError;
use jpreprocess::{DefaultTokenizer, JPreprocess, normalize_text_for_naist_jdic};
use std::ops::Range;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it stands in the text.
    pub surface: String,
    /// The dictionary form: 書い → 書く, 美しく → 美しい; equal to the surface where nothing bends.
    pub base: String,
    /// Carries meaning by itself: a noun, verb, adjective or adverb, but not a numeral, pronoun,
    /// suffix or auxiliary.
    pub content: bool,
    /// A noun of any sort, numerals and suffixes included.
    pub noun: bool,
    /// A name.
    pub proper: bool,
    /// Bytes of the text it was found in.
    pub range: Range<usize>,
}

pub(super) fn of(analyser: &JPreprocess<DefaultTokenizer>, text: &str) -> Result<Vec<Word>, JapaneseError> {
    let failed = |reason: String| JapaneseError::Analyse { chars: text.chars().count(), reason };
    let njd = analyser.text_to_njd(text).map_err(|error| failed(error.to_string()))?;
    let mut places = Places::new(text);
    let words = njd.nodes.iter().filter_map(|node| {
        let range = places.next(node.get_string())?;
        let surface = text.get(range.clone())?.to_owned();
        // The node's text form is OpenJTalk's: surface, four levels of part of speech, conjugation type
        // and form, and readings. Its surface holds no ASCII comma: the analyser widens them.
        let line = node.to_string();
        let fields: Vec<&str> = line.split(',').collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or("*");
        let kind = (field(1), field(2));
        Some(Word {
            base: base(&surface, field(5), field(6)),
            content: carries_meaning(kind, field(5)),
            noun: kind.0 == "名詞",
            proper: kind == ("名詞", "固有名詞"),
            surface,
            range,
        })
    });
    Ok(words.collect())
}

fn carries_meaning(kind: (&str, &str), conjugation: &str) -> bool {
    match kind {
        ("名詞", sort) => !matches!(sort, "数" | "代名詞" | "非自立" | "接尾" | "特殊" | "接続詞的"),
        ("動詞", sort) => sort == "自立" && !conjugation.starts_with("サ変"),
        ("形容詞", sort) => sort == "自立",
        ("副詞", _) => true,
        _ => false,
    }
}

/// Undoes the conjugation: the ending that goes, and the one that the row of the verb calls for.
fn base(surface: &str, conjugation: &str, form: &str) -> String {
    if matches!(form, "*" | "基本形") {
        return surface.to_owned();
    }
    let without = |chars: usize| {
        let kept = surface.chars().count().saturating_sub(chars);
        surface.chars().take(kept).collect::<String>()
    };
    let (class, row) = conjugation.split_once('・').unwrap_or((conjugation, ""));
    match class {
        "五段" | "四段" => {
            let ending = match row.chars().next() {
                Some('カ') => 'く',
                Some('ガ') => 'ぐ',
                Some('サ') => 'す',
                Some('タ') => 'つ',
                Some('ナ') => 'ぬ',
                Some('バ') => 'ぶ',
                Some('マ') => 'む',
                Some('ラ') => 'る',
                Some('ワ') => 'う',
                Some('ハ') => 'ふ',
                _ => return surface.to_owned(),
            };
            without(if form == "仮定縮約１" { 2 } else { 1 }) + &ending.to_string()
        }
        "一段" => match form {
            "仮定形" | "命令ｒｏ" | "命令ｙｏ" | "未然ウ接続" => without(1) + "る",
            "仮定縮約１" => without(2) + "る",
            _ => without(0) + "る",
        },
        "サ変" => "する".to_owned(),
        "カ変" => "来る".to_owned(),
        "形容詞" => match form {
            "ガル接続" => without(0) + "い",
            "仮定形" | "仮定縮約１" | "仮定縮約２" | "命令ｅ" => without(2) + "い",
            _ => without(1) + "い",
        },
        _ => surface.to_owned(),
    }
}

/// Finds analysed words in the text they came from. The analyser widens characters one for one,
/// joins a half-width voicing mark to its letter, and drops spaces.
struct Places<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Places<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn next(&mut self, widened: &str) -> Option<Range<usize>> {
        let mut wanted = widened.chars();
        let first = wanted.next()?;
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.char_indices().find(|(at, _)| widen(rest, *at) == Some(first))?.0;
        let mut end = start + letter_bytes(self.text, start);
        for _ in wanted {
            end += letter_bytes(self.text, end);
        }
        self.at = end;
        Some(start..end)
    }
}

/// What the analyser makes of the letter at `at`, with its voicing mark.
fn widen(text: &str, at: usize) -> Option<char> {
    let letter = text.get(at..at + letter_bytes(text, at))?;
    normalize_text_for_naist_jdic(letter).chars().next()
}

/// Bytes of the character at `at` and of the voicing marks that follow it.
fn letter_bytes(text: &str, at: usize) -> usize {
    let mut chars = text.get(at..).unwrap_or_default().chars();
    let first = chars.next().map_or(0, char::len_utf8);
    first + chars.take_while(|c| is_voicing_mark(*c)).map(char::len_utf8).sum::<usize>()
}

const fn is_voicing_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}' | '\u{309b}' | '\u{309c}' | '\u{ff9e}' | '\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conjugation_is_undone() {
        for (surface, conjugation, form, expected) in [
            ("書い", "五段・カ行イ音便", "連用タ接続", "書く"),
            ("書こ", "五段・カ行イ音便", "未然ウ接続", "書く"),
            ("使っ", "五段・ワ行促音便", "連用タ接続", "使う"),
            ("食べ", "一段", "連用形", "食べる"),
            ("食べれ", "一段", "仮定形", "食べる"),
            ("美しく", "形容詞・イ段", "連用テ接続", "美しい"),
            ("速けれ", "形容詞・アウオ段", "仮定形", "速い"),
            ("書く", "五段・カ行イ音便", "基本形", "書く"),
            ("所有", "*", "*", "所有"),
        ] {
            assert_eq!(base(surface, conjugation, form), expected, "{surface} {conjugation} {form}");
        }
    }

    #[test]
    fn places_survive_width_and_voicing_marks() {
        let text = "ﾄﾞｯｸ を Rust で";
        let mut places = Places::new(text);
        let found: Vec<&str> = ["ドック", "を", "Ｒｕｓｔ", "で"]
            .into_iter()
            .filter_map(|word| places.next(word))
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, ["ﾄﾞｯｸ", "を", "Rust", "で"]);
    }
}
