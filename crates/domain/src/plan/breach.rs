//! How a wish goes beyond a plan, as a value and as a sentence for the listener.

use super::Limit;
use crate::{language::Language, script::Style};

/// What plans count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    Feeds,
    Sources,
    Filters,
    Articles,
    Minutes,
    DaysPerWeek,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    TooMany { what: Counted, limit: u32, asked: u32 },
    Style { asked: Style },
    Voice { asked: String },
}

impl Breach {
    pub(super) fn over(what: Counted, limit: Limit, asked: u32) -> Option<Self> {
        let limit = limit.get().filter(|limit| asked > *limit)?;
        Some(Self::TooMany { what, limit, asked })
    }

    /// Whether it is `had`, or nearer to the limit.
    pub(super) fn is_no_worse_than(&self, had: &Self) -> bool {
        match (self, had) {
            (Self::TooMany { what, asked, .. }, Self::TooMany { what: of, asked: before, .. }) => {
                what == of && asked <= before
            }
            (one, other) => one == other,
        }
    }

    /// The name of what is limited, as `[plans.NAME]` writes it.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::TooMany { what, .. } => what.key(),
            Self::Style { .. } => "styles",
            Self::Voice { .. } => "voices",
        }
    }

    /// One sentence, full stop included.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::Ja => self.in_japanese(),
            Language::En => self.in_english(),
        }
    }

    fn in_japanese(&self) -> String {
        match self {
            Self::TooMany { what, limit, asked } => {
                let (what, per, unit) = what.in_japanese();
                format!(
                    "{what}は、ご利用のプランでは{per}{limit}{unit}までです（ご希望は{per}{asked}{unit}）。"
                )
            }
            Self::Style { asked } => {
                let style = match asked {
                    Style::Single => "一人語り",
                    Style::Dialogue => "対話形式",
                };
                format!("ご利用のプランでは、{style}の番組は選べません。")
            }
            Self::Voice { asked } => format!("ご利用のプランでは、音声「{asked}」は選べません。"),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::TooMany { what, limit, asked } => {
                let (one, many, place) = what.in_english();
                let noun = if *limit == 1 { one } else { many };
                format!("Your plan covers {limit} {noun}{place}; you asked for {asked}.")
            }
            Self::Style { asked } => {
                let style = match asked {
                    Style::Single => "programs with a single host",
                    Style::Dialogue => "programs in dialogue",
                };
                format!("Your plan does not include {style}.")
            }
            Self::Voice { asked } => format!("Your plan does not include the voice \"{asked}\"."),
        }
    }
}

impl Counted {
    const fn key(self) -> &'static str {
        match self {
            Self::Feeds => "feeds",
            Self::Sources => "sources_per_feed",
            Self::Filters => "filters_per_feed",
            Self::Articles => "articles",
            Self::Minutes => "minutes",
            Self::DaysPerWeek => "days_per_week",
        }
    }

    /// What is limited, in which time, and how it is counted.
    const fn in_japanese(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Feeds => ("パーソナルフィード", "", "件"),
            Self::Sources => ("1つのフィードの情報源", "", "件"),
            Self::Filters => ("1つのフィードのフィルター条件", "", "件"),
            Self::Articles => ("1回の番組で紹介する記事", "", "件"),
            Self::Minutes => ("1回の番組の長さ", "", "分"),
            Self::DaysPerWeek => ("1つのフィードの配信", "週", "日"),
        }
    }

    /// One, several, and of what.
    const fn in_english(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Feeds => ("feed", "feeds", ""),
            Self::Sources => ("source", "sources", " per feed"),
            Self::Filters => ("filter condition", "filter conditions", " per feed"),
            Self::Articles => ("article", "articles", " per program"),
            Self::Minutes => ("minute", "minutes", " per program"),
            Self::DaysPerWeek => ("day", "days", " per week for each feed"),
        }
    }
}
