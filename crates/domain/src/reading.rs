//! How words are said: the reading dictionary.

use serde::{Deserialize, Serialize};

/// One entry: say `surface` as `reading` (katakana for Japanese, a respelling for English).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reading {
    pub surface: String,
    pub reading: String,
}

/// Layers of readings; a later layer wins: shipped, then the operator's, then the listener's.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    entries: Vec<Reading>,
}

impl Readings {
    pub fn layered(layers: impl IntoIterator<Item = Vec<Reading>>) -> Self {
        Self { entries: layers.into_iter().flatten().collect() }
    }

    pub fn entries(&self) -> &[Reading] {
        &self.entries
    }
}
