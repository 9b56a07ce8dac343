//! What is told: the facts, as they are kept with a delivery and as webhooks carry them. How they read in a mail or a
//! chat is not known here.

use crate::{
    id::{BatchId, FeedId, ProgramId},
    language::Language,
    occurrence::State,
    program::Edition,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Its serde form is what `deliveries.notice` holds, and with a time what webhooks get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Notice {
    #[serde(rename = "programs.ready")]
    Programs { programs: Vec<Told> },
    #[serde(rename = "alert.raised")]
    Alert { kind: String, subject: String, text: String },
    #[serde(rename = "batches.closed")]
    Batches { batches: Vec<Summary> },
    /// Somebody wants to see whether a channel works.
    #[serde(rename = "test.sent")]
    Test {},
}

/// A program that can be heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub id: ProgramId,
    pub feed_id: FeedId,
    pub feed_name: String,
    pub title: String,
    pub language: Language,
    pub local_date: Date,
    pub edition: Edition,
    /// Why it is no full one, in the listener's words.
    pub reason: Option<String>,
    pub duration_ms: u64,
    pub articles: Vec<ToldArticle>,
    pub ready_by: Timestamp,
    pub published_at: Timestamp,
    pub expires_at: Timestamp,
    /// Where it is heard without signing in; it is added when it is sent, and kept nowhere.
    #[serde(default)]
    pub audio_url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldArticle {
    pub title: String,
    pub url: Option<String>,
}

/// How a batch went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub id: BatchId,
    pub ready_by: Timestamp,
    pub closed_at: Timestamp,
    /// Full programs.
    pub made: u64,
    /// Programs that are shorter than was wished for.
    pub shortened: u64,
    pub skipped: u64,
    pub missed: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// Of all programs: those that came after their ready-by.
    pub late: u64,
    /// Why there were none or shorter ones, the most frequent first.
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub state: State,
    pub reason: String,
    pub count: u64,
}

/// What a webhook carries.
#[derive(Debug, Serialize)]
struct Event<'a> {
    timestamp: Timestamp,
    #[serde(flatten)]
    notice: &'a Notice,
}

impl Notice {
    /// As a webhook carries it: type, time and data.
    pub fn event(&self, at: Timestamp) -> String {
        serde_json::to_string(&Event { timestamp: at, notice: self })
            .expect("text, numbers and ids always make JSON")
    }
}

impl Summary {
    /// Nothing for an operator to look into.
    pub const fn is_well(&self) -> bool {
        self.missed == 0 && self.failed == 0 && self.late == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_known_and_an_event_is_that_with_a_time() {
        let alert =
            Notice::Alert { kind: "planning".into(), subject: "tick".into(), text: "it fails".into() };
        let json = r#"{"type":"alert.raised","data":{"kind":"planning","subject":"tick","text":"it fails"}}"#;
        assert_eq!(serde_json::to_string(&alert).unwrap(), json);
        assert_eq!(serde_json::from_str::<Notice>(json).unwrap(), alert);
        let test: serde_json::Value =
            serde_json::from_str(&Notice::Test {}.event(Timestamp::UNIX_EPOCH)).unwrap();
        assert_eq!(
            test,
            serde_json::json!({"type": "test.sent", "timestamp": "1970-01-01T00:00:00Z", "data": {}})
        );
    }
}
