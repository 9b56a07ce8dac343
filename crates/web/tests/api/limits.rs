//! How often, how much, and in what form.

use crate::harness::{SECOND, World, on_both, send};
use domain::token::Scope;

on_both!(
    a_token_asks_so_often,
    what_cannot_be_read_is_400_and_what_is_too_much_413,
    other_places_get_no_leave
);

async fn a_token_asks_so_often(world: &World) {
    let router = world.limited(3);
    let ask = async |token: &str| send(&router, "GET", "/me", Some(token), &[], None).await;
    let token = world.own.token(Scope::Listen);
    for left in ["2", "1", "0"] {
        let answer = ask(token).await;
        assert_eq!((answer.status, answer.header("ratelimit-remaining")), (200, left));
        assert_eq!(answer.header("ratelimit-limit"), "3");
    }
    let answer = ask(token).await;
    assert_eq!((answer.status, answer.problem().as_str()), (429, "too-many-requests"));
    assert_eq!((answer.header("retry-after"), answer.header("ratelimit-remaining")), ("20", "0"));
    assert_eq!(ask(world.foreign.token(Scope::Listen)).await.status, 200);
    world.clock.set(crate::harness::NOW + 20 * SECOND);
    assert_eq!(ask(token).await.status, 200);
}

async fn what_cannot_be_read_is_400_and_what_is_too_much_413(world: &World) {
    let token = world.own.token(Scope::Manage);
    let big = vec![b' '; 300 << 10];
    for (headers, body, status, problem) in [
        (&[][..], &b"{\"address\": \"\xff\"}"[..], 400, "unreadable"),
        (&[], b"{\"address\": ", 400, "unreadable"),
        (&[], b"", 400, "unreadable"),
        (&[], b"{\"address\": \"hn:front\"} {}", 400, "unreadable"),
        (&[("content-type", "text/plain")], b"{\"address\": \"hn:front\"}", 415, "media-type"),
        (&[], &big, 413, "too-large"),
        (&[("idempotency-key", "k")], &big, 413, "too-large"),
        (&[], b"{\"address\": 1}", 422, "invalid"),
        (&[], b"{\"adress\": \"hn:front\"}", 422, "invalid"),
        (&[], b"{\"address\": \"hn:front\", \"title\": \"a\\u0000b\"}", 422, "invalid"),
    ] {
        let answer = world.send("POST", "/sources", Some(token), headers, Some(body)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{answer:?}");
    }
    let nothing = world.send("GET", "/nothing/%ff/%2e%2e", Some(token), &[], None).await;
    assert_eq!((nothing.status, nothing.problem().as_str()), (404, "not-found"));
    for id in ["x", "%ff", "..%2f", "0193a5c0-7d3e-7c11-b2f0-000000000000"] {
        assert_eq!(world.ask(Scope::Listen, "GET", &format!("/feeds/{id}"), None).await.status, 404, "{id}");
    }
}

/// Pages of other places are not given leave to read what a browser would fetch for them.
async fn other_places_get_no_leave(world: &World) {
    let token = world.own.token(Scope::Listen);
    let origin = [("origin", "https://elsewhere.example")];
    let answer = world.send("GET", "/me", Some(token), &origin, None).await;
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let asked = [("origin", "https://elsewhere.example"), ("access-control-request-method", "POST")];
    let before = world.send("OPTIONS", "/feeds", None, &asked, None).await;
    for headers in [&answer.headers, &before.headers] {
        assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
    }
}
