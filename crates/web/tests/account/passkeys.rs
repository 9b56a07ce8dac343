//! Passkeys, by an authenticator in software.

use crate::browser::{Browser, HANAKO, MINUTE, OTHER, PASSWORD, World, on_both};
use crate::device::Device;
use axum::http::header;
use serde_json::{Value, json};

on_both!(
    a_passkey_lets_in_without_a_name,
    what_was_shown_once_is_good_no_more,
    a_passkey_is_added_by_whoever_has_just_come_in,
    the_last_way_in_is_not_taken_away,
);

async fn begin(browser: &Browser, path: &str) -> Value {
    let answer = browser.post(path, json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-mimiyori-begun=") && cookie.contains("HttpOnly; Secure"), "{cookie}");
    answer.json()
}

async fn add(browser: &Browser, device: &mut Device) -> Value {
    let credential = device.make(&begin(browser, "/account/passkeys/begin").await);
    let answer = browser.post("/account/passkeys", json!({"credential": credential, "label": "電話"})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

async fn show(browser: &Browser, device: &mut Device) -> Value {
    device.show(&begin(browser, "/account/sign-in/passkey/begin").await)
}

async fn a_passkey_lets_in_without_a_name(world: &World) {
    let hanako = world.hanako().await;
    let (browser, mut device) = (world.signed_in(HANAKO, PASSWORD).await, Device::new(1));
    assert_eq!(browser.get("/account/ways").await.json()["passkeys"], true);
    let added = add(&browser, &mut device).await;
    let phone = world.browser();
    let credential = show(&phone, &mut device).await;
    let answer = phone.post("/account/sign-in/passkey", json!({"credential": credential})).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"listener": hanako})));
    assert_eq!(phone.get("/account/session").await.json()["email"], HANAKO);
    let listed = phone.get("/account/passkeys").await.json();
    let item = &listed["items"][0];
    assert_eq!((&item["id"], &item["label"]), (&added["id"], &json!("電話")));
    assert!(item["last_used_at"].is_string());
    let sessions = phone.get("/account/sessions").await.json();
    assert!(sessions.to_string().contains("\"method\":\"passkey\""));
    // A listener who may not come in does not.
    let mut tx = world.store.begin().await.unwrap();
    tx.disable_listener(hanako, Some(1)).await.unwrap();
    tx.commit().await.unwrap();
    let credential = show(&phone, &mut device).await;
    let answer = phone.post("/account/sign-in/passkey", json!({"credential": credential})).await;
    assert_eq!(answer.problem(), (403, "not-proved".into()));
}

async fn what_was_shown_once_is_good_no_more(world: &World) {
    world.hanako().await;
    let mut device = Device::new(1);
    add(&world.signed_in(HANAKO, PASSWORD).await, &mut device).await;
    let browser = world.browser();
    let sign_in = async |browser: &Browser, credential: &Value| {
        browser.post("/account/sign-in/passkey", json!({"credential": credential})).await
    };
    let not_proved = (403, "not-proved".to_owned());
    let good = show(&browser, &mut device).await;
    assert_eq!(sign_in(&world.browser(), &good).await.problem(), not_proved, "another browser began it");
    assert_eq!(sign_in(&browser, &good).await.status, 200);
    assert_eq!(sign_in(&browser, &good).await.problem(), not_proved, "it was used");
    begin(&browser, "/account/sign-in/passkey/begin").await;
    assert_eq!(sign_in(&browser, &good).await.problem(), not_proved, "it answers another challenge");
    for field in ["signature", "authenticatorData", "clientDataJSON", "userHandle"] {
        let mut forged = show(&browser, &mut device).await;
        let text = forged["response"][field].as_str().unwrap().to_owned();
        let first = if text.starts_with('A') { "B" } else { "A" };
        forged["response"][field] = json!(format!("{first}{}", &text[1..]));
        assert_eq!(sign_in(&browser, &forged).await.problem(), not_proved, "{field}");
    }
    let late = show(&browser, &mut device).await;
    world.clock.advance(5 * MINUTE);
    assert_eq!(sign_in(&browser, &late).await.problem(), not_proved, "it took too long");
    let mut phished = device.clone();
    phished.origin = "https://radio.example.evil.example".into();
    let phished = show(&browser, &mut phished).await;
    assert_eq!(sign_in(&browser, &phished).await.problem(), not_proved, "it was made on another site");
    // Copied before its owner has used it again: two devices count apart.
    let mut copied = device.clone();
    for _ in 0..2 {
        let good = show(&browser, &mut device).await;
        assert_eq!(sign_in(&browser, &good).await.status, 200);
    }
    let copied = show(&browser, &mut copied).await;
    assert_eq!(sign_in(&browser, &copied).await.problem(), not_proved, "it counts backwards");
    assert_eq!(sign_in(&browser, &json!({"id": "x"})).await.status, 422);
}

async fn a_passkey_is_added_by_whoever_has_just_come_in(world: &World) {
    world.hanako().await;
    let (browser, mut device) = (world.signed_in(HANAKO, PASSWORD).await, Device::new(1));
    assert_eq!(world.browser().post("/account/passkeys/begin", json!({})).await.status, 401);
    let options = begin(&browser, "/account/passkeys/begin").await;
    assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
    let credential = device.make(&options);
    // Somebody else's session does not take it.
    let taro = world.add(2, "taro@example.org", store::listeners::Role::Listener).await;
    world.set_password(taro, OTHER).await;
    let other = world.signed_in("taro@example.org", OTHER).await;
    other.bring(&browser);
    let new = json!({"credential": credential, "label": ""});
    assert_eq!(other.post("/account/passkeys", new.clone()).await.problem(), (403, "not-proved".into()));
    assert_eq!(browser.post("/account/passkeys", new).await.problem().0, 403, "it was used up by that");
    world.clock.advance(15 * MINUTE);
    assert_eq!(browser.post("/account/passkeys/begin", json!({})).await.problem(), (403, "stale".into()));
}

async fn the_last_way_in_is_not_taken_away(world: &World) {
    let hanako = world.add(1, HANAKO, store::listeners::Role::Listener).await;
    let (browser, mut device) = (world.let_in(hanako).await, Device::new(1));
    let id = add(&browser, &mut device).await["id"].as_str().unwrap().to_owned();
    let remove = async || browser.send("DELETE", &format!("/account/passkeys/{id}"), &[], None).await;
    assert_eq!(remove().await.problem(), (409, "conflict".into()));
    let set = browser.post("/account/password", json!({"new": OTHER})).await;
    assert_eq!(set.status, 200, "who has just come in sets a first password: {set:?}");
    assert_eq!(remove().await.status, 204);
    assert_eq!(remove().await.status, 404);
    let shown = show(&browser, &mut device).await;
    let answer = world.browser().post("/account/sign-in/passkey", json!({"credential": shown})).await;
    assert_eq!(answer.problem(), (403, "not-proved".into()));
    let actions: Vec<String> = world.audit().await.into_iter().map(|(_, action)| action).collect();
    assert!(actions.contains(&"passkey.add".to_owned()) && actions.contains(&"passkey.remove".to_owned()));
}
