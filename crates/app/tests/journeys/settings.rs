//! Wishes: schedules in other zones, filters, addresses for podcast apps, both languages, and forms that are refused.

use crate::{
    browser::{Browser, DESK, PHONE},
    world::{Eyes, NOW, World},
};
use domain::{Language, link::Purpose, token::Ticket};
use fantoccini::key::Key;
use store::links::NewLink;

#[tokio::test]
async fn a_schedule_in_another_zone_over_the_night_when_clocks_change() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go(&format!("/feeds/{}", world.feed)).await;
        browser.sees("Clock of Tokyo (UTC+9 now)").await;
        browser.fill("#zone", "berl").await;
        browser.sees("Europe/Berlin · UTC+1").await;
        browser.press(Key::Enter).await;
        browser.holds("document.querySelector('#zone').value === 'Europe/Berlin'").await;
        let time = "const time = document.querySelector('#ready_by'); time.value = '02:30'; time.dispatchEvent(new Event('change', { bubbles: true }));";
        browser.eval(time).await;
        browser.sees("Clocks skip 02:30 that day").await;
        browser.click("form[action$='/schedule'] button.main").await;
        browser.sees("Your next programs follow it").await;
    })
    .await;
    let schedule = world.store.feed(world.feed).await.unwrap().unwrap().schedule;
    assert_eq!(
        (schedule.zone.iana_name(), schedule.ready_by.to_string().as_str()),
        ("Europe/Berlin", "02:30")
    );
}

#[tokio::test]
async fn a_filter_is_tried_before_it_is_kept() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go(&format!("/feeds/{}/filter", world.feed)).await;
        browser.sees("4 of 8 pass.").await;
        browser.click("button[value='add:r']").await;
        browser.find("select[name='r.0.kind']").await;
        browser.choose("r.0.kind", "tag").await;
        browser.fill("input[name='r.0.value']", "design").await;
        browser.click("button.button[value='test']").await;
        browser.sees("1 of 8 pass.").await;
        browser.sees("Filtered out").await;
        // Half a condition can be tried, and not kept; what was typed is there.
        browser.click("button[value='group:r']").await;
        browser.find("input[name='r.1.0.value']").await;
        browser.click("button[value='save']").await;
        browser.sees("Fill in or remove what is empty").await;
        browser.holds("document.querySelector(\"input[name='r.0.value']\").value === 'design'").await;
        browser.holds("document.querySelector(\"input[name='r.1.0.value']\").getAttribute('aria-invalid') === 'true'").await;
        browser.click("button[value='remove:r.1']").await;
        browser.holds("document.querySelector(\"input[name='r.1.0.value']\") === null").await;
        browser.click("button[value='save']").await;
        browser.sees("Saved.").await;
    })
    .await;
    let filter = world.store.feed(world.feed).await.unwrap().unwrap().filter;
    assert_eq!(serde_json::to_string(&filter).unwrap(), r#"{"all":[{"tag":"design"}]}"#);
}

#[tokio::test]
async fn an_address_for_podcasts_is_replaced() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go(&format!("/feeds/{}/podcast", world.feed)).await;
        let address = async || browser.eval("return document.querySelector('.podcast input').value").await;
        let status = "const done = arguments[1]; fetch(arguments[0]).then((answer) => done(answer.status));";
        browser.find(".podcast .qr path").await;
        let before = address().await;
        assert_eq!(browser.wait_for(status, vec![before.clone()]).await, 200);
        browser.click(".podcast summary").await;
        browser.click(".podcast form[action$='/rotate'] button").await;
        browser.sees("The old one no longer works").await;
        let after = address().await;
        assert_ne!(before, after);
        assert_eq!(browser.wait_for(status, vec![before]).await, 404);
        assert_eq!(browser.wait_for(status, vec![after]).await, 200);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_stands_in_the_form_as_it_was_typed() {
    let world = World::lived_in(Language::Ja, Eyes::Listener).await;
    Browser::run(&world.base, PHONE, async |browser| {
        browser.go(&format!("/feeds/{}/sound", world.feed)).await;
        browser.eval("document.querySelector('form[action$=\"/sound\"]').noValidate = true").await;
        browser.fill("#name", "夜のラジオ").await;
        browser.fill("#minutes", "500").await;
        browser.click("form[action$='/sound'] button.main").await;
        browser.sees("1から120までの数を入力してください").await;
        browser.holds("document.querySelector('#name').value === '夜のラジオ' && document.querySelector('#minutes').value === '500'").await;
        browser.holds("document.activeElement.id === 'minutes'").await;
        browser.go("/start").await;
        browser.fill("#address", "http://127.0.0.1/private").await;
        browser.press(Key::Enter).await;
        browser.sees("このアドレスは読み取れません").await;
        browser.holds("document.querySelector('#address').value === 'http://127.0.0.1/private'").await;
    })
    .await;
    assert_eq!(world.store.feed(world.feed).await.unwrap().unwrap().minutes, 10);
}

#[tokio::test]
async fn the_language_is_the_listeners() {
    let world = World::lived_in(Language::Ja, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/settings").await;
        browser.sees("画面の言語です").await;
        browser.click("input[name=language][value=en]").await;
        browser.click("form[action='/settings'] button.main").await;
        browser.sees("Of these pages").await;
        browser.holds("document.documentElement.lang === 'en'").await;
        browser.click("input[name=look][value=dark]").await;
        browser.click("form[action='/settings/look'] button").await;
        browser.holds("getComputedStyle(document.body).backgroundColor === 'rgb(20, 22, 31)'").await;
    })
    .await;
}

#[tokio::test]
async fn whoever_was_given_a_link_sets_up_and_comes_in_again() {
    let world = World::lived_in(Language::En, Eyes::Stranger).await;
    let ticket = Ticket::new([1, 2, 3, 4]);
    let link = NewLink {
        hash: ticket.hash(),
        purpose: Purpose::SetUp,
        listener: Some(world.listener),
        email_key: None,
    };
    let mut tx = world.store.begin().await.unwrap();
    tx.add_link(&link, NOW).await.unwrap();
    tx.commit().await.unwrap();
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/feeds").await;
        browser.sees("Good to see you").await;
        browser.go(&format!("/account/set-up?token={}", ticket.reveal())).await;
        browser.fill("#password", "password").await;
        browser.press(Key::Enter).await;
        browser.find("#password[aria-invalid=true]").await;
        browser.fill("#password", "a calm morning in the harbour").await;
        browser.press(Key::Enter).await;
        browser.sees("Good morning, Hanako").await;
        browser.go("/settings/devices").await;
        browser.sees("This device").await;
        browser.click("form[action='/sign-out'] button").await;
        browser.sees("You are signed out").await;
        browser.fill("#email", "hanako@example.org").await;
        browser.fill("#password", "something else").await;
        browser.press(Key::Enter).await;
        browser.sees("do not go together").await;
        browser.holds("document.querySelector('#email').value === 'hanako@example.org'").await;
        browser.fill("#password", "a calm morning in the harbour").await;
        browser.press(Key::Enter).await;
        browser.sees("Good morning, Hanako").await;
    })
    .await;
}
