//! An operator's night: a dead letter has another chance, and a provider is switched off.

use crate::{
    browser::{Browser, DESK},
    world::{Eyes, NOW, World},
};
use domain::Language;
use queue::JobStore;

#[tokio::test]
async fn a_dead_letter_is_redriven() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/operate").await;
        browser.click("a[href='/operate/dead']").await;
        browser.sees("no such voice").await;
        browser.click("main table a").await;
        browser.sees("1 of them can be run again now.").await;
        browser.click("form[action$='/discard'] button").await;
        browser.sees("Discarded. You can undo it here.").await;
        browser.click("form[action$='/restore'] button").await;
        browser.sees("They are dead letters again.").await;
        browser.fill("#per_minute", "10").await;
        browser.click("form[action$='/redrive'] button.main").await;
        browser.sees("They are being run again.").await;
        browser.sees("No dead letters").await;
    })
    .await;
    let again = world.store.list_jobs(Some("narrate"), Some(queue::State::Available), 9).await.unwrap();
    assert_eq!(again.len(), 1);
    let done: Vec<String> = world.store.audited(9).await.unwrap().into_iter().map(|one| one.action).collect();
    assert_eq!(done, ["redrive", "restore", "discard"]);
}

#[tokio::test]
async fn a_provider_is_switched_off_and_on() {
    let world = World::lived_in(Language::Ja, Eyes::Listener).await;
    let off = async || world.store.providers(NOW).await.unwrap().remove(0).killed;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/operate/providers").await;
        browser.click("main table a").await;
        browser.fill("#off", "請求額の確認").await;
        browser.click("form[action$='/off'] button").await;
        browser.sees("停止しました").await;
        browser.sees("請求額の確認").await;
        assert_eq!(off().await.as_deref(), Some("請求額の確認"));
        browser.click("form[action$='/on'] button").await;
        browser.sees("再開しました").await;
    })
    .await;
    assert_eq!(off().await, None);
}

/// One that failed for good.
pub async fn bury(store: &store::Store) {
    let job = queue::NewJob::new(queue::Kind::new("narrate"), r#"{"voice":"none"}"#, NOW);
    store.enqueue(&[job], queue::OnDuplicate::Keep, NOW).await.unwrap();
    let claim = queue::Claim {
        owner: "worker-1".into(),
        kinds: vec![queue::Kind::new("narrate")],
        offers: queue::Lanes::new([(queue::Lane(0), 1)]).offers(1),
        free: 1,
        now: NOW,
        lease_until: NOW + 30,
    };
    let job = store.claim(&claim).await.unwrap().remove(0);
    let outcome = queue::Outcome::Fail(queue::JobError::new(queue::Class::Permanent, "no such voice"));
    let policies = queue::Policies::SHIPPED;
    let circumstances =
        queue::Circumstances { policies: &policies, due_at: job.due_at, fraction: 0.5, now: NOW };
    let settlement = queue::Settlement {
        ticket: job.ticket,
        kind: job.kind.clone(),
        step: queue::lifecycle::finish(job.counts, &outcome, &circumstances),
        at: NOW,
        by: queue::store::SettledBy::Holder,
        spent: queue::Spent { units: 7, cost_micro_usd: 8_000 },
    };
    assert!(store.settle(&[settlement]).await.unwrap().is_empty());
}
