//! In by address and password; another password; out.

use crate::browser::{Browser, DAY, HANAKO, MINUTE, NOW, OTHER, PASSWORD, World, on_both};
use axum::http::header;
use serde_json::json;
use store::listeners::Role;

on_both!(
    whoever_knows_the_password_comes_in,
    nobody_learns_whether_an_address_is_somebodys,
    a_form_is_led_on,
    another_password_ends_the_other_sessions,
    a_password_that_everybody_tries_is_refused,
    what_cannot_be_read_is_said_so,
    who_may_not_come_in_does_not,
);

async fn whoever_knows_the_password_comes_in(world: &World) {
    let hanako = world.hanako().await;
    let browser = world.browser();
    assert_eq!(browser.get("/account/session").await.problem(), (401, "unauthorized".into()));
    // However the address is typed.
    let answer = browser.sign_in(" ｈａｎａｋｏ@EXAMPLE.org", PASSWORD).await;
    assert_eq!(answer.json(), json!({"listener": hanako, "role": "listener"}));
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-mimiyori=") && cookie.contains("; HttpOnly; Secure; SameSite=Lax"));
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    for (name, value) in [
        ("cache-control", "private, no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.headers[name], value);
    }
    let me = browser.get("/account/session").await.json();
    assert_eq!(
        (&me["email"], &me["has_password"], &me["verified"]),
        (&json!(HANAKO), &json!(true), &json!(false))
    );
    let kept = browser.kept();
    let out = browser.post("/account/sign-out", json!({})).await;
    assert_eq!((out.status, browser.kept()), (204, None));
    let thief = world.browser().keeping(kept);
    assert_eq!(thief.get("/account/session").await.status, 401, "what is over is over for everybody");
    assert_eq!(browser.post("/account/sign-out", json!({})).await.status, 204, "twice is once");
    let who = format!("listener {hanako}");
    let actions = ["session.end", "session.begin"].map(|action| (who.clone(), action.to_owned()));
    assert_eq!(world.audit().await[..2], actions);
}

async fn nobody_learns_whether_an_address_is_somebodys(world: &World) {
    world.hanako().await;
    world.add(2, "no-password@example.org", Role::Listener).await;
    let mut answers = Vec::new();
    for (email, password) in [
        (HANAKO, "wrong"),
        (HANAKO, ""),
        ("nobody@example.org", PASSWORD),
        ("no-password@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
        ("a' OR 1=1 --", "x"),
        ("nobody@example.org\0", "x\0"),
    ] {
        let answer = world.browser().sign_in(email, password).await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        assert_eq!(answer.problem(), (401, "wrong-credentials".into()), "{email:?}");
        answers.push((answer.text, answer.headers.len()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

async fn a_form_is_led_on(world: &World) {
    world.hanako().await;
    let browser = world.browser();
    let fields = format!("email=hanako%40example.org&password={}", PASSWORD.replace(' ', "+"));
    let led = async |browser: &Browser, more: &str| {
        let answer = browser.form("/account/sign-in", &format!("{fields}{more}")).await;
        (answer.status, answer.headers[header::LOCATION].to_str().unwrap().to_owned())
    };
    assert_eq!(led(&browser, "").await, (303, "/".into()));
    assert!(browser.kept().is_some());
    assert_eq!(led(&world.browser(), "&next=%2Ffeeds%3Fx%3D1").await, (303, "/feeds?x=1".into()));
    assert_eq!(led(&world.browser(), "&next=https%3A%2F%2Fevil.example").await, (303, "/".into()));
    assert_eq!(led(&world.browser(), "&next=%2F%2Fevil.example").await, (303, "/".into()));
    let wrong = "email=hanako%40example.org&password=wrong";
    let back = world.browser().form("/account/sign-in", &format!("{wrong}&back=%2Fsign-in")).await;
    assert_eq!(
        (back.status, &back.headers[header::LOCATION]),
        (303, &"/sign-in?problem=wrong-credentials".parse().unwrap())
    );
    assert!(!back.headers.contains_key(header::SET_COOKIE));
    let bare = world.browser().form("/account/sign-in", wrong).await;
    assert_eq!(bare.problem(), (401, "wrong-credentials".into()));
    let out = browser.form("/account/sign-out", "next=%2Fbye").await;
    assert_eq!((out.status, &out.headers[header::LOCATION]), (303, &"/bye".parse().unwrap()));
    assert_eq!(browser.kept(), None);
}

async fn another_password_ends_the_other_sessions(world: &World) {
    world.hanako().await;
    let (one, two) = (world.signed_in(HANAKO, PASSWORD).await, world.signed_in(HANAKO, PASSWORD).await);
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    let wrong = one.post("/account/password", change("wrong", OTHER)).await;
    assert_eq!(wrong.problem(), (401, "wrong-credentials".into()));
    let before = one.kept();
    let changed = one.post("/account/password", change(PASSWORD, OTHER)).await;
    assert_eq!(changed.json(), json!({"ended": 1, "advice": null}));
    assert_ne!(one.kept(), before, "the cookie is another one now");
    assert_eq!(one.get("/account/session").await.status, 200);
    for gone in [two, world.browser().keeping(before)] {
        assert_eq!(gone.get("/account/session").await.status, 401);
    }
    assert_eq!(world.browser().sign_in(HANAKO, PASSWORD).await.status, 401);
    assert_eq!(world.browser().sign_in(HANAKO, OTHER).await.status, 200);
    assert!(world.audit().await.iter().any(|(_, action)| action == "password.change"));
    world.clock.advance(1);
    let short = one.post("/account/password", change(OTHER, "xkcd9367")).await;
    assert!(short.json()["advice"].as_str().unwrap().contains("15"), "{short:?}");
    // A letter tells of each change.
    let jobs = world.store.count_jobs().await.unwrap();
    assert_eq!(
        jobs.iter().filter(|count| count.kind.name() == "mail").map(|count| count.total).sum::<u64>(),
        2
    );
}

async fn a_password_that_everybody_tries_is_refused(world: &World) {
    world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    for (new, why) in [
        ("xkcd936", "at least 8"),
        ("correct horse battery staple", "first that anybody tries"),
        ("hanako@example.org", "guessed"),
        ("12345678", "first that anybody tries"),
        (&"x".repeat(300), "at most 256"),
    ] {
        let answer = browser.post("/account/password", json!({"current": PASSWORD, "new": new})).await;
        assert_eq!(answer.problem(), (422, "invalid".into()));
        let (field, detail) = (answer.json()["field"].clone(), answer.text.clone());
        assert!(field == "password" && detail.contains(why), "{new}: {detail}");
    }
    let language = [("accept-language", "fr, ja;q=0.9, en;q=0.8"), ("content-type", "application/json")];
    let body = json!({"current": PASSWORD, "new": "short"}).to_string();
    let answer = browser.send("POST", "/account/password", &language, Some(body)).await;
    assert!(answer.text.contains("8文字以上"), "{answer:?}");
}

async fn what_cannot_be_read_is_said_so(world: &World) {
    let browser = world.browser();
    for (body, status, problem) in [
        ("{", 400, "unreadable"),
        ("[]", 422, "invalid"),
        ("{}", 422, "invalid"),
        (r#"{"email": 1, "password": "x"}"#, 422, "invalid"),
        (r#"{"email": "a@e.org", "password": "x", "remember": true}"#, 422, "invalid"),
    ] {
        let json = [("content-type", "application/json")];
        let answer = browser.send("POST", "/account/sign-in", &json, Some(body.to_owned())).await;
        assert_eq!(answer.problem(), (status, problem.into()), "{body}");
    }
    let text =
        browser.send("POST", "/account/sign-in", &[("content-type", "text/plain")], Some("x".into())).await;
    assert_eq!(text.problem(), (415, "media-type".into()));
    let large = json!({"email": "x".repeat(100_000), "password": ""});
    assert_eq!(browser.post("/account/sign-in", large).await.problem(), (413, "too-large".into()));
    assert_eq!(browser.get("/account/sign-in").await.status, 405);
}

async fn who_may_not_come_in_does_not(world: &World) {
    let hanako = world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let mut tx = world.store.begin().await.unwrap();
    tx.disable_listener(hanako, Some(NOW)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(browser.get("/account/session").await.status, 401);
    assert_eq!(world.browser().sign_in(HANAKO, PASSWORD).await.problem(), (401, "wrong-credentials".into()));
    let mut tx = world.store.begin().await.unwrap();
    tx.disable_listener(hanako, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(browser.get("/account/session").await.status, 200);
    world.clock.advance(14 * DAY + MINUTE);
    assert_eq!(browser.get("/account/session").await.status, 401);
}
