//! Channels: what is taken, what is shown of it, and what never is.

use crate::harness::{Answer, World, on_both};
use domain::token::Scope;
use serde_json::{Value, json};

on_both!(
    a_channel_of_every_kind_is_made_and_its_secrets_are_not_shown,
    what_cannot_be_a_channel_is_refused,
    a_webhook_signs_by_two_secrets_while_one_replaces_the_other,
    a_channel_is_tried_and_its_log_is_read_and_replayed,
    whoever_has_the_link_of_a_mail_wants_no_more,
    operators_alone_hear_of_the_service,
);

const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

fn subscription(endpoint: &str) -> Value {
    json!({"endpoint": endpoint, "expirationTime": null, "keys": {"p256dh": P256DH, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}})
}

async fn ask(world: &World, method: &str, path: &str, body: Option<Value>) -> Answer {
    world.ask(Scope::Manage, method, path, body).await
}

async fn make(world: &World, body: Value) -> Value {
    let answer = ask(world, "POST", "/channels", Some(body)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

async fn a_channel_of_every_kind_is_made_and_its_secrets_are_not_shown(world: &World) {
    let key = world.ask(Scope::Listen, "GET", "/push-key", None).await.json();
    assert_eq!(key["key"].as_str().unwrap().len(), 87);
    for body in [
        json!({"kind": "slack", "url": "https://hooks.slack.com/services/canary", "label": "仕事"}),
        json!({"kind": "discord", "url": "https://discord.com/api/webhooks/1/canary", "bundling": "digest"}),
        json!({"kind": "webhook", "url": "https://me.example/hook?canary=1",
               "quiet": {"from": "22:00", "to": "07:00"}, "zone": "Europe/Berlin"}),
        json!({"kind": "web_push", "subscription": subscription("https://push.example/canary")}),
    ] {
        let made = make(world, body.clone()).await;
        assert_eq!(made["secret"].is_string(), body["kind"] == "webhook", "{made}");
        assert!(!made.to_string().contains("canary"), "{made}");
    }
    let listed = ask(world, "GET", "/channels", None).await;
    assert!(!listed.text.contains("canary") && !listed.text.contains("whsec_"), "{}", listed.text);
    let listed = listed.json();
    let of = |kind: &str| listed["items"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap();
    let (slack, webhook) = (of("slack"), of("webhook"));
    assert_eq!((&slack["place"], &slack["label"]), (&json!("hooks.slack.com"), &json!("仕事")));
    assert_eq!((&slack["zone"], &slack["about"]), (&json!("Asia/Tokyo"), &json!("programs")));
    let place = json!("https://me.example/hook");
    assert_eq!((&webhook["place"], &webhook["zone"]), (&place, &json!("Europe/Berlin")));
    // A browser that subscribes again has what it had; anything else would be told twice.
    let again =
        make(world, json!({"kind": "web_push", "subscription": subscription("https://push.example/canary")}))
            .await;
    assert_eq!(again["channel"]["id"], of("web_push")["id"]);
    let twice = json!({"kind": "slack", "url": "https://hooks.slack.com/services/canary"});
    assert_eq!(ask(world, "POST", "/channels", Some(twice)).await.problem(), "conflict");
    // Nor does the database give them away.
    for channel in world.store.channels(world.own.listener).await.unwrap() {
        assert!(channel.target.starts_with("s1.") && !format!("{channel:?}").contains("canary"));
    }
    let path = format!("/channels/{}", webhook["id"].as_str().unwrap());
    let change = json!({"quiet": null, "label": "x", "on": false});
    let changed = ask(world, "PATCH", &path, Some(change)).await.json();
    assert_eq!((&changed["quiet"], &changed["off"]["why"]), (&Value::Null, &json!("switched_off")));
    assert_eq!(ask(world, "PATCH", &path, Some(json!({"on": true}))).await.json()["off"], Value::Null);
    assert_eq!(ask(world, "DELETE", &path, None).await.status, 204);
    assert_eq!(ask(world, "GET", &path, None).await.status, 404);
    let audit = world.ask(Scope::Operate, "GET", "/operate/audit", None).await.text;
    assert!(audit.contains("channel.add") && !audit.contains("canary"), "{audit}");
}

async fn what_cannot_be_a_channel_is_refused(world: &World) {
    for (body, field) in [
        (json!({"kind": "slack"}), "url"),
        (json!({"kind": "slack", "url": ""}), "url"),
        (json!({"kind": "slack", "url": "here"}), "url"),
        (json!({"kind": "slack", "url": "https://me:it@hooks.example/"}), "url"),
        (json!({"kind": "slack", "url": "ftp://hooks.example/"}), "url"),
        (json!({"kind": "webhook", "url": "http://127.1/"}), "url"),
        (json!({"kind": "webhook", "url": "http://2130706433/"}), "url"),
        (json!({"kind": "webhook", "url": "http://[::ffff:10.0.0.1]/"}), "url"),
        (json!({"kind": "webhook", "url": format!("https://e.org/{}", "x".repeat(2_000))}), "url"),
        (json!({"kind": "web_push"}), "subscription"),
        (
            json!({"kind": "web_push", "subscription": subscription("http://10.0.0.1/")}),
            "subscription.endpoint",
        ),
        (
            json!({"kind": "web_push", "subscription": {"endpoint": "https://p.example/", "keys": {"p256dh": "AAAA",
            "auth": "AAAA"}}}),
            "subscription.keys",
        ),
        (json!({"kind": "carrier pigeon"}), "kind"),
        (
            json!({"kind": "slack", "url": "https://e.org/", "quiet": {"from": "07:00", "to": "07:00"}}),
            "quiet",
        ),
        (json!({"kind": "slack", "url": "https://e.org/", "label": "a\u{0}b"}), "label"),
        (json!({"kind": "slack", "url": "https://e.org/", "zone": "JST"}), "zone"),
    ] {
        let answer = ask(world, "POST", "/channels", Some(body.clone())).await;
        assert_eq!((answer.status, &answer.json()["field"]), (422, &json!(field)), "{body}: {answer:?}");
    }
    // Mail goes to whoever has shown that an address is theirs.
    assert_eq!(ask(world, "POST", "/channels", Some(json!({"kind": "email"}))).await.problem(), "conflict");
    for n in 0..20 {
        make(world, json!({"kind": "slack", "url": format!("https://e.org/{n}")})).await;
    }
    let full = ask(world, "POST", "/channels", Some(json!({"kind": "slack", "url": "https://e.org/"}))).await;
    assert!(full.text.contains("you have 20 channels"), "{full:?}");
}

async fn a_webhook_signs_by_two_secrets_while_one_replaces_the_other(world: &World) {
    let made = make(world, json!({"kind": "webhook", "url": "https://me.example/"})).await;
    let first = made["secret"].as_str().unwrap().to_owned();
    let path = format!("/channels/{}/secret", made["channel"]["id"].as_str().unwrap());
    let renewed = ask(world, "POST", &path, None).await;
    assert_eq!(renewed.status, 201);
    let second = renewed.json()["secret"].as_str().unwrap().to_owned();
    assert!(first.starts_with("whsec_") && second.starts_with("whsec_") && first != second);
    let third = ask(world, "POST", &path, None).await;
    assert_eq!(third.problem(), "conflict", "a receiver may know the first alone");
    assert_eq!(ask(world, "DELETE", &path, None).await.status, 204);
    let chat = make(world, json!({"kind": "slack", "url": "https://me.example/"})).await;
    let path = format!("/channels/{}/secret", chat["channel"]["id"].as_str().unwrap());
    assert_eq!(ask(world, "POST", &path, None).await.problem(), "conflict");
    // A key under which a secret was given out does not give it out again.
    let key = [("idempotency-key", "one")];
    let body = json!({"kind": "webhook", "url": "https://me.example/2"}).to_string();
    let token = world.own.token(Scope::Manage);
    let first = world.send("POST", "/channels", Some(token), &key, Some(body.as_bytes())).await;
    let again = world.send("POST", "/channels", Some(token), &key, Some(body.as_bytes())).await;
    assert_eq!((first.status, again.problem().as_str()), (201, "shown-once"));
}

async fn a_channel_is_tried_and_its_log_is_read_and_replayed(world: &World) {
    let made = make(world, json!({"kind": "slack", "url": "https://me.example/"})).await;
    let id = made["channel"]["id"].as_str().unwrap().to_owned();
    let path = format!("/channels/{id}/test");
    let sent = ask(world, "POST", &path, None).await;
    assert_eq!((sent.status, &sent.json()["state"]), (202, &json!("waiting")), "{sent:?}");
    for _ in 0..2 {
        ask(world, "POST", &path, None).await;
    }
    let first = ask(world, "GET", &format!("/deliveries?channel_id={id}&limit=2"), None).await.json();
    assert_eq!(first["items"][0]["notice"], json!({"type": "test.sent", "data": {}}));
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = ask(world, "GET", &format!("/deliveries?limit=2&cursor={cursor}"), None).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    let oldest = rest["items"][0]["id"].as_str().unwrap();
    let replay = format!("/deliveries/{oldest}/replay");
    assert_eq!(ask(world, "POST", &replay, None).await.problem(), "conflict", "it is on its way");
    let mut tx = world.store.begin().await.unwrap();
    tx.skip_delivery(oldest.parse().unwrap(), "the channel is off", crate::harness::NOW).await.unwrap();
    tx.commit().await.unwrap();
    let again = ask(world, "POST", &replay, None).await;
    assert_eq!((again.status, &again.json()["state"]), (202, &json!("sending")), "{again:?}");
    ask(world, "PATCH", &format!("/channels/{id}"), Some(json!({"on": false}))).await;
    assert_eq!(ask(world, "POST", &path, None).await.problem(), "conflict", "it is off");
}

async fn whoever_has_the_link_of_a_mail_wants_no_more(world: &World) {
    let made = make(world, json!({"kind": "slack", "url": "https://me.example/"})).await;
    let id: domain::ChannelId = made["channel"]["id"].as_str().unwrap().parse().unwrap();
    let link = world.unsubscribe(id);
    let leave = async |method: &str, path: &str| {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        world.visit(method, path, &form, b"List-Unsubscribe=One-Click").await
    };
    let is_on = async || ask(world, "GET", &format!("/channels/{id}"), None).await.json()["off"].is_null();
    let page = leave("GET", &link).await;
    assert!(page.status == 200 && page.text.contains("配信を停止する") && is_on().await, "{page:?}");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    for wrong in ["/unsubscribe/x", &format!("{link}x"), &link[..link.len() - 1]] {
        assert_eq!(leave("POST", wrong).await.status, 404, "{wrong}");
    }
    assert!(is_on().await);
    for _ in 0..2 {
        let left = leave("POST", &link).await;
        assert!(left.status == 200 && left.text.contains("配信を停止しました"), "{left:?}");
    }
    let off = ask(world, "GET", &format!("/channels/{id}"), None).await.json()["off"].clone();
    assert_eq!(off["why"], "unsubscribed");
}

async fn operators_alone_hear_of_the_service(world: &World) {
    for about in ["alerts", "batches"] {
        let body = json!({"kind": "slack", "url": "https://ops.example/", "about": about});
        assert_eq!(ask(world, "POST", "/channels", Some(body.clone())).await.problem(), "forbidden");
        let made = world.ask(Scope::Operate, "POST", "/channels", Some(body)).await;
        assert_eq!((made.status, &made.json()["channel"]["about"]), (201, &json!(about)));
    }
}
