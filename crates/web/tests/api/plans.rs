//! What a plan holds is shown, and what it does not hold is refused with the reason.

use crate::harness::{DAY, NOW, World, on_both};
use domain::{
    Plans,
    entitlement::Terms,
    subscription::{Fact, Heard, Snapshot},
    token::Scope,
};
use serde_json::{Value, json};
use store::subscriptions::Of;

on_both!(
    a_listener_sees_their_plan_and_what_they_use_of_it,
    a_feed_too_many_is_refused_with_the_reason,
    what_a_feed_has_from_a_better_plan_it_may_keep,
    who_is_kept_out_has_no_podcast,
    paying_and_giving_is_asked_of_who_does_it,
);

async fn put_on(world: &World, plan: &str) {
    let mut tx = world.store.begin().await.unwrap();
    tx.set_plan(world.own.listener, plan).await.unwrap();
    tx.commit().await.unwrap();
}

async fn plan(world: &World) -> Value {
    world.ask(Scope::Listen, "GET", "/me/plan", None).await.json()
}

async fn add_feed(world: &World, more: Value) -> crate::harness::Answer {
    let mut feed = json!({"name": "x", "sources": [world.own.source], "schedule": {"ready_by": "07:00"}});
    for (key, value) in more.as_object().unwrap() {
        feed[key] = value.clone();
    }
    world.ask(Scope::Manage, "POST", "/feeds", Some(feed)).await
}

async fn a_listener_sees_their_plan_and_what_they_use_of_it(world: &World) {
    let mine = plan(world).await;
    assert_eq!((&mine["plan"], &mine["limits"]["feeds"]), (&json!("pro"), &json!(5)));
    assert_eq!(mine["limits"]["days_per_week"], Value::Null, "as many as there are");
    assert_eq!(
        (&mine["usage"]["feeds"], &mine["usage"]["programs"], &mine["usage"]["programs_expiring_soon"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(mine["usage"]["requested_this_month"], 1, "the harness's program was asked for");
    world.clock.set(NOW + 5 * DAY);
    assert_eq!(plan(world).await["usage"]["programs_expiring_soon"], 1);

    // Something is given, and taken back.
    put_on(world, "").await;
    let none = plan(world).await;
    assert_eq!((&none["plan"], &none["reason"]["key"]), (&Value::Null, &json!("no_plan")));
    let plans = Plans::default();
    let said = |at: i64, snapshot| Fact {
        at: jiff::Timestamp::from_microsecond(at).unwrap(),
        heard: Heard::Told,
        snapshot,
        id: "ops".into(),
    };
    let until = jiff::Timestamp::from_microsecond(NOW + 9 * DAY).unwrap();
    for (at, snapshot) in [(NOW, Snapshot::granted("pro", Some(until))), (NOW + 1, Snapshot::revoked("pro"))]
    {
        let mut tx = world.store.begin().await.unwrap();
        let of = Of::operator(world.own.listener);
        tx.hear(&of, &[said(at, snapshot)], &Terms::of(&plans), NOW).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let mine = plan(world).await;
        let subscription = &mine["subscriptions"][0];
        assert_eq!(subscription["keeper"], "operator");
        if at == NOW {
            assert_eq!((&mine["plan"], &mine["notice"]["key"]), (&json!("pro"), &json!("ends")));
            assert_eq!(subscription["state"], "active");
        } else {
            assert_eq!((&mine["plan"], &mine["reason"]["key"]), (&Value::Null, &json!("expired")));
            assert_eq!(subscription["history"].as_array().unwrap().len(), 2);
            let text = mine["reason"]["text"].as_str().unwrap();
            assert!(text.contains("ご契約は"), "in the listener's words: {text}");
        }
    }
}

async fn a_feed_too_many_is_refused_with_the_reason(world: &World) {
    put_on(world, Plans::FREE).await;
    let second = json!({"schedule": {"ready_by": "07:00", "days": "mon"}});
    let refused = add_feed(world, second).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "not-in-plan"));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("パーソナルフィードは") && !detail.contains("分"),
        "what is wrong, and only that: {detail}"
    );
    put_on(world, Plans::PRO).await;
    let added = add_feed(world, json!({})).await;
    assert_eq!(added.status, 201, "{added:?}");
    let refused = add_feed(world, json!({"minutes": 60, "max_articles": 20})).await.json();
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("30分") && detail.contains("10件"), "each by its own: {detail}");

    // A lesser plan puts the newest on hold, and deletes nothing.
    put_on(world, Plans::FREE).await;
    world.clock.set(NOW + 1);
    let newest = added.json()["id"].as_str().unwrap().to_owned();
    let shown = world.ask(Scope::Listen, "GET", &format!("/feeds/{newest}"), None).await.json();
    assert!(shown["on_hold"].as_str().unwrap().contains("休止中"), "{shown}");
    let oldest = world.ask(Scope::Listen, "GET", &format!("/feeds/{}", world.own.feed), None).await.json();
    assert_eq!(oldest["on_hold"], Value::Null);
    assert_eq!(plan(world).await["usage"]["feeds_on_hold"], json!([newest]));
    put_on(world, "").await;
    let without = world.ask(Scope::Listen, "GET", &format!("/feeds/{}", world.own.feed), None).await.json();
    assert!(without["on_hold"].as_str().unwrap().contains("プランのご契約がありません"));
    assert_eq!(add_feed(world, json!({})).await.problem(), "not-in-plan");
}

