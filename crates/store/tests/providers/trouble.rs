//! Providers that slow down, break, or are switched off: every node knows.

use crate::harness::{
    LEASE, NOW, Nodes, PROVIDER, SECOND, begin, draw, end, line, on_both, refused, reserve, standing, why,
};
use domain::provider::{Answer, BreakerState, Refusal, Settings, Why};

on_both!(
    the_switch_refuses_at_once_everywhere_and_is_audited,
    a_429_is_obeyed_by_every_node_with_and_without_a_wait,
    a_broken_provider_is_left_alone_by_all_until_the_least_urgent_has_probed,
    a_probe_that_fails_makes_the_next_pause_longer,
    a_probe_whose_process_is_gone_is_made_again,
);

async fn the_switch_refuses_at_once_everywhere_and_is_audited(nodes: Nodes) {
    nodes.configure(Settings::default()).await;
    let call = begin(&nodes.one, 0, NOW).await;
    assert!(nodes.one.switch_provider(PROVIDER, Some("invoice"), "ann", NOW).await.unwrap());
    assert_eq!(refused(&nodes.two, 0, NOW).await, Refusal { why: Why::Killed, until: None });
    assert_eq!(standing(&nodes.two, NOW).await.killed.as_deref(), Some("invoice"));
    assert!(end(&nodes.one, call, Answer::Answered(None), NOW).await.is_some(), "what runs may end");
    nodes.configure(Settings { parallel: 9, ..Settings::default() }).await;
    assert_eq!(why(&nodes.two, 0, NOW).await, Why::Killed, "configuration does not switch it on");
    assert!(nodes.two.switch_provider(PROVIDER, None, "bob", NOW + 1).await.unwrap());
    begin(&nodes.one, 0, NOW).await;
    assert!(!nodes.one.switch_provider("nobody", None, "bob", NOW).await.unwrap());
    let done: Vec<_> =
        nodes.one.audited(10).await.unwrap().into_iter().map(|one| (one.actor, one.action)).collect();
    let told = |actor: &str, action: &str| (actor.to_owned(), action.to_owned());
    assert_eq!(done, [told("bob", "provider.on"), told("ann", "provider.off")]);
}

async fn a_429_is_obeyed_by_every_node_with_and_without_a_wait(nodes: Nodes) {
    nodes.configure(Settings { parallel: 8, ..Settings::default() }).await;
    let mut calls = Vec::new();
    for _ in 0..8 {
        calls.push(begin(&nodes.one, 0, NOW).await);
    }
    end(&nodes.one, calls[0], Answer::Throttled { retry_after: None }, NOW + SECOND).await;
    let paused = Refusal { why: Why::Paused, until: Some(NOW + 2 * SECOND) };
    assert_eq!(refused(&nodes.two, 0, NOW + SECOND).await, paused);
    assert_eq!(standing(&nodes.two, NOW + SECOND).await.standing.parallel, 4);
    // The others were under way together with it: no second shrinking, but a wait that is named holds.
    let told = Answer::Throttled { retry_after: Some(30 * SECOND) };
    end(&nodes.one, calls[1], told, NOW + SECOND).await;
    let row = standing(&nodes.two, NOW + SECOND).await;
    assert_eq!((row.standing.parallel, row.standing.paused_until), (4, Some(NOW + 31 * SECOND)));
    assert_eq!(why(&nodes.two, 0, NOW + 30 * SECOND).await, Why::Paused);
    assert_eq!(why(&nodes.two, 0, NOW + 31 * SECOND).await, Why::Parallel, "six are still under way");
    for call in calls.drain(2..) {
        end(&nodes.one, call, Answer::Answered(None), NOW + 31 * SECOND).await;
    }
    let row = standing(&nodes.two, NOW + 31 * SECOND).await;
    assert!((5..8).contains(&row.standing.parallel), "it grows back: {}", row.standing.parallel);
}

/// Fails until the breaker opens; when a probe may be made.
async fn break_it(nodes: &Nodes) -> i64 {
    nodes.configure(Settings::default()).await;
    for n in 0..5 {
        let store = if n % 2 == 0 { &nodes.one } else { &nodes.two };
        let call = begin(store, 0, NOW).await;
        let answer = if n < 3 { Answer::Failed } else { Answer::Lost };
        end(store, call, answer, NOW).await;
    }
    assert_eq!(standing(&nodes.one, NOW).await.standing.breaker, BreakerState::Open);
    NOW + 10 * SECOND
}

async fn a_broken_provider_is_left_alone_by_all_until_the_least_urgent_has_probed(nodes: Nodes) {
    let probe_at = break_it(&nodes).await;
    for store in [&nodes.one, &nodes.two] {
        assert_eq!(refused(store, 2, NOW).await, Refusal { why: Why::Broken, until: Some(probe_at) });
    }
    assert_eq!(why(&nodes.one, 0, probe_at).await, Why::Broken, "lane 2 goes first");
    let asks = [line(0), line(2), line(2)];
    let drawn = nodes.two.draw_calls(&draw(&[], &asks, probe_at)).await.unwrap();
    let probes = drawn.asks.iter().filter(|ask| ask.is_ok()).count();
    assert!(probes == 1 && drawn.asks[0].is_err(), "{drawn:?}");
    assert_eq!(why(&nodes.one, 2, probe_at + SECOND).await, Why::Broken, "one probe at a time");
    let probe = if drawn.asks[1].is_ok() { &asks[1] } else { &asks[2] };
    end(&nodes.two, probe.id, Answer::Answered(None), probe_at + 2 * SECOND).await;
    begin(&nodes.one, 0, probe_at + 2 * SECOND).await;
    assert_eq!(standing(&nodes.one, probe_at + 2 * SECOND).await.standing.breaker, BreakerState::Closed);
}

async fn a_probe_that_fails_makes_the_next_pause_longer(nodes: Nodes) {
    let probe_at = break_it(&nodes).await;
    let probe = begin(&nodes.one, 1, probe_at).await;
    end(&nodes.one, probe, Answer::Failed, probe_at).await;
    let next = Refusal { why: Why::Broken, until: Some(probe_at + 20 * SECOND) };
    assert_eq!(refused(&nodes.two, 1, probe_at).await, next);
}

async fn a_probe_whose_process_is_gone_is_made_again(nodes: Nodes) {
    let probe_at = break_it(&nodes).await;
    begin(&nodes.one, 1, probe_at).await;
    assert!(reserve(&nodes.two, &line(1), probe_at + LEASE - 1).await.is_err());
    begin(&nodes.two, 1, probe_at + LEASE).await;
}
