//! What a job of production does: every kind there is, so that the compiler names one that is forgotten.

use crate::{
    artifact::{ArtifactKey, ArtifactKind},
    id::{ArticleId, BatchId, DeliveryId, ListenerId, OccurrenceId},
    language::Language,
    letter::Letter,
    reading::Reading,
    script::{Depth, Script, Style},
};
use serde::{Deserialize, Serialize};

/// Its serde form is what `jobs.work` holds; the job's kind is [`Work::kind`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Work {
    /// Read what is due of one host's sources, one after another.
    Fetch { host: String },
    /// Choose the articles of a batch's open occurrences, from the first id to the last.
    Select { batch: BatchId, first: OccurrenceId, last: OccurrenceId },
    /// Make one artifact that somebody waits for.
    Narrate { key: ArtifactKey, recipe: Recipe },
    /// Release what of a batch need not wait any longer, until all is released.
    Sweep { batch: BatchId },
    /// Compose the programs of a batch's released occurrences, from the first id to the last.
    Assemble { batch: BatchId, first: OccurrenceId, last: OccurrenceId },
    /// Have one program made by somebody else.
    External { occurrence: OccurrenceId },
    /// Tell people how a batch went, at its ready-by.
    Notify { batch: BatchId },
    /// Bring one message where its channel leads.
    Deliver { delivery: DeliveryId },
    /// Write to a listener.
    Mail { letter: Letter },
    /// Learn how a subscription stands from whoever keeps it, by their name for it.
    Subscription { id: String },
}

/// How an artifact is made, should it not be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Recipe {
    Segment {
        article: ArticleId,
        telling: Telling,
        owner: Option<ListenerId>,
        /// Of a listener's own dictionary, those that occur in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        readings: Vec<Reading>,
    },
    Phrase {
        script: Script,
        language: Language,
        owner: Option<ListenerId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        readings: Vec<Reading>,
    },
    /// By its name.
    Jingle { name: String },
}

/// How an article is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Telling {
    pub language: Language,
    pub style: Style,
    pub depth: Depth,
}

impl Recipe {
    /// What is made of it.
    pub const fn kind(&self) -> ArtifactKind {
        match self {
            Self::Segment { .. } => ArtifactKind::Segment,
            Self::Phrase { .. } => ArtifactKind::Phrase,
            Self::Jingle { .. } => ArtifactKind::Jingle,
        }
    }

    /// Whose alone what is made of it is.
    pub const fn owner(&self) -> Option<ListenerId> {
        match self {
            Self::Segment { owner, .. } | Self::Phrase { owner, .. } => *owner,
            Self::Jingle { .. } => None,
        }
    }
}

impl Work {
    pub const KINDS: [&'static str; 10] = [
        "fetch",
        "select",
        "narrate",
        "sweep",
        "assemble",
        "external",
        "notify",
        "deliver",
        "mail",
        "subscription",
    ];

    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Fetch { .. } => "fetch",
            Self::Select { .. } => "select",
            Self::Narrate { .. } => "narrate",
            Self::Sweep { .. } => "sweep",
            Self::Assemble { .. } => "assemble",
            Self::External { .. } => "external",
            Self::Notify { .. } => "notify",
            Self::Deliver { .. } => "deliver",
            Self::Mail { .. } => "mail",
            Self::Subscription { .. } => "subscription",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_known() {
        let batch = BatchId::born(1_700_000_000_000_000, [1, 2]);
        let work = Work::Sweep { batch };
        let json = serde_json::to_string(&work).unwrap();
        assert_eq!(json, format!(r#"{{"do":"sweep","batch":"{batch}"}}"#));
        assert_eq!(serde_json::from_str::<Work>(&json).unwrap(), work);
        assert!(Work::KINDS.contains(&work.kind()));
    }
}
