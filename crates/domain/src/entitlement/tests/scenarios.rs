//! What events come to: each row of `docs/reference/subscriptions.md`, for every order of arrival.

use super::{
    super::*,
    stage::{Row, Said, Scenario, arrived, day, noon, operator, plans, seconds, stripe},
};
use crate::subscription::{Snapshot, Standing, Subscription};
use serde_json::json;

fn row(
    on: &'static str,
    what: &'static str,
    said: Option<Said>,
    state: &'static str,
    may: Result<&'static str, &'static str>,
) -> Row {
    Row { on, what, said, state, may }
}

pub fn all() -> Vec<Scenario> {
    let mut all = Vec::from(beginnings());
    all.extend(endings());
    all.extend(payments());
    all.extend(changes());
    all.extend(pauses());
    all.extend(grants());
    all
}

fn beginnings() -> [Scenario; 3] {
    let april = seconds("2026-04-15");
    [
        Scenario {
            name: "A trial becomes a subscription",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "Signs up for a trial of `pro`",
                    stripe("price_pro", json!({"status": "trialing", "trial_end": seconds("2026-03-15")})),
                    "trialing",
                    Ok("pro"),
                ),
                row(
                    "2026-03-15",
                    "The trial ends and is paid",
                    stripe("price_pro", json!({"period_end": april})),
                    "active",
                    Ok("pro"),
                ),
                row(
                    "2026-04-15",
                    "It is renewed",
                    stripe("price_pro", json!({"period_end": seconds("2026-05-15")})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "A checkout, and its payment in the same second",
            base: None,
            rows: vec![
                row(
                    "2026-03-15",
                    "Goes to pay",
                    stripe("price_pro", json!({"status": "incomplete", "period_end": april})),
                    "incomplete",
                    Err("incomplete"),
                ),
                row(
                    "2026-03-15",
                    "Has paid",
                    stripe("price_pro", json!({"period_end": april})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "A checkout that is never paid",
            base: None,
            rows: vec![
                row("2026-03-14", "Has no subscription", None, "none", Err("no_plan")),
                row(
                    "2026-03-15",
                    "Goes to pay",
                    stripe("price_pro", json!({"status": "incomplete"})),
                    "incomplete",
                    Err("incomplete"),
                ),
                row(
                    "2026-03-16",
                    "Does not pay",
                    stripe(
                        "price_pro",
                        json!({"status": "incomplete_expired", "ended_at": seconds("2026-03-16")}),
                    ),
                    "expired",
                    Err("expired"),
                ),
            ],
        },
    ]
}

fn endings() -> [Scenario; 4] {
    let period = || json!({"period_end": seconds("2026-04-01")});
    let cancelled = || json!({"period_end": seconds("2026-04-01"), "cancel_at_period_end": true});
    let ended = || json!({"status": "canceled", "ended_at": seconds("2026-04-01"), "period_end": seconds("2026-04-01")});
    [
        Scenario {
            name: "Cancelled at the period's end",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row("2026-03-10", "Cancels", stripe("price_pro", cancelled()), "canceled", Ok("pro")),
                row("2026-03-31", "Nothing; the last day", None, "canceled", Ok("pro")),
                row(
                    "2026-04-01",
                    "The period ends, whether Stripe's message has come or not",
                    None,
                    "expired",
                    Err("expired"),
                ),
                row(
                    "2026-04-02",
                    "Stripe's message comes",
                    stripe("price_pro", ended()),
                    "expired",
                    Err("expired"),
                ),
            ],
        },
        Scenario {
            name: "Cancelled, and thought better of",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row("2026-03-10", "Cancels", stripe("price_pro", cancelled()), "canceled", Ok("pro")),
                row("2026-03-20", "Takes it back", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-04-01",
                    "It is renewed",
                    stripe("price_pro", json!({"period_end": seconds("2026-05-01")})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "Lapsed to the free plan, and back",
            base: Some("free"),
            rows: vec![
                row("2026-02-01", "Has no subscription", None, "none", Ok("free")),
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row("2026-03-10", "Cancels", stripe("price_pro", cancelled()), "canceled", Ok("pro")),
                row("2026-04-02", "It has ended", stripe("price_pro", ended()), "expired", Ok("free")),
                row("2026-05-20", "Long ago: no news any more", None, "expired", Ok("free")),
                row(
                    "2026-06-01",
                    "Subscribes again: all feeds are back",
                    Some(Said::Stripe {
                        of: 1,
                        price: "price_pro",
                        fields: json!({"period_end": seconds("2026-07-01")}),
                    }),
                    "expired, active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "Ended at once by the operator",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-03-10",
                    "The operator cancels at once, with the money back",
                    stripe(
                        "price_pro",
                        json!({"status": "canceled", "ended_at": seconds("2026-03-10"), "period_end": seconds("2026-04-01")}),
                    ),
                    "expired",
                    Err("expired"),
                ),
            ],
        },
    ]
}

fn payments() -> [Scenario; 4] {
    let (march, april, may) = (seconds("2026-04-01"), seconds("2026-05-01"), seconds("2026-06-01"));
    let period = move || json!({"period_end": march});
    let failed = move || json!({"status": "past_due", "period_end": april});
    [
        Scenario {
            name: "A payment fails and is settled in time",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-04-01",
                    "The renewal is not paid",
                    stripe("price_pro", failed()),
                    "past_due",
                    Ok("pro"),
                ),
                row(
                    "2026-04-04",
                    "A second attempt fails: the grace does not begin anew",
                    stripe("price_pro", failed()),
                    "past_due",
                    Ok("pro"),
                ),
                row(
                    "2026-04-06",
                    "Is paid",
                    stripe("price_pro", json!({"period_end": april})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "A payment fails and is settled late",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-04-01",
                    "The renewal is not paid",
                    stripe("price_pro", failed()),
                    "past_due",
                    Ok("pro"),
                ),
                row("2026-04-07", "The last day of the grace", None, "past_due", Ok("pro")),
                row("2026-04-08", "The grace is over", None, "expired", Err("payment_failed")),
                row(
                    "2026-04-22",
                    "Stripe gives up",
                    stripe("price_pro", json!({"status": "unpaid", "period_end": april})),
                    "expired",
                    Err("payment_failed"),
                ),
                row(
                    "2026-04-25",
                    "Is paid: all is back",
                    stripe("price_pro", json!({"period_end": april})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "A payment fails beside the free plan",
            base: Some("free"),
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-04-01",
                    "The renewal is not paid",
                    stripe("price_pro", failed()),
                    "past_due",
                    Ok("pro"),
                ),
                row("2026-04-08", "The grace is over", None, "expired", Ok("free")),
            ],
        },
        Scenario {
            name: "A renewal that nobody tells of",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-04-07",
                    "No message has come since; the grace bridges that",
                    None,
                    "active",
                    Ok("pro"),
                ),
                row("2026-04-08", "Still none", None, "expired", Err("not_renewed")),
                row(
                    "2026-05-01",
                    "A message comes",
                    stripe("price_pro", json!({"period_end": may})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
    ]
}

fn changes() -> [Scenario; 4] {
    let (april, may) = (seconds("2026-04-01"), seconds("2026-05-01"));
    let until = |end: i64| json!({"period_end": end});
    [
        Scenario {
            name: "An upgrade counts at once",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "Subscribes to `pro`",
                    stripe("price_pro", until(april)),
                    "active",
                    Ok("pro"),
                ),
                row(
                    "2026-03-10",
                    "Changes to `unlimited`",
                    stripe("price_max", until(april)),
                    "active",
                    Ok("unlimited"),
                ),
            ],
        },
        Scenario {
            name: "A downgrade counts at the period's end",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "Subscribes to `unlimited`",
                    stripe("price_max", until(april)),
                    "active",
                    Ok("unlimited"),
                ),
                row(
                    "2026-03-10",
                    "Changes to `pro`",
                    stripe("price_pro", until(april)),
                    "active",
                    Ok("unlimited"),
                ),
                row("2026-03-31", "The last day of the period", None, "active", Ok("unlimited")),
                row("2026-04-01", "It is renewed", stripe("price_pro", until(may)), "active", Ok("pro")),
            ],
        },
        Scenario {
            name: "A downgrade that is taken back",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "Subscribes to `unlimited`",
                    stripe("price_max", until(april)),
                    "active",
                    Ok("unlimited"),
                ),
                row(
                    "2026-03-10",
                    "Changes to `pro`",
                    stripe("price_pro", until(april)),
                    "active",
                    Ok("unlimited"),
                ),
                row(
                    "2026-03-20",
                    "Changes back",
                    stripe("price_max", until(april)),
                    "active",
                    Ok("unlimited"),
                ),
                row(
                    "2026-04-01",
                    "It is renewed",
                    stripe("price_max", until(may)),
                    "active",
                    Ok("unlimited"),
                ),
            ],
        },
        Scenario {
            name: "An upgrade that is not paid",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "Subscribes to `pro`",
                    stripe("price_pro", until(april)),
                    "active",
                    Ok("pro"),
                ),
                row(
                    "2026-03-10",
                    "Changes to `unlimited`, but the payment fails",
                    stripe("price_max", json!({"status": "past_due", "period_end": april})),
                    "past_due",
                    Ok("pro"),
                ),
                row("2026-03-20", "The grace is over; `pro` is paid for", None, "expired", Ok("pro")),
                row("2026-04-01", "That period is over too", None, "expired", Err("payment_failed")),
                row("2026-04-02", "Is paid", stripe("price_max", until(may)), "active", Ok("unlimited")),
            ],
        },
    ]
}

