//! Proper names: Latin words with capitals, katakana, and what stands before さん and the like.

use super::everyday::{COMMON, LOANWORDS};
use domain::Language;
use std::collections::BTreeSet;

/// The names an article could lend.
#[derive(Debug)]
pub(super) struct Names {
    /// Latin words in lower case, whole and by their parts, without plural or possessive endings.
    latin: BTreeSet<String>,
    /// Katakana runs, without the marks that come and go (サーバー, サーバ).
    katakana: BTreeSet<String>,
    /// The text, for names in kanji.
    text: String,
}

impl Names {
    pub(super) fn of(text: &str) -> Self {
        let latin = latin(text).flat_map(|word| {
            let whole = reduced(word.text);
            let parts: Vec<String> = parts(word.text).map(reduced).collect();
            parts.into_iter().chain([whole])
        });
        let katakana = katakana(text).map(|run| bare(&run));
        Self { latin: latin.collect(), katakana: katakana.collect(), text: text.to_owned() }
    }

    pub(super) fn unsupported(&self, sentence: &str, language: Language) -> Vec<String> {
        let latin = latin(sentence)
            .filter(|word| is_name(word, language) && !self.has_latin(word.text))
            .map(|word| word.text.to_owned());
        let katakana = katakana(sentence).filter(|run| !self.has_katakana(run));
        let kanji = titled(sentence).filter(|name| !self.text.contains(name.as_str()));
        latin.chain(katakana).chain(kanji).collect()
    }

    fn has_latin(&self, word: &str) -> bool {
        let has = |word: &str| self.latin.contains(&reduced(word));
        has(word) || parts(word).all(|part| part.chars().all(|c| c.is_ascii_digit()) || has(part))
    }

    /// In one of the article's runs, or put together from such and from everyday loanwords.
    fn has_katakana(&self, run: &str) -> bool {
        let run = bare(run);
        let known = |part: &str| {
            LOANWORDS.iter().any(|word| bare(word) == part)
                || self.katakana.iter().any(|held| held.contains(part))
        };
        if run.chars().count() < 3 || known(&run) {
            return true;
        }
        run.char_indices().skip(2).any(|(at, _)| {
            run.get(..at).is_some_and(known)
                && run.get(at..).is_some_and(|rest| rest.chars().count() > 1 && known(rest))
        })
    }
}

struct Latin<'a> {
    text: &'a str,
    /// First word of its sentence.
    opens: bool,
    /// Another capitalised word follows: "Ada Lovelace".
    followed: bool,
}

/// Words of Latin letters with what joins them inside (GPT-5, Node.js, C++).
fn latin(text: &str) -> impl Iterator<Item = Latin<'_>> {
    let joins = |c: char| matches!(c, '.' | '-' | '_' | '\'' | '+' | '#' | '&');
    let inside = move |c: char| (c.is_alphanumeric() && is_latin(c)) || joins(c);
    let mut opens = true;
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(|c: char| is_latin(c) && c.is_alphanumeric())?;
            let gap = &rest[..start];
            opens |= gap.contains(['.', '!', '?', ':', '\n', '。', '！', '？', '"', '“', '「', '(']);
            let token = &rest[start..];
            let end = token.find(|c: char| !inside(c)).unwrap_or(token.len());
            let word = token[..end].trim_end_matches(['.', '-', '_', '\'', '&']);
            rest = &token[word.len()..];
            let first = std::mem::replace(&mut opens, false);
            if !word.chars().any(char::is_alphabetic) {
                continue;
            }
            let followed = rest.strip_prefix(' ').is_some_and(|next| next.starts_with(char::is_uppercase));
            return Some(Latin { text: word, opens: first, followed });
        }
    })
}

const fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}')
}

fn is_name(word: &Latin<'_>, language: Language) -> bool {
    let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
    let numbered = word.text.chars().any(|c| c.is_ascii_digit());
    let inner = word.text.chars().skip(1).any(char::is_uppercase);
    let capital = word.text.starts_with(char::is_uppercase);
    match language {
        // Latin letters in Japanese are names and terms; units such as "ms" are read with their numbers.
        Language::Ja => letters >= 3 || (letters == 2 && capital),
        Language::En if inner => letters >= 2,
        // "30ms", "4th" are numbers.
        Language::En if numbered => capital,
        Language::En if !capital || word.text == "I" || word.text.starts_with("I'") => false,
        Language::En if word.opens => word.followed && !is_common(word.text) || !looks_common(word.text),
        Language::En => !is_common(word.text),
    }
}

