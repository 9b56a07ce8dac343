//! Every route of the document, asked without a token and with each scope, for what is the caller's and what is not.

use crate::harness::{Theirs, World, on_both};
use domain::token::Scope;
use serde_json::{Value, json};

on_both!(nobody_gets_what_is_not_theirs);

/// What the path of a route names.
fn path_of(pattern: &str, theirs: &Theirs) -> (String, bool) {
    let named = |id: &dyn std::fmt::Display| (pattern.replace("{id}", &id.to_string()), true);
    let rest = pattern.trim_start_matches("/api/v1/");
    match rest.split('/').next().unwrap_or_default() {
        _ if !pattern.contains('{') => (pattern.to_owned(), false),
        "feeds" => named(&theirs.feed),
        "sources" => named(&theirs.source),
        "programs" => named(&theirs.program),
        "articles" => named(&theirs.article),
        "readings" => named(&theirs.reading),
        "occurrences" => named(&theirs.occurrence),
        "podcasts" => named(&theirs.podcast),
        "tokens" => named(&theirs.spare_token),
        "channels" => named(&theirs.channel),
        "deliveries" => named(&theirs.delivery),
        // Operators look after everybody: nothing is foreign to them.
        "operate" => {
            let id = theirs.listener.to_string();
            let id = if rest.starts_with("operate/jobs") { "1".to_owned() } else { id };
            (pattern.replace("{id}", &id).replace("{name}", "nobody"), false)
        }
        other => panic!("{other} is new: say what its id is"),
    }
}

/// A body that is right as far as rights go.
fn body_of(pattern: &str, method: &str, theirs: &Theirs) -> Value {
    match (method, pattern.trim_start_matches("/api/v1")) {
        ("POST", "/feeds") => {
            json!({"name": "x", "sources": [theirs.source], "schedule": {"ready_by": "07:00"}})
        }
        ("POST", "/channels") => json!({"kind": "slack", "url": "https://hooks.example/"}),
        ("POST", "/sources") => json!({"address": "hn:front"}),
        ("POST", "/me/checkout") => json!({"plan": "pro"}),
        ("POST", "/tokens") => json!({"scope": "listen"}),
        ("POST", "/filters/preview") => json!({"feed_id": theirs.feed}),
        ("PUT", "/programs/{id}/position") => json!({"at_ms": 30_000}),
        ("PUT", "/articles/{id}/thumb") => json!({"thumb": "up"}),
        ("POST", "/readings") => json!({"language": "en", "surface": "nginx", "reading": "engine x"}),
        ("PUT", "/feeds/{id}/vacations") => json!({"vacations": []}),
        ("POST", "/operate/backfill") => json!({"from": "2027-01-01", "to": "2027-01-02"}),
        ("POST", "/operate/dead/redrive") => json!({"letters": {"all": true}}),
        ("POST", "/operate/dead/discard" | "/operate/dead/restore") => json!({"all": true}),
        _ => json!({}),
    }
}

async fn nobody_gets_what_is_not_theirs(world: &World) {
    world.hook_up().await;
    let document = web::api::document();
    let (mut refused, mut hidden) = (0, 0);
    // What is deleted last, and after all that is part of it, does not hide what comes after it.
    let mut routes = web::api::routes();
    routes.sort_by_key(|(method, path)| match *method {
        "DELETE" => (true, usize::MAX - path.len()),
        _ => (false, path.len()),
    });
    for (method, pattern) in routes {
        let operation = &document["paths"][pattern][method.to_lowercase()];
        let Some(needed) = operation["x-scope"].as_str() else {
            assert_eq!(pattern, "/api/v1/openapi.json");
            continue;
        };
        let needed = Scope::from_name(needed).unwrap();
        let ask = |theirs: &Theirs, token: Option<String>| {
            let (path, _) = path_of(pattern, theirs);
            let path = if pattern.ends_with("/schedules/preview") {
                format!("{path}?ready_by=07:00&zone=Asia/Tokyo")
            } else {
                path
            };
            let body = match pattern.ends_with("/opml") {
                true => "<opml/>".to_owned(),
                false => body_of(pattern, method, theirs).to_string(),
            };
            async move {
                let body = (method != "GET" && method != "DELETE").then_some(body.as_bytes());
                world.send(method, &path, token.as_deref(), &[], body).await
            }
        };
        for token in [None, Some("mimi_nobody".to_owned())] {
            let answer = ask(&world.own, token).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (401, "unauthorized"),
                "{method} {pattern}"
            );
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
        for scope in Scope::ALL.into_iter().filter(|scope| !scope.allows(needed)) {
            let answer = ask(&world.own, Some(world.own.token(scope).to_owned())).await;
            assert_eq!((answer.status, answer.problem().as_str()), (403, "forbidden"), "{method} {pattern}");
            refused += 1;
        }
        let good = world.own.token(needed).to_owned();
        if path_of(pattern, &world.foreign).1 {
            let answer = ask(&world.foreign, Some(good.clone())).await;
            assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"), "{method} {pattern}");
            hidden += 1;
        }
        let answer = ask(&world.own, Some(good)).await;
        let may = answer.status < 400 || pattern.contains("/operate/") || matches!(answer.status, 409 | 415);
        assert!(may && ![401, 403].contains(&answer.status), "{method} {pattern}: {answer:?}");
    }
    assert!(refused > 40 && hidden > 15, "{refused} refused, {hidden} hidden");
}
