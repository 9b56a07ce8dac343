//! What a generator is asked for.

use crate::{FeedId, Language, OccurrenceId, Style};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use url::Url;

/// The body of the request, as JSON: only what the feed's listener can see of it, too. Instants are
/// RFC 3339, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "program.requested")]
pub struct Request {
    /// Names the program that is wished: the same however often it is asked for.
    pub occurrence: OccurrenceId,
    pub feed: FeedId,
    pub feed_name: String,
    /// The date on the listener's calendar.
    pub local_date: Date,
    /// IANA name.
    pub zone: String,
    /// What the listener was promised.
    pub ready_by: Timestamp,
    /// When the program must be done: the ready-by, or later when there was too little time.
    pub due_at: Timestamp,
    /// No answer is taken from then on.
    pub answer_by: Timestamp,
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    /// Where an answer goes that takes its time.
    pub callback_url: Url,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document is a contract with services that are not ours.
    #[test]
    fn the_document_is_as_written() {
        let request = Request {
            occurrence: "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27".parse().unwrap(),
            feed: "0193a5c0-7d3e-7c11-b2f0-000000000001".parse().unwrap(),
            feed_name: "朝の技術".into(),
            local_date: jiff::civil::date(2026, 11, 25),
            zone: "Asia/Tokyo".into(),
            ready_by: "2026-11-24T22:00:00Z".parse().unwrap(),
            due_at: "2026-11-24T22:00:00Z".parse().unwrap(),
            answer_by: "2026-11-24T21:59:00Z".parse().unwrap(),
            language: Language::Ja,
            style: Style::Dialogue,
            minutes: 10,
            callback_url: "https://radio.example/hooks/external/0193a5c0?key=k".parse().unwrap(),
        };
        let expected = serde_json::json!({
            "type": "program.requested",
            "occurrence": "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27",
            "feed": "0193a5c0-7d3e-7c11-b2f0-000000000001",
            "feed_name": "朝の技術",
            "local_date": "2026-11-25",
            "zone": "Asia/Tokyo",
            "ready_by": "2026-11-24T22:00:00Z",
            "due_at": "2026-11-24T22:00:00Z",
            "answer_by": "2026-11-24T21:59:00Z",
            "language": "ja",
            "style": "dialogue",
            "minutes": 10,
            "callback_url": "https://radio.example/hooks/external/0193a5c0?key=k",
        });
        assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    }
}
