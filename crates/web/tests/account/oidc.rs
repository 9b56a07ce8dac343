//! In by the word of another service.

use crate::{
    browser::{Answer, Browser, HANAKO, MINUTE, OTHER, PASSWORD, World, on_both},
    provider::{CLIENT, Provider, SECRET},
};
use axum::{Router, http::header};
use serde_json::{Value, json};
use std::time::Duration;
use store::listeners::Role;
use url::Url;
use web::{
    account::{self, Strangers, callback_address},
    oidc::{Issuer, Registration},
};

on_both!(
    somebody_is_found_by_their_address_once_and_then_by_who_they_are,
    whoever_is_signed_in_joins_the_two,
    strangers_stay_out_unless_they_are_welcome,
    an_address_that_was_only_claimed_is_nobodys,
    what_is_not_the_providers_word_is_not_believed,
    a_new_key_is_found,
);

fn router(world: &World, provider: &Provider, strangers: Strangers) -> Router {
    let client = net::trusted("test").unwrap();
    world.with(|parts| {
        let registration = Registration {
            client_id: CLIENT.into(),
            client_secret: Some(SECRET.into()),
            redirect: callback_address(&parts.public_url, "test"),
        };
        parts.settings.providers = vec![account::Provider {
            name: "test".into(),
            title: "Test".into(),
            issuer: Issuer::new(&provider.issuer, client).unwrap().asked_again_after(Duration::ZERO),
            registration,
            strangers,
        }];
    })
}

