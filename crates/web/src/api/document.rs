//! `openapi.json`: what the handlers say of themselves, and what holds for all of them.

use super::{BASE, described, events, schema};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(written);
static TEXT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string_pretty(&*DOCUMENT).unwrap_or_default() + "\n");

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Problems any request may meet: their statuses, and when.
const PROBLEMS: [(&str, &str); 11] = [
    ("400", "It cannot be read."),
    ("401", "There is no token, or none that is good."),
    ("403", "The token is good for less."),
    ("404", "There is none of yours."),
    ("409", "It cannot be done as things stand."),
    ("410", "It was there, and has expired."),
    ("412", "It has changed since it was looked at."),
    ("413", "It is too large."),
    ("415", "It is of another type."),
    ("422", "A field is not what it may be; `field` names it."),
    ("429", "Too many requests with one token; Retry-After says when to come again."),
];

/// The whole document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

pub fn text() -> &'static str {
    &TEXT
}

/// Method and pattern of every route.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    let paths = DOCUMENT["paths"].as_object().into_iter().flatten();
    let routes = paths.flat_map(|(path, of)| {
        METHODS
            .iter()
            .filter(move |method| of.get(**method).is_some())
            .map(move |method| (upper(method), path.as_str()))
    });
    routes.collect()
}

fn upper(method: &str) -> &'static str {
    match method {
        "get" => "GET",
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        _ => "DELETE",
    }
}

fn written() -> Value {
    let (_, openapi) = described().split_for_parts();
    let mut document = json!(openapi);
    document["info"] = json!({
        "title": "Mimiyori",
        "version": "1",
        "description": "Personal audio programs, ready by the minute you wake up.",
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/"}]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "description": "A token of the API."},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-mimiyori",
            "description": "A browser that is signed in; over plain HTTP the cookie is called mimiyori."},
        "scheduler": {"type": "http", "scheme": "bearer", "description": "The scheduler's own token."},
    });
    for (name, schema) in schema::all().into_iter().chain(events::schemas()) {
        components["schemas"][name] = schema;
    }
    components["schemas"]["Problem"] = problem();
    components["responses"] = Value::Object(PROBLEMS.into_iter().chain(LATE).map(response).collect());
    document["webhooks"] = events::webhooks();
    document["paths"][format!("{BASE}/openapi.json")] = json!({"get": {
        "summary": "This document", "operationId": "openapi", "tags": ["document"], "security": [],
        "responses": {"200": {"description": "OpenAPI 3.1.",
            "content": {"application/json": {"schema": {"type": "object"}}}}},
    }});
    for (_, path) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in path.as_object_mut().into_iter().flatten() {
            complete(method, operation);
        }
    }
    document
}

/// What is no fault of whoever asks.
const LATE: [(&str, &str); 1] =
    [("503", "The service cannot answer now; Retry-After says when to come again.")];

fn response((status, description): (&str, &str)) -> (String, Value) {
    let mut response = json!({
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    if matches!(status, "429" | "503") {
        response["headers"] =
            json!({"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}});
    }
    (format!("Problem{status}"), response)
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri", "description": "Stays the same: tell problems apart by it."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "One line about this case."},
            "field": {"type": "string", "description": "The field that is wrong."},
        },
    })
}

/// What holds for every operation is said of each.
fn complete(method: &str, operation: &mut Value) {
    let is_open = operation["security"].as_array().is_none_or(Vec::is_empty);
    if is_open {
        return;
    }
    let scope = operation["security"][0]["token"][0].clone();
    operation["x-scope"] = scope;
    if let Some(ways) = operation["security"].as_array_mut() {
        ways.push(json!({"session": []}));
    }
    // Handlers are named within their nouns.
    let named =
        [&operation["tags"][0], &operation["operationId"]].map(|part| part.as_str().unwrap_or_default());
    operation["operationId"] = json!(named.join("_"));
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, response) in responses.iter_mut() {
            if response.get("description").is_none_or(|text| text == "") {
                response["description"] = json!(said(status));
            }
            response["headers"] = limits();
        }
        for (status, _) in PROBLEMS.into_iter().chain(LATE) {
            let shared = json!({"$ref": format!("#/components/responses/Problem{status}")});
            responses.entry(status).or_insert(shared);
        }
    }
    if method == "post" {
        let key = json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same request gets the first answer, and nothing is done twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        });
        let parameters =
            operation.as_object_mut().map(|of| of.entry("parameters").or_insert_with(|| json!([])));
        if let Some(Value::Array(parameters)) = parameters {
            parameters.push(key);
        }
    }
}

fn said(status: &str) -> &'static str {
    match status {
        "201" => "Made.",
        "202" => "On its way.",
        "204" => "Done.",
        _ => "As it is now.",
    }
}

fn limits() -> Value {
    let header = |text: &str| json!({"description": text, "schema": {"type": "integer"}});
    let headers: Map<String, Value> = [
        ("RateLimit-Limit", "Requests of this token a minute."),
        ("RateLimit-Remaining", "Of them, those that are left."),
        ("RateLimit-Reset", "Seconds until all are."),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), header(text)))
    .collect();
    Value::Object(headers)
}

#[cfg(test)]
mod tests {
    mod reference;

    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        let text = text();
        let mut seen = 0;
        for part in text.split("\"$ref\": \"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer} is not there");
            seen += 1;
        }
        assert!(seen > 100, "{seen}");
    }

    /// Two schemas of one name would be one of them.
    #[test]
    fn every_answer_is_an_object() {
        let document = document();
        let mut seen = 0;
        for (method, path) in routes() {
            let responses = &document["paths"][path][method.to_lowercase()]["responses"];
            for status in ["200", "201", "202"] {
                let schema = &responses[status]["content"]["application/json"]["schema"];
                let Some(reference) = schema["$ref"].as_str() else { continue };
                let schema = document.pointer(&reference[1..]).unwrap();
                let is_object = schema["type"] == "object" || schema["allOf"].is_array();
                assert!(is_object, "{method} {path} answers {reference}");
                seen += 1;
            }
        }
        assert!(seen > 40, "{seen}");
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_what_it_takes() {
        let mut names = std::collections::BTreeSet::new();
        for (method, path) in routes() {
            let operation = &document()["paths"][path][method.to_lowercase()];
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} names two");
            if !path.ends_with("openapi.json") {
                assert!(operation["x-scope"].is_string(), "{method} {path}");
            }
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
        assert!(names.len() > 50, "{}", names.len());
    }
}
