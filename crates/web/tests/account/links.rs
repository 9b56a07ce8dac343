//! Links that are good once: the first operator, a first password, a forgotten one, an address that is theirs.

use crate::browser::{DAY, HANAKO, OTHER, PASSWORD, World, on_both};
use domain::{Letter, Work, link::Purpose};
use serde_json::{Value, json};
use store::listeners::Role;
use web::account::Mail;

on_both!(
    the_first_link_makes_the_first_operator_and_no_second,
    a_listener_is_promoted_by_the_first_link,
    a_forgotten_password_is_reset_once,
    asking_for_a_reset_is_the_same_for_everybody,
    an_address_is_verified_by_what_was_sent_there,
    without_mail_it_is_said_so,
    a_link_is_guessed_by_nobody,
);

async fn the_first_link_makes_the_first_operator_and_no_second(world: &World) {
    let (token, twin) =
        (world.link(Purpose::SetUp, None, None).await, world.link(Purpose::SetUp, None, None).await);
    let browser = world.browser();
    let set_up = |token: &str, email: &str, password: &str| {
        json!({"token": token, "email": email, "password": password, "name": "花子", "zone": "Asia/Tokyo",
               "language": "ja"})
    };
    let weak = browser.post("/account/set-up", set_up(&token, HANAKO, "12345678")).await;
    assert_eq!(weak.json()["field"], "password", "{weak:?}");
    assert_eq!(
        browser.post("/account/set-up", set_up(&token, "nobody", PASSWORD)).await.json()["field"],
        "email"
    );
    let done = browser.post("/account/set-up", set_up(&token, HANAKO, PASSWORD)).await;
    assert_eq!(done.status, 200, "what was refused has left the link as it was: {done:?}");
    let me = browser.get("/account/session").await.json();
    assert_eq!(
        (&me["email"], &me["role"], &me["language"]),
        (&json!("Hanako@example.org"), &json!("operator"), &json!("ja"))
    );
    let listener = world.store.listeners(None, 10).await.unwrap().remove(0);
    assert_eq!((listener.name.as_str(), listener.zone.as_written()), ("花子", "Asia/Tokyo"));
    let late = world.link(Purpose::SetUp, None, None).await;
    for token in [&token, &twin, &late] {
        let again =
            world.browser().post("/account/set-up", set_up(token, "evil@example.org", PASSWORD)).await;
        assert_eq!(again.problem(), (410, "link-over".into()));
    }
    assert_eq!(world.store.listeners(None, 10).await.unwrap().len(), 1);
    assert!(world.audit().await.contains(&("set-up link".to_owned(), "operator.first".to_owned())));
}

async fn a_listener_is_promoted_by_the_first_link(world: &World) {
    let id = world.add(1, HANAKO, Role::Listener).await;
    let token = world.link(Purpose::SetUp, None, None).await;
    let form = format!("token={token}&email=hanako%40example.org&password={}", PASSWORD.replace(' ', "+"));
    let browser = world.browser();
    assert_eq!(browser.form("/account/set-up", &form).await.status, 303);
    let me = browser.get("/account/session").await.json();
    assert_eq!((&me["listener"], &me["role"]), (&json!(id), &json!("operator")));
}

async fn a_forgotten_password_is_reset_once(world: &World) {
    let hanako = world.hanako().await;
    let elsewhere = world.signed_in(HANAKO, PASSWORD).await;
    let key = Some("hanako@example.org");
    let token = world.link(Purpose::Reset, Some(hanako), key).await;
    let twin = world.link(Purpose::Reset, Some(hanako), key).await;
    let verify = world.link(Purpose::Verify, Some(hanako), key).await;
    let reset = |token: &str, password: &str| json!({"token": token, "password": password});
    assert_eq!(world.browser().post("/account/reset", reset(&token, "short")).await.status, 422);
    assert_eq!(world.browser().post("/account/reset", reset(&verify, OTHER)).await.problem().0, 410);
    let browser = world.browser();
    assert_eq!(browser.post("/account/reset", reset(&token, OTHER)).await.status, 200);
    assert_eq!(browser.get("/account/session").await.json()["verified"], true, "the mail has arrived there");
    assert_eq!(elsewhere.get("/account/session").await.status, 401);
    for token in [&token, &twin] {
        let again = world.browser().post("/account/reset", reset(token, PASSWORD)).await;
        assert_eq!(again.problem(), (410, "link-over".into()));
    }
    assert_eq!(world.browser().sign_in(HANAKO, OTHER).await.status, 200);
    assert_eq!(world.browser().sign_in(HANAKO, PASSWORD).await.status, 401);
    let late = world.link(Purpose::Reset, Some(hanako), key).await;
    world.clock.advance(Purpose::Reset.lifetime());
    assert_eq!(world.browser().post("/account/reset", reset(&late, PASSWORD)).await.problem().0, 410);
    assert!(world.audit().await.iter().any(|(_, action)| action == "password.reset"));
}

