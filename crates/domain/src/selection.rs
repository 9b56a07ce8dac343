//! What was chosen for one occurrence: the articles with how they are told, and the artifacts it waits for.

use crate::{
    artifact::ArtifactKey,
    id::ArticleId,
    script::Depth,
    select::{Summary, fit::Shortage},
};
use serde::{Deserialize, Serialize};

/// Its serde form is what `occurrences.selection` holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// Chosen ones in program order, then spares, the best first.
    pub picks: Vec<Pick>,
    /// The greeting by name, where the listener has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<ArtifactKey>,
    /// "12 of 40 pass".
    pub passed: usize,
    pub total: usize,
    /// Why what there was did not fill the wished time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortage: Option<Shortage>,
}

/// One article of a selection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    pub article: ArticleId,
    pub depth: Depth,
    pub key: ArtifactKey,
    /// Its title, spoken before the program begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<ArtifactKey>,
    pub worth: f64,
    /// Told only if another cannot be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spare: bool,
}

impl Selection {
    /// What it waits for by name. What every occurrence of its batch needs is not repeated in each.
    pub fn needs(&self) -> impl Iterator<Item = &ArtifactKey> {
        let picked = self.picks.iter().flat_map(|pick| [Some(&pick.key), pick.headline.as_ref()]);
        picked.flatten().chain(&self.greeting)
    }

    pub const fn summary(&self) -> Summary {
        Summary { passed: self.passed, total: self.total }
    }
}
