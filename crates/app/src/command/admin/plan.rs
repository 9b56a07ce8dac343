//! `admin plan`: what listeners may have, and what an operator gives them.

use super::{Operator, listener::found};
use crate::{
    cli::admin::Plan as Wish,
    entitlement::had,
    failure::{Failure, Kind},
    gift,
    table::{Table, lasting},
};
use domain::{
    ListenerId, Plan,
    entitlement::Refusal,
    plan::{Limit, Price},
    subscription::{Entry, State},
};
use jiff::Timestamp;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};
use store::subscriptions::Keeper;

#[derive(Serialize)]
struct Shown {
    name: String,
    /// `null`: the configuration does not name it any more, so those who have it have nothing.
    lane: Option<String>,
    freshness_minutes: Option<u32>,
    limits: Option<Plan>,
    listeners: u64,
}

#[derive(Serialize)]
struct Set<'a> {
    listener: ListenerId,
    plan: &'a str,
}

/// What a listener may have by now. The names are a contract.
#[derive(Serialize)]
struct Standing {
    listener: ListenerId,
    /// The plan that counts; `null`: none does.
    plan: Option<String>,
    /// Had without a subscription.
    base: String,
    disabled_at: Option<Timestamp>,
    reason: Option<Refusal>,
    /// As the listener is told.
    text: Option<String>,
    subscriptions: Vec<Subscription>,
}

#[derive(Serialize)]
struct Subscription {
    id: String,
    keeper: Keeper,
    plan: String,
    #[serde(flatten)]
    state: State,
    history: Vec<Entry>,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::List => list(operator).await,
        Wish::Show { listener } => show(operator, listener).await,
        Wish::Set { listener, plan } => set(operator, listener, &plan).await,
        Wish::Grant { listener, plan, until } => grant(operator, listener, &plan, until).await,
        Wish::Revoke { listener } => revoke(operator, listener).await,
    }
}

async fn list(operator: &Operator) -> Result<(), Failure> {
    let configured = operator.config.plans.iter().map(|(name, plan)| {
        let shown = Shown {
            name: name.to_owned(),
            lane: Some(plan.lane.clone()),
            freshness_minutes: Some(plan.freshness_minutes),
            limits: Some(plan.clone()),
            listeners: 0,
        };
        (name.to_owned(), shown)
    });
    let mut plans: BTreeMap<String, Shown> = configured.collect();
    for (name, listeners) in operator.store.count_plans().await? {
        let unknown =
            Shown { name: name.clone(), lane: None, freshness_minutes: None, limits: None, listeners: 0 };
        plans.entry(name).or_insert(unknown).listeners = listeners;
    }
    let plans: Vec<Shown> = plans.into_values().collect();
    let row = |shown: &Shown| {
        let limit = |of: fn(&Plan) -> Limit| shown.limits.as_ref().map(of).map_or_else(String::new, written);
        let price = shown.limits.as_ref().and_then(|plan| plan.price);
        [
            shown.name.clone(),
            shown.lane.clone().unwrap_or_else(|| "(not configured)".to_owned()),
            shown
                .freshness_minutes
                .map(|minutes| lasting(i64::from(minutes) * 60_000_000))
                .unwrap_or_default(),
            limit(|plan| plan.feeds),
            limit(|plan| plan.articles),
            limit(|plan| plan.minutes),
            limit(|plan| plan.days_per_week),
            limit(|plan| plan.program_days),
            price.as_ref().map(Price::to_string).unwrap_or_default(),
            shown.listeners.to_string(),
        ]
    };
    let head =
        ["plan", "lane", "freshness", "feeds", "articles", "minutes", "days", "kept", "price", "listeners"];
    operator.say(&plans, Table::new(head, plans.iter().map(row)))
}

fn written(limit: Limit) -> String {
    limit.get().map_or_else(|| "-".to_owned(), |most| most.to_string())
}

