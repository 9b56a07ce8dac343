//! What was chosen for one occurrence: the articles with how they are told, and the artifacts it waits for.

use crate::{
    artifact::ArtifactKey,
    id::ArticleId,
    script::{Depth, Style},
    select::Summary,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

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
    /// How often it was chosen anew because what was made did not fill the wished time.
    #[serde(default, skip_serializing_if = "is_first")]
    pub round: u8,
    /// Milliseconds around the articles, and around each: measured in the round before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around_ms: Option<(u64, u64)>,
    /// What its listener's plan let be made of the feed's wish when this was chosen; `None`: all of it. It stays so
    /// until the program is published, whatever becomes of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

/// A feed's wish, cut down to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    pub minutes: u32,
    /// `None`: as many as the minutes hold.
    pub max_articles: Option<u32>,
    pub style: Style,
    /// So many of the feed's sources.
    pub sources: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_first(round: &u8) -> bool {
    *round == 0
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

    /// What was chosen before stays at hand: it is made already.
    pub fn keep_of(&mut self, before: Self) {
        let known: HashSet<ArtifactKey> = self.picks.iter().map(|pick| pick.key).collect();
        let kept = before.picks.into_iter().filter(|pick| !known.contains(&pick.key));
        self.picks.extend(kept.map(|pick| Pick { spare: true, ..pick }));
        self.greeting = self.greeting.or(before.greeting);
        self.round = before.round.saturating_add(1);
        self.cut = before.cut;
    }

    pub const fn summary(&self) -> Summary {
        Summary { passed: self.passed, total: self.total }
    }
}
