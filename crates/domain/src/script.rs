//! What is said: lines, by whom, and the words for how it is told.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One host reads, or two talk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    #[default]
    Single,
    Dialogue,
}

impl Style {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Dialogue => "dialogue",
        }
    }
}

/// How much of an article is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    Brief,
    Short,
    Middle,
    Standard,
    Long,
    Deep,
}

impl Depth {
    pub const ALL: [Self; 6] =
        [Self::Brief, Self::Short, Self::Middle, Self::Standard, Self::Long, Self::Deep];

    /// What programs are made of where they can be: the fewer depths, the more listeners share a segment.
    pub const USUAL: [Self; 3] = [Self::Brief, Self::Standard, Self::Deep];

    /// For the few articles from which no selection of usual depths has the wished length.
    pub const BETWEEN: [Self; 3] = [Self::Short, Self::Middle, Self::Long];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Short => "short",
            Self::Middle => "middle",
            Self::Standard => "standard",
            Self::Long => "long",
            Self::Deep => "deep",
        }
    }

    /// The speech a writer aims at, in seconds; an article with less to say ends sooner. With what goes around
    /// them, three brief ones make two minutes; one from short to deep makes one, two, three or four.
    pub const fn seconds(self) -> u32 {
        match self {
            Self::Brief => 32,
            Self::Short => 40,
            Self::Middle => 65,
            Self::Standard => 100,
            Self::Long => 160,
            Self::Deep => 200,
        }
    }
}

/// Who speaks a line. The voice provider decides how each sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Host {
    Main,
    Guest,
}

/// One utterance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub host: Host,
    /// As written, before the normaliser makes it speakable.
    pub text: String,
    /// Bytes of `Article::text` that this line is taken from; `None` for a line of our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Range<usize>>,
}

impl Line {
    pub fn of(host: Host, text: impl Into<String>) -> Self {
        Self { host, text: text.into(), span: None }
    }
}

/// What a writer makes of one article, or what a phrase says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    pub lines: Vec<Line>,
}

impl Script {
    pub fn said(text: impl Into<String>) -> Self {
        Self { lines: vec![Line::of(Host::Main, text)] }
    }

    /// All lines as one text, in order.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        lines.join("\n")
    }
}

/// A writer's script of one article, and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub script: Script,
    pub by: WrittenBy,
    /// What the provider counted; zero for the offline writer.
    #[serde(default)]
    pub usage: Usage,
    /// Lines that were left out because the article does not bear them out.
    #[serde(default)]
    pub dropped: u32,
}

/// Whose words a script has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrittenBy {
    /// The article's own sentences.
    Extractive,
    /// A language model, by its name.
    Model(String),
    /// The article's own sentences, because the model's could not be used.
    ExtractiveInstead(Unusable),
}

/// Why a model's answer was not used, after one chance to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unusable {
    /// Too many lines state what the article does not.
    Ungrounded,
    WrongLanguage,
    /// Not in the form that was asked for.
    Malformed,
    /// So short that most of the time asked for would stay empty.
    TooShort,
}

/// Tokens of all requests made for one script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    pub requests: u32,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.requests += other.requests;
    }
}