fn pauses() -> [Scenario; 3] {
    let period = || json!({"period_end": seconds("2026-04-01")});
    [
        Scenario {
            name: "Paused until a date",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-03-10",
                    "Payment is paused",
                    stripe(
                        "price_pro",
                        json!({"period_end": seconds("2026-04-01"), "pause_collection": {"behavior": "void", "resumes_at": seconds("2026-03-20")}}),
                    ),
                    "paused",
                    Err("paused"),
                ),
                row(
                    "2026-03-20",
                    "The pause is over, whether Stripe's message has come or not",
                    None,
                    "active",
                    Ok("pro"),
                ),
                row(
                    "2026-03-21",
                    "Stripe's message comes",
                    stripe("price_pro", period()),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "A trial without a card is paused",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "Signs up for a trial of `pro`",
                    stripe("price_pro", json!({"status": "trialing", "trial_end": seconds("2026-03-15")})),
                    "trialing",
                    Ok("pro"),
                ),
                row(
                    "2026-03-15",
                    "The trial ends, and there is nothing to pay with",
                    stripe("price_pro", json!({"status": "paused", "trial_end": seconds("2026-03-15")})),
                    "paused",
                    Err("paused"),
                ),
                row(
                    "2026-03-18",
                    "Adds a card",
                    stripe("price_pro", json!({"period_end": seconds("2026-04-18")})),
                    "active",
                    Ok("pro"),
                ),
            ],
        },
        Scenario {
            name: "A pause does not settle a payment",
            base: None,
            rows: vec![
                row("2026-03-01", "Subscribes to `pro`", stripe("price_pro", period()), "active", Ok("pro")),
                row(
                    "2026-04-01",
                    "The renewal is not paid",
                    stripe("price_pro", json!({"status": "past_due", "period_end": seconds("2026-05-01")})),
                    "past_due",
                    Ok("pro"),
                ),
                row(
                    "2026-04-03",
                    "Payment is paused",
                    stripe(
                        "price_pro",
                        json!({"status": "past_due", "period_end": seconds("2026-05-01"), "pause_collection": {"behavior": "void"}}),
                    ),
                    "paused",
                    Err("paused"),
                ),
                row(
                    "2026-04-05",
                    "And resumed: the grace goes on from its beginning",
                    stripe("price_pro", json!({"status": "past_due", "period_end": seconds("2026-05-01")})),
                    "past_due",
                    Ok("pro"),
                ),
                row("2026-04-08", "The grace is over", None, "expired", Err("payment_failed")),
            ],
        },
    ]
}

