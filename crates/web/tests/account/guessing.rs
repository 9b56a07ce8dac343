//! Those who try passwords.

use crate::browser::{HANAKO, MINUTE, PASSWORD, World, on_both};
use axum::http::header;
use futures::future::join_all;

on_both!(an_account_is_tried_a_few_times, an_address_tries_many_accounts, tries_at_once_are_counted);

async fn an_account_is_tried_a_few_times(world: &World) {
    world.hanako().await;
    for email in [HANAKO, "nobody@example.org"] {
        for n in 0..5 {
            let answer = world.browser().sign_in(email, &format!("wrong {n}")).await;
            assert_eq!(answer.problem(), (401, "wrong-credentials".into()), "{n}");
        }
        // From another address, too, and with the right password.
        let answer = world.browser().from("198.51.100.9").sign_in(email, PASSWORD).await;
        assert_eq!(answer.problem(), (429, "too-many-requests".into()), "{email}");
        let wait: i64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((170..=181).contains(&wait), "{wait}");
    }
    world.clock.advance(3 * MINUTE);
    assert_eq!(world.browser().sign_in(HANAKO, PASSWORD).await.status, 200);
    // Whoever is in starts anew.
    for _ in 0..5 {
        assert_eq!(world.browser().sign_in(HANAKO, "wrong").await.status, 401);
    }
}

async fn an_address_tries_many_accounts(world: &World) {
    world.hanako().await;
    let evil = "203.0.113.66";
    for n in 0..30 {
        let answer = world.browser().from(evil).sign_in(&format!("{n}@example.org"), "wrong").await;
        assert_eq!(answer.status, 401, "{n}");
    }
    assert_eq!(world.browser().from(evil).sign_in(HANAKO, PASSWORD).await.status, 429);
    assert_eq!(world.browser().sign_in(HANAKO, PASSWORD).await.status, 200, "others are not kept out by it");
    // What it says of itself changes nothing: it is no proxy of ours.
    let headers = [("content-type", "application/json"), ("x-forwarded-for", "192.0.2.1")];
    let body = serde_json::json!({"email": HANAKO, "password": PASSWORD}).to_string();
    let answer = world.browser().from(evil).send("POST", "/account/sign-in", &headers, Some(body)).await;
    assert_eq!(answer.status, 429);
}

async fn tries_at_once_are_counted(world: &World) {
    world.hanako().await;
    let tries =
        (0..16).map(|n| async move { world.browser().sign_in(HANAKO, &format!("wrong {n}")).await.status });
    let statuses = join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 11);
}
