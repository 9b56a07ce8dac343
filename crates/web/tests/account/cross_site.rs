//! What other sites' pages let a browser send.

use crate::browser::{HANAKO, PASSWORD, World, on_both};
use serde_json::json;

on_both!(only_our_own_pages_post);

const SITES: [&str; 5] = ["same-origin", "none", "same-site", "cross-site", "nonsense"];
const MODES: [&str; 5] = ["navigate", "cors", "no-cors", "same-origin", "websocket"];
const DESTINATIONS: [&str; 4] = ["document", "empty", "iframe", "image"];

async fn only_our_own_pages_post(world: &World) {
    world.hanako().await;
    let browser = world.signed_in(HANAKO, PASSWORD).await;
    let session = browser.get("/account/session").await.json()["session"].as_str().unwrap().to_owned();
    let end = format!("/account/sessions/{session}");
    // Only a refusal for its site is that problem: what is let through ends nothing here.
    let foreign = "/account/sessions/0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27";
    for site in SITES {
        for mode in MODES {
            for destination in DESTINATIONS {
                let headers =
                    [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)];
                let shown = browser.send("GET", "/account/session", &headers, None).await;
                assert_eq!(shown.status, 200, "looking changes nothing: {headers:?}");
                let expected = if matches!(site, "same-origin" | "none") {
                    (404, "not-found".to_owned())
                } else {
                    (403, "cross-site".to_owned())
                };
                let ended = browser.send("DELETE", foreign, &headers, None).await;
                assert_eq!(ended.problem(), expected, "{headers:?}");
                let posted = browser.send("POST", &format!("{foreign}/end"), &headers, None).await;
                assert_eq!(posted.problem(), expected, "{headers:?}");
            }
        }
    }
    // Browsers without fetch metadata say where a post comes from; programs say neither.
    for (origin, may) in [
        ("", true),
        ("https://radio.example", true),
        ("https://evil.example", false),
        ("https://radio.example.evil.example", false),
        ("https://sub.radio.example", false),
        ("null", false),
    ] {
        let headers = [("sec-fetch-site", ""), ("origin", origin)];
        let answer = browser.send("DELETE", foreign, &headers, None).await;
        assert_eq!(answer.status == 404, may, "{origin}: {answer:?}");
    }
    // Signing in by another's page would make its visitor somebody else.
    let headers = [("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")];
    let body = "email=a%40e.org&password=x".to_owned();
    let answer = world.browser().send("POST", "/account/sign-in", &headers, Some(body)).await;
    assert_eq!(answer.problem(), (403, "cross-site".into()));
    assert_eq!(browser.send("DELETE", &end, &[], None).await.status, 204);
    let allowed = browser.post("/account/sign-in", json!({"email": HANAKO, "password": PASSWORD})).await;
    assert!(!allowed.headers.contains_key("access-control-allow-origin"));
}
