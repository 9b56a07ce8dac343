//! Another address, and other services that one is known at.

use crate::{
    browser::{DAY, HANAKO, NOW, PASSWORD, World, on_both},
    links::letters,
};
use domain::{Letter, link::Purpose};
use serde_json::{Value, json};
use store::{identities::Identity, listeners::Role};

on_both!(
    an_address_is_another_one_when_what_was_sent_there_is_shown,
    an_address_that_is_somebodys_or_not_asked_for_is_not_taken,
    identities_are_listed_and_the_last_way_in_stays,
);

const NEW: &str = "Hanako.Yamada@example.com";
const KEY: &str = "hanako.yamada@example.com";

async fn an_address_is_another_one_when_what_was_sent_there_is_shown(world: &World) {
    let hanako = world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let ask = async |email: &str| browser.post("/account/address", json!({"email": email})).await;
    assert_eq!(world.browser().post("/account/address", json!({"email": NEW})).await.status, 401);
    for wrong in ["nobody", "hanako@EXAMPLE.org"] {
        assert_eq!(ask(wrong).await.json()["field"], "email", "{wrong}");
    }
    assert_eq!(ask(NEW).await.status, 202);
    assert_eq!(letters(world).await, [Letter::ChangeAddress { listener: hanako }]);
    assert_eq!(world.store.wanted_address(hanako, NOW).await.unwrap().as_deref(), Some(NEW));
    assert_eq!(browser.get("/account/session").await.json()["email"], HANAKO, "not yet");
    let forgotten = world.link(Purpose::Reset, Some(hanako), Some("hanako@example.org")).await;
    let token = world.link(Purpose::Verify, Some(hanako), Some(KEY)).await;
    let shown = async |token: &str| world.browser().post("/account/verify", json!({"token": token})).await;
    assert_eq!(shown(&token).await.json(), json!({"verified": true}));
    let session = browser.get("/account/session").await.json();
    assert_eq!((&session["email"], &session["verified"]), (&json!(NEW), &json!(true)));
    assert_eq!(shown(&token).await.problem(), (410, "link-over".into()));
    // Who has the mailbox from before hears of it, and can do nothing with what was sent there.
    let told = Letter::AddressChanged { listener: hanako, address: HANAKO.into() };
    assert!(letters(world).await.contains(&told));
    let reset = json!({"token": forgotten, "password": "a new horse for the old battery"});
    assert_eq!(world.browser().post("/account/reset", reset).await.problem(), (410, "link-over".into()));
    assert_eq!(world.browser().sign_in(HANAKO, PASSWORD).await.status, 401);
    assert_eq!(world.browser().sign_in("hanako.yamada@EXAMPLE.com", PASSWORD).await.status, 200);
    assert_eq!(world.store.wanted_address(hanako, NOW).await.unwrap(), None);
    let audited = world.audit().await;
    assert!(audited.iter().any(|(_, action)| action == "address.change"), "{audited:?}");
}

async fn an_address_that_is_somebodys_or_not_asked_for_is_not_taken(world: &World) {
    let hanako = world.hanako().await;
    world.add(2, "Hanako.Yamada@Example.com", Role::Listener).await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let verify = async |key: &str| {
        let token = world.link(Purpose::Verify, Some(hanako), Some(key)).await;
        world.browser().post("/account/verify", json!({"token": token})).await.problem()
    };
    assert_eq!(verify(KEY).await, (410, "link-over".into()), "nobody asked for it");
    let taken = browser.post("/account/address", json!({"email": NEW})).await;
    assert_eq!(taken.status, 202, "nobody is told whose an address is");
    assert_eq!(verify(KEY).await, (409, "conflict".into()));
    assert_eq!(browser.get("/account/session").await.json()["email"], HANAKO);
    let other = browser.post("/account/address", json!({"email": "h@example.net"})).await;
    assert_eq!(other.status, 202);
    assert_eq!(verify(KEY).await, (410, "link-over".into()), "she wants another one by now");
    world.clock.set(NOW + 4 * DAY);
    assert_eq!(verify("h@example.net").await, (410, "link-over".into()), "too late");
    assert_eq!(world.store.prune_address_changes(NOW + 4 * DAY).await.unwrap(), 1);
    // Who has not signed in for a while does so first.
    let again = browser.post("/account/address", json!({"email": "h@example.net"})).await;
    assert_eq!(again.problem(), (403, "stale".into()));
}

async fn identities_are_listed_and_the_last_way_in_stays(world: &World) {
    let hanako = world.add(1, HANAKO, Role::Listener).await;
    let browser = world.let_in(hanako).await;
    let of = |subject: &'static str| Identity { issuer: "https://id.example", subject };
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.add_identity(of("7"), hanako, "example", NOW).await.unwrap());
    assert!(tx.add_identity(of("8"), hanako, "example", NOW).await.unwrap());
    tx.commit().await.unwrap();
    let listed = browser.get("/account/identities").await.json();
    let subjects: Vec<&Value> =
        listed["items"].as_array().unwrap().iter().map(|one| &one["subject"]).collect();
    assert_eq!(subjects, [&json!("7"), &json!("8")]);
    let remove = async |subject: &str| {
        let named = json!({"issuer": "https://id.example", "subject": subject});
        browser.post("/account/identities/remove", named).await
    };
    assert_eq!(remove("9").await.problem(), (404, "not-found".into()));
    assert_eq!(remove("7").await.status, 204);
    assert_eq!(remove("8").await.problem(), (409, "conflict".into()), "nothing else is left to come in by");
    world.set_password(hanako, PASSWORD).await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let last = json!({"issuer": "https://id.example", "subject": "8"});
    assert_eq!(browser.post("/account/identities/remove", last).await.status, 204);
    assert_eq!(browser.get("/account/identities").await.json()["items"], json!([]));
    assert_eq!(world.browser().get("/account/identities").await.status, 401);
}
