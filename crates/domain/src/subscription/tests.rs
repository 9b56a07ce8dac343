use super::*;
use crate::plan::Plans;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

fn at(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
}

fn any_status() -> impl Strategy<Value = Status> {
    use Status::{Active, Ended, Granted, Incomplete, PastDue, Paused, Trialing};
    prop::sample::select(vec![Incomplete, Trialing, Active, Granted, PastDue, Paused, Ended])
}

fn any_day() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of((0..60_i64).prop_map(at))
}

/// Few days and few plans, so that instants and contents coincide often.
fn any_fact() -> impl Strategy<Value = Fact> {
    let plan = prop::sample::select(vec!["free", "pro", "unlimited"]);
    let heard = prop::sample::select(vec![Heard::Told, Heard::Fetched]);
    (0..40_i64, any_status(), any_day(), any_day(), any_day(), plan, heard, 0..3_u8).prop_map(
        |(day, status, period_end, ends_at, resumes_at, plan, heard, id)| {
            let snapshot = Snapshot { status, period_end, ends_at, resumes_at, plan: plan.to_owned() };
            Fact { at: at(day), heard, snapshot, id: id.to_string() }
        },
    )
}

fn any_facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec(any_fact(), 1..9)
}

fn arrived(facts: &[Fact]) -> Subscription {
    let mut subscription = Subscription::new(facts[0].clone());
    facts[1..].iter().for_each(|fact| {
        subscription.apply(fact.clone());
    });
    subscription
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(
        (facts, other) in any_facts().prop_flat_map(|facts| {
            let twice = [facts.clone(), facts.clone()].concat();
            (Just(facts), Just(twice).prop_shuffle())
        })
    ) {
        let (one, other) = (arrived(&facts), arrived(&other));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(one.history(), other.history());
        prop_assert_eq!(Subscription::of(facts), Ok(one));
    }

    /// What stands is what the newest fact says; older ones may only add to what is known of before.
    #[test]
    fn an_older_fact_never_overrides_a_newer_one(facts in any_facts(), late in any_fact()) {
        let mut subscription = arrived(&facts);
        let newest = facts.iter().max().unwrap().clone();
        let before = subscription.standing().latest.clone();
        prop_assert_eq!(&before, &newest.snapshot);
        let expected = match late.cmp(&newest) {
            _ if facts.contains(&late) => Applied::Known,
            std::cmp::Ordering::Greater => Applied::Latest,
            _ => Applied::Earlier,
        };
        prop_assert_eq!(subscription.apply(late.clone()), expected);
        let latest = &subscription.standing().latest;
        prop_assert_eq!(latest, if late > newest { &late.snapshot } else { &before });
    }

    /// Between two instants that `changes_at` names, nothing changes by itself.
    #[test]
    fn nothing_changes_unannounced(facts in any_facts(), day in 0..80_i64, hours in 0..500_i64) {
        let standing = arrived(&facts).standing().clone();
        let (now, later) = (at(day), at(day) + SignedDuration::from_hours(hours));
        let stands = |now| {
            let plans: Vec<&str> = standing.plans(now, GRACE).collect();
            (standing.state(now, GRACE).name(), plans)
        };
        let quiet_until = standing.changes_at(now, GRACE);
        prop_assert!(quiet_until.is_none_or(|until| until > now));
        if quiet_until.is_none_or(|until| later < until) {
            prop_assert_eq!(stands(now), stands(later));
        }
    }

    /// Time alone gives nothing back, but for a pause that ends.
    #[test]
    fn what_has_expired_stays_so_until_something_is_said(facts in any_facts(), day in 0..80_i64, more in 0..80_i64) {
        let standing = arrived(&facts).standing().clone();
        let state = standing.state(at(day), GRACE);
        if let State::Expired { at: over, .. } = state {
            prop_assert!(over <= at(day) || standing.latest.status == Status::Ended);
            prop_assert_eq!(standing.state(at(day + more), GRACE).name(), "expired");
        }
    }

    #[test]
    fn it_is_kept_as_the_list_of_its_facts(facts in any_facts()) {
        let subscription = arrived(&facts);
        let json = serde_json::to_string(&subscription).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Subscription>(&json).unwrap(), &subscription);
        let standing = serde_json::to_string(subscription.standing()).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Standing>(&standing).unwrap(), subscription.standing());
    }
}

