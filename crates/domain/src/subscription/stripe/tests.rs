use super::*;
use serde_json::json;

fn sold() -> Plans {
    let with =
        |price: &str| crate::Plan { stripe_prices: [price.to_owned()].into(), ..crate::Plan::default() };
    Plans::new(BTreeMap::from([("pro".to_owned(), with("price_pro"))]))
}

fn snapshot(object: &serde_json::Value) -> Result<Snapshot, Unreadable> {
    Object::from_json(object.to_string().as_bytes()).unwrap().snapshot(&sold())
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
        assert!(Event::from_json(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn a_message_names_its_subscription_and_its_listener() {
    let event = |kind: &str, object: serde_json::Value| {
        let event = json!({"id": "evt_1", "type": kind, "created": 100, "data": {"object": object}});
        Event::from_json(event.to_string().as_bytes()).unwrap()
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
        let fetched = object.fetched(Timestamp::UNIX_EPOCH, &sold()).unwrap();
        assert_eq!((fetched.heard, fetched.snapshot), (Heard::Fetched, fact.snapshot));
    }
}
