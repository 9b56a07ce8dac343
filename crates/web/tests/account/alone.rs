//! A service without signing in, for whoever is at its machine.

use crate::browser::{Browser, World, on_both};
use store::listeners::Role;

on_both!(only_whoever_is_at_the_machine_is_its_listener);

async fn only_whoever_is_at_the_machine_is_its_listener(world: &World) {
    let id = world.add(1, "me@localhost", Role::Operator).await;
    let router = world.with(|parts| {
        parts.settings.alone = Some(id);
        parts.public_url = "http://127.0.0.1:8080/".parse().unwrap();
    });
    let here = || Browser::of(router.clone()).from("127.0.0.1");
    let status = async |browser: Browser, headers: &[(&str, &str)]| {
        browser.send("GET", "/account/session", headers, None).await.status
    };
    assert_eq!(status(here(), &[("host", "localhost:8080")]).await, 200);
    assert_eq!(status(here(), &[("host", "127.0.0.1:8080")]).await, 200);
    // A name of somebody else's that points here.
    assert_eq!(status(here(), &[("host", "evil.example:8080")]).await, 401);
    assert_eq!(status(here().from("192.0.2.7"), &[("host", "localhost:8080")]).await, 401);
    for header in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"] {
        assert_eq!(status(here(), &[("host", "localhost"), (header, "x")]).await, 401, "{header}");
    }
    let page = [("host", "localhost:8080"), ("sec-fetch-site", "cross-site")];
    let posted = here().send("POST", "/account/sessions/end-others", &page, None).await;
    assert_eq!(posted.problem(), (403, "cross-site".into()));
    let usual = world.browser().from("127.0.0.1");
    assert_eq!(status(usual, &[("host", "localhost")]).await, 401, "only where it is wished for");
}