#[test]
fn nothing_said_is_no_subscription() {
    assert_eq!(Subscription::of([]), Err(NothingSaid));
    assert!(serde_json::from_str::<Subscription>("[]").is_err());
}

#[test]
fn its_keeper_is_asked_when_the_period_is_over() {
    let told =
        |day, snapshot| Subscription::new(Fact { at: at(day), heard: Heard::Told, snapshot, id: "1".into() });
    let period =
        Snapshot { status: Status::Active, period_end: Some(at(30)), ..Snapshot::granted("pro", None) };
    let subscription = told(1, period.clone());
    assert!(!subscription.standing().is_overdue(at(29)) && subscription.standing().is_overdue(at(30)));
    assert!(!told(30, period).standing().is_overdue(at(40)), "that was said after it");
    assert!(!told(1, Snapshot::granted("pro", None)).standing().is_overdue(at(9_000)));
}

#[test]
fn the_history_tells_what_changed() {
    let zone = "Asia/Tokyo".parse().unwrap();
    let active = |end: i64, plan: &str| Snapshot {
        status: Status::Active,
        period_end: Some(at(end)),
        ..Snapshot::granted(plan, None)
    };
    let facts = [
        active(30, "pro"),
        active(30, "pro"),
        active(30, "unlimited"),
        Snapshot { ends_at: Some(at(30)), ..active(30, "unlimited") },
        active(60, "unlimited"),
        Snapshot { status: Status::PastDue, ..active(60, "unlimited") },
        Snapshot { ends_at: Some(at(6)), ..Snapshot::revoked("unlimited") },
    ];
    let fact = |(day, snapshot): (usize, Snapshot)| Fact {
        at: at(i64::try_from(day).unwrap()),
        heard: Heard::Told,
        snapshot,
        id: day.to_string(),
    };
    let history = Subscription::of(facts.into_iter().enumerate().map(fact)).unwrap().history();
    let told = |language| -> Vec<String> {
        let sentence = |entry: &Entry| entry.change.sentence(language, &zone);
        history.iter().map(sentence).collect()
    };
    assert_eq!(
        told(crate::Language::En),
        [
            "A subscription to the plan \"pro\" began (active).",
            "The plan changed from \"pro\" to \"unlimited\".",
            "It was set to end on 31 January 1970.",
            "The period now runs until 2 March 1970.",
            "It no longer ends.",
            "The subscription is now waiting for a payment.",
            "The subscription is now over.",
        ]
    );
    assert_eq!(
        told(crate::Language::Ja),
        [
            "プラン「pro」の契約を開始しました（有効）。",
            "プランを「pro」から「unlimited」に変更しました。",
            "1970年1月31日に契約を終了する手続きをしました。",
            "契約期間が1970年3月2日までになりました。",
            "契約の終了を取り消しました。",
            "契約の状態が「支払い待ち」になりました。",
            "契約の状態が「終了」になりました。",
        ]
    );
    let json = serde_json::to_value(&history[1]).unwrap();
    assert_eq!(
        json,
        json!({"at": "1970-01-03T00:00:00Z", "change": "plan_changed", "from": "pro", "to": "unlimited"})
    );
}

fn sold() -> Plans {
    let with =
        |price: &str| crate::Plan { stripe_prices: [price.to_owned()].into(), ..crate::Plan::default() };
    Plans::new(BTreeMap::from([("pro".to_owned(), with("price_pro"))]))
}

fn snapshot(object: &serde_json::Value) -> Result<Snapshot, stripe::Unreadable> {
    stripe::Object::from_json(object.to_string().as_bytes()).unwrap().snapshot(&sold())
}