async fn show(operator: &Operator, id: ListenerId) -> Result<(), Failure> {
    let who = operator.store.who(&[id]).await?.remove(&id);
    let who = who.ok_or_else(|| super::none(format!("listener {id}"), "listener list"))?;
    let now = super::at(operator.now());
    let right = had(&who, now, &operator.rules);
    let grace = operator.rules.offer.grace;
    let mut subscriptions = Vec::new();
    for one in operator.store.subscriptions(id).await? {
        let history = operator.store.history_of(&one.of.id).await?;
        subscriptions.push(Subscription {
            keeper: one.of.keeper,
            plan: one.standing.latest.plan.clone(),
            state: one.standing.state(now, grace),
            history: history.map(|said| said.history()).unwrap_or_default(),
            id: one.of.id,
        });
    }
    let (language, zone) = (who.language, &who.zone);
    let (plan, text) = match &right {
        Ok(right) => {
            let notice = right.notice.as_ref().map(|notice| notice.sentence(language, zone));
            (Some(right.plan.to_owned()), notice)
        }
        Err(refusal) => (None, Some(refusal.sentence(language, zone))),
    };
    let standing = Standing {
        listener: id,
        plan,
        reason: right.err(),
        text,
        base: who.plan.clone(),
        disabled_at: who.disabled_at.map(super::at),
        subscriptions,
    };
    operator.say(&standing, &standing)
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan.as_deref().unwrap_or("none");
        write!(f, "{} has the plan {plan} (without a subscription: {})", self.listener, self.base)?;
        if let Some(text) = &self.text {
            write!(f, "\nis told: {text}")?;
        }
        let row = |one: &Subscription| {
            let keeper = match one.keeper {
                Keeper::Operator => "operator",
                Keeper::Stripe => "stripe",
            };
            [one.id.clone(), keeper.to_owned(), one.plan.clone(), one.state.to_string()]
        };
        if self.subscriptions.is_empty() {
            return Ok(());
        }
        let head = ["subscription", "by", "plan", "state"];
        write!(f, "\n{}", Table::new(head, self.subscriptions.iter().map(row)))
    }
}

async fn set(operator: &Operator, id: ListenerId, plan: &str) -> Result<(), Failure> {
    known(operator, plan)?;
    let before = found(operator, id).await?.plan;
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    tx.set_plan(id, plan).await?;
    tx.settle_plan(id, &operator.rules.offer.terms(), now).await?;
    let detail = serde_json::json!({ "plan": plan, "before": before });
    tx.audit(now, &operator.name(), "plan.set", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    operator.say(&Set { listener: id, plan }, format_args!("{id} is on {plan}"))
}

async fn grant(
    operator: &Operator,
    id: ListenerId,
    plan: &str,
    until: Option<Timestamp>,
) -> Result<(), Failure> {
    known(operator, plan)?;
    let wish = gift::Wish { listener: id, by: operator.name() };
    let given = gift::give(operator.office(), &wish, plan, until).await;
    given.map_err(|refused| said(refused, id))?;
    show(operator, id).await
}

async fn revoke(operator: &Operator, id: ListenerId) -> Result<(), Failure> {
    let wish = gift::Wish { listener: id, by: operator.name() };
    gift::take_back(operator.office(), &wish).await.map_err(|refused| said(refused, id))?;
    show(operator, id).await
}

fn said(refused: gift::Refused, id: ListenerId) -> Failure {
    match refused {
        gift::Refused::Nobody => super::none(format!("listener {id}"), "listener list"),
        gift::Refused::Past(_) => Failure::new(Kind::Usage, refused),
        gift::Refused::NothingGiven => Failure::new(Kind::Other, refused),
        gift::Refused::Store(error) => error.into(),
    }
}

/// A plan has to be configured before anybody can have it.
pub fn known(operator: &Operator, plan: &str) -> Result<(), Failure> {
    if operator.config.plans.get(plan).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = operator.config.plans.iter().map(|(name, _)| name).collect();
    let message =
        format!("plan {plan:?} is not configured; there are {}, or add [plans.{plan}]", names.join(", "));
    Err(Failure::new(Kind::Usage, message))
}
