//! Pages on which a listener pays for a plan, and changes or ends what they pay for. Both are Stripe's: no card is ever
//! seen here.

use super::{Stripe, StripeError};
use crate::{clock::timestamp, jobs::Room};
use domain::{ListenerId, subscription::State};
use store::{StoreError, subscriptions::Keeper};
use url::Url;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum NoLink {
    #[error("plans are not sold here")]
    NotSold,
    #[error("the plan {0:?} is not sold")]
    PlanNotSold(String),
    /// A second one would be paid for beside it.
    #[error("there is a subscription already; change its plan where it is managed")]
    Subscribed,
    #[error("nothing is paid for yet; choose a plan first")]
    NothingPaid,
    #[error(transparent)]
    Stripe(#[from] StripeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a listener pays for a plan.
pub async fn checkout(room: &Room, listener: ListenerId, plan: &str) -> Result<Url, NoLink> {
    let stripe = room.billing.as_ref().ok_or(NoLink::NotSold)?;
    let sold = room.rules.offer.plans.get(plan);
    let price = sold.and_then(|(_, plan)| plan.stripe_prices.first());
    let price = price.ok_or_else(|| NoLink::PlanNotSold(plan.to_owned()))?;
    let grace = room.rules.offer.grace;
    let now = timestamp(room.clock.now());
    let subscriptions = room.store.subscriptions(listener).await?;
    let runs = |one: &store::subscriptions::Subscribed| {
        let state = one.standing.state(now, grace);
        one.of.keeper == Keeper::Stripe && !matches!(state, State::Expired { .. } | State::Incomplete)
    };
    if subscriptions.iter().any(runs) {
        return Err(NoLink::Subscribed);
    }
    let found = room.store.listener(listener).await?.ok_or(NoLink::NotSold)?;
    let customer = room.store.customer_of(listener).await?;
    let id = listener.to_string();
    let back = stripe.return_url().as_str();
    let metadata = format!("subscription_data[metadata][{}]", Stripe::LISTENER);
    let payer = match &customer {
        Some(customer) => ("customer", customer.as_str()),
        None => ("customer_email", found.email.as_str()),
    };
    let fields = [
        ("mode", "subscription"),
        ("line_items[0][price]", price),
        ("line_items[0][quantity]", "1"),
        ("client_reference_id", &id),
        (&metadata, &id),
        payer,
        ("success_url", back),
        ("cancel_url", back),
    ];
    Ok(stripe.page(&["v1", "checkout", "sessions"], &fields).await?)
}

/// Where a listener changes or ends what they pay for.
pub async fn portal(room: &Room, listener: ListenerId) -> Result<Url, NoLink> {
    let stripe = room.billing.as_ref().ok_or(NoLink::NotSold)?;
    let customer = room.store.customer_of(listener).await?.ok_or(NoLink::NothingPaid)?;
    let fields = [("customer", customer.as_str()), ("return_url", stripe.return_url().as_str())];
    Ok(stripe.page(&["v1", "billing_portal", "sessions"], &fields).await?)
}
