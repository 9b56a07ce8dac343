//! Why an article is not among the candidates, in a sentence.

use super::{duplicate::Likeness, filter::Refusal};
use crate::language::Language;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The listener's filter.
    Filtered(Refusal),
    /// The listener had it in an earlier program.
    Heard,
    /// A near-copy of an article the listener had; `of` is its index.
    HeardElsewhere {
        of: usize,
    },
    /// Told by a better article already; `of` is its index.
    Duplicate {
        of: usize,
        likeness: Likeness,
    },
    /// ISO 639-3 code of a language without a voice.
    NoVoice {
        language: String,
    },
    /// A language with a voice, but not the program's.
    OtherLanguage {
        language: Language,
    },
    /// Words, but too few or too odd to tell their language.
    UnknownLanguage,
    /// Nothing but its title.
    TitleOnly,
    /// A text without a word: emoji, numbers, links.
    NoWords,
    CodeOnly,
    /// Fewer characters (Japanese) or words (English) than a segment needs.
    TooShort {
        have: usize,
        need: usize,
    },
}

impl Reason {
    /// One sentence, full stop included.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Ja => self.japanese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Filtered(refusal) => format!("Filtered out: {}.", refusal.sentence(Language::En)),
            Self::Heard => "Already in an earlier program.".into(),
            Self::HeardElsewhere { .. } => "Another copy of it was in an earlier program.".into(),
            Self::Duplicate { likeness: Likeness::SameAddress, .. } => {
                "The same page is there from another source.".into()
            }
            Self::Duplicate { likeness: Likeness::SameText, .. } => "The same text is there already.".into(),
            Self::Duplicate { likeness: Likeness::SimilarText, .. } => {
                "Nearly the same text is there already.".into()
            }
            Self::NoVoice { language } => format!("There is no voice for its language ({language})."),
            Self::OtherLanguage { language } => {
                format!("It is written in {}.", english_name(*language))
            }
            Self::UnknownLanguage => "Its language cannot be told.".into(),
            Self::TitleOnly => "It has a title only.".into(),
            Self::NoWords => "It has no words to say.".into(),
            Self::CodeOnly => "It has only code.".into(),
            Self::TooShort { have, need } => {
                format!("It has too little to say: {have} of at least {need} words or characters.")
            }
        }
    }

    fn japanese(&self) -> String {
        match self {
            Self::Filtered(refusal) => {
                format!("フィルターの対象外です（{}）。", refusal.sentence(Language::Ja))
            }
            Self::Heard => "以前の番組で紹介しました。".into(),
            Self::HeardElsewhere { .. } => "ほぼ同じ記事を以前の番組で紹介しました。".into(),
            Self::Duplicate { likeness: Likeness::SameAddress, .. } => {
                "同じページの記事がほかの情報源にあります。".into()
            }
            Self::Duplicate { likeness: Likeness::SameText, .. } => "同じ本文の記事がすでにあります。".into(),
            Self::Duplicate { likeness: Likeness::SimilarText, .. } => {
                "ほぼ同じ本文の記事がすでにあります。".into()
            }
            Self::NoVoice { language } => format!("この言語（{language}）の音声がありません。"),
            Self::OtherLanguage { language } => format!("{}の記事です。", japanese_name(*language)),
            Self::UnknownLanguage => "言語を判定できません。".into(),
            Self::TitleOnly => "タイトルしかありません。".into(),
            Self::NoWords => "読み上げる言葉がありません。".into(),
            Self::CodeOnly => "コードしかありません。".into(),
            Self::TooShort { have, need } => {
                format!("読み上げる内容が足りません（{have}、必要量は{need}）。")
            }
        }
    }
}

const fn english_name(language: Language) -> &'static str {
    match language {
        Language::Ja => "Japanese",
        Language::En => "English",
    }
}

const fn japanese_name(language: Language) -> &'static str {
    match language {
        Language::Ja => "日本語",
        Language::En => "英語",
    }
}
