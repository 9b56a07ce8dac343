//! Deliver: one message to where its channel leads. What it tells is put together when its time has come and stays so;
//! every attempt is kept with what came of it. A process that dies after the other side took a message and before that
//! was noted sends it again, under the same name.

use super::{Facts, Room, Trouble};
use crate::metrics::{self, Channel as Way, Delivered};
use domain::{
    DeliveryId, Notice,
    channel::{About, Kind, Off},
};
use queue::{JobError, Micros, Outcome, retry::next_try};
use std::time::Duration;
use store::{
    channels::Channel,
    deliveries::{Delivery, Recipient, State, Tried},
};
use studio::notify::Undelivered;

pub async fn deliver(room: &Room, facts: &Facts, id: DeliveryId) -> Result<Outcome, Trouble> {
    let Some(delivery) = room.store.delivery(id).await? else {
        return Ok(Outcome::Skip("the message is gone".into()));
    };
    if delivery.state.is_over() {
        return Ok(Outcome::Skip(format!("the message is {}", delivery.state.name())));
    }
    // More may have joined it, which is told later.
    if room.clock.now() < delivery.send_at {
        return Ok(Outcome::Snooze(delivery.send_at));
    }
    let channel = room.store.channel(delivery.channel).await?;
    let recipient = room.store.recipient(delivery.listener).await?;
    let (Some(channel), Some(recipient)) = (channel, recipient) else {
        return Ok(Outcome::Skip("the channel is gone".into()));
    };
    if let Some(why) = unwanted(&channel, &recipient) {
        return skip(room, &delivery, &channel, why).await;
    }
    let Some(notice) = put_together(room, &delivery, &channel).await? else {
        return skip(room, &delivery, &channel, "what it was to tell of is gone").await;
    };
    let now = room.clock.now();
    let notice = room.herald.with_addresses(notice, &room.store, &*room.entropy, now).await?;
    let carried = room.herald.carry(&delivery, &channel, &recipient, &notice, now).await;
    record(room, facts, &delivery, &channel, carried).await
}

/// Why nothing is sent there now.
fn unwanted(channel: &Channel, to: &Recipient) -> Option<&'static str> {
    if channel.off.is_some() {
        return Some("the channel is off");
    }
    if to.disabled_at.is_some() {
        return Some("the listener is kept out");
    }
    if channel.about.is_for_operators() && !to.is_operator {
        return Some("its owner is no operator any more");
    }
    // Whose an address is that nobody has confirmed, nobody knows.
    (channel.kind == Kind::Email && to.verified_at.is_none()).then_some("the address is not confirmed")
}

/// What a message tells, from then on; `None`: nothing is left of it.
async fn put_together(
    room: &Room,
    delivery: &Delivery,
    channel: &Channel,
) -> Result<Option<Notice>, Trouble> {
    if let (State::Sending, Some(notice)) = (delivery.state, &delivery.notice) {
        return Ok(Some(notice.clone()));
    }
    let mut tx = room.store.begin().await?;
    if !tx.hold_delivery(delivery.id).await? {
        return Err(Trouble::Work(JobError::new(queue::Class::Transient, "another worker has it in hand")));
    }
    let notice = match (&delivery.notice, channel.about) {
        (Some(notice), _) => Some(notice.clone()),
        (None, About::Programs) => {
            let programs = tx.told_programs(delivery.id).await?;
            (!programs.is_empty()).then_some(Notice::Programs { programs })
        }
        (None, About::Batches) => {
            let batches = tx.told_batches(delivery.id).await?;
            (!batches.is_empty()).then_some(Notice::Batches { batches })
        }
        (None, About::Alerts) => None,
    };
    if let Some(notice) = &notice {
        tx.close_delivery(delivery.id, notice).await?;
    }
    tx.commit().await?;
    Ok(notice)
}

async fn skip(room: &Room, delivery: &Delivery, channel: &Channel, why: &str) -> Result<Outcome, Trouble> {
    let mut tx = room.store.begin().await?;
    tx.skip_delivery(delivery.id, why, room.clock.now()).await?;
    tx.commit().await?;
    metrics::delivered(way(channel.kind), Delivered::Skipped);
    Ok(Outcome::Skip(why.to_owned()))
}

/// Notes what came of an attempt. That a listener's endpoint fails is theirs to see, in the log of the channel: it is
/// no dead letter of the service.
async fn record(
    room: &Room,
    facts: &Facts,
    delivery: &Delivery,
    channel: &Channel,
    carried: Result<Option<u16>, Undelivered>,
) -> Result<Outcome, Trouble> {
    let now = room.clock.now();
    let again = match &carried {
        Err(Undelivered::ForNow { why, after, .. }) => again(room, facts, why, *after, now),
        _ => None,
    };
    let detail = carried.as_ref().err().map(ToString::to_string);
    let status = match &carried {
        Ok(status) => *status,
        Err(Undelivered::ForNow { status, .. } | Undelivered::ForGood { status, .. }) => *status,
        Err(Undelivered::Gone { status, .. }) => Some(*status),
    };
    let (state, counted) = match (&carried, &again) {
        (Ok(_), _) => (State::Sent, Delivered::Sent),
        (Err(_), Some(_)) => (State::Sending, Delivered::Retried),
        (Err(_), None) => (State::Failed, Delivered::Failed),
    };
    let mut tx = room.store.begin().await?;
    tx.delivery_tried(delivery.id, &Tried { state, status, detail: detail.as_deref() }, now).await?;
    if let Err(Undelivered::Gone { .. }) = &carried
        && tx.switch_channel(channel.id, Some(Off::Gone), now).await?
    {
        tx.audit(now, "deliver", "channel.gone", &channel.id.to_string(), "{}").await?;
    }
    tx.commit().await?;
    metrics::delivered(way(channel.kind), counted);
    Ok(match (again, detail) {
        (Some(error), _) => Outcome::Retry(error),
        (None, Some(why)) => Outcome::Skip(why),
        (None, None) => Outcome::Done,
    })
}

/// The error with which the queue tries it again; `None`: it would not, and that is the end. Whoever does not take it
/// now may be down for a while: it is asked as patiently as one who says to come later.
fn again(room: &Room, facts: &Facts, why: &str, after: Option<Duration>, now: Micros) -> Option<JobError> {
    let after = after.map(|after| Micros::try_from(after.as_micros()).unwrap_or(Micros::MAX));
    let error = JobError::throttled(why, after);
    let tries = facts.counts.tries + 1;
    let next = next_try(&room.rules.policies, &error, tries, facts.due_at, 0.0, now);
    next.is_ok().then_some(error)
}

const fn way(kind: Kind) -> Way {
    match kind {
        Kind::Email => Way::Email,
        Kind::Slack => Way::Slack,
        Kind::Discord => Way::Discord,
        Kind::Webhook => Way::Webhook,
        Kind::WebPush => Way::WebPush,
    }
}