fn grants() -> [Scenario; 3] {
    [
        Scenario {
            name: "Given by the operator until a date",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "The operator gives `pro`",
                    operator(0, Snapshot::granted("pro", Some(day("2026-04-01")))),
                    "canceled",
                    Ok("pro"),
                ),
                row(
                    "2026-03-20",
                    "The operator gives it for longer",
                    operator(0, Snapshot::granted("pro", Some(day("2026-05-01")))),
                    "canceled",
                    Ok("pro"),
                ),
                row("2026-05-01", "The date has come", None, "expired", Err("expired")),
            ],
        },
        Scenario {
            name: "Given by the operator, and taken back",
            base: None,
            rows: vec![
                row(
                    "2026-03-01",
                    "The operator gives `pro`",
                    operator(0, Snapshot::granted("pro", None)),
                    "active",
                    Ok("pro"),
                ),
                row(
                    "2026-03-20",
                    "The operator takes it back",
                    operator(0, Snapshot::revoked("pro")),
                    "expired",
                    Err("expired"),
                ),
            ],
        },
        Scenario {
            name: "Of several subscriptions the best counts",
            base: Some("free"),
            rows: vec![
                row(
                    "2026-03-01",
                    "Subscribes to `pro`",
                    stripe("price_pro", json!({"period_end": seconds("2026-04-01")})),
                    "active",
                    Ok("pro"),
                ),
                row(
                    "2026-03-05",
                    "The operator gives `unlimited` too",
                    operator(1, Snapshot::granted("unlimited", Some(day("2026-03-20")))),
                    "active, canceled",
                    Ok("unlimited"),
                ),
                row("2026-03-20", "That has ended", None, "active, expired", Ok("pro")),
            ],
        },
    ]
}

