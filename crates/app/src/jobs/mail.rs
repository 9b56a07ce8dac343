//! Mail: one letter to one listener. The link in it is made when it is sent, so that nothing that waits holds one; a
//! letter that is sent again has another, and both are good until one is used.

use super::{Facts, Room, Trouble};
use crate::metrics::{self, Channel, Delivered};
use domain::{Email, Letter, ListenerId, link::Purpose, token::Ticket};
use queue::{Class, JobError, Outcome};
use store::{StoreError, accounts::Account, links::NewLink};
use studio::notify::{MailError, Said};
use web::account::link_address;

pub async fn mail(room: &Room, facts: &Facts, letter: Letter) -> Result<Outcome, Trouble> {
    let Some(post) = &room.post else {
        return Ok(Outcome::Skip("this service sends no mail".into()));
    };
    let Some(account) = recipient(room, &letter).await? else {
        return Ok(Outcome::Skip("there is nobody to write to".into()));
    };
    let Some(address) = address(room, &letter, &account).await? else {
        return Ok(Outcome::Skip("the listener wants no other address any more".into()));
    };
    let Ok(to) = address.parse::<Email>() else {
        return Ok(Outcome::Skip("the listener's address is none that mail can be sent to".into()));
    };
    let said = said(room, &letter, account.id, &to).await?;
    let name = format!("{}.{}", facts.ticket.id, facts.ready_at);
    match post.send(&to, &said.in_language(account.language), &name).await {
        Ok(()) => {
            metrics::delivered(Channel::Email, Delivered::Sent);
            Ok(Outcome::Done)
        }
        Err(error @ MailError::ForNow(_)) => {
            metrics::delivered(Channel::Email, Delivered::Retried);
            Ok(Outcome::Retry(JobError::new(Class::Throttled, error)))
        }
        Err(error @ (MailError::ForGood(_) | MailError::Unwritable(_))) => {
            metrics::delivered(Channel::Email, Delivered::Failed);
            Ok(Outcome::Fail(JobError::new(Class::Permanent, error)))
        }
    }
}

/// Whoever may not come in is not written to.
async fn recipient(room: &Room, letter: &Letter) -> Result<Option<Account>, StoreError> {
    let found = match letter {
        Letter::Verify { listener }
        | Letter::ChangeAddress { listener }
        | Letter::AddressChanged { listener, .. }
        | Letter::PasswordChanged { listener } => room.store.account(*listener).await?,
        Letter::Reset { address } => room.store.account_by_key(address).await?,
    };
    Ok(found.filter(|account| account.disabled_at.is_none()))
}

/// Where the letter goes: to the address that they have, want or had.
async fn address(room: &Room, letter: &Letter, account: &Account) -> Result<Option<String>, StoreError> {
    match letter {
        Letter::Verify { .. } | Letter::Reset { .. } | Letter::PasswordChanged { .. } => {
            Ok(Some(account.email.clone()))
        }
        Letter::ChangeAddress { .. } => room.store.wanted_address(account.id, room.clock.now()).await,
        Letter::AddressChanged { address, .. } => Ok(Some(address.clone())),
    }
}

async fn said(room: &Room, letter: &Letter, listener: ListenerId, to: &Email) -> Result<Said, StoreError> {
    let purpose = match letter {
        // The key that the link is for tells the one from the other.
        Letter::Verify { .. } | Letter::ChangeAddress { .. } => Purpose::Verify,
        Letter::Reset { .. } => Purpose::Reset,
        Letter::AddressChanged { .. } => return Ok(Said::AddressChanged(room.outside.public_url.clone())),
        Letter::PasswordChanged { .. } => {
            return Ok(Said::PasswordChanged(link_address(&room.outside.public_url, Purpose::Reset, None)));
        }
    };
    let ([a, b], [c, d]) = (room.chance(), room.chance());
    let ticket = Ticket::new([a, b, c, d]);
    let new = NewLink { hash: ticket.hash(), purpose, listener: Some(listener), email_key: Some(to.key()) };
    let mut tx = room.store.begin().await?;
    tx.add_link(&new, room.clock.now()).await?;
    tx.commit().await?;
    let link = link_address(&room.outside.public_url, purpose, Some(&ticket));
    Ok(match (letter, purpose) {
        (Letter::ChangeAddress { .. }, _) => Said::ChangeAddress(link),
        (_, Purpose::Verify) => Said::Verify(link),
        _ => Said::Reset(link),
    })
}
