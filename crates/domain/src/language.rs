//! The languages a program can be spoken in, and how a text's language is told.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A language Mimiyori has voices for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Ja,
    En,
}

impl Language {
    /// BCP 47 primary tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no voice for language {0:?}; use \"ja\" or \"en\"")]
pub struct UnknownLanguage(String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        match tag {
            "ja" => Ok(Self::Ja),
            "en" => Ok(Self::En),
            other => Err(UnknownLanguage(other.to_owned())),
        }
    }
}

/// What a text turned out to be written in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Detected {
    Spoken(Language),
    /// ISO 639-3 code of a language without a voice.
    Other(String),
    /// Too short or too odd to tell.
    Unknown,
}

impl Detected {
    pub const fn spoken(&self) -> Option<Language> {
        match self {
            Self::Spoken(language) => Some(*language),
            Self::Other(_) | Self::Unknown => None,
        }
    }

    /// How it is kept: `ja` or `en`, another language's three letters, or nothing.
    pub fn code(&self) -> &str {
        match self {
            Self::Spoken(language) => language.tag(),
            Self::Other(code) => code,
            Self::Unknown => "",
        }
    }

    pub fn from_code(code: &str) -> Self {
        match (code, code.parse()) {
            ("", _) => Self::Unknown,
            (_, Ok(language)) => Self::Spoken(language),
            (other, Err(_)) => Self::Other(other.to_owned()),
        }
    }
}

/// Tells a text's language from the text itself; feeds label theirs too often wrongly.
///
/// Kana settles it: no other language uses them. The rest is left to trigram statistics.
pub fn detect(text: &str) -> Detected {
    let sample: String = text.chars().filter(|c| !c.is_whitespace()).take(2_000).collect();
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 {
        return Detected::Unknown;
    }
    let kana = sample.chars().filter(|c| is_kana(*c)).count();
    if kana * 20 >= letters {
        return Detected::Spoken(Language::Ja);
    }
    let sample: String = text.chars().take(2_000).collect();
    match whatlang::detect(&sample) {
        Some(info) if info.lang() == whatlang::Lang::Jpn => Detected::Spoken(Language::Ja),
        Some(info) if info.lang() == whatlang::Lang::Eng => Detected::Spoken(Language::En),
        // Trigrams of a headline prove little: letters without accents that nothing speaks against are
        // English. Signs do not count: typographic quotes, dashes and emoji are in every language.
        Some(info) if !info.is_reliable() && has_plain_letters_only(&sample) => {
            Detected::Spoken(Language::En)
        }
        Some(info) => Detected::Other(info.lang().code().to_owned()),
        None => Detected::Unknown,
    }
}

fn has_plain_letters_only(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_ascii())
}

const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{ff66}'..='\u{ff9d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_reads_back() {
        let french = Detected::Other("fra".to_owned());
        for told in
            [Detected::Spoken(Language::Ja), Detected::Spoken(Language::En), french, Detected::Unknown]
        {
            assert_eq!(Detected::from_code(told.code()), told);
        }
    }

    #[test]
    fn tells_languages_apart() {
        assert_eq!(detect("所有権はコンパイル時に検査されます。"), Detected::Spoken(Language::Ja));
        assert_eq!(
            detect("Ownership is checked while the program is being compiled."),
            Detected::Spoken(Language::En)
        );
        assert_eq!(
            detect("Das Eigentum wird während der Übersetzung des Programms überprüft, nicht später."),
            Detected::Other("deu".into())
        );
        assert_eq!(detect("🎉🎉🎉 12:30"), Detected::Unknown);
    }

    #[test]
    fn short_technical_english_is_english() {
        for text in [
            "We’ve cut p99 latency by 40 % — here’s how Tokio’s io_uring driver helped.",
            "Show HN: Tiny, zero-alloc JSON parser",
            "Kubernetes 1.36 “Haru” ships sidecars, in-place pod resize & more",
            "“Async Rust” considered… fine, actually. Benchmarks inside: axum vs. actix vs. hyper.",
            "A naïve café-style approach to caching and why it falls over under load in production.",
        ] {
            assert_eq!(detect(text), Detected::Spoken(Language::En), "{text}");
        }
    }

    #[test]
    fn short_texts_in_other_languages_are_not_english() {
        for text in [
            "El compilador comprueba la propiedad de cada valor antes de que se ejecute el programa.",
            "Le compilateur vérifie la propriété de chaque valeur avant que le programme ne tourne.",
            "编译器在程序运行之前检查每个值的所有权，因此不会出现悬空引用。",
            "컴파일러는 프로그램이 실행되기 전에 모든 값의 소유권을 검사합니다.",
        ] {
            assert!(matches!(detect(text), Detected::Other(_)), "{text}: {:?}", detect(text));
        }
    }

    #[test]
    fn japanese_among_code_is_japanese() {
        let text = "async fn main() -> Result<(), Error> { let listener = TcpListener::bind(addr).await?; }\n\
            このように書くと、接続を待ち受けるだけの小さなサーバーになります。";
        assert_eq!(detect(text), Detected::Spoken(Language::Ja));
    }

    #[test]
    fn english_terms_do_not_make_japanese_english() {
        let text =
            "Rust 1.95 の async closure と trait object について、Kubernetes operator を例に書きます。";
        assert_eq!(detect(text), Detected::Spoken(Language::Ja));
    }
}
