//! A spoken text in pieces that an engine handles well, and how long to rest after each.

use super::speakable;
use crate::writer::extractive::english_end;
use domain::Language;

/// One piece to synthesise, and the silence after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub text: String,
    pub rest_ms: u32,
}

/// Rests as a newsreader takes them, in milliseconds.
const AFTER_CLAUSE_MS: u32 = 180;
const AFTER_SENTENCE_MS: u32 = 350;
const AFTER_PARAGRAPH_MS: u32 = 600;

/// Normalises a text and cuts it: at sentences, and inside a long one at its clauses. No rest follows
/// the last piece: what comes next is not this text's business.
pub fn chunks(text: &str, language: Language) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for paragraph in speakable(text, language).lines() {
        for sentence in sentences(paragraph, language) {
            for clause in clauses(sentence, longest(language)) {
                chunks.push(Chunk { text: clause.trim().to_owned(), rest_ms: AFTER_CLAUSE_MS });
            }
            rest_after(&mut chunks, AFTER_SENTENCE_MS);
        }
        rest_after(&mut chunks, AFTER_PARAGRAPH_MS);
    }
    chunks.retain(|chunk| chunk.text.chars().any(char::is_alphanumeric));
    rest_after(&mut chunks, 0);
    chunks
}

fn rest_after(chunks: &mut [Chunk], rest_ms: u32) {
    if let Some(last) = chunks.last_mut() {
        last.rest_ms = rest_ms;
    }
}

/// Characters in one piece: half a minute of speech, and few megabytes of samples.
const fn longest(language: Language) -> usize {
    match language {
        Language::Ja => 120,
        Language::En => 300,
    }
}

/// Japanese is cut after 。！？, and after . ! ? before a space; English where its sentences end, as the
/// writer knows them.
fn sentences(paragraph: &str, language: Language) -> Vec<&str> {
    match language {
        Language::Ja => cut(paragraph, |c, next| match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => false,
        }),
        Language::En => {
            let ends = english_end::ends(paragraph);
            let starts = [0].into_iter().chain(ends.iter().copied());
            let ends = ends.iter().copied().chain([paragraph.len()]);
            let pieces = starts.zip(ends).filter_map(|(start, end)| paragraph.get(start..end));
            pieces.filter(|piece| !piece.trim().is_empty()).collect()
        }
    }
}

/// Pieces of at most `longest` characters, cut at commas if there are any, else at spaces, else anywhere.
fn clauses(sentence: &str, longest: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for clause in cut(sentence, |c, next| {
        matches!(c, '、' | '；') || (matches!(c, ',' | ';' | ':') && next == Some(' '))
    }) {
        for part in parts(clause, longest) {
            let last = pieces.last_mut();
            match last {
                Some(last) if last.chars().count() + part.chars().count() <= longest => last.push_str(&part),
                _ => pieces.push(part),
            }
        }
    }
    pieces
}

fn parts(clause: &str, longest: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest: Vec<char> = clause.chars().collect();
    while rest.len() > longest {
        let space = rest.iter().take(longest).rposition(|c| *c == ' ').filter(|at| *at > 0);
        let tail = rest.split_off(space.map_or(longest, |at| at + 1));
        parts.push(rest.into_iter().collect());
        rest = tail;
    }
    parts.push(rest.into_iter().collect());
    parts
}

/// Splits after each character that ends a piece, given the one that follows it.
fn cut(text: &str, ends: fn(char, Option<char>) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if ends(c, chars.peek().map(|(_, next)| *next)) {
            pieces.extend(text.get(from..at + c.len_utf8()));
            from = at + c.len_utf8();
        }
    }
    pieces.extend(text.get(from..).filter(|rest| !rest.trim().is_empty()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_up(text: &str, language: Language) -> Vec<(String, u32)> {
        chunks(text, language).into_iter().map(|chunk| (chunk.text, chunk.rest_ms)).collect()
    }

    #[test]
    fn rests_follow_clauses_sentences_and_paragraphs() {
        let text = "朝です。晴れています！\n次の話題。";
        let expected = [("朝です。", 350), ("晴れています！", 600), ("次の話題。", 0)];
        assert_eq!(cut_up(text, Language::Ja), expected.map(|(text, rest)| (text.to_owned(), rest)));

        let text = "Version 1.95 is out. It is fast!\nNext.";
        let said: Vec<u32> = cut_up(text, Language::En).into_iter().map(|(_, rest)| rest).collect();
        assert_eq!(said, [350, 600, 0]);
    }

    #[test]
    fn an_abbreviation_is_no_rest_in_english() {
        for (text, said) in [
            ("Dr. Smith met Mr. Lee.", "Doctor Smith met Mister Lee."),
            ("It is No. 1 in the U.S. Navy.", "It is number one in the US Navy."),
            ("On Nov. 23 J. K. Rowling spoke.", "On November twenty third J K Rowling spoke."),
        ] {
            assert_eq!(cut_up(text, Language::En), [(said.to_owned(), 0)]);
        }
        let rests = cut_up("It grew in the U.S. The rest fell.", Language::En);
        assert_eq!(rests.len(), 2);
    }

    #[test]
    fn a_long_sentence_is_cut_at_its_clauses() {
        let clause = "とても長い文がここでまだ続いていて、";
        let pieces = cut_up(&clause.repeat(20), Language::Ja);
        assert!(pieces.len() > 2);
        assert!(pieces.iter().all(|(text, _)| text.chars().count() <= 120));
        assert!(pieces.iter().rev().skip(1).all(|(text, rest)| text.ends_with('、') && *rest == 180));

        let endless = cut_up(&"あ".repeat(1_000), Language::Ja);
        assert_eq!(endless.iter().map(|(text, _)| text.chars().count()).sum::<usize>(), 1_000);
        let words = cut_up(&"word ".repeat(200), Language::En);
        assert!(words.iter().all(|(text, _)| text.starts_with("word") && text.ends_with("word")));
    }
}
