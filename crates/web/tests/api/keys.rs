//! Requests that come twice by one key.

use crate::harness::{SECOND, World, on_both};
use domain::{ListenerId, token::Scope};
use serde_json::{Value, json};
use store::idempotency::{Asked, Claimed};

on_both!(
    a_key_is_answered_once,
    what_failed_leaves_its_key,
    secrets_are_not_kept,
    a_key_left_behind_is_taken_over
);

async fn post(world: &World, path: &str, key: &str, body: &Value) -> crate::harness::Answer {
    let token = world.own.token(Scope::Manage);
    world
        .send("POST", path, Some(token), &[("idempotency-key", key)], Some(body.to_string().as_bytes()))
        .await
}

async fn feeds(world: &World) -> usize {
    world.store.feeds_of(world.own.listener).await.unwrap().len()
}

async fn a_key_is_answered_once(world: &World) {
    let body = json!({"name": "夜", "sources": ["hn:front"], "schedule": {"ready_by": "22:00"}});
    let first = post(world, "/feeds", "k1", &body).await;
    assert_eq!((first.status, feeds(world).await), (201, 2));
    let again = post(world, "/feeds", "k1", &body).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = json!({"name": "昼", "sources": ["hn:front"], "schedule": {"ready_by": "12:00"}});
    let reused = post(world, "/feeds", "k1", &other).await;
    assert_eq!((reused.status, reused.problem().as_str()), (422, "key-reused"));
    assert_eq!(post(world, "/sources", "k1", &body).await.problem(), "key-reused");
    assert_eq!(feeds(world).await, 2);
    // A key is its listener's own.
    let token = world.foreign.token(Scope::Manage);
    let foreign = world
        .send("POST", "/feeds", Some(token), &[("idempotency-key", "k1")], Some(other.to_string().as_bytes()))
        .await;
    assert_eq!(foreign.status, 201, "{foreign:?}");
    for key in [String::new(), "k".repeat(201)] {
        assert_eq!(post(world, "/feeds", &key, &body).await.json()["field"], "Idempotency-Key");
    }
}

async fn what_failed_leaves_its_key(world: &World) {
    let wrong = json!({"name": "", "sources": ["hn:front"], "schedule": {"ready_by": "22:00"}});
    assert_eq!(post(world, "/feeds", "k1", &wrong).await.json()["field"], "name");
    let right = json!({"name": "夜", "sources": ["hn:front"], "schedule": {"ready_by": "22:00"}});
    assert_eq!(post(world, "/feeds", "k1", &right).await.status, 201);
}

async fn secrets_are_not_kept(world: &World) {
    let body = json!({"scope": "listen"});
    let made = post(world, "/tokens", "k1", &body).await;
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let me = world.send("GET", "/me", Some(&token), &[], None).await;
    assert_eq!((me.status, &me.json()["scope"]), (200, &json!("listen")));
    let again = post(world, "/tokens", "k1", &body).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "shown-once"));
    assert!(!again.text.contains(&token));
}

async fn a_key_left_behind_is_taken_over(world: &World) {
    let listener: ListenerId = world.own.listener;
    let asked = |request, at| Asked { listener, key: "k", request, at };
    let claim = async |request, at| world.store.claim_key(&asked(request, at)).await.unwrap();
    assert_eq!(claim("a", 0).await, Claimed::First);
    assert_eq!(claim("a", SECOND).await, Claimed::UnderWay);
    assert_eq!(claim("b", 100 * SECOND).await, Claimed::Other);
    assert_eq!(claim("a", 100 * SECOND).await, Claimed::First);
    // Whoever had it before says nothing any more.
    world.store.keep_answer(&asked("a", 0), 200, Some("late")).await.unwrap();
    assert_eq!(claim("a", 101 * SECOND).await, Claimed::UnderWay);
    world.store.keep_answer(&asked("a", 100 * SECOND), 201, Some("{}")).await.unwrap();
    let answered = Claimed::Answered { status: 201, body: Some("{}".into()) };
    assert_eq!(claim("a", 999 * SECOND).await, answered);
    assert_eq!(world.store.prune_keys(101 * SECOND).await.unwrap(), 1);
    assert_eq!(claim("b", 999 * SECOND).await, Claimed::First);
}
