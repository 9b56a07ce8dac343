//! Another address: asked for by whoever is signed in, and theirs when they show what was sent there. Where they had
//! their mail before hears of it.

use super::{
    Account, Mail,
    begin::signature,
    sent::{Done, Sent},
    throttle::Subject,
};
use crate::api::{Caller, caller::Listening, refused::Refused};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{Email, Letter, ListenerId, link::Purpose};
use serde::Deserialize;
use serde_json::json;
use store::Tx;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    email: String,
}

pub async fn request(
    State(account): State<Account>,
    Listening(caller): Listening,
    sent: Sent<Wanted>,
) -> Response {
    sent.way.answer(account.request_move(caller, &sent.value.email).await)
}

impl Account {
    /// The same answer whether the address is somebody's or nobody's: a letter goes there in any case.
    async fn request_move(&self, caller: Caller, email: &str) -> Result<Done, Refused> {
        if self.0.settings.mail == Mail::None {
            return Err(Refused::NoMail);
        }
        if !self.is_fresh(caller).await? {
            return Err(Refused::Stale);
        }
        let email: Email = email.parse().map_err(|cause| Refused::field("email", cause))?;
        let found = self.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        if found.email.parse::<Email>().is_ok_and(|own| own.key() == email.key()) {
            return Err(Refused::field("email", "it is yours already"));
        }
        self.try_once(&Subject::letters(&caller.listener.to_string())).await?;
        self.try_once(&Subject::letters(&email.key())).await?;
        let (listener, now) = (caller.listener, self.now());
        let mut tx = self.0.store.begin().await?;
        tx.ask_address_change(listener, &email, now, now + Purpose::Verify.lifetime()).await?;
        let key = format!("mail:change_address:{listener}:{now}");
        self.write(&mut tx, Letter::ChangeAddress { listener }, key).await?;
        tx.audit(now, &signature(listener), "address.ask", &listener.to_string(), "{}").await?;
        tx.commit().await?;
        let body = json!({ "detail": "a link is on its way to the new address" });
        Ok(Done { status: StatusCode::ACCEPTED, ..Done::said(body) })
    }

    /// What a listener has shown is the address that they wanted.
    pub(super) async fn move_address(
        &self,
        tx: &mut Tx,
        listener: ListenerId,
        key: &str,
    ) -> Result<(), Refused> {
        let now = self.now();
        let before = self.0.store.account(listener).await?.ok_or(Refused::Link)?;
        let wanted = tx.take_address_change(listener, key, now).await?.ok_or(Refused::Link)?;
        if !tx.change_address(listener, &wanted, key, now).await? {
            return Err(Refused::Conflict("this address is another account's here".into()));
        }
        // What was sent to the address before opens nothing any more.
        tx.use_links_up(Purpose::Reset, Some(listener), now).await?;
        let job = format!("mail:address_changed:{listener}:{now}");
        self.write(tx, Letter::AddressChanged { listener, address: before.email }, job).await?;
        tx.audit(now, &signature(listener), "address.change", &listener.to_string(), "{}").await?;
        Ok(())
    }
}
