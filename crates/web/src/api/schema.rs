//! How the document describes what other rooms write as text: ids, instants, dates. For `value_type` only.

use domain::select::Filter;
use serde_json::json;
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, RefOr, Schema},
};

macro_rules! described {
    ($($name:ident: $schema:expr;)+) => {$(
        #[derive(Debug)]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                // Its place is kept; the document says the rest.
                Object::new().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+

        /// Each in full, by its name.
        pub fn all() -> Vec<(&'static str, serde_json::Value)> {
            vec![$((stringify!($name), $schema)),+]
        }
    };
}

described! {
    Id: json!({"type": "string", "format": "uuid", "description": "UUID of version 7: sorts by birth."});
    Instant: json!({"type": "string", "format": "date-time", "description": "RFC 3339, UTC."});
    Day: json!({"type": "string", "format": "date", "description": "A local date."});
    LocalTime: json!({
        "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "07:00",
        "description": "Hours and minutes as a clock at the listener's place shows them.",
    });
    Days: json!({
        "type": "string", "example": "mon,wed,fri",
        "pattern": "^(daily|weekdays|weekends|(mon|tue|wed|thu|fri|sat|sun)(,(mon|tue|wed|thu|fri|sat|sun))*)$",
        "description": "`daily`, `weekdays`, `weekends`, or a list such as `mon,wed,fri`.",
    });
    Zone: json!({
        "type": "string", "example": "Asia/Tokyo", "minLength": 1, "description": "Name of an IANA time zone.",
    });
    Address: json!({
        "type": "string", "example": "https://example.org/feed.xml", "minLength": 1, "maxLength": 2000,
        "description": "Address of an RSS, Atom or JSON feed, or a shortcut: `qiita:tag/rust`, `zenn:topic/rust`, \
                        `hn:front`.",
    });
    FilterNode: json!({
        "description": format!(
            "A tree of one key per node, at most {} deep and of {} nodes: `{{\"all\": [{{\"tag\": \"rust\"}}, \
             {{\"not\": {{\"author\": \"spam\"}}}}]}}`. An empty `all` lets everything pass.",
            Filter::MOST_DEPTH, Filter::MOST_NODES),
        "oneOf": [
            one("all", json!({"type": "array", "items": {"$ref": "#/components/schemas/FilterNode"}})),
            one("any", json!({"type": "array", "minItems": 1,
                "items": {"$ref": "#/components/schemas/FilterNode"}})),
            one("not", json!({"$ref": "#/components/schemas/FilterNode"})),
            one("tag", term()),
            one("author", term()),
            one("keyword", term()),
            one("source", term()),
            one("language", json!({"$ref": "#/components/schemas/Language"})),
            one("max_age_days", json!({"type": "integer", "minimum": 1, "maximum": u32::MAX})),
            one("min_likes", json!({"type": "integer", "minimum": 0})),
        ],
    });
    Language: json!({"type": "string", "enum": ["ja", "en"], "description": "What programs are spoken in."});
    Style: json!({"type": "string", "enum": ["single", "dialogue"], "description": "One host, or two who talk."});
    Edition: json!({
        "type": "string", "enum": ["full", "shortened", "brief"], "description": "How complete a program is.",
    });
    Scope: json!({
        "type": "string", "enum": ["listen", "manage", "operate"],
        "description": "What a token is good for; each holds those before it.",
    });
    ChannelKind: json!({
        "type": "string", "enum": ["email", "slack", "discord", "webhook", "web_push"],
        "description": "The way you are told.",
    });
    ChannelAbout: json!({
        "type": "string", "enum": ["programs", "alerts", "batches"],
        "description": "What a channel tells of: your programs; for operators what they are to know at once, or how \
                        batches went.",
    });
    Bundling: json!({
        "type": "string", "enum": ["each", "digest"],
        "description": "A message for each, or one for all of a minute; of batches, of an hour.",
    });
    QuietHours: json!({
        "type": "object", "required": ["from", "to"], "additionalProperties": false,
        "description": "Nothing is sent from the one to the other; what comes meanwhile is sent when they end.",
        "properties": {
            "from": {"$ref": "#/components/schemas/LocalTime"},
            "to": {"$ref": "#/components/schemas/LocalTime"},
        },
    });
    DeliveryState: json!({
        "type": "string", "enum": ["waiting", "sending", "sent", "failed", "skipped"],
        "description": "How far a message is.",
    });
    OccurrenceState: json!({
        "type": "string",
        "enum": ["open", "selected", "published", "skipped", "missed", "failed", "cancelled"],
        "description": "How far a program is on its way.",
    });
    JobState: json!({
        "type": "string", "enum": ["held", "available", "leased", "done", "dead", "cancelled"],
        "description": "Where a job stands.",
    });
    Anything: json!({"description": "Any JSON."});
}

fn one(key: &str, value: serde_json::Value) -> serde_json::Value {
    json!({"type": "object", "required": [key], "properties": {key: value}, "additionalProperties": false})
}

fn term() -> serde_json::Value {
    json!({"type": "string", "minLength": 1, "maxLength": domain::select::filter::Term::MOST_CHARS})
}
