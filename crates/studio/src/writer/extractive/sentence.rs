//! An article's text in sentences, each with the bytes it stands in.

use domain::Language;
use std::ops::Range;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of a paragraph.
    Prose,
    /// A point of a list.
    Item,
    /// Names what follows; says nothing by itself.
    Heading,
    /// Stands where the source had code.
    Code,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Bytes of the text; neither starts nor ends with white space.
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// First of its paragraph.
    pub(super) opens: bool,
}

/// In the order of the text, never overlapping.
pub(super) fn sentences(text: &str, language: Language) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        of_line(text, start..start + line.len(), language, &mut found);
        start += line.len();
    }
    found
}

fn of_line(text: &str, line: Range<usize>, language: Language, found: &mut Vec<Sentence>) {
    let Some(line) = trimmed(text, line) else { return };
    let Some(whole) = text.get(line.clone()) else { return };
    if is_code_note(whole) {
        found.push(Sentence { range: line, kind: Kind::Code, opens: false });
        return;
    }
    let bullet = bullet_bytes(whole);
    let Some(body) = trimmed(text, line.start + bullet..line.end) else { return };
    let Some(said) = text.get(body.clone()) else { return };
    let kind = match bullet {
        0 if is_heading(said, language) => Kind::Heading,
        0 => Kind::Prose,
        _ => Kind::Item,
    };
    let ends = match language {
        _ if kind == Kind::Heading => Vec::new(),
        Language::Ja => super::japanese_end::ends(said),
        Language::En => super::english_end::ends(said),
    };
    let mut start = body.start;
    for (at, end) in ends.into_iter().chain([said.len()]).enumerate() {
        if let Some(range) = trimmed(text, start..body.start + end) {
            found.push(Sentence { range, kind, opens: at == 0 });
        }
        start = body.start + end;
    }
}

/// The range without white space at either end; `None` when nothing else is in it.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.end - (part.len() - part.trim_end().len());
    (start < end).then_some(start..end)
}

/// The line a source leaves where code was.
fn is_code_note(line: &str) -> bool {
    let inner = line.trim_matches(|c: char| matches!(c, '(' | ')' | '（' | '）' | '.' | '。'));
    inner.len() < line.len()
        && ["code example", "コード例", "code", "コード"].contains(&inner.trim().to_lowercase().as_str())
}

/// Bytes of a list mark at the start, with the space after it.
fn bullet_bytes(line: &str) -> usize {
    let Some(first) = line.chars().next() else { return 0 };
    if matches!(first, '・' | '•' | '‣' | '◦' | '●' | '○' | '■' | '□' | '※') {
        return first.len_utf8();
    }
    if matches!(first, '-' | '*' | '+' | '–') && line[1..].starts_with(' ') {
        return 2;
    }
    // "1. ", "2) ", "３．": a number, a mark, and what is not one more digit.
    let digits: usize = line.chars().take_while(|c| c.is_numeric()).map(char::len_utf8).sum();
    let Some(rest) = line.get(digits..).filter(|_| (1..=6).contains(&digits)) else { return 0 };
    let mut rest = rest.chars();
    match (rest.next(), rest.next()) {
        (Some('.' | ')'), Some(' ')) => digits + 2,
        (Some(mark @ ('．' | '）' | '、')), Some(next)) if !next.is_numeric() => digits + mark.len_utf8(),
        _ => 0,
    }
}

/// A short line that no full stop ends. A colon introduces something and is prose.
fn is_heading(line: &str, language: Language) -> bool {
    let open = !line.ends_with(|c: char| {
        matches!(
            c,
            '。' | '！'
                | '？'
                | '．'
                | '.'
                | '!'
                | '?'
                | ':'
                | '：'
                | '」'
                | '』'
                | '"'
                | '”'
                | ')'
                | '）'
                | '…'
        )
    });
    if line.starts_with('#') {
        return true;
    }
    open && match language {
        Language::Ja => line.chars().count() <= 40 && !line.contains('。'),
        Language::En => line.split_whitespace().count() <= 12 && !line.contains(". "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str, language: Language) -> Vec<(&str, Kind)> {
        sentences(text, language).into_iter().map(|s| (&text[s.range], s.kind)).collect()
    }

    #[test]
    fn lines_are_told_apart() {
        let text = "はじめに\n次のように書きます。\n（コード例）\n・一つめの点です。二つめもあります。\n1. 最初の手順\n";
        assert_eq!(
            said(text, Language::Ja),
            [
                ("はじめに", Kind::Heading),
                ("次のように書きます。", Kind::Prose),
                ("（コード例）", Kind::Code),
                ("一つめの点です。", Kind::Item),
                ("二つめもあります。", Kind::Item),
                ("最初の手順", Kind::Item),
            ]
        );
        let marked = "# Why does it matter?\nIt is short.\n";
        assert_eq!(said(marked, Language::En)[0], ("# Why does it matter?", Kind::Heading));
        let text = "Why it matters\nIt is short. Really!\n(code example)\n- One point\n2) Another one.";
        assert_eq!(
            said(text, Language::En),
            [
                ("Why it matters", Kind::Heading),
                ("It is short.", Kind::Prose),
                ("Really!", Kind::Prose),
                ("(code example)", Kind::Code),
                ("One point", Kind::Item),
                ("Another one.", Kind::Item),
            ]
        );
    }

    #[test]
    fn a_number_at_the_start_is_not_always_a_list_mark() {
        assert_eq!(said("3.14 is close to pi.", Language::En), [("3.14 is close to pi.", Kind::Prose)]);
        assert_eq!(said("2026年の話です。", Language::Ja), [("2026年の話です。", Kind::Prose)]);
    }

    proptest! {
        #[test]
        fn every_sentence_is_in_the_text_and_nothing_spoken_is_lost(
            text in "[ a-zA-Zあ-んア-ン漢字。！？「」（）.!?\\-・\n0-9\"]{0,120}",
            japanese: bool,
        ) {
            let language = if japanese { Language::Ja } else { Language::En };
            let found = sentences(&text, language);
            let mut at = 0;
            let mut kept = String::new();
            for sentence in &found {
                prop_assert!(sentence.range.start >= at && sentence.range.end > sentence.range.start);
                at = sentence.range.end;
                let part = text.get(sentence.range.clone());
                prop_assert!(part.is_some_and(|part| part.trim() == part));
                kept.push_str(part.unwrap_or_default());
            }
            // List marks and their numbers may go; letters never do.
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            prop_assert_eq!(letters(&kept), letters(&text));
        }
    }
}
