//! What webhooks get, for the document: `type` says which of these it is. A test reads what is really sent by it.

use serde_json::{Value, json};

/// Type, schema's name, and what it is of.
const EVENTS: [(&str, &str, &str); 4] = [
    ("programs.ready", "ProgramsReady", "Programs can be heard: one, or all of a minute."),
    ("alert.raised", "AlertRaised", "Operators: something is wrong."),
    ("batches.closed", "BatchesClosed", "Operators: how batches went."),
    ("test.sent", "TestSent", "You wanted to see whether the channel works."),
];

/// The schemas by their names.
pub fn schemas() -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("ProgramsReady", event("programs.ready", &json!({"programs": list("ReadyProgram")}))),
        ("AlertRaised", event("alert.raised", &json!({"kind": text(), "subject": text(), "text": text()}))),
        ("BatchesClosed", event("batches.closed", &json!({"batches": list("ClosedBatch")}))),
        ("TestSent", event("test.sent", &json!({}))),
    ];
    let of = EVENTS.map(|(_, name, _)| json!({"$ref": format!("#/components/schemas/{name}")}));
    let mapping =
        EVENTS.map(|(kind, name, _)| (kind.to_owned(), json!(format!("#/components/schemas/{name}"))));
    let mapping: serde_json::Map<String, Value> = mapping.into_iter().collect();
    let any = json!({
        "description": "What a webhook gets, signed by Standard Webhooks.",
        "oneOf": of,
        "discriminator": {"propertyName": "type", "mapping": mapping},
    });
    all.push(("WebhookEvent", any));
    all.extend([
        ("ReadyProgram", program()),
        ("ReadyArticle", article()),
        ("ClosedBatch", batch()),
        ("ClosedReason", reason()),
    ]);
    all
}

/// As OpenAPI 3.1 has them beside the paths.
pub fn webhooks() -> Value {
    let parameter = |name: &str, description: &str| json!({"name": name, "in": "header", "required": true, "description": description, "schema": text()});
    let headers = json!([
        parameter("webhook-id", "The same whenever the message is sent again: act on it once."),
        parameter("webhook-timestamp", "When it was signed: seconds since the epoch."),
        parameter("webhook-signature", "One or two signatures `v1,…`: HMAC-SHA256 of `id.timestamp.body`."),
    ]);
    let of = |(kind, name, description): (&str, &str, &str)| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        let operation = json!({
            "summary": description,
            "operationId": format!("on_{}", kind.replace('.', "_")),
            "tags": ["webhooks"],
            "security": [],
            "parameters": headers,
            "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
            "responses": {
                "2XX": {"description": "It was taken; the body is not read."},
                "410": {"description": "Nobody wants any more: the channel is switched off."},
                "5XX": {"description": "Not now: it is sent again, further and further apart; so it is after 408, 425 and 429."},
            },
        });
        (kind.to_owned(), json!({ "post": operation }))
    };
    Value::Object(EVENTS.into_iter().map(of).collect())
}

fn event(kind: &str, data: &Value) -> Value {
    object(&json!({
        "type": {"type": "string", "const": kind},
        "timestamp": instant(),
        "data": object(data),
    }))
}

fn program() -> Value {
    object(&json!({
        "id": named("Id"), "feed_id": named("Id"), "feed_name": text(), "title": text(),
        "language": named("Language"), "local_date": named("Day"), "edition": named("Edition"),
        "reason": {"type": ["string", "null"], "description": "Why it is no full one."},
        "duration_ms": count(), "articles": list("ReadyArticle"), "ready_by": instant(), "published_at": instant(),
        "expires_at": instant(),
        "audio_url": {"type": ["string", "null"],
            "description": "Where it is heard; whoever has it may. Null: the feed's podcast addresses were revoked."},
    }))
}

fn article() -> Value {
    object(&json!({"title": text(), "url": {"type": ["string", "null"]}}))
}

fn batch() -> Value {
    object(&json!({
        "id": named("Id"), "ready_by": instant(), "closed_at": instant(), "made": count(), "shortened": count(),
        "skipped": count(), "missed": count(), "failed": count(), "cancelled": count(),
        "late": {"type": "integer", "minimum": 0, "description": "Of all programs: those after their ready-by."},
        "reasons": list("ClosedReason"),
    }))
}

