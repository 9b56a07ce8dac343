//! A listener's story with subscriptions, told day by day.

use super::super::*;
use crate::{
    plan::Plans,
    subscription::{Fact, Heard, Snapshot, Subscription, stripe},
};
use serde_json::{Value, json};

/// What happens on a day, and how things stand at its noon.
pub struct Row {
    /// Of UTC: `2026-03-01`.
    pub on: &'static str,
    pub what: &'static str,
    pub said: Option<Said>,
    pub state: &'static str,
    /// The plan that counts, or the reason why none does.
    pub may: Result<&'static str, &'static str>,
}

/// Something said of one of the listener's subscriptions, by the place of that.
pub enum Said {
    /// By Stripe: the fields of the subscription that differ from an active one, and its price.
    Stripe { of: usize, price: &'static str, fields: Value },
    /// By the operator.
    Operator { of: usize, snapshot: Snapshot },
}

pub struct Scenario {
    pub name: &'static str,
    /// What the listener has without a subscription.
    pub base: Option<&'static str>,
    pub rows: Vec<Row>,
}

pub fn stripe(price: &'static str, fields: Value) -> Option<Said> {
    Some(Said::Stripe { of: 0, price, fields })
}

pub fn operator(of: usize, snapshot: Snapshot) -> Option<Said> {
    Some(Said::Operator { of, snapshot })
}

pub fn day(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().unwrap()
}

pub fn seconds(date: &str) -> i64 {
    day(date).as_second()
}

pub fn noon(row: &Row) -> Timestamp {
    day(row.on) + SignedDuration::from_hours(12)
}

/// The plans there are, of which two can be bought.
pub fn plans() -> Plans {
    let all = Plans::default();
    let sold = all.iter().map(|(name, plan)| {
        let mut plan = plan.clone();
        match name {
            Plans::PRO => plan.stripe_prices.insert("price_pro".to_owned()),
            Plans::UNLIMITED => plan.stripe_prices.insert("price_max".to_owned()),
            _ => false,
        };
        (name.to_owned(), plan)
    });
    Plans::new(sold.collect())
}

/// The event that Stripe sends, as it is posted.
fn event(place: usize, of: usize, on: &str, price: &str, fields: &Value) -> stripe::Event {
    let mut object = json!({
        "id": format!("sub_{of}"), "object": "subscription", "customer": "cus_1", "status": "active",
        "cancel_at_period_end": false, "cancel_at": null, "ended_at": null, "trial_end": null,
        "pause_collection": null, "metadata": {},
        "items": {"data": [{"price": {"id": price}, "current_period_end": fields["period_end"]}]},
    });
    for (key, value) in fields.as_object().unwrap() {
        object[key] = value.clone();
    }
    let event = json!({
        "id": format!("evt_{place}"), "object": "event", "type": "customer.subscription.updated",
        "created": seconds(on), "data": {"object": object},
    });
    stripe::Event::from_json(event.to_string().as_bytes()).unwrap()
}

impl Scenario {
    /// All that was said up to a row and with it, with the subscription it was said of.
    pub fn facts(&self, rows: usize, plans: &Plans) -> Vec<(usize, Fact)> {
        let said = self.rows[..rows].iter().enumerate();
        said.filter_map(|(place, row)| match row.said.as_ref()? {
            Said::Stripe { of, price, fields } => {
                let event = event(place, *of, row.on, price, fields);
                let object = event.subscription().unwrap().unwrap();
                Some((*of, event.fact(&object, plans).unwrap()))
            }
            Said::Operator { of, snapshot } => {
                let (heard, id) = (Heard::Told, format!("grant {place}"));
                Some((*of, Fact { at: day(row.on), heard, snapshot: snapshot.clone(), id }))
            }
        })
        .collect()
    }
}

/// The subscriptions that come of messages in the order of their arrival.
pub fn arrived<'f>(facts: impl IntoIterator<Item = &'f (usize, Fact)>) -> Vec<Subscription> {
    let mut all: [Option<Subscription>; 2] = [None, None];
    for (of, fact) in facts {
        match &mut all[*of] {
            Some(subscription) => {
                subscription.apply(fact.clone());
            }
            none => *none = Some(Subscription::new(fact.clone())),
        }
    }
    all.into_iter().flatten().collect()
}
