//! A listener's story with subscriptions, told day by day in `scenarios.txt`.

use super::super::*;
use crate::{
    plan::Plans,
    subscription::{Fact, Heard, Snapshot, Standing, Subscription, stripe},
};
use serde_json::{Value, json};

/// `= name | plan without a subscription`, then one line for each row.
pub struct Scenario {
    pub name: &'static str,
    pub base: Option<&'static str>,
    pub rows: Vec<Row>,
}

/// What happens on a day, and how things stand at its noon:
/// `on | what | said | state of every subscription | plan that counts, or "no: " and the reason`.
pub struct Row {
    /// Of UTC.
    pub on: &'static str,
    pub what: &'static str,
    /// `stripe N PRICE FIELDS`, `grant N PLAN [UNTIL]`, `revoke N PLAN`: of the listener's Nth subscription.
    /// FIELDS are those of Stripe's object that differ from an active one.
    said: &'static str,
    pub state: &'static str,
    pub may: &'static str,
}

pub fn all() -> Vec<Scenario> {
    let scenarios = include_str!("scenarios.txt").split("= ").skip(1);
    scenarios.map(Scenario::read).collect()
}

/// The plans there are, of which two can be bought.
pub fn plans() -> Plans {
    let all = Plans::default();
    let sold = all.iter().map(|(name, plan)| {
        let mut plan = plan.clone();
        if name != Plans::FREE {
            plan.stripe_prices.insert(format!("price_{name}"));
        }
        (name.to_owned(), plan)
    });
    Plans::new(sold.collect())
}

fn midnight(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().unwrap()
}

impl Scenario {
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let title = lines.next().unwrap();
        let (name, base) = title.split_once(" | ").map_or((title, None), |(name, base)| (name, Some(base)));
        let rows = lines.map(|line| {
            let columns: Vec<&str> = line.split('|').map(str::trim).collect();
            let [on, what, said, state, may] = columns.try_into().unwrap();
            Row { on, what, said, state, may }
        });
        Self { name, base, rows: rows.collect() }
    }

    /// All that was said up to a row and with it, with the subscription it was said of.
    pub fn facts(&self, rows: usize, plans: &Plans) -> Vec<(usize, Fact)> {
        let said = self.rows[..rows].iter().enumerate();
        said.filter(|(_, row)| !row.said.is_empty()).map(|(place, row)| row.fact(place, plans)).collect()
    }
}

impl Row {
    pub fn noon(&self) -> Timestamp {
        midnight(self.on) + SignedDuration::from_hours(12)
    }

    fn fact(&self, place: usize, plans: &Plans) -> (usize, Fact) {
        let words: Vec<&str> = self.said.splitn(4, ' ').collect();
        let of = words[1].parse::<usize>().unwrap() - 1;
        let until = words.get(3).copied();
        let snapshot = match words[0] {
            "stripe" => {
                let event = self.event(place, words[1], words[2], until.unwrap());
                let object = event.subscription().unwrap().unwrap();
                return (of, event.fact(&object, plans).unwrap());
            }
            "grant" => Snapshot::granted(words[2], until.map(midnight)),
            "revoke" => Snapshot::revoked(words[2]),
            word => panic!("{word:?} is nothing that is said"),
        };
        (of, Fact { at: midnight(self.on), heard: Heard::Told, snapshot, id: format!("word {place}") })
    }

    /// The event as Stripe posts it.
    fn event(&self, place: usize, of: &str, price: &str, fields: &str) -> stripe::Event {
        let fields = dated(serde_json::from_str(fields).unwrap());
        let mut object = json!({
            "id": format!("sub_{of}"), "object": "subscription", "customer": "cus_1", "status": "active",
            "cancel_at_period_end": false, "cancel_at": null, "ended_at": null, "trial_end": null,
            "pause_collection": null, "metadata": {},
            "items": {"data": [
                {"price": {"id": format!("price_{price}")}, "current_period_end": fields["period_end"]},
            ]},
        });
        for (key, value) in fields.as_object().unwrap() {
            object[key] = value.clone();
        }
        let event = json!({
            "id": format!("evt_{place}"), "object": "event", "type": "customer.subscription.updated",
            "created": midnight(self.on).as_second(), "data": {"object": object},
        });
        stripe::Event::from_json(event.to_string().as_bytes()).unwrap()
    }
}

/// Dates become the seconds that Stripe writes.
fn dated(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("20") => json!(midnight(&text).as_second()),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, dated(value))).collect(),
        other => other,
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

/// How a listener's things stand in a row: the state of every subscription, and the answer.
pub fn stands<'a>(
    row: &Row,
    base: Option<&'a str>,
    standings: &'a [Standing],
    plans: &'a Plans,
) -> (String, Result<Right<'a>, Refusal>) {
    let (now, terms) = (row.noon(), Terms::of(plans));
    let states: Vec<&str> =
        standings.iter().map(|standing| standing.state(now, terms.grace).name()).collect();
    let state = if states.is_empty() { "none".to_owned() } else { states.join(", ") };
    (state, may(now, &Holder { base, subscriptions: standings }, &terms, &Ask::Publication))
}