fn reason() -> Value {
    object(&json!({"state": named("OccurrenceState"), "reason": text(), "count": count()}))
}

/// With all of its fields. More may come in time: a receiver reads over what it does not know.
fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|all| all.keys()).collect();
    json!({"type": "object", "required": required, "properties": properties})
}

fn named(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn list(schema: &str) -> Value {
    json!({"type": "array", "items": named(schema)})
}

fn instant() -> Value {
    named("Instant")
}

fn text() -> Value {
    json!({"type": "string"})
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        BatchId, Edition, FeedId, Language, Notice, OccurrenceState, ProgramId,
        notice::{Reason, Summary, Told, ToldArticle},
    };
    use jiff::Timestamp;

    /// Where a value is not what its schema says, or has what the schema does not know.
    fn at_odds(value: &Value, schema: &Value, path: &str, found: &mut Vec<String>) {
        let document = crate::api::document();
        if let Some(reference) = schema["$ref"].as_str() {
            return at_odds(value, document.pointer(&reference[1..]).unwrap(), path, found);
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        let kind = match value {
            Value::Null => "null",
            Value::String(_) => "string",
            Value::Number(_) => "integer",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Bool(_) => "boolean",
        };
        if !kinds.contains(&json!(kind)) {
            found.push(format!("{path} is of type {kind}"));
        }
        if schema.get("const").is_some_and(|only| only != value)
            || schema.get("enum").and_then(Value::as_array).is_some_and(|all| !all.contains(value))
        {
            found.push(format!("{path} is {value}"));
        }
        if let Some(of) = value.as_object() {
            let known = schema["properties"].as_object().unwrap();
            found.extend(
                known.keys().filter(|name| !of.contains_key(*name)).map(|name| format!("no {path}.{name}")),
            );
            for (name, one) in of {
                match known.get(name) {
                    Some(schema) => at_odds(one, schema, &format!("{path}.{name}"), found),
                    None => found.push(format!("{path}.{name} is not described")),
                }
            }
        }
        for one in value.as_array().into_iter().flatten() {
            at_odds(one, &schema["items"], &format!("{path}[]"), found);
        }
    }

    fn every() -> [Notice; 4] {
        let at = Timestamp::UNIX_EPOCH;
        let told = Told {
            id: ProgramId::born(0, [1; 2]),
            feed_id: FeedId::born(0, [1; 2]),
            feed_name: "朝".into(),
            title: "朝 11月30日".into(),
            language: Language::Ja,
            local_date: "2026-11-30".parse().unwrap(),
            edition: Edition::Brief,
            reason: Some("記事が少ないためです。".into()),
            duration_ms: 1,
            articles: vec![ToldArticle { title: "所有権とは".into(), url: None }],
            ready_by: at,
            published_at: at,
            expires_at: at,
            audio_url: Some("https://radio.example/".into()),
        };
        let reason = Reason { state: OccurrenceState::Failed, reason: "x".into(), count: 1 };
        let summary = Summary {
            id: BatchId::born(0, [1; 2]),
            ready_by: at,
            closed_at: at,
            made: 1,
            shortened: 0,
            skipped: 0,
            missed: 0,
            failed: 1,
            cancelled: 0,
            late: 0,
            reasons: vec![reason],
        };
        [
            Notice::Programs { programs: vec![told] },
            Notice::Alert { kind: "planning".into(), subject: "tick".into(), text: "it fails".into() },
            Notice::Batches { batches: vec![summary] },
            Notice::Test {},
        ]
    }

    #[test]
    fn what_is_sent_is_what_the_document_says() {
        let document = crate::api::document();
        for notice in every() {
            let sent: Value = serde_json::from_str(&notice.event(Timestamp::UNIX_EPOCH)).unwrap();
            let kind = sent["type"].as_str().unwrap();
            let webhook = &document["webhooks"][kind]["post"];
            let schema = &webhook["requestBody"]["content"]["application/json"]["schema"];
            assert!(schema.is_object(), "{kind} is not described");
            let mut found = Vec::new();
            at_odds(&sent, schema, kind, &mut found);
            assert!(found.is_empty(), "{found:#?}");
        }
        assert_eq!(document["webhooks"].as_object().unwrap().len(), every().len());
    }
}