#[test]
fn stripes_fields_are_read_in_all_their_shapes() {
    let items = json!({"data": [{"price": {"id": "price_addon"}}, {"price": {"id": "price_pro"}, "current_period_end": 200}]});
    let object = |fields: serde_json::Value| {
        let mut object = json!({"id": "sub_1", "status": "active", "items": items});
        object.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        object
    };
    let second = |seconds| Some(Timestamp::from_second(seconds).unwrap());
    let active = Snapshot {
        status: Status::Active,
        period_end: second(200),
        ends_at: None,
        resumes_at: None,
        plan: "pro".into(),
    };
    for (fields, expected) in [
        (json!({}), active.clone()),
        // Before March 2025 the period was the subscription's own.
        (
            json!({"items": {"data": [{"price": {"id": "price_pro"}}]}, "current_period_end": 100}),
            Snapshot { period_end: second(100), ..active.clone() },
        ),
        (
            json!({"status": "trialing", "trial_end": 150}),
            Snapshot { status: Status::Trialing, period_end: second(150), ..active.clone() },
        ),
        (json!({"cancel_at_period_end": true}), Snapshot { ends_at: second(200), ..active.clone() }),
        (
            json!({"cancel_at_period_end": true, "cancel_at": 190}),
            Snapshot { ends_at: second(190), ..active.clone() },
        ),
        (
            json!({"status": "trialing", "trial_end": 150, "cancel_at_period_end": true}),
            Snapshot {
                status: Status::Trialing,
                period_end: second(150),
                ends_at: second(150),
                ..active.clone()
            },
        ),
        (
            json!({"status": "canceled", "cancel_at": 200, "ended_at": 180}),
            Snapshot { status: Status::Ended, ends_at: second(180), ..active.clone() },
        ),
        (
            json!({"pause_collection": {"behavior": "void", "resumes_at": 170}}),
            Snapshot { status: Status::Paused, resumes_at: second(170), ..active.clone() },
        ),
        (json!({"status": "unpaid"}), Snapshot { status: Status::PastDue, ..active.clone() }),
        (
            json!({"status": "incomplete", "pause_collection": {"behavior": "void"}}),
            Snapshot { status: Status::Incomplete, ..active.clone() },
        ),
    ] {
        assert_eq!(snapshot(&object(fields.clone())).unwrap(), expected, "{fields}");
    }
}

#[test]
fn what_stripe_says_that_we_do_not_know_is_an_error() {
    let object = |fields: serde_json::Value| {
        let mut object =
            json!({"id": "sub_1", "status": "active", "items": {"data": [{"price": {"id": "price_pro"}}]}});
        object.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        snapshot(&object).unwrap_err().to_string()
    };
    for (fields, error) in [
        (json!({"status": "frozen"}), "subscription sub_1 has the unknown status \"frozen\""),
        (
            json!({"items": {"data": [{"price": {"id": "a"}}, {"price": {"id": "b"}}]}}),
            "subscription sub_1 is for a and b, which no plan names; add it to stripe_prices of one",
        ),
        (
            json!({"items": {"data": []}}),
            "subscription sub_1 is for nothing, which no plan names; add it to stripe_prices of one",
        ),
        (
            json!({"cancel_at": i64::MAX}),
            "subscription sub_1 has an instant that no calendar has: 9223372036854775807",
        ),
    ] {
        assert_eq!(object(fields), error);
    }
    for wrong in ["", "[]", "{}", r#"{"id": 1}"#, "\u{0}", r#"{"id": "evt", "type": "x", "created": "now"}"#]
    {
        assert!(stripe::Event::from_json(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn a_message_names_its_subscription_and_its_listener() {
    let event = |kind: &str, object: serde_json::Value| {
        let event = json!({"id": "evt_1", "type": kind, "created": 100, "data": {"object": object}});
        stripe::Event::from_json(event.to_string().as_bytes()).unwrap()
    };
    assert!(event("invoice.paid", json!({"id": "in_1"})).subscription().is_none());
    assert!(event("customer.subscription.updated", json!({"id": "sub_1"})).subscription().unwrap().is_err());
    for customer in [json!("cus_1"), json!({"id": "cus_1", "email": "h@e.org"})] {
        let object = json!({
            "id": "sub_1", "status": "active", "customer": customer, "metadata": {"listener": "1"},
            "items": {"data": [{"price": {"id": "price_pro"}}]},
        });
        let event = event("customer.subscription.deleted", object);
        let object = event.subscription().unwrap().unwrap();
        assert_eq!((object.id.as_str(), object.customer()), ("sub_1", Some("cus_1")));
        assert_eq!(object.metadata["listener"], "1");
        let fact = event.fact(&object, &sold()).unwrap();
        assert_eq!((fact.at.as_second(), fact.id.as_str(), fact.heard), (100, "evt_1", Heard::Told));
        let fetched = object.fetched(at(0), &sold()).unwrap();
        assert_eq!((fetched.heard, fetched.snapshot), (Heard::Fetched, fact.snapshot));
    }
}