pub async fn letters(world: &World) -> Vec<Letter> {
    let letters =
        world.works().await.into_iter().filter_map(|work| match serde_json::from_str(&work).unwrap() {
            Work::Mail { letter } => Some(letter),
            _ => None,
        });
    letters.collect()
}

async fn asking_for_a_reset_is_the_same_for_everybody(world: &World) {
    world.hanako().await;
    let mut answers = Vec::new();
    for email in [HANAKO, "Nobody@example.org"] {
        let answer = world.browser().post("/account/reset/request", json!({"email": email})).await;
        answers.push((answer.status, answer.text, answer.headers.len()));
    }
    assert_eq!(answers[0].0, 202);
    assert_eq!(answers[0], answers[1]);
    let reset = |address: &str| Letter::Reset { address: address.into() };
    let mut asked = letters(world).await;
    asked.sort_by_key(|letter| format!("{letter:?}"));
    assert_eq!(asked, [reset("hanako@example.org"), reset("nobody@example.org")]);
    for _ in 0..9 {
        let answer = world.browser().post("/account/reset/request", json!({"email": HANAKO})).await;
        assert_eq!((answer.status, &answer.text), (202, &answers[0].1), "nobody learns that it is too often");
    }
    assert_eq!(letters(world).await.len(), 2, "one at a time");
    let wrong = world.browser().post("/account/reset/request", json!({"email": "nobody"})).await;
    assert_eq!(wrong.json()["field"], "email");
}

async fn an_address_is_verified_by_what_was_sent_there(world: &World) {
    let hanako = world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    assert_eq!(world.browser().post("/account/verify/request", json!({})).await.status, 401);
    assert_eq!(browser.post("/account/verify/request", json!({})).await.status, 202);
    assert_eq!(letters(world).await, [Letter::Verify { listener: hanako }]);
    let old = world.link(Purpose::Verify, Some(hanako), Some("before@example.org")).await;
    let token = world.link(Purpose::Verify, Some(hanako), Some("hanako@example.org")).await;
    let verify = async |token: &str| world.browser().post("/account/verify", json!({"token": token})).await;
    assert_eq!(verify(&old).await.problem(), (410, "link-over".into()), "it went to another address");
    assert_eq!(verify(&token).await.json(), json!({"verified": true}));
    assert_eq!(verify(&token).await.problem(), (410, "link-over".into()));
    assert_eq!(browser.get("/account/session").await.json()["verified"], true);
}

async fn without_mail_it_is_said_so(world: &World) {
    world.hanako().await;
    let browser = crate::browser::Browser::of(world.with(|parts| parts.settings.mail = Mail::None));
    assert_eq!(browser.get("/account/ways").await.json()["mail"], false);
    for email in [HANAKO, "nobody@example.org"] {
        let answer = browser.post("/account/reset/request", json!({"email": email})).await;
        assert_eq!(answer.problem(), (409, "no-mail".into()));
    }
    browser.sign_in(HANAKO, PASSWORD).await;
    assert_eq!(browser.post("/account/verify/request", json!({})).await.problem(), (409, "no-mail".into()));
    let changed = browser.post("/account/password", json!({"current": PASSWORD, "new": OTHER})).await;
    assert_eq!((changed.status, letters(world).await.len()), (200, 0));
}

async fn a_link_is_guessed_by_nobody(world: &World) {
    world.hanako().await;
    let guess = |n: usize| json!({"token": format!("{n:043}"), "password": PASSWORD});
    let mut statuses: Vec<u16> = Vec::new();
    for n in 0..40 {
        statuses.push(world.browser().post("/account/reset", guess(n)).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 410).count(), 29, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 11, "setting up was one try, too");
    world.clock.advance(DAY);
    for token in ["", "x", "' OR 1=1 --", "耳耳耳耳耳耳耳耳耳耳耳耳耳耳"] {
        let answer = world.browser().post("/account/reset", json!({"token": token, "password": OTHER})).await;
        assert_eq!(answer.problem(), (410, "link-over".into()), "{token}");
    }
    let missing: Value = world.browser().post("/account/reset", json!({"password": OTHER})).await.json();
    assert_eq!(missing["status"], 422);
}