/// Where the browser is sent to.
async fn begin(browser: &Browser) -> Url {
    let answer = browser.post("/account/oidc/test", json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["url"].as_str().unwrap().parse().unwrap()
}

/// Comes back as from another site.
async fn come_back(browser: &Browser, to: &Url) -> Answer {
    let path = format!("{}?{}", to.path(), to.query().unwrap());
    let headers = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    browser.send("GET", &path, &headers, None).await
}

async fn come(browser: &Browser, provider: &Provider, subject: &str, claims: Value) -> Answer {
    let asked = begin(browser).await;
    come_back(browser, &provider.agree(&asked, subject, claims)).await
}

fn verified(email: &str) -> Value {
    json!({"email": email, "email_verified": true})
}

async fn somebody_is_found_by_their_address_once_and_then_by_who_they_are(world: &World) {
    let (hanako, provider) = (world.add(1, HANAKO, Role::Listener).await, Provider::start().await);
    let router = router(world, &provider, Strangers::Refused);
    let browser = Browser::of(router.clone());
    let ways = browser.get("/account/ways").await.json();
    assert_eq!(ways["providers"], json!([{"name": "test", "title": "Test"}]));
    let form = browser.form("/account/oidc/test", "next=%2Ffeeds").await;
    let asked: Url = form.headers[header::LOCATION].to_str().unwrap().parse().unwrap();
    assert!(form.status == 303 && asked.as_str().starts_with(&format!("{}/authorize?", provider.issuer)));
    let back = provider.agree(&asked, "7", verified("hanako@EXAMPLE.org"));
    assert_eq!(back.as_str().split('?').next(), Some("https://radio.example/account/oidc/test/callback"));
    let answer = come_back(&browser, &back).await;
    assert_eq!(
        (answer.status, &answer.headers[header::LOCATION]),
        (303, &"/feeds".parse().unwrap()),
        "{answer:?}"
    );
    assert_eq!(browser.get("/account/session").await.json()["listener"], json!(hanako));
    // Known by now: whatever the address has become.
    let again = Browser::of(router.clone());
    assert_eq!(come(&again, &provider, "7", verified("other@example.org")).await.status, 303);
    assert_eq!(again.get("/account/session").await.json()["listener"], json!(hanako));
    let sessions = again.get("/account/sessions").await.json();
    assert_eq!(sessions["items"][0]["method"], "oidc");
    assert!(world.audit().await.iter().any(|(_, action)| action == "identity.add"));
    let mut tx = world.store.begin().await.unwrap();
    tx.disable_listener(hanako, Some(1)).await.unwrap();
    tx.commit().await.unwrap();
    let out = come(&Browser::of(router), &provider, "7", json!({})).await;
    assert_eq!(out.problem(), (403, "not-proved".into()));
}

async fn whoever_is_signed_in_joins_the_two(world: &World) {
    let hanako = world.hanako().await;
    let provider = Provider::start().await;
    let router = router(world, &provider, Strangers::Refused);
    let browser = Browser::of(router.clone());
    assert_eq!(browser.sign_in(HANAKO, PASSWORD).await.status, 200);
    // Under another address there, of which the provider says nothing.
    assert_eq!(come(&browser, &provider, "7", json!({"email": "h@other.example"})).await.status, 303);
    let alone = Browser::of(router.clone());
    assert_eq!(come(&alone, &provider, "7", json!({})).await.status, 303);
    assert_eq!(alone.get("/account/session").await.json()["listener"], json!(hanako));
    let taro = world.add(2, "taro@example.org", Role::Listener).await;
    world.set_password(taro, OTHER).await;
    let other = Browser::of(router);
    assert_eq!(other.sign_in("taro@example.org", OTHER).await.status, 200);
    let taken = come(&other, &provider, "7", json!({})).await;
    assert_eq!(taken.problem(), (409, "conflict".into()), "nobody is two listeners");
    // Who began it, signed out, and comes back joins nothing.
    let asked = begin(&other).await;
    other.post("/account/sign-out", json!({})).await;
    let back = provider.agree(&asked, "8", json!({}));
    assert_eq!(come_back(&other, &back).await.problem(), (403, "not-proved".into()));
}

async fn strangers_stay_out_unless_they_are_welcome(world: &World) {
    let provider = Provider::start().await;
    let closed = Browser::of(router(world, &provider, Strangers::Refused));
    let refused = come(&closed, &provider, "7", verified("new@example.org")).await;
    assert_eq!(refused.problem(), (403, "stranger".into()));
    let open = router(world, &provider, Strangers::Welcome);
    for claims in [
        json!({}),
        json!({"email": "x@example.org"}),
        json!({"email": "x@example.org", "email_verified": false}),
    ] {
        let answer = come(&Browser::of(open.clone()), &provider, "8", claims).await;
        assert_eq!(answer.problem(), (403, "stranger".into()), "without an address that is theirs");
    }
    let browser = Browser::of(open);
    assert_eq!(come(&browser, &provider, "7", verified("New@example.org")).await.status, 303);
    let me = browser.get("/account/session").await.json();
    assert_eq!(
        (&me["email"], &me["role"], &me["verified"]),
        (&json!("New@example.org"), &json!("listener"), &json!(true))
    );
}

async fn an_address_that_was_only_claimed_is_nobodys(world: &World) {
    // Somebody has put Hanako's address to a password of their own.
    world.hanako().await;
    let provider = Provider::start().await;
    let browser = Browser::of(router(world, &provider, Strangers::Welcome));
    let answer = come(&browser, &provider, "7", verified(HANAKO)).await;
    assert_eq!(answer.problem(), (409, "conflict".into()));
    assert_eq!(browser.kept(), None);
}

async fn what_is_not_the_providers_word_is_not_believed(world: &World) {
    world.add(1, HANAKO, Role::Listener).await;
    let (provider, other) = (Provider::start().await, Provider::start().await);
    let browser = Browser::of(router(world, &provider, Strangers::Refused));
    let not_proved = (403, "not-proved".to_owned());
    for (claims, why) in [
        (json!({"nonce": "another"}), "of another sign-in"),
        (json!({"nonce": null}), "of none"),
        (json!({"aud": "another"}), "for somebody else"),
        (json!({"iss": other.issuer}), "of another issuer"),
        (json!({"exp": 1}), "over"),
    ] {
        let mut all = verified(HANAKO);
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        assert_eq!(come(&browser, &provider, "7", all).await.problem(), not_proved, "{why}");
    }
    let asked = begin(&browser).await;
    let mut back = provider.agree(&asked, "7", verified(HANAKO));
    let code = back.query_pairs().next().unwrap().1.into_owned();
    back.set_query(Some(&format!("code={code}&state=another")));
    assert_eq!(come_back(&browser, &back).await.problem(), not_proved, "another's state");
    // Somebody else's code, put into this browser: PKCE and state tell.
    let theirs = provider.agree(
        &begin(&Browser::of(router(world, &provider, Strangers::Refused))).await,
        "9",
        verified(HANAKO),
    );
    let (code, asked) = (theirs.query_pairs().next().unwrap().1.into_owned(), begin(&browser).await);
    let state = asked.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    back.set_query(Some(&format!("code={code}&state={state}")));
    assert_eq!(come_back(&browser, &back).await.problem(), not_proved, "another's code");
    for query in ["", "error=access_denied", "code=x"] {
        begin(&browser).await;
        back.set_query(Some(query));
        assert_eq!(come_back(&browser, &back).await.problem(), not_proved, "{query}");
    }
    let asked = begin(&browser).await;
    let good = provider.agree(&asked, "7", verified(HANAKO));
    let stranger = Browser::of(router(world, &provider, Strangers::Refused));
    assert_eq!(come_back(&stranger, &good).await.problem(), not_proved, "another browser began it");
    world.clock.advance(5 * MINUTE);
    assert_eq!(come_back(&browser, &good).await.problem(), not_proved, "it took too long");
    assert_eq!(browser.kept(), None);
    let unknown = browser.post("/account/oidc/nobody", json!({})).await;
    assert_eq!(unknown.problem(), (404, "not-found".into()));
}

async fn a_new_key_is_found(world: &World) {
    world.add(1, HANAKO, Role::Listener).await;
    let provider = Provider::start().await;
    let router = router(world, &provider, Strangers::Refused);
    assert_eq!(come(&Browser::of(router.clone()), &provider, "7", verified(HANAKO)).await.status, 303);
    provider.rotate("two");
    assert_eq!(come(&Browser::of(router), &provider, "7", json!({})).await.status, 303);
}
