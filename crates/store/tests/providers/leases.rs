//! Reservations of processes that are gone, and answers that come twice.

use crate::harness::{
    LEASE, NOW, Nodes, PROVIDER, SECOND, begin, characters, draw, end, key, line, on_both, priced, reserve,
    standing, why,
};
use domain::provider::{Answer, Period, Settings, Why};
use queue::JobId;
use store::ledger::{Ask, EntryState, Settlement};

on_both!(
    settling_twice_counts_once,
    what_is_not_settled_in_time_counts_as_spent_and_frees_its_place,
    a_call_that_goes_on_is_kept_alive_and_one_that_lapsed_is_not_revived,
    a_call_not_made_leaves_no_trace,
    the_ledger_says_what_was_paid_and_forgets_in_time,
);

const ANSWERED: Answer = Answer::Answered(None);

fn one_at_a_time() -> Settings {
    priced(Settings { parallel: 1, daily_budget_micro_usd: 2_000, ..Settings::default() })
}

async fn settling_twice_counts_once(nodes: Nodes) {
    nodes.configure(priced(Settings { parallel: 3, ..Settings::default() })).await;
    let call = begin(&nodes.one, 0, NOW).await;
    begin(&nodes.one, 0, NOW).await;
    let twice = [Settlement { id: call, answer: ANSWERED }; 2];
    let drawn = nodes.one.draw_calls(&draw(&twice, &[], NOW)).await.unwrap();
    assert_eq!((drawn.settled[0].unwrap().micro_usd, drawn.settled[1]), (1_000, None));
    assert_eq!(end(&nodes.two, call, Answer::Failed, NOW).await, None);
    let row = standing(&nodes.two, NOW).await;
    assert_eq!((row.standing.open, row.standing.spent_day_micro_usd), (1, 2_000));
}

async fn what_is_not_settled_in_time_counts_as_spent_and_frees_its_place(nodes: Nodes) {
    nodes.configure(one_at_a_time()).await;
    let gone = begin(&nodes.one, 0, NOW).await;
    assert_eq!(why(&nodes.two, 0, NOW + LEASE - 1).await, Why::Parallel);
    let next = begin(&nodes.two, 0, NOW + LEASE).await;
    assert_eq!(standing(&nodes.two, NOW + LEASE).await.standing.spent_day_micro_usd, 2_000);
    // The process was only frozen: what it says now changes nothing.
    assert_eq!(end(&nodes.one, gone, Answer::Failed, NOW + LEASE + SECOND).await, None);
    end(&nodes.two, next, ANSWERED, NOW + LEASE + SECOND).await;
    assert_eq!(why(&nodes.two, 0, NOW + LEASE + SECOND).await, Why::Budget(Period::Day));
}

async fn a_call_that_goes_on_is_kept_alive_and_one_that_lapsed_is_not_revived(nodes: Nodes) {
    nodes.configure(one_at_a_time()).await;
    let long = begin(&nodes.one, 0, NOW).await;
    let (half, end_of_lease) = (NOW + LEASE / 2, NOW + LEASE / 2 + LEASE);
    assert_eq!(nodes.one.keep_calls(PROVIDER, "node", end_of_lease, half).await.unwrap(), 1);
    assert_eq!(nodes.one.keep_calls(PROVIDER, "another", end_of_lease + LEASE, half).await.unwrap(), 0);
    assert_eq!(why(&nodes.two, 0, NOW + LEASE).await, Why::Parallel);
    let kept = nodes.one.keep_calls(PROVIDER, "node", end_of_lease + LEASE, end_of_lease).await;
    assert_eq!(kept.unwrap(), 0, "too late");
    assert_eq!(nodes.two.lapse_calls(PROVIDER, end_of_lease).await.unwrap(), 1);
    assert_eq!(nodes.two.lapse_calls(PROVIDER, end_of_lease).await.unwrap(), 0);
    assert_eq!(end(&nodes.one, long, ANSWERED, end_of_lease).await, None);
    assert_eq!(standing(&nodes.one, end_of_lease).await.standing.open, 0);
}

async fn a_call_not_made_leaves_no_trace(nodes: Nodes) {
    nodes.configure(priced(Settings { requests_per_minute: 1, ..Settings::default() })).await;
    let ask = Ask { artifact: Some(key("a")), ..line(0) };
    reserve(&nodes.one, &ask, NOW).await.unwrap();
    end(&nodes.one, ask.id, Answer::Unused, NOW).await;
    assert_eq!(nodes.two.calls_for(key("a")).await.unwrap(), []);
    let row = standing(&nodes.two, NOW).await;
    assert_eq!((row.standing.open, row.standing.spent_month_micro_usd), (0, 0));
    begin(&nodes.two, 0, NOW).await;
}

async fn the_ledger_says_what_was_paid_and_forgets_in_time(nodes: Nodes) {
    nodes.configure(priced(Settings::default())).await;
    let asks = [7, 8, 9].map(|job| Ask { artifact: Some(key("a")), job: Some(JobId(job)), ..line(3) });
    for (seconds, ask) in (0..).zip(&asks) {
        reserve(&nodes.one, ask, NOW + seconds * SECOND).await.unwrap();
    }
    end(&nodes.one, asks[0].id, Answer::Answered(Some(characters(70))), NOW + 9 * SECOND).await;
    nodes.two.lapse_calls(PROVIDER, NOW + LEASE + SECOND).await.unwrap();
    let calls = nodes.two.calls_for(key("a")).await.unwrap();
    let told: Vec<_> =
        calls.iter().map(|call| (call.id, call.state.clone(), call.units, call.cost_micro_usd)).collect();
    assert_eq!(
        told,
        [
            (asks[0].id, EntryState::Settled("answered".into()), Some(70), Some(700)),
            (asks[1].id, EntryState::Lapsed, Some(100), Some(1_000)),
            (asks[2].id, EntryState::Reserved, None, None),
        ]
    );
    assert_eq!((calls[2].job, calls[2].lane.0, calls[2].estimated_micro_usd), (Some(JobId(9)), 3, 1_000));
    let later = NOW + 2 * LEASE;
    assert_eq!(nodes.one.prune_calls(PROVIDER, later, 1).await.unwrap(), 1);
    assert_eq!(nodes.one.prune_calls(PROVIDER, later, 10).await.unwrap(), 1);
    assert_eq!(nodes.one.calls_for(key("a")).await.unwrap().len(), 1, "what is under way stays");
}
