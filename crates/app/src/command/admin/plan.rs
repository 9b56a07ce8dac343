//! `admin plan`: what listeners may expect.

use super::{Operator, listener::found};
use crate::{
    cli::admin::Plan as Wish,
    failure::{Failure, Kind},
    table::{Table, lasting},
};
use domain::ListenerId;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Shown {
    name: String,
    /// `null`: the configuration does not name it any more, so those who have it have the default.
    lane: Option<String>,
    freshness_minutes: Option<u32>,
    listeners: u64,
}

#[derive(Serialize)]
struct Set<'a> {
    listener: ListenerId,
    plan: &'a str,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::List => list(operator).await,
        Wish::Set { listener, plan } => set(operator, listener, &plan).await,
    }
}

async fn list(operator: &Operator) -> Result<(), Failure> {
    let configured = operator.config.plans.iter().map(|(name, plan)| {
        let (lane, freshness) = (plan.lane.clone(), plan.freshness_minutes);
        (
            name.clone(),
            Shown { name: name.clone(), lane: Some(lane), freshness_minutes: Some(freshness), listeners: 0 },
        )
    });
    let mut plans: BTreeMap<String, Shown> = configured.collect();
    for (name, listeners) in operator.store.count_plans().await? {
        let unknown = Shown { name: name.clone(), lane: None, freshness_minutes: None, listeners: 0 };
        plans.entry(name).or_insert(unknown).listeners = listeners;
    }
    let plans: Vec<Shown> = plans.into_values().collect();
    let row = |plan: &Shown| {
        let freshness = plan.freshness_minutes.map(|minutes| lasting(i64::from(minutes) * 60_000_000));
        [
            plan.name.clone(),
            plan.lane.clone().unwrap_or_else(|| "(not configured)".to_owned()),
            freshness.unwrap_or_default(),
            plan.listeners.to_string(),
        ]
    };
    operator.say(&plans, Table::new(["plan", "lane", "freshness", "listeners"], plans.iter().map(row)))
}

async fn set(operator: &Operator, id: ListenerId, plan: &str) -> Result<(), Failure> {
    known(operator, plan)?;
    let before = found(operator, id).await?.plan;
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    tx.set_plan(id, plan).await?;
    let detail = serde_json::json!({ "plan": plan, "before": before });
    tx.audit(now, &operator.name(), "plan.set", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    operator.say(&Set { listener: id, plan }, format_args!("{id} is on {plan}"))
}

/// A plan has to be configured before anybody can have it.
pub fn known(operator: &Operator, plan: &str) -> Result<(), Failure> {
    if operator.config.plans.contains_key(plan) {
        return Ok(());
    }
    let names: Vec<&str> = operator.config.plans.keys().map(String::as_str).collect();
    let message =
        format!("plan {plan:?} is not configured; there are {}, or add [plans.{plan}]", names.join(", "));
    Err(Failure::new(Kind::Usage, message))
}
