//! Money: periods and shares.

use crate::harness::{
    DAY, MIDNIGHT, NOW, Nodes, begin, characters, end, on_both, priced, refused, standing, why,
};
use domain::provider::{Answer, Period, Refusal, Settings, Why};
use std::collections::BTreeMap;

on_both!(
    a_new_day_and_a_new_month_bring_their_budget,
    a_lanes_share_is_kept_for_it_on_every_node,
    what_was_not_used_can_be_spent_again,
);

async fn a_new_day_and_a_new_month_bring_their_budget(nodes: Nodes) {
    nodes
        .configure(priced(Settings {
            daily_budget_micro_usd: 2_000,
            monthly_budget_micro_usd: 3_000,
            ..Settings::default()
        }))
        .await;
    begin(&nodes.one, 0, NOW).await;
    let late = begin(&nodes.two, 0, MIDNIGHT + DAY - 1).await;
    let tomorrow = MIDNIGHT + DAY;
    let day = Refusal { why: Why::Budget(Period::Day), until: Some(tomorrow) };
    assert_eq!(refused(&nodes.one, 0, tomorrow - 1).await, day);
    let row = standing(&nodes.one, tomorrow).await;
    assert_eq!((row.standing.spent_day_micro_usd, row.standing.spent_month_micro_usd), (0, 2_000));
    // Yesterday's call is settled today: the month gets its difference, the new day does not.
    end(&nodes.one, late, Answer::Answered(Some(characters(50))), tomorrow).await;
    begin(&nodes.two, 0, tomorrow).await;
    let row = standing(&nodes.one, tomorrow).await;
    assert_eq!((row.standing.spent_day_micro_usd, row.standing.spent_month_micro_usd), (1_000, 2_500));
    let december = MIDNIGHT + 6 * DAY;
    let month = Refusal { why: Why::Budget(Period::Month), until: Some(december) };
    assert_eq!(refused(&nodes.one, 0, tomorrow).await, month);
    assert_eq!(refused(&nodes.two, 0, december - 1).await, month);
    begin(&nodes.two, 0, december).await;
    let row = standing(&nodes.one, december).await;
    assert_eq!((row.standing.spent_day_micro_usd, row.standing.spent_month_micro_usd), (1_000, 1_000));
}

async fn a_lanes_share_is_kept_for_it_on_every_node(nodes: Nodes) {
    nodes
        .configure(priced(Settings {
            daily_budget_micro_usd: 10_000,
            reserved_percent: BTreeMap::from([(0, 30)]),
            ..Settings::default()
        }))
        .await;
    for _ in 0..7 {
        begin(&nodes.one, 2, NOW).await;
    }
    assert_eq!(why(&nodes.two, 1, NOW).await, Why::Budget(Period::Day));
    assert_eq!(why(&nodes.one, 2, NOW).await, Why::Budget(Period::Day));
    for _ in 0..3 {
        begin(&nodes.two, 0, NOW).await;
    }
    assert_eq!(why(&nodes.one, 0, NOW).await, Why::Budget(Period::Day));
}

async fn what_was_not_used_can_be_spent_again(nodes: Nodes) {
    nodes.configure(priced(Settings { daily_budget_micro_usd: 1_000, ..Settings::default() })).await;
    for answer in [Answer::Unused, Answer::Failed, Answer::Rejected] {
        let call = begin(&nodes.one, 0, NOW).await;
        assert_eq!(why(&nodes.two, 0, NOW).await, Why::Budget(Period::Day));
        assert_eq!(end(&nodes.one, call, answer, NOW).await.unwrap().micro_usd, 0);
    }
    let call = begin(&nodes.one, 0, NOW).await;
    assert_eq!(
        end(&nodes.one, call, Answer::Answered(Some(characters(99))), NOW).await.unwrap().micro_usd,
        990
    );
    assert_eq!(why(&nodes.two, 0, NOW).await, Why::Budget(Period::Day));
    // An answer that used more than was set aside counts as what it used.
    nodes.configure(priced(Settings { daily_budget_micro_usd: 2_000, ..Settings::default() })).await;
    let call = begin(&nodes.one, 0, NOW).await;
    end(&nodes.one, call, Answer::Answered(Some(characters(300))), NOW).await;
    assert_eq!(standing(&nodes.one, NOW).await.standing.spent_day_micro_usd, 3_990);
}
