//! What Stripe knows of subscriptions, asked for in its own time: a message is only the reason to ask. What it says is
//! a fact like any other; what facts come to is decided in `domain`.

mod client;
mod links;

pub use client::{Stripe, StripeError};
pub use links::{NoLink, checkout, portal};

use crate::{
    clock::timestamp,
    config,
    failure::Failure,
    jobs::{Room, SECOND, Trouble},
};
use domain::{
    ListenerId,
    subscription::{
        Fact,
        stripe::{Event, Object, Unreadable},
    },
};
use net::stripe::Secrets;
use queue::{Class, JobError, JobStore, Micros, OnDuplicate, Outcome};
use std::sync::Arc;
use store::{
    StoreError,
    inbox::{self, Message},
    subscriptions::{Keeper, Of},
};
use web::stripe::Inbox;

/// Looked at in one step.
const STEP: u32 = 500;
/// What a job is out for is left to it for so long.
const LOOK_AGAIN: Micros = 6 * 3_600 * SECOND;
/// Messages that come while Stripe is being asked are seen to at once, so often.
const ROUNDS: usize = 5;

/// Where Stripe's messages come in.
pub fn inbox(room: &Room, config: &config::Stripe) -> Result<Inbox, Failure> {
    let clock: Arc<dyn queue::Clock> = room.clock.clone();
    Ok(Inbox { store: room.store.clone(), clock, secrets: secrets(config)? })
}

/// What its messages are signed with; `None`: none are believed.
pub fn secrets(config: &config::Stripe) -> Result<Option<Secrets>, Failure> {
    let secrets = [&config.webhook_secret, &config.next_webhook_secret].map(config::Secret::reveal);
    let secrets = secrets.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Secrets::new(secrets.iter().flatten().map(String::as_str)))
}

/// Learns how a subscription stands, and what every message of it has said.
pub async fn learn(room: &Room, id: &str) -> Result<Outcome, Trouble> {
    let mut outcome = Outcome::Skip("it is gone from Stripe, and no message tells of it".to_owned());
    for _ in 0..ROUNDS {
        let messages = room.store.open_messages(id).await?;
        outcome = learn_once(room, id, &messages).await?;
        if room.store.open_messages(id).await?.is_empty() || !matches!(outcome, Outcome::Done) {
            break;
        }
    }
    Ok(outcome)
}

async fn learn_once(room: &Room, id: &str, messages: &[Message]) -> Result<Outcome, Trouble> {
    let plans = &room.rules.offer.plans;
    let newest = messages.iter().map(|message| message.created_at).max().unwrap_or(Micros::MIN);
    let asked_at = timestamp(room.clock.now().max(newest));
    let asked = match &room.billing {
        Some(stripe) => stripe.subscription(id).await.map_err(trouble)?,
        None => None,
    };
    let told: Vec<Result<(Object, Fact), Unreadable>> = messages
        .iter()
        .map(|message| {
            let event = Event::from_json(message.body.as_bytes())?;
            let object = event.subscription().ok_or_else(|| Unreadable::none_in(&event))??;
            let fact = event.fact(&object, plans)?;
            Ok((object, fact))
        })
        .collect();
    let (known, facts) = match asked {
        Some(object) => {
            let fetched = object.fetched(asked_at, plans).map_err(unreadable)?;
            // What an older message says in words we do not have is not needed any more.
            let told = told.into_iter().flatten().map(|(_, fact)| fact);
            (Some(object), told.chain([fetched]).collect())
        }
        None => {
            let told = told.into_iter().collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
            let last = told.last().map(|(object, _)| object.clone());
            (last, told.into_iter().map(|(_, fact)| fact).collect::<Vec<_>>())
        }
    };
    match known {
        Some(object) => record(room, &object, &facts, messages).await,
        None => Ok(Outcome::Skip("it is gone from Stripe, and no message tells of it".to_owned())),
    }
}

async fn record(
    room: &Room,
    object: &Object,
    facts: &[Fact],
    messages: &[Message],
) -> Result<Outcome, Trouble> {
    let now = room.clock.now();
    let listener = whose(room, object).await?;
    let mut tx = room.store.begin().await?;
    let settled: Vec<String> = messages.iter().map(|message| message.id.clone()).collect();
    tx.settle_messages(&settled, now).await?;
    let heard = match listener {
        Some(listener) => {
            let of = Of { id: object.id.clone(), listener, keeper: Keeper::Stripe };
            tx.hear(&of, facts, &room.rules.offer.terms(), now).await?
        }
        None => None,
    };
    if let (Some(listener), Some(customer), true) = (listener, object.customer(), heard.is_some()) {
        tx.add_customer(customer, listener, now).await?;
    }
    tx.commit().await?;
    if heard.is_none() {
        let text = format!(
            "subscription {} is paid for and nobody here has it; set its metadata \"{}\" to a listener's id",
            object.id,
            Stripe::LISTENER
        );
        room.alerts.raise("stripe", &object.id, &text);
        return Ok(Outcome::Skip(text));
    }
    Ok(Outcome::Done)
}

/// Who has a subscription: whoever had it, whoever pays as its customer, or whom our checkout named.
async fn whose(room: &Room, object: &Object) -> Result<Option<ListenerId>, StoreError> {
    if let Some(known) = room.store.subscription(&object.id).await? {
        return Ok(Some(known.of.listener));
    }
    if let Some(customer) = object.customer()
        && let Some(listener) = room.store.paying(customer).await?
    {
        return Ok(Some(listener));
    }
    Ok(object.metadata.get(Stripe::LISTENER).and_then(|id| id.parse().ok()))
}

/// Has jobs look at what nobody has made anything of, and ask of what should have been heard of by now.
pub async fn look_after(room: &Room) -> Result<u64, StoreError> {
    let now = room.clock.now();
    let forgotten = room.store.forgotten_messages(now, STEP).await?;
    let silent = match room.billing {
        Some(_) => room.store.silent_subscriptions(now, STEP).await?,
        None => Vec::new(),
    };
    for id in &forgotten {
        room.store.put_off_messages(id, now + LOOK_AGAIN).await?;
        room.store.enqueue(&[inbox::job(id, now)], OnDuplicate::Keep, now).await?;
    }
    for id in &silent {
        let mut tx = room.store.begin().await?;
        tx.ask_later(id, now + LOOK_AGAIN).await?;
        tx.enqueue(&[inbox::job(id, now)], OnDuplicate::Keep, now).await?;
        tx.commit().await?;
    }
    Ok((forgotten.len() + silent.len()) as u64)
}

fn trouble(error: StripeError) -> Trouble {
    let error = match &error {
        StripeError::Away(_) => JobError::new(Class::Transient, error),
        StripeError::Busy { retry_after_s } => {
            let after = retry_after_s.map(|seconds| seconds.cast_signed().saturating_mul(SECOND));
            JobError::throttled(&error, after)
        }
        StripeError::Refused { .. } => JobError::new(Class::Permanent, error),
        StripeError::Unreadable(_) => JobError::new(Class::Input, error),
    };
    Trouble::Work(error)
}

fn unreadable(error: Unreadable) -> Trouble {
    Trouble::Work(JobError::new(Class::Input, error))
}

#[cfg(test)]
mod tests;
