//! Two nodes together never do more than one may.

use crate::harness::{
    LEASE, NOW, Nodes, PROVIDER, SECOND, begin, characters, draw, end, line, on_both, priced, reserve,
    standing,
};
use domain::provider::{Answer, Settings, Why};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use store::{Store, StoreError, ledger::Settlement};

on_both!(
    never_more_calls_at_the_same_time_nor_more_money_than_configured,
    the_rate_is_shared,
    a_draw_serves_the_most_urgent_first_and_settles_before_it_reserves,
    settings_change_and_what_is_used_stays,
    a_provider_that_nobody_configured_is_an_error,
);

const PARALLEL: u32 = 5;
const BUDGET: u64 = 60_000;

async fn never_more_calls_at_the_same_time_nor_more_money_than_configured(nodes: Nodes) {
    let settings = Settings { parallel: PARALLEL, daily_budget_micro_usd: BUDGET, ..Settings::default() };
    nodes.configure(priced(settings)).await;
    let under_way = Arc::new(AtomicU32::new(0));
    let callers: Vec<_> = (0..24)
        .map(|n| {
            let store = if n % 2 == 0 { &nodes.one } else { &nodes.two };
            tokio::spawn(call_again_and_again(store.clone(), Arc::clone(&under_way)))
        })
        .collect();
    let mut answered = 0;
    for caller in callers {
        answered += caller.await.unwrap();
    }
    assert_eq!(answered, BUDGET / 1_000, "all of the budget is used, and no more");
    let row = standing(&nodes.two, NOW).await;
    assert_eq!((row.standing.open, row.standing.spent_day_micro_usd), (0, BUDGET));
}

/// Until the budget is spent; how many calls were answered.
async fn call_again_and_again(store: Store, under_way: Arc<AtomicU32>) -> u64 {
    let mut answered = 0;
    loop {
        let ask = line(0);
        match reserve(&store, &ask, NOW).await {
            Err(refusal) if refusal.why == Why::Parallel => tokio::task::yield_now().await,
            Err(refusal) => {
                assert!(matches!(refusal.why, Why::Budget(_)), "{refusal:?}");
                return answered;
            }
            Ok(booked) => {
                assert_eq!(booked.micro_usd, 1_000);
                let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                assert!(now <= PARALLEL, "{now} calls at the same time");
                tokio::task::yield_now().await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                assert!(end(&store, ask.id, Answer::Answered(Some(characters(100))), NOW).await.is_some());
                answered += 1;
            }
        }
    }
}

async fn the_rate_is_shared(nodes: Nodes) {
    nodes.configure(Settings { requests_per_minute: 60, ..Settings::default() }).await;
    let mut made = 0;
    for tenth in 0..600 {
        let store = if tenth % 2 == 0 { &nodes.one } else { &nodes.two };
        let ask = line(0);
        let now = NOW + tenth * SECOND / 10;
        match reserve(store, &ask, now).await {
            Ok(_) => made += u32::from(end(store, ask.id, Answer::Answered(None), now).await.is_some()),
            Err(refusal) => assert!(refusal.why == Why::Rate && refusal.until > Some(now), "{refusal:?}"),
        }
    }
    assert!((50..=60).contains(&made), "{made}");
}

async fn a_draw_serves_the_most_urgent_first_and_settles_before_it_reserves(nodes: Nodes) {
    nodes.configure(Settings { parallel: 2, ..Settings::default() }).await;
    let (first, second) = (begin(&nodes.one, 1, NOW).await, begin(&nodes.one, 1, NOW).await);
    let ended = [first, second].map(|id| Settlement { id, answer: Answer::Answered(None) });
    let asks = [line(2), line(1), line(0)];
    let drawn = nodes.one.draw_calls(&draw(&ended, &asks, NOW)).await.unwrap();
    assert!(drawn.settled.iter().all(Option::is_some));
    let served: Vec<bool> = drawn.asks.iter().map(Result::is_ok).collect();
    assert_eq!(served, [false, true, true]);
}

async fn settings_change_and_what_is_used_stays(nodes: Nodes) {
    nodes.configure(priced(Settings::default())).await;
    begin(&nodes.one, 0, NOW).await;
    let settings = priced(Settings { daily_budget_micro_usd: 1_500, parallel: 1, ..Settings::default() });
    nodes.two.configure_provider(PROVIDER, &settings).await.unwrap();
    let row = standing(&nodes.one, NOW).await;
    assert_eq!(row.settings, settings);
    assert_eq!((row.standing.open, row.standing.parallel, row.standing.spent_day_micro_usd), (1, 1, 1_000));
    let later = NOW + LEASE;
    assert!(matches!(reserve(&nodes.one, &line(0), later).await.unwrap_err().why, Why::Budget(_)));
}

async fn a_provider_that_nobody_configured_is_an_error(nodes: Nodes) {
    let asks = [line(0)];
    let error = nodes.one.draw_calls(&draw(&[], &asks, NOW)).await.unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent { table: "providers", .. }), "{error}");
}