async fn what_a_feed_has_from_a_better_plan_it_may_keep(world: &World) {
    let path = format!("/feeds/{}", world.own.feed);
    let change = async |wish: Value| world.ask(Scope::Manage, "PATCH", &path, Some(wish)).await;
    assert_eq!(change(json!({"minutes": 30, "style": "dialogue"})).await.status, 200);
    put_on(world, Plans::FREE).await;
    assert_eq!(change(json!({"name": "other", "minutes": 20})).await.status, 200, "nearer to what is held");
    for wish in [
        json!({"minutes": 21}),
        json!({"max_articles": 4}),
        json!({"filter": {"all": [
        {"tag": "a"}, {"tag": "b"}, {"tag": "c"}, {"tag": "d"}, {"tag": "e"}, {"tag": "f"}]}}),
    ] {
        let refused = change(wish.clone()).await;
        assert_eq!((refused.status, refused.problem().as_str()), (403, "not-in-plan"), "{wish}");
    }
    assert_eq!(change(json!({"schedule": {"days": "mon,thu"}})).await.status, 200);
    assert_eq!(change(json!({"schedule": {"days": "daily"}})).await.problem(), "not-in-plan");
    let shown = world.ask(Scope::Listen, "GET", &path, None).await.json();
    assert_eq!(
        (&shown["minutes"], &shown["style"]),
        (&json!(20), &json!("dialogue")),
        "what was refused changed nothing"
    );
}

async fn who_is_kept_out_has_no_podcast(world: &World) {
    let podcast = async |world: &World| world.store.podcast(world.own.podcast, NOW).await.unwrap().is_some();
    assert!(podcast(world).await);
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.disable_listener(world.own.listener, Some(NOW)).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!podcast(world).await);
    assert_eq!(world.ask(Scope::Listen, "GET", "/me/plan", None).await.status, 401);
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.disable_listener(world.own.listener, None).await.unwrap());
    tx.commit().await.unwrap();
    assert!(podcast(world).await, "and they may come in again");
}

async fn paying_and_giving_is_asked_of_who_does_it(world: &World) {
    let link = world.ask(Scope::Manage, "POST", "/me/checkout", Some(json!({"plan": "pro"}))).await;
    assert_eq!(link.json(), json!({"url": "https://pay.example/1"}));
    let unsold = world.ask(Scope::Manage, "POST", "/me/checkout", Some(json!({"plan": "free"}))).await;
    assert_eq!((unsold.status, &unsold.json()["field"]), (422, &json!("plan")));
    assert_eq!(world.ask(Scope::Manage, "POST", "/me/portal", None).await.problem(), "conflict");
    let grant = format!("/operate/listeners/{}/grant", world.foreign.listener);
    let give =
        async |plan: &str| world.ask(Scope::Operate, "PUT", &grant, Some(json!({ "plan": plan }))).await;
    assert_eq!(give("unlimited").await.status, 204);
    assert_eq!(give("gold").await.json()["field"], "plan");
    assert_eq!(world.ask(Scope::Operate, "DELETE", &grant, None).await.status, 204);
    let plans = world.ask(Scope::Operate, "GET", "/operate/plans", None).await.json();
    let pro = plans["items"].as_array().unwrap().iter().find(|plan| plan["name"] == "pro").unwrap();
    assert_eq!((&pro["listeners"], &pro["limits"]["minutes"]), (&json!(2), &json!(30)));
    let me = world.ask(Scope::Manage, "DELETE", "/me", Some(json!({"email": "x"}))).await;
    assert_eq!(me.problem(), "conflict", "an operator");
}