/// How a listener's things stand in a row: the state of every subscription, and the answer.
pub fn stands<'a>(
    row: &Row,
    base: Option<&'a str>,
    standings: &'a [Standing],
    plans: &'a Plans,
) -> (String, Result<Right<'a>, Refusal>) {
    let (now, terms) = (noon(row), Terms::of(plans));
    let states: Vec<&str> =
        standings.iter().map(|standing| standing.state(now, terms.grace).name()).collect();
    let state = if states.is_empty() { "none".to_owned() } else { states.join(", ") };
    (state, may(now, &Holder { base, subscriptions: standings }, &terms, &Ask::Publication))
}

/// Every order of a few things.
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |place: usize| {
        let mut rest = things.to_vec();
        let first = rest.remove(place);
        orders(&rest).into_iter().map(move |mut order| {
            order.insert(0, first.clone());
            order
        })
    };
    (0..things.len()).flat_map(with_first).collect()
}

#[test]
fn every_row_holds_in_any_order_of_arrival() {
    let plans = plans();
    for scenario in all() {
        for (place, row) in scenario.rows.iter().enumerate() {
            let facts = scenario.facts(place + 1, &plans);
            // Rows of one instant are told apart by what was said up to them.
            for order in orders(&facts) {
                let twice = order.iter().chain(&order);
                let standings: Vec<Standing> =
                    arrived(twice).iter().map(|one| one.standing().clone()).collect();
                let (state, answer) = stands(row, scenario.base, &standings, &plans);
                let answer = answer.map(|right| right.plan).map_err(|refusal| refusal.key());
                assert_eq!((state.as_str(), answer), (row.state, row.may), "{}, {}", scenario.name, row.on);
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
