//! The API as a browser that is signed in uses it.

use crate::harness::{DAY, NOW, World, on_both, send};
use axum::http::header;
use domain::{SessionId, token::Ticket};
use serde_json::json;
use store::sessions::{Method, NewSession};

on_both!(a_session_is_its_listener_and_may_what_their_role_may);

async fn a_session_is_its_listener_and_may_what_their_role_may(world: &World) {
    let ticket = Ticket::new([1, 2, 3, 4]);
    let new = NewSession {
        id: SessionId::born(NOW, [1 << 24, 1]),
        listener: world.own.listener,
        hash: ticket.hash(),
        method: Method::Password,
        address: String::new(),
        agent: String::new(),
    };
    let mut tx = world.store.begin().await.unwrap();
    tx.add_session(&new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let cookie = format!("__Host-mimiyori={}", ticket.reveal());
    let own = [("cookie", cookie.as_str()), ("host", "radio.example"), ("sec-fetch-site", "same-origin")];
    let ask = async |method: &str, path: &str, headers: &[(&str, &str)]| {
        send(&world.router, method, path, None, headers, None).await
    };
    let me = ask("GET", "/me", &own).await;
    assert_eq!((me.status, &me.json()["id"]), (200, &json!(world.own.listener)));
    assert_eq!(me.json()["scope"], "operate");
    assert!(me.headers.contains_key("ratelimit-limit") && !me.headers.contains_key(header::SET_COOKIE));
    assert_eq!(ask("GET", "/operate/listeners", &own).await.status, 200);
    let foreign = format!("/feeds/{}", world.foreign.feed);
    assert_eq!(ask("GET", &foreign, &own).await.status, 404);
    // A token that is not good is not made good by a cookie beside it.
    let both = send(&world.router, "GET", "/me", Some("mimi_nobody"), &own, None).await;
    assert_eq!(both.status, 401);
    for site in ["cross-site", "same-site"] {
        let headers = [own[0], own[1], ("sec-fetch-site", site)];
        let answer = ask("DELETE", &format!("/feeds/{}", world.own.feed), &headers).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "cross-site"), "{site}");
    }
    // In its time the cookie is replaced here, too.
    world.clock.advance(DAY);
    let later = ask("GET", "/me", &own).await;
    let set = later.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(set.starts_with("__Host-mimiyori=") && !set.contains(ticket.reveal()), "{set}");
    assert_eq!(ask("DELETE", &format!("/feeds/{}", world.own.feed), &own).await.status, 204);
}
