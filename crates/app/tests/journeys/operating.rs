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
        browser.fill("#reason", "the voice is gone").await;
        browser.click("button[value='discard']").await;
        browser.sees("Discarded. You can undo it here.").await;
        browser.click("button[value='restore']").await;
        browser.sees("They are dead letters again.").await;
        browser.fill("#reason", "the voice is back").await;
        browser.fill("#per_minute", "0").await;
        browser.click("input[name='job']").await;
        browser.click("input[value='chosen']").await;
        browser.eval("document.querySelector('#per_minute').removeAttribute('min')").await;
        browser.click("button[value='redrive']").await;
        browser.sees("1 or more").await;
        browser.fill("#per_minute", "10").await;
        browser.click("button[value='redrive']").await;
        browser.sees("They are being run again.").await;
        browser.sees("No dead letters").await;
    })
    .await;
    let again = world.store.list_jobs(Some("narrate"), Some(queue::State::Available), 9).await.unwrap();
    assert_eq!(again.len(), 1);
    let done: Vec<String> = world.store.audited(9).await.unwrap().into_iter().map(|one| one.action).collect();
    assert_eq!(done, ["redrive", "restore", "discard"]);
    let kept = world.store.audited(1).await.unwrap().remove(0).detail;
    assert!(kept.contains("the voice is back"), "{kept}");
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
        browser.fill("#day", "12.50").await;
        browser.click("button[value='set']").await;
        browser.sees("この予算が有効になりました").await;
        assert_eq!(off().await.as_deref(), Some("請求額の確認"));
        browser.click("form[action$='/on'] button").await;
        browser.sees("再開しました").await;
    })
    .await;
    assert_eq!(off().await, None);
    let budgets = world.store.providers(NOW).await.unwrap().remove(0).budgets;
    assert_eq!(budgets.daily_micro_usd, Some(12_500_000));
}

#[tokio::test]
async fn an_observer_looks_and_decides_nothing() {
    let world = World::lived_in(Language::En, Eyes::Observer).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/operate/dead").await;
        browser.click("main table a").await;
        browser.sees("1 of them can be run again now.").await;
        assert_eq!(browser.eval("return document.querySelectorAll('main form button').length").await, 0);
        // Whoever sends it all the same is refused.
        let send = "const done = arguments[arguments.length - 1];
            fetch(location.href, { method: 'POST', body: new URLSearchParams({ op: 'discard', reason: 'x' }) })
                .then((answer) => done(answer.status));";
        assert_eq!(browser.wait_for(send, Vec::new()).await, 403);
    })
    .await;
    assert_eq!(world.store.audited(9).await.unwrap(), []);
}

#[tokio::test]
async fn a_plan_is_given_to_whoever_is_found_by_their_address() {
    let world = World::lived_in(Language::En, Eyes::Listener).await;
    Browser::run(&world.base, DESK, async |browser| {
        browser.go("/operate/listeners").await;
        browser.fill("#who", "nobody@example.org").await;
        browser.click("form[action='/operate/listener'] button").await;
        browser.sees("Nobody has this address or ID.").await;
        browser.fill("#who", "hanako@example.org").await;
        browser.click("form[action='/operate/listener'] button").await;
        browser.sees("Morning engineering").await;
        browser.click("form[action$='/give'] button").await;
        browser.sees("The plan is given.").await;
    })
    .await;
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
