//! Stripe's words for a subscription, read as ours. Shapes: the *Subscription* and *Event* objects of
//! Stripe's API reference, before and after the version of March 2025, which moved the period to the items.

#[cfg(test)]
mod tests;

use super::{Fact, Heard, Snapshot, Status};
use crate::plan::Plans;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A message as it is posted to us.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// Seconds since the epoch.
    pub created: i64,
    data: Data,
}

#[derive(Clone, Debug, Deserialize)]
struct Data {
    object: serde_json::Value,
}

/// A subscription, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub struct Object {
    pub id: String,
    /// What our checkout gave along.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    customer: Option<Customer>,
    status: String,
    #[serde(default)]
    cancel_at_period_end: bool,
    cancel_at: Option<i64>,
    ended_at: Option<i64>,
    trial_end: Option<i64>,
    current_period_end: Option<i64>,
    pause_collection: Option<Pause>,
    #[serde(default)]
    items: Items,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Customer {
    Id(String),
    Expanded { id: String },
}

#[derive(Clone, Debug, Deserialize)]
struct Pause {
    resumes_at: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Items {
    data: Vec<Item>,
}

#[derive(Clone, Debug, Deserialize)]
struct Item {
    price: Price,
    current_period_end: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
struct Price {
    id: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("stripe sent no event we can read: {0}")]
    Event(#[source] serde_json::Error),
    #[error("stripe event {event} holds no subscription we can read: {source}")]
    Object { event: String, source: serde_json::Error },
    #[error("stripe event {event} tells of no subscription")]
    NoSubscription { event: String },
    #[error("subscription {id} has the unknown status {status:?}")]
    Status { id: String, status: String },
    #[error("subscription {id} is for {prices}, which no plan names; add it to stripe_prices of one")]
    Price { id: String, prices: String },
    #[error("subscription {id} has an instant that no calendar has: {seconds}")]
    Instant { id: String, seconds: i64 },
}

impl Unreadable {
    /// It is a message of another kind.
    pub fn none_in(event: &Event) -> Self {
        Self::NoSubscription { event: event.id.clone() }
    }
}

impl Event {
    pub fn from_json(body: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(Unreadable::Event)
    }

    /// The subscription it tells of; `None` for a message of another kind.
    pub fn subscription(&self) -> Option<Result<Object, Unreadable>> {
        self.kind.strip_prefix("customer.subscription.")?;
        let read = Object::deserialize(&self.data.object);
        Some(read.map_err(|source| Unreadable::Object { event: self.id.clone(), source }))
    }

    /// What it says of its subscription.
    pub fn fact(&self, object: &Object, plans: &Plans) -> Result<Fact, Unreadable> {
        let at = object.instant(self.created)?;
        Ok(Fact { at, heard: Heard::Told, snapshot: object.snapshot(plans)?, id: self.id.clone() })
    }
}

impl Object {
    pub fn from_json(body: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(Unreadable::Event)
    }

    /// Whose it is, by Stripe's id.
    pub fn customer(&self) -> Option<&str> {
        self.customer.as_ref().map(|(Customer::Id(id) | Customer::Expanded { id })| id.as_str())
    }

    /// What it says when it was asked for: `asked_at` by our clock, or the instant of the message that made us
    /// ask, if our clock is behind that. Ask for one subscription at a time.
    pub fn fetched(&self, asked_at: Timestamp, plans: &Plans) -> Result<Fact, Unreadable> {
        let snapshot = self.snapshot(plans)?;
        Ok(Fact { at: asked_at, heard: Heard::Fetched, snapshot, id: self.id.clone() })
    }

    pub fn snapshot(&self, plans: &Plans) -> Result<Snapshot, Unreadable> {
        let (plan, item) = self.plan(plans)?;
        let status = self.status()?;
        let period_end = match (status, self.trial_end) {
            (Status::Trialing, Some(end)) => Some(end),
            _ => item.current_period_end.or(self.current_period_end),
        };
        let ends_at = match (status, self.cancel_at) {
            (Status::Ended, _) => self.ended_at,
            (_, None) if self.cancel_at_period_end => period_end,
            (_, cancel_at) => cancel_at,
        };
        let resumes_at = self.pause_collection.as_ref().and_then(|pause| pause.resumes_at);
        let instant = |seconds: Option<i64>| seconds.map(|seconds| self.instant(seconds)).transpose();
        Ok(Snapshot {
            status,
            period_end: instant(period_end)?,
            ends_at: instant(ends_at)?,
            resumes_at: instant(resumes_at)?,
            plan: plan.to_owned(),
        })
    }

    /// Whatever becomes of the invoices of a pause (kept, voided, written off): nobody pays while it lasts.
    fn status(&self) -> Result<Status, Unreadable> {
        let status = match self.status.as_str() {
            "incomplete" => Status::Incomplete,
            "incomplete_expired" | "canceled" => Status::Ended,
            "trialing" => Status::Trialing,
            "active" => Status::Active,
            // The same trouble, with fewer attempts to come.
            "past_due" | "unpaid" => Status::PastDue,
            "paused" => Status::Paused,
            status => return Err(Unreadable::Status { id: self.id.clone(), status: status.to_owned() }),
        };
        Ok(match status {
            Status::Trialing | Status::Active | Status::PastDue if self.pause_collection.is_some() => {
                Status::Paused
            }
            status => status,
        })
    }

    /// Of several items (add-ons), the one that buys a plan.
    fn plan<'a>(&self, plans: &'a Plans) -> Result<(&'a str, &Item), Unreadable> {
        let bought = |item: &Item| plans.of_price(&item.price.id);
        let known = self.items.data.iter().find_map(|item| Some((bought(item)?, item)));
        known.ok_or_else(|| {
            let prices: Vec<&str> = self.items.data.iter().map(|item| item.price.id.as_str()).collect();
            let prices = if prices.is_empty() { "nothing".to_owned() } else { prices.join(" and ") };
            Unreadable::Price { id: self.id.clone(), prices }
        })
    }

    fn instant(&self, seconds: i64) -> Result<Timestamp, Unreadable> {
        Timestamp::from_second(seconds).map_err(|_| Unreadable::Instant { id: self.id.clone(), seconds })
    }
}
