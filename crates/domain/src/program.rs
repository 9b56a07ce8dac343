//! A personal program: what is in it, when, and how complete it is.

use crate::{language::Language, script::Host};
use serde::{Deserialize, Serialize};

/// How complete a program is; `select::Grade` decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// As long as wished, within ±8 %.
    Full,
    /// Off the wished length: shorter, or longer where the shortest article alone is.
    Shortened,
    /// Less than half of what was wished, or one article where more were wished.
    Brief,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SegmentKind {
    Jingle,
    Phrase,
    Article,
}

/// Something said inside a part, in milliseconds from the part's first decoded sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    pub host: Host,
    pub text: String,
}

/// A stretch of the program, in milliseconds from the program's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub kind: SegmentKind,
    pub title: String,
    pub url: Option<String>,
    pub start_ms: u64,
    pub end_ms: u64,
    /// What is said, as written.
    pub text: String,
    /// For the transcript; in milliseconds from the program's start.
    #[serde(skip)]
    pub cues: Vec<Cue>,
}

/// `program.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    pub title: String,
    pub language: Language,
    pub edition: Edition,
    /// Why it is not full; `None` for a full edition.
    pub reason: Option<String>,
    pub duration_ms: u64,
    pub bytes: u64,
    /// Integrated loudness as a meter reads the mono file; `None` where others made it and nobody measured.
    pub loudness_lufs: Option<f64>,
    pub segments: Vec<Segment>,
}
