//! What the listener who asks may have, how much of it they use, and where they change it.

mod fits;

pub(crate) use fits::on_hold;
pub(super) use fits::{check_change, check_new, wish};

use super::{
    Api,
    body::Sent,
    caller::{Caller, Listening, Managing},
    production::Unpayable,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State};
use domain::{
    FeedId, ListenerId, Plan,
    entitlement::{Notice, Refusal, month, right},
    script::Style,
    subscription,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Micros,
    entitlement::Who,
    subscriptions::{Keeper, Subscribed},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Programs are said to expire soon so long before.
const SOON: Micros = 3 * 86_400 * 1_000_000;

/// What you may have, by which subscriptions, and what you use of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyPlan {
    /// The plan that counts; null: none does, and `reason` says why.
    pub plan: Option<String>,
    pub limits: Option<Limits>,
    /// Why there is no plan.
    pub reason: Option<PlanReason>,
    /// What is to be known of the plan: that it ends, changes, or is to be paid for.
    pub notice: Option<PlanReason>,
    pub usage: Usage,
    pub subscriptions: Vec<Subscription>,
    /// Plans that can be bought here.
    pub offers: Vec<Offered>,
}

/// A name for programs, a sentence for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanReason {
    pub key: String,
    pub text: String,
}

/// What a plan holds; null: as much as there is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Limits {
    pub feeds: Option<u32>,
    pub sources_per_feed: Option<u32>,
    pub filters_per_feed: Option<u32>,
    /// Articles of one program.
    pub articles: Option<u32>,
    /// Minutes of one program.
    pub minutes: Option<u32>,
    pub days_per_week: Option<u32>,
    #[schema(value_type = Vec<schema::Style>)]
    pub styles: Vec<Style>,
    /// By name; null: every voice there is.
    pub voices: Option<Vec<String>>,
    /// How long a program can be heard after its publication.
    pub program_days: Option<u32>,
    pub on_demand_per_month: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    pub feeds: u32,
    /// Feeds beyond the plan, the newest ones: paused, not deleted.
    #[schema(value_type = Vec<schema::Id>)]
    pub feeds_on_hold: Vec<FeedId>,
    /// Programs that were made on request in this calendar month.
    pub requested_this_month: u32,
    /// When the next month begins, by your clock.
    #[schema(value_type = schema::Instant)]
    pub month_ends_at: Timestamp,
    pub programs: u64,
    /// Programs that can be heard for less than three days more.
    pub programs_expiring_soon: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Subscription {
    pub plan: String,
    /// Who says how it stands: `operator` or `stripe`.
    #[schema(value_type = String)]
    pub keeper: Keeper,
    /// `trialing`, `active`, `past_due` and `canceled` give the plan; `incomplete`, `paused` and `expired` do not.
    pub state: &'static str,
    /// Oldest first.
    pub history: Vec<HistoryEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    #[schema(value_type = schema::Instant)]
    pub at: Timestamp,
    pub text: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Offered {
    pub plan: String,
    /// Of a month, such as `980 JPY`.
    pub price: Option<String>,
    pub limits: Limits,
}

/// The plan that is to be paid for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    pub plan: String,
}

/// A page of the payment provider, for one visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link {
    pub url: String,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(show_plan)).routes(routes!(check_out)).routes(routes!(manage))
}

/// What you may have, and what you use of it
#[utoipa::path(get, path = "/me/plan", tag = "me", security(("token" = ["listen"])),
    responses((status = 200, body = MyPlan)))]
async fn show_plan(State(api): State<Api>, Listening(caller): Listening) -> Result<Json<MyPlan>, Refused> {
    mine(&api, caller).await.map(Json)
}

pub(crate) async fn mine(api: &Api, caller: Caller) -> Result<MyPlan, Refused> {
    of(api, caller.listener).await
}

/// What a listener may have.
pub(crate) async fn of(api: &Api, listener: ListenerId) -> Result<MyPlan, Refused> {
    let who = who(api, listener).await?;
    let now = super::at(api.now());
    let (plan, limits, reason, notice) = match right(now, &who.holder(), &api.offer.terms()) {
        Ok(right) => {
            let notice = right.notice.as_ref().map(|notice| noticed(notice, &who));
            (Some(right.plan.to_owned()), Some(Limits::of(right.limits)), None, notice)
        }
        Err(refusal) => (None, None, Some(refused(&refusal, &who)), None),
    };
    let mut subscriptions = Vec::new();
    for one in api.store.subscriptions(listener).await? {
        subscriptions.push(shown(api, &who, one, now).await?);
    }
    let usage = usage(api, listener, &who).await?;
    let offers = api.offer.plans.iter().filter(|(_, plan)| !plan.stripe_prices.is_empty());
    let offers = offers.map(|(name, plan)| Offered {
        plan: name.to_owned(),
        price: plan.price.map(|price| price.to_string()),
        limits: Limits::of(plan),
    });
    Ok(MyPlan { plan, limits, reason, notice, usage, subscriptions, offers: offers.collect() })
}