/// A word that may open a sentence without naming anybody.
fn looks_common(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "s", "ed", "ing", "ly", "tion", "ment", "ness", "ity", "ance", "ence", "able", "ful", "less", "ive",
    ];
    let lower = word.to_lowercase();
    is_common(word)
        || (lower.len() > 4 && ENDINGS.iter().any(|ending| lower.ends_with(ending)) && !lower.ends_with("ss"))
}

fn is_common(word: &str) -> bool {
    let lower = word.to_lowercase();
    let lower = lower.split('\'').next().unwrap_or_default();
    crate::writer::extractive::is_common_english(lower) || COMMON.contains(&lower)
}

/// Lower case, without possessive and plural.
fn reduced(word: &str) -> String {
    let lower = word.to_lowercase();
    let lower = lower.strip_suffix("'s").unwrap_or(&lower);
    match lower.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => stem.to_owned(),
        _ => lower.to_owned(),
    }
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(['-', '_', '.', '&']).filter(|part| !part.is_empty())
}

/// Runs of katakana of three or more characters; ・ parts them.
fn katakana(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー'))
        .filter(|run| run.chars().count() >= 3)
        .map(str::to_owned)
}

fn bare(run: &str) -> String {
    run.chars().filter(|c| *c != 'ー').collect()
}

/// Kanji right before a word that makes a name of them.
fn titled(text: &str) -> impl Iterator<Item = String> {
    const TITLES: &[&str] = &[
        "さん",
        "氏",
        "様",
        "くん",
        "教授",
        "博士",
        "社長",
        "会長",
        "大臣",
        "首相",
        "大統領",
        "知事",
        "大学",
        "銀行",
        "新聞",
        "製作所",
        "電機",
        "株式会社",
        "県",
        "市",
        "省",
        "庁",
    ];
    // Kanji that stand before these without naming anyone: 皆様, 都市, お客様, 同氏, 両県.
    const NO_NAMES: &[&str] = &[
        "皆", "客", "都", "同", "両", "仕", "各", "一", "反", "神", "奥", "模", "有", "多", "王", "国立",
        "私立", "反省", "我",
    ];
    TITLES.iter().flat_map(move |title| {
        text.match_indices(title).filter_map(move |(at, _)| {
            let before = text.get(..at)?;
            let name: String = before.chars().rev().take_while(|c| is_kanji(*c)).take(5).collect();
            let name: String = name.chars().rev().collect();
            let sure = name.chars().count() >= 2 || matches!(*title, "さん" | "氏");
            (sure && !name.is_empty() && !NO_NAMES.contains(&name.as_str())).then_some(name)
        })
    })
}

const fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '々')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(article: &str, sentence: &str, language: Language) -> Vec<String> {
        Names::of(article).unsupported(sentence, language)
    }

    #[test]
    fn names_of_the_article_pass() {
        let en = "Ada Lovelace wrote to GitHub about Node.js, PostgreSQL and GPT-5. Developers like it.";
        for sentence in [
            "Lovelace's letter to GitHub names PostgreSQL.",
            "Developer tools such as Node.js run GPT-5.",
            "The author says so. Running it is simple.",
            "I'm told that Ada liked it.",
        ] {
            assert_eq!(missing(en, sentence, Language::En), [""; 0], "{sentence}");
        }
        let ja = "山田さんはRustとサーバーを、データベースのレプリケーションに使う。";
        for sentence in [
            "山田さんによると、rustのサーバは速いです。",
            "このデータベースサーバーのポイントです。",
            "皆様の都市です。",
        ] {
            assert_eq!(missing(ja, sentence, Language::Ja), [""; 0], "{sentence}");
        }
    }

    #[test]
    fn other_names_are_found() {
        for (language, sentence, names) in [
            (Language::En, "It was built by Grace Hopper at Google.", vec!["Grace", "Hopper", "Google"]),
            (Language::En, "Oracle bought it. Then TypeScript came.", vec!["Oracle", "TypeScript"]),
            (
                Language::Ja,
                "鈴木さんがKubernetesとクバネティスを使う。",
                vec!["Kubernetes", "クバネティス", "鈴木"],
            ),
        ] {
            assert_eq!(missing("", sentence, language), names, "{sentence}");
        }
    }
}
