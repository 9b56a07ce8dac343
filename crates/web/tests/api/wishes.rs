//! Feeds and sources, from wish to change.

use crate::harness::{World, on_both};
use domain::token::Scope;
use serde_json::{Value, json};

on_both!(
    a_feed_is_shown_whole,
    a_feed_is_changed_by_whoever_has_seen_it,
    what_is_wrong_is_named,
    breaks_are_kept,
    sources_are_kept_named_and_dropped,
    a_program_is_shown_until_it_expires
);

/// Ids, tokens and instants of rows made now differ from run to run.
fn steady(mut value: Value, world: &World) -> String {
    if let Some(sources) = value["sources"].as_array_mut() {
        sources.iter_mut().for_each(|source| source["id"] = json!("[source]"));
    }
    let text = serde_json::to_string_pretty(&value).unwrap();
    let own = &world.own;
    let named = [
        (own.feed.to_string(), "[feed]"),
        (own.program.to_string(), "[program]"),
        (own.listener.to_string(), "[listener]"),
    ];
    let text = named.iter().fold(text, |text, (id, name)| text.replace(id, name));
    match (text.find("/f/"), text.find("/feed.xml").or_else(|| text.find("/[program].mp3"))) {
        (Some(from), Some(to)) => format!("{}/f/[token]{}", &text[..from], &text[to..]),
        _ => text,
    }
}

async fn a_feed_is_shown_whole(world: &World) {
    let path = format!("/feeds/{}", world.own.feed);
    let answer = world.ask(Scope::Listen, "GET", &path, None).await;
    insta::assert_snapshot!("feed", steady(answer.json(), world));
    let list = world.ask(Scope::Listen, "GET", "/feeds", None).await.json();
    assert_eq!(list["items"], json!([answer.json()]));
}

async fn a_program_is_shown_until_it_expires(world: &World) {
    let path = format!("/programs/{}", world.own.program);
    let answer = world.ask(Scope::Listen, "GET", &path, None).await;
    insta::assert_snapshot!("program", steady(answer.json(), world));
    let occurrence = format!("/occurrences/{}", world.own.occurrence);
    let occurrence = world.ask(Scope::Listen, "GET", &occurrence, None).await.json();
    assert_eq!(
        (&occurrence["state"], &occurrence["program_id"]),
        (&json!("published"), &answer.json()["id"])
    );
    world.clock.set(crate::harness::NOW + 7 * crate::harness::DAY);
    assert_eq!(world.ask(Scope::Listen, "GET", &path, None).await.problem(), "gone");
    assert_eq!(world.ask(Scope::Listen, "GET", "/programs", None).await.json()["items"], json!([]));
}

async fn a_feed_is_changed_by_whoever_has_seen_it(world: &World) {
    let path = format!("/feeds/{}", world.own.feed);
    let token = Some(world.own.token(Scope::Manage));
    let seen = world.ask(Scope::Listen, "GET", &path, None).await.header("etag").to_owned();
    let change =
        json!({"minutes": 20, "filter": {"tag": "rust"}, "sources": ["zenn:topic/rust"]}).to_string();
    let patch = async |tag: &str| {
        world.send("PATCH", &path, token, &[("if-match", tag)], Some(change.as_bytes())).await
    };
    let changed = patch(&format!("\"other\", {seen}")).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let feed = changed.json();
    assert_eq!((&feed["minutes"], &feed["filter"]), (&json!(20), &json!({"tag": "rust"})));
    let addresses: Vec<&Value> =
        feed["sources"].as_array().unwrap().iter().map(|source| &source["address"]).collect();
    assert_eq!(addresses, ["zenn:topic/rust"]);
    assert_ne!(changed.header("etag"), seen);
    let stale = patch(&seen).await;
    assert_eq!((stale.status, stale.problem().as_str()), (412, "changed"));
    let kept = world.send("DELETE", &path, token, &[("if-match", &seen)], None).await;
    assert_eq!(kept.status, 412);
    let tag = changed.header("etag");
    assert_eq!(world.send("DELETE", &path, token, &[("if-match", tag)], None).await.status, 204);
    assert_eq!(world.ask(Scope::Listen, "GET", &path, None).await.status, 404);
    assert_eq!(world.store.next_due().await.unwrap().map(|_| 1), Some(1), "the foreign feed goes on");
    let programs = world.ask(Scope::Listen, "GET", "/programs", None).await.json();
    assert_eq!(programs["items"].as_array().unwrap().len(), 1, "programs stay");
}

