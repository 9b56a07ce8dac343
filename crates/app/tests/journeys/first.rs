//! The first page a stranger sees, and the frame around all of them.

use crate::{
    browser::{Browser, DESK, PHONE},
    world::{Eyes, World},
};
use domain::Language;

#[tokio::test]
async fn a_stranger_reads_what_this_is_and_hears_it() {
    let world = World::empty(Language::Ja, Eyes::Stranger).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/").await;
        browser.sees("ready when you wake up").await;
        browser.click("mimi-sample [data-play]").await;
        browser.holds("document.querySelector('mimi-sample').audio?.currentTime > 0.2").await;
        browser.click("a[hreflang=ja]").await;
        browser.sees("目覚めるころには").await;
        browser.click("a[href='/sign-in']").await;
        browser.sees("おかえりなさい").await;
    })
    .await;
}

#[tokio::test]
async fn today_tells_what_is_ready_and_what_is_in_the_making() {
    let world = World::lived_in(Language::Ja, Eyes::Listener).await;
    Browser::run(&world.base, PHONE, async |browser| {
        browser.go("/").await;
        browser.sees("花子さん、おはようございます").await;
        browser.sees("できました").await;
        browser.sees("準備中（6本中0本）").await;
        browser.go("/nowhere").await;
        browser.sees("ここには何もありません").await;
    })
    .await;
}
