//! What events come to: each row of `docs/reference/subscriptions.md`, for every order of arrival.

use super::stage::{all, arrived, plans, stands};
use crate::subscription::{Standing, Subscription};

/// Every order of a few things.
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |place: usize| {
        let mut rest = things.to_vec();
        let first = rest.remove(place);
        orders(&rest).into_iter().map(move |order| [vec![first.clone()], order].concat())
    };
    (0..things.len()).flat_map(with_first).collect()
}

#[test]
fn every_row_holds_in_any_order_of_arrival() {
    let plans = plans();
    for scenario in all() {
        for (place, row) in scenario.rows.iter().enumerate() {
            for order in orders(&scenario.facts(place + 1, &plans)) {
                let twice = order.iter().chain(&order);
                let standings: Vec<Standing> =
                    arrived(twice).iter().map(|one| one.standing().clone()).collect();
                let (state, answer) = stands(row, scenario.base, &standings, &plans);
                let may = match answer {
                    Ok(right) => right.plan.to_owned(),
                    Err(refusal) => format!("no: {}", refusal.key()),
                };
                assert_eq!(
                    (state.as_str(), may.as_str()),
                    (row.state, row.may),
                    "{}, {}",
                    scenario.name,
                    row.on
                );
            }
        }
    }
}

#[test]
fn every_order_of_arrival_leaves_the_same_subscription() {
    let plans = plans();
    for scenario in all() {
        let facts = scenario.facts(scenario.rows.len(), &plans);
        let in_order = arrived(&facts);
        for order in orders(&facts) {
            let arrived = arrived(order.iter().chain(order.iter().rev()));
            assert_eq!(arrived, in_order, "{}", scenario.name);
            let histories = |all: &[Subscription]| all.iter().map(Subscription::history).collect::<Vec<_>>();
            assert_eq!(histories(&arrived), histories(&in_order));
        }
    }
}