async fn what_is_wrong_is_named(world: &World) {
    let right = json!({"name": "x", "sources": ["hn:front"], "schedule": {"ready_by": "07:00"}});
    for (field, part, value) in [
        ("name", "name", json!("  ")),
        ("name", "name", json!("a\u{7}b")),
        ("name", "name", json!("x".repeat(101))),
        ("minutes", "minutes", json!(0)),
        ("minutes", "minutes", json!(121)),
        ("minutes", "minutes", json!(-1)),
        ("max_articles", "max_articles", json!(0)),
        ("language", "language", json!("de")),
        ("filter", "filter", json!({"any": []})),
        ("sources", "sources", json!([])),
        ("sources[0]", "sources", json!([world.foreign.source])),
        ("sources[0]", "sources", json!(["/etc/passwd"])),
        ("sources[0]", "sources", json!(["ftp://a.example/"])),
        ("sources[0]", "sources", json!(["http://127.1/feed"])),
        ("sources[0]", "sources", json!(["http://2130706433/"])),
        ("sources[0]", "sources", json!(["http://[::ffff:169.254.169.254]/"])),
        ("sources[1]", "sources", json!(["hn:front", "https://me:it@a.example/"])),
        ("schedule.ready_by", "schedule", json!({"ready_by": "25:00"})),
        ("schedule.zone", "schedule", json!({"ready_by": "07:00", "zone": "Mars/Base"})),
        ("schedule.days", "schedule", json!({"ready_by": "07:00", "days": "someday"})),
        (
            "external.url",
            "external",
            json!({"url": "http://10.0.0.1/", "secrets": ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]}),
        ),
        ("external.secrets", "external", json!({"url": "https://maker.example/", "secrets": ["short"]})),
    ] {
        let mut body = right.clone();
        body[part] = value;
        let answer = world.ask(Scope::Manage, "POST", "/feeds", Some(body.clone())).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid"), "{body}");
        assert_eq!(answer.json()["field"], field, "{body} {answer:?}");
    }
    assert_eq!(world.store.feeds_of(world.own.listener).await.unwrap().len(), 1);
}

async fn breaks_are_kept(world: &World) {
    let path = format!("/feeds/{}", world.own.feed);
    let post = async |what: &str| world.ask(Scope::Manage, "POST", &format!("{path}/{what}"), None).await;
    assert_eq!(post("pause").await.json()["next_runs"], json!([]));
    assert_eq!(post("skip-next").await.problem(), "conflict");
    let resumed = post("resume").await.json();
    let first = |feed: &Value| feed["next_runs"][0]["local_date"].clone();
    assert_eq!(resumed["next_runs"].as_array().unwrap().len(), 5);
    let skipped = post("skip-next").await.json();
    assert_eq!(skipped["local_date"], first(&resumed));
    assert_ne!(first(&skipped["feed"]), first(&resumed));
    let body = json!({"vacations": [{"from": "2027-01-16", "to": "2027-01-31"}]});
    let away = world.ask(Scope::Manage, "PUT", &format!("{path}/vacations"), Some(body)).await.json();
    assert_eq!(first(&away), "2027-02-01");
    let body = json!({"vacations": [{"from": "2027-01-16", "to": "2027-01-15"}]});
    let wrong = world.ask(Scope::Manage, "PUT", &format!("{path}/vacations"), Some(body)).await;
    assert_eq!((wrong.status, &wrong.json()["field"]), (422, &json!("vacations[0]")));
}

async fn sources_are_kept_named_and_dropped(world: &World) {
    let body = json!({"address": "https://2.example/feed.xml", "title": "よその"});
    let added = world.ask(Scope::Manage, "POST", "/sources", Some(body)).await;
    assert_eq!(added.status, 201, "{added:?}");
    let id = added.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(id, world.foreign.source.to_string(), "a source is everybody's");
    let path = format!("/sources/{id}");
    let change = async |title: Value| {
        world.ask(Scope::Manage, "PATCH", &path, Some(json!({ "title": title }))).await.json()["title"]
            .clone()
    };
    assert_eq!(change(json!("朝刊")).await, "朝刊");
    assert_eq!(change(Value::Null).await, "");
    assert_eq!(world.ask(Scope::Manage, "DELETE", &path, None).await.status, 204);
    assert_eq!(world.ask(Scope::Manage, "GET", &path, None).await.status, 404);
    let foreign = world.send("GET", &path, Some(world.foreign.token(Scope::Listen)), &[], None).await;
    assert_eq!(foreign.status, 200, "others keep it");
}