/// Where you pay for a plan
#[utoipa::path(post, path = "/me/checkout", tag = "me", request_body = Checkout, security(("token" = ["manage"])),
    responses((status = 200, body = Link)))]
async fn check_out(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(Checkout { plan }): Sent<Checkout>,
) -> Result<Json<Link>, Refused> {
    let url = api.production.checkout(caller.listener, plan).await.map_err(unpayable)?;
    Ok(Json(Link { url }))
}

/// Where you change or end what you pay for
#[utoipa::path(post, path = "/me/portal", tag = "me", security(("token" = ["manage"])),
    responses((status = 200, body = Link)))]
async fn manage(State(api): State<Api>, Managing(caller): Managing) -> Result<Json<Link>, Refused> {
    let url = api.production.portal(caller.listener).await.map_err(unpayable)?;
    Ok(Json(Link { url }))
}

pub(crate) fn unpayable(cause: Unpayable) -> Refused {
    match cause {
        Unpayable::NotNow(why) => Refused::Conflict(why),
        Unpayable::NoPlan(why) => Refused::field("plan", why),
        Unpayable::Away(why) => {
            tracing::warn!(why, "the payment provider gives no page");
            Refused::Away
        }
    }
}

pub(crate) async fn who(api: &Api, listener: ListenerId) -> Result<Who, Refused> {
    let found = api.store.who(&[listener]).await?.remove(&listener);
    found.ok_or(Refused::Unknown)
}

async fn usage(api: &Api, listener: ListenerId, who: &Who) -> Result<Usage, Refused> {
    let now = api.now();
    let (from, month_ends_at) = month(super::at(now), &who.zone);
    let feeds = api.store.feeds_of(listener).await?;
    let mut feeds_on_hold = Vec::new();
    for feed in &feeds {
        if on_hold(api, who, feed).await?.is_some() {
            feeds_on_hold.push(feed.id);
        }
    }
    let (from, to) = (from.as_microsecond(), month_ends_at.as_microsecond());
    let requested_this_month = api.store.requested_between(listener, from, to).await?;
    let (programs, programs_expiring_soon) =
        api.store.count_hearable(listener, now, now.saturating_add(SOON)).await?;
    Ok(Usage {
        feeds: u32::try_from(feeds.len()).unwrap_or(u32::MAX),
        feeds_on_hold,
        requested_this_month,
        month_ends_at,
        programs,
        programs_expiring_soon,
    })
}

async fn shown(api: &Api, who: &Who, one: Subscribed, now: Timestamp) -> Result<Subscription, Refused> {
    let said = api.store.history_of(&one.of.id).await?;
    let history = said.map(|said| said.history()).unwrap_or_default();
    let changed = |entry: subscription::Entry| HistoryEntry {
        at: entry.at,
        text: entry.change.sentence(who.language, &who.zone),
    };
    Ok(Subscription {
        keeper: one.of.keeper,
        state: one.standing.state(now, api.offer.grace).name(),
        history: history.into_iter().map(changed).collect(),
        plan: one.standing.latest.plan,
    })
}

fn refused(refusal: &Refusal, who: &Who) -> PlanReason {
    PlanReason { key: refusal.key().to_owned(), text: refusal.sentence(who.language, &who.zone) }
}

fn noticed(notice: &Notice, who: &Who) -> PlanReason {
    let key = match notice {
        Notice::PayBy { .. } => "pay_by",
        Notice::Ends { .. } => "ends",
        Notice::TrialEnds { .. } => "trial_ends",
        Notice::ChangesTo { .. } => "changes_to",
        Notice::Instead { .. } => "instead",
    };
    PlanReason { key: key.to_owned(), text: notice.sentence(who.language, &who.zone) }
}

impl Limits {
    pub fn of(plan: &Plan) -> Self {
        Self {
            feeds: plan.feeds.get(),
            sources_per_feed: plan.sources_per_feed.get(),
            filters_per_feed: plan.filters_per_feed.get(),
            articles: plan.articles.get(),
            minutes: plan.minutes.get(),
            days_per_week: plan.days_per_week.get(),
            styles: plan.styles.iter().copied().collect(),
            voices: plan.voices.as_ref().map(|voices| voices.iter().cloned().collect()),
            program_days: plan.program_days.get(),
            on_demand_per_month: plan.on_demand_per_month.get(),
        }
    }
}
