//! Who speaks, and what must be said about it. It is the configuration that knows.

use domain::{Language, Style};

/// For each language.
#[derive(Clone, Debug)]
pub struct Credits {
    pub ja: Credit,
    pub en: Credit,
}

#[derive(Clone, Debug)]
pub struct Credit {
    /// What the voices are called: of the one host, and of the other in dialogues.
    pub main: String,
    pub guest: String,
    /// That script and voice are made by machines.
    pub disclosure: String,
    /// What the voice's licence asks to be said.
    pub attribution: Option<Attribution>,
}

#[derive(Clone, Debug)]
pub struct Attribution {
    pub text: String,
    /// The licence's name and address.
    pub licence: Option<(String, String)>,
}

impl Credits {
    pub(super) const fn of(&self, language: Language) -> &Credit {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }
}

impl Credit {
    pub(super) fn hosts(&self, style: Style) -> Vec<&str> {
        match style {
            Style::Single => vec![&self.main],
            Style::Dialogue => vec![&self.main, &self.guest],
        }
    }
}
