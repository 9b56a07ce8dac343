//! Sessions: cookies that nobody knew before, are replaced, and betray who has copied one.

use crate::browser::{Browser, DAY, HANAKO, MINUTE, PASSWORD, World, on_both};
use serde_json::{Value, json};
use store::listeners::Role;

on_both!(
    a_session_is_never_one_that_was_brought,
    a_cookie_is_replaced_in_time_and_an_answer_may_be_lost,
    a_copied_cookie_ends_the_session,
    requests_at_once_keep_their_session,
    sessions_are_shown_and_ended,
);

fn cookie(ticket: &str) -> Option<String> {
    Some(format!("__Host-mimiyori={ticket}"))
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/account/session").await.status == 200
}

async fn a_session_is_never_one_that_was_brought(world: &World) {
    world.hanako().await;
    world.add(2, "evil@example.org", Role::Listener).await;
    // A cookie that somebody has put there, of the right form.
    let fixed = "0".repeat(43);
    let victim = world.browser().keeping(cookie(&fixed));
    assert_eq!(victim.sign_in(HANAKO, PASSWORD).await.status, 200);
    assert_ne!(victim.kept(), cookie(&fixed));
    assert!(!is_in(&world.browser().keeping(cookie(&fixed))).await);
    // A session that somebody else has begun and put there: it ends.
    let evil = world.signed_in(HANAKO, PASSWORD).await;
    let victim = world.browser().keeping(evil.kept());
    assert_eq!(victim.sign_in(HANAKO, PASSWORD).await.status, 200);
    assert!(is_in(&victim).await && !is_in(&evil).await);
    let own = victim.kept().unwrap();
    let kept = own.split('=').nth(1).unwrap();
    for wrong in [&kept[1..], "", &format!("{kept}x"), &kept.to_uppercase(), "' OR 1=1"] {
        assert!(!is_in(&world.browser().keeping(cookie(wrong))).await, "{wrong}");
    }
    let bare = own.trim_start_matches("__Host-").to_owned();
    assert!(!is_in(&world.browser().keeping(Some(bare))).await, "another host could have set it");
}

async fn a_cookie_is_replaced_in_time_and_an_answer_may_be_lost(world: &World) {
    world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let first = browser.kept();
    world.clock.advance(DAY - MINUTE);
    assert!(is_in(&browser).await);
    assert_eq!(browser.kept(), first);
    world.clock.advance(MINUTE);
    assert!(is_in(&browser).await);
    let second = browser.kept();
    assert_ne!(second, first);
    // The answer was lost, and the browser comes back hours later with what it has.
    world.clock.advance(300 * MINUTE);
    let late = world.browser().keeping(first);
    assert!(is_in(&late).await);
    let third = late.kept();
    assert!(is_in(&late).await && third == late.kept());
    assert!(!is_in(&world.browser().keeping(second)).await, "it was never seen");
}

async fn a_copied_cookie_ends_the_session(world: &World) {
    world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let thief = world.browser().keeping(browser.kept());
    world.clock.advance(DAY);
    assert!(is_in(&browser).await && is_in(&browser).await);
    // Requests under way still carry the one before.
    world.clock.advance(MINUTE);
    assert!(is_in(&thief).await);
    world.clock.advance(1);
    assert!(!is_in(&thief).await);
    assert!(!is_in(&browser).await, "neither of the two can be told from the other");
    assert!(world.audit().await.contains(&("service".to_owned(), "session.copied".to_owned())));
}

async fn requests_at_once_keep_their_session(world: &World) {
    world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    world.clock.advance(DAY);
    let tabs: Vec<Browser> = (0..8).map(|_| world.browser().keeping(browser.kept())).collect();
    let answers = futures::future::join_all(tabs.iter().map(is_in)).await;
    assert!(answers.iter().all(|is_in| *is_in), "{answers:?}");
    let changed = tabs.iter().filter(|tab| tab.kept() != browser.kept()).count();
    assert_eq!(changed, 1, "one of them has the next");
    world.clock.advance(MINUTE / 2);
    for tab in &tabs {
        assert!(is_in(tab).await);
    }
}

async fn sessions_are_shown_and_ended(world: &World) {
    world.hanako().await;
    world.add(2, "taro@example.org", Role::Listener).await;
    let (one, two) = (world.signed_in(HANAKO, PASSWORD).await, world.signed_in(HANAKO, PASSWORD).await);
    let phone = world.browser().from("10.1.2.3");
    let from = [("content-type", "application/json"), ("x-forwarded-for", "2001:db8::7")];
    let body = json!({"email": HANAKO, "password": PASSWORD}).to_string();
    assert_eq!(phone.send("POST", "/account/sign-in", &from, Some(body)).await.status, 200);
    let listed = one.get("/account/sessions").await.json();
    let items = listed["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 3);
    let address = |address: &str| items.iter().filter(|item| item["address"] == address).count();
    assert_eq!((address("192.0.2.7"), address("2001:db8::7")), (2, 1));
    assert!(items.iter().all(|item| item["agent"] == "Firefox/150" && item["method"] == "password"));
    let (this, others): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| item["is_this"] == true);
    assert_eq!((this.len(), others.len()), (1, 2));
    assert!(!listed.to_string().contains(one.kept().unwrap().split('=').nth(1).unwrap()));

    let path = |item: &Value| format!("/account/sessions/{}", item["id"].as_str().unwrap());
    world
        .set_password(world.store.account_by_key("taro@example.org").await.unwrap().unwrap().id, PASSWORD)
        .await;
    let taro = world.signed_in("taro@example.org", PASSWORD).await;
    assert_eq!(taro.send("DELETE", &path(others[0]), &[], None).await.problem(), (404, "not-found".into()));
    assert_eq!(one.send("DELETE", &path(others[0]), &[], None).await.status, 204);
    assert_eq!(one.send("DELETE", &path(others[0]), &[], None).await.status, 404);
    assert_eq!(one.post("/account/sessions/end-others", json!({})).await.json(), json!({"ended": 1}));
    assert!(is_in(&one).await && !is_in(&two).await && !is_in(&phone).await && is_in(&taro).await);
    let itself = one.form(&format!("{}/end", path(this[0])), "next=%2F").await;
    assert_eq!((itself.status, one.kept()), (303, None));
    assert_eq!(one.send("DELETE", "/account/sessions/x", &[], None).await.status, 401);
}
