//! Hearing: from an address of a feed to a played program, with the player on every page, by keyboard, and without a
//! network.

use crate::{
    browser::{Browser, DESK, PHONE},
    house::House,
    world::{Eyes, World},
};
use axum::{Router, http::header, response::IntoResponse, routing::get};
use domain::Language;
use fantoccini::key::Key;
use std::time::Duration;

const FEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>tag:quiet,2026:en</id><title>Quiet News</title>
<updated>2026-11-29T19:00:00Z</updated><entry><id>a</id><title>A calm morning in the harbour</title>
<link rel="alternate" href="https://example.org/harbour"/><updated>2026-11-29T19:00:00Z</updated>
<content type="html">&lt;p&gt;The boats came home early today, and the market opened an hour before its time. Nobody
complained. The bakers were ready, the coffee was hot, and the first visitors sat in the sun. By noon everything had
been sold, and the harbour was quiet again. The mayor said that it was the best morning of the year, and that she hoped
for many more of this kind. The fishermen agreed, mended their nets and went to sleep. In the evening a small boat with
a red sail came in from the north with letters from the islands. They were read aloud in the square until it was dark,
and the children were allowed to stay up.&lt;/p&gt;</content></entry></feed>"#;

/// Somebody's site, with a feed.
async fn site() -> String {
    let feed = || async { ([(header::CONTENT_TYPE, "application/atom+xml")], FEED).into_response() };
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/feed.xml", socket.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(socket, Router::new().route("/feed.xml", get(feed))).await });
    address
}

#[tokio::test]
async fn from_an_address_to_a_played_program() {
    let (feed, house) = (site().await, House::open());
    Browser::run(&house.base, DESK, async |browser| {
        browser.go("/").await;
        browser.sees("ready when you wake up").await;
        browser.click("a[href='/start']").await;
        browser.fill("#address", &feed).await;
        browser.press(Key::Enter).await;
        browser.sees_within("A calm morning in the harbour", Duration::from_secs(60)).await;
        browser.sees("Quiet News").await;
        browser.click("a[href='/start/when']").await;
        browser.fill("#minutes", "1").await;
        browser.click("form[action='/start/when'] button.main").await;
        browser.sees("Your program is being made").await;
        browser.sees_within("Ready", Duration::from_secs(150)).await;
        browser.click("[data-play-program]").await;
        browser.holds("document.querySelector('mimi-dock').audio.currentTime > 0.5").await;
        browser.eval("window.stillTheSame = true").await;
        browser.click("nav a[href='/feeds']").await;
        browser.sees("My morning program").await;
        let at = browser
            .eval("return document.querySelector('mimi-dock').audio.currentTime")
            .await
            .as_f64()
            .unwrap();
        browser.holds(&format!("document.querySelector('mimi-dock').audio.currentTime > {at} + 0.3")).await;
        browser
            .holds("window.stillTheSame === true && !document.querySelector('mimi-dock').audio.paused")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_program_is_heard_read_and_judged() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go(&format!("/programs/{}", world.program)).await;
        browser.click("[data-do=toggle]").await;
        browser.holds("document.querySelector('mimi-dock').at > 300").await;
        // A chapter leads there, and what is said is marked.
        browser.click(".transcript section:nth-of-type(3) [data-seek]").await;
        browser.holds("document.querySelector('mimi-dock').at >= 4600").await;
        browser.holds("document.querySelector('[data-now-said]') !== null").await;
        browser.click("[data-do=toggle]").await;
        browser.eval("document.querySelector('[data-speed]').value = '1.5'; document.querySelector('[data-speed]').dispatchEvent(new Event('change'))").await;
        browser.holds("document.querySelector('mimi-dock').audio.playbackRate === 1.5").await;
        // The place is kept where another device finds it, and the speed on this one.
        browser.eval("document.querySelector('mimi-dock').save()").await;
        let place = "const done = arguments[0]; const look = () => fetch(document.querySelector('mimi-player').dataset.program).then((r) => r.json()).then((p) => p.position > 4000 ? done(p.position) : setTimeout(look, 100)); look();";
        assert!(browser.wait_for(place, Vec::new()).await.as_u64().unwrap() > 4_000);
        browser.go(&format!("/programs/{}", world.program)).await;
        browser.holds("document.querySelector('[data-speed]').value === '1.5'").await;
        browser.click(".told li:first-child button[value=up]").await;
        browser.sees("It counts from the next program on").await;
        browser.holds("document.querySelector('.told li:first-child button[aria-pressed=true]') !== null").await;
        let tastes = world.store.tastes(&[world.listener]).await.unwrap();
        assert_eq!(tastes.len(), 1);
        browser.fill("#surface", "Postgres").await;
        browser.fill("#reading", "post gress").await;
        browser.press(Key::Enter).await;
        browser.sees("It is said so from the next program on").await;
        let readings = world.store.readings(world.listener).await.unwrap();
        assert_eq!((readings[0].surface.as_str(), readings[0].reading.as_str()), ("Postgres", "post gress"));
    })
    .await;
}

#[tokio::test]
async fn all_of_it_by_keyboard() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/").await;
        browser.press(Key::Tab).await;
        browser.holds("document.activeElement.classList.contains('unseen')").await;
        browser.press(Key::Enter).await;
        browser.holds("location.hash === '#main'").await;
        for _ in 0..12 {
            if browser.eval("return document.activeElement.hasAttribute('data-play-program')").await == true {
                break;
            }
            browser.press(Key::Tab).await;
        }
        browser.press(Key::Enter).await;
        browser.holds("document.querySelector('mimi-dock').audio?.currentTime > 0.2").await;
        browser.type_into("main", "k").await;
        browser.holds("document.querySelector('mimi-dock').audio.paused").await;
        browser.type_into("main", "n").await;
        browser.holds("document.querySelector('mimi-dock').chapter() >= 1").await;
        browser.type_into("main", "p").await;
        browser.holds("document.querySelector('mimi-dock').chapter() === 0").await;
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_is_there_without_a_network() {
    let mut world = World::lived_in(Language::Ja, Eyes::Listener).await;
    let (base, program, serving) = (world.base.clone(), world.program, world.serving.take().unwrap());
    Browser::run(&base, PHONE, async |browser| {
        browser.go(&format!("/programs/{program}")).await;
        let ready = "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";
        browser.wait_for(ready, Vec::new()).await;
        browser.holds("navigator.serviceWorker.controller !== null").await;
        browser.click("[data-keep]").await;
        browser.sees("この端末に保存しました").await;
        serving.abort();
        // What was open stays open until it is asked again.
        browser.holds("true").await;
        browser.go("/feeds").await;
        browser.sees("ネットワークにつながっていません").await;
        browser.click("mimi-kept a").await;
        browser.sees("文字起こし").await;
        browser.click("[data-do=toggle]").await;
        browser.holds("document.querySelector('mimi-dock').audio.currentTime > 0.3").await;
    })
    .await;
}
