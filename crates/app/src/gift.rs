//! Plans that an operator gives without any payment, and takes back: the one rule for all who may.

use crate::{clock::timestamp, office::Office};
use domain::{
    ListenerId,
    subscription::{Fact, Heard, Snapshot, Status},
};
use jiff::Timestamp;
use store::{StoreError, subscriptions::Of};

/// For whom, and by whom.
#[derive(Clone, Debug)]
pub struct Wish {
    pub listener: ListenerId,
    /// As decisions are signed.
    pub by: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such listener")]
    Nobody,
    #[error("{0} is past; give an instant to come")]
    Past(Timestamp),
    #[error("no plan was given to this listener, or it was taken back; see `mimiyori admin plan show`")]
    NothingGiven,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// In place of what was given before.
pub async fn give(
    office: Office<'_>,
    wish: &Wish,
    plan: &str,
    until: Option<Timestamp>,
) -> Result<(), Refused> {
    if let Some(past) = until.filter(|until| *until <= timestamp(office.now())) {
        return Err(Refused::Past(past));
    }
    let detail = serde_json::json!({ "plan": plan, "until": until });
    say(office, wish, Snapshot::granted(plan, until), "plan.grant", &detail).await
}

pub async fn take_back(office: Office<'_>, wish: &Wish) -> Result<(), Refused> {
    let given = office.store.subscription(&Of::operator(wish.listener).id).await?;
    let given = given.filter(|given| given.standing.latest.status != Status::Ended);
    let plan = given.ok_or(Refused::NothingGiven)?.standing.latest.plan;
    let detail = serde_json::json!({ "plan": plan });
    say(office, wish, Snapshot::revoked(plan), "plan.revoke", &detail).await
}

async fn say(
    office: Office<'_>,
    Wish { listener, by }: &Wish,
    snapshot: Snapshot,
    action: &str,
    detail: &serde_json::Value,
) -> Result<(), Refused> {
    let now = office.now();
    let fact = Fact { at: timestamp(now), heard: Heard::Told, snapshot, id: by.clone() };
    let mut tx = office.store.begin().await?;
    let heard = tx.hear(&Of::operator(*listener), &[fact], &office.rules.offer.terms(), now).await?;
    heard.ok_or(Refused::Nobody)?;
    tx.audit(now, by, action, &listener.to_string(), &detail.to_string()).await?;
    Ok(tx.commit().await?)
}
