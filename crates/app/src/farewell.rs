//! Deleting an account: the one rule for all who may.

use crate::{clock::timestamp, office::Office};
use domain::{ListenerId, subscription::State};
use store::{StoreError, subscriptions::Keeper};

#[derive(Clone, Debug)]
pub struct Wish<'a> {
    pub listener: ListenerId,
    /// Theirs, so that nobody else is meant.
    pub email: &'a str,
    /// As decisions are signed.
    pub by: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such listener")]
    Nobody,
    #[error("that is not the account's address; give the address it has")]
    OtherAddress,
    /// It would be paid for on and on, by somebody nobody knows.
    #[error("a subscription is paid for; end it where it is managed, and delete the account then")]
    Pays,
    /// As before, but of a plan that nobody knows.
    #[error("a payment is not settled: a message of Stripe about it waits among the dead letters")]
    Unsettled,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub async fn delete(office: Office<'_>, wish: &Wish<'_>) -> Result<(), Refused> {
    let Wish { listener, email, by } = wish;
    let found = office.store.listener(*listener).await?.ok_or(Refused::Nobody)?;
    if !found.email.eq_ignore_ascii_case(email.trim()) {
        return Err(Refused::OtherAddress);
    }
    let now = office.now();
    let grace = office.rules.offer.grace;
    let pays = office.store.subscriptions(*listener).await?.into_iter().any(|one| {
        let state = one.standing.state(timestamp(now), grace);
        let is_over = matches!(state, State::Expired { .. } | State::Incomplete | State::Canceled { .. });
        one.of.keeper == Keeper::Stripe && !is_over
    });
    if pays {
        return Err(Refused::Pays);
    }
    if office.store.has_unsettled_payment(*listener).await? {
        return Err(Refused::Unsettled);
    }
    // Whoever did it themselves is not named, either.
    let by = by.replace(&listener.to_string(), "themselves");
    let mut tx = office.store.begin().await?;
    if !tx.delete_account(*listener, now).await? {
        return Err(Refused::Nobody);
    }
    tx.audit(now, &by, "listener.delete", "(deleted)", "{}").await?;
    Ok(tx.commit().await?)
}
