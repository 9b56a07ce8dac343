//! Whether an article can be told at all: in which language, and whether it says enough.

use super::reason::Reason;
use crate::{
    article::Article,
    language::{Detected, Language},
    spoken::units,
};

/// Below this a segment would be its own headline: Japanese characters, English words.
pub const fn least(language: Language) -> usize {
    match language {
        Language::Ja => 30,
        Language::En => 15,
    }
}

/// Why an article cannot be told in `language`, if it cannot.
pub fn refuse(article: &Article, language: Language) -> Option<Reason> {
    if !article.text.chars().any(char::is_alphabetic) {
        let title_only = article.text.trim().is_empty();
        return Some(if title_only { Reason::TitleOnly } else { Reason::NoWords });
    }
    let spoken = prose(&article.text);
    if !spoken.clone().any(|line| words(line).next().is_some()) {
        let code = article.text.lines().any(|line| is_code(line) || is_fence(line) || is_code_note(line));
        return Some(if code { Reason::CodeOnly } else { Reason::NoWords });
    }
    match &article.language {
        Detected::Other(code) => return Some(Reason::NoVoice { language: code.clone() }),
        Detected::Spoken(found) if *found != language => {
            return Some(Reason::OtherLanguage { language: *found });
        }
        Detected::Spoken(_) | Detected::Unknown => {}
    }
    let (have, need) = (amount(&article.text, language), least(language));
    if have < need {
        return Some(Reason::TooShort { have, need });
    }
    (article.language == Detected::Unknown).then_some(Reason::UnknownLanguage)
}

/// How much of a text can be said, in spoken units: no code, no links.
pub fn amount(text: &str, language: Language) -> usize {
    let words = prose(text).flat_map(str::split_whitespace).filter(|word| !is_link(word));
    words.map(|word| units(word, language)).sum()
}

/// The language most articles are written in; the earlier in a tie. `None` without a spoken one.
pub fn prevailing_language(articles: &[Article]) -> Option<Language> {
    let spoken = || articles.iter().filter_map(|article| article.language.spoken());
    let count = |language| spoken().filter(|other| *other == language).count();
    let first = spoken().next()?;
    let other = match first {
        Language::Ja => Language::En,
        Language::En => Language::Ja,
    };
    Some(if count(other) > count(first) { other } else { first })
}

/// Lines outside fences that are not code.
fn prose(text: &str) -> impl Iterator<Item = &str> + Clone {
    let lines = text.lines().scan(false, |in_fence, line| {
        let fence = is_fence(line);
        *in_fence ^= fence;
        Some((line, *in_fence || fence))
    });
    lines.filter(|(line, fenced)| !fenced && !is_code(line) && !is_code_note(line)).map(|(line, _)| line)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace().filter(|word| !is_link(word)).filter(|word| word.chars().any(char::is_alphabetic))
}

fn is_link(word: &str) -> bool {
    word.contains("://") || word.starts_with("www.")
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~")
}

/// What stands for a code block that a source took out.
fn is_code_note(line: &str) -> bool {
    matches!(
        line.trim(),
        "(code example)" | "（コード例）" | "(コード例)" | "（コード例)。" | "（コード例）。"
    )
}

/// A line of code has many signs that prose has not, and no sentence around them.
fn is_code(line: &str) -> bool {
    let line = line.trim();
    let (mut signs, mut chars, mut unspaced) = (0_usize, 0_usize, 0_usize);
    for c in line.split_whitespace().filter(|word| !is_link(word)).flat_map(str::chars) {
        chars += 1;
        signs += usize::from("{}[]()<>=;&|$\\/*_#+:".contains(c));
        unspaced += usize::from(c >= '\u{3000}');
    }
    if unspaced * 4 > chars || line.ends_with(['.', '!', '?', '。']) {
        return false;
    }
    signs * 6 > chars || (line.ends_with([';', '{', '}']) && signs * 16 > chars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleDraft;

    fn article(text: &str) -> Article {
        Article::new(ArticleDraft {
            title: "A title of some length about nothing".into(),
            text: text.into(),
            ..ArticleDraft::default()
        })
    }

    const JA: &str = "所有権は値がいつ解放されるかを決める仕組みです。借用を使うと、値の所有権を渡さずに\
        参照だけを関数へ貸し出せます。コンパイラーは借用の期間を調べ、解放済みの値が使われないことを保証します。";
    const EN: &str = "Ownership decides when a value is freed, and the compiler checks it before the program \
        ever runs. A function that only needs to look at a value borrows it, and hands it back when it is \
        done, so that the caller may go on using it without a copy being made.";

    #[test]
    fn prose_in_the_wished_language_is_told() {
        assert_eq!(refuse(&article(JA), Language::Ja), None);
        assert_eq!(refuse(&article(EN), Language::En), None);
    }

    #[test]
    fn another_language_is_named() {
        assert_eq!(
            refuse(&article(JA), Language::En),
            Some(Reason::OtherLanguage { language: Language::Ja })
        );
        assert_eq!(
            refuse(&article(EN), Language::Ja),
            Some(Reason::OtherLanguage { language: Language::En })
        );
        let german = "Das Eigentum wird während der Übersetzung geprüft, und nicht erst, wenn das Programm \
            schon läuft. Wer einen Wert nur ansehen möchte, leiht ihn sich und gibt ihn danach zurück.";
        assert_eq!(refuse(&article(german), Language::En), Some(Reason::NoVoice { language: "deu".into() }));
    }

    #[test]
    fn what_says_nothing_is_told_apart() {
        for (text, reason) in [
            ("", Reason::TitleOnly),
            (" \n ", Reason::TitleOnly),
            ("🎉🎉 2026 🚀", Reason::NoWords),
            ("https://example.com/a https://example.com/b", Reason::NoWords),
            ("(code example)\n（コード例）", Reason::CodeOnly),
            ("```\nan essay inside of a fence\n```", Reason::CodeOnly),
            ("fn main() {\n    println!(\"hi\");\n}\nlet x = vec![1, 2];", Reason::CodeOnly),
        ] {
            assert_eq!(refuse(&article(text), Language::En), Some(reason), "{text:?}");
        }
    }

    #[test]
    fn short_texts_say_how_short() {
        let short = "This article is short, and that is all there is to it.";
        assert_eq!(refuse(&article(short), Language::En), Some(Reason::TooShort { have: 12, need: 15 }));
        let short = "短い記事です。";
        assert_eq!(refuse(&article(short), Language::Ja), Some(Reason::TooShort { have: 6, need: 30 }));
    }

    #[test]
    fn code_and_links_are_not_counted() {
        let plain = amount(EN, Language::En);
        let with =
            format!("{EN}\nlet total: u64 = parts.iter().map(|p| p.len()).sum();\nhttps://a.example/x");
        assert_eq!(amount(&with, Language::En), plain);
        assert_eq!(amount("関数 foo() を呼ぶ。", Language::Ja), 8);
        assert_eq!(amount("Of 1,200,000, 90", Language::En), 7);
    }

    #[test]
    fn the_prevailing_language_is_the_commoner() {
        let articles = [article(JA), article(EN), article(EN)];
        assert_eq!(prevailing_language(&articles), Some(Language::En));
        assert_eq!(prevailing_language(&articles[..2]), Some(Language::Ja));
        assert_eq!(prevailing_language(&[article("🎉")]), None);
    }
}
