//! Whether an address is its listener's: they show what was sent there.

use super::{
    Account, Mail,
    begin::signature,
    client::Client,
    reset::link,
    sent::{Done, Sent},
    sign_in::{Nothing, key},
    throttle::Subject,
};
use crate::api::{Caller, caller::Listening, refused::Refused};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{Letter, link::Purpose};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    token: String,
}

pub async fn verify(State(account): State<Account>, client: Client, sent: Sent<Shown>) -> Response {
    sent.way.answer(account.verify(&client, &sent.value.token).await)
}

pub async fn request_verification(
    State(account): State<Account>,
    Listening(caller): Listening,
    sent: Sent<Nothing>,
) -> Response {
    sent.way.answer(account.request_verification(caller).await)
}

impl Account {
    pub(crate) async fn verify(&self, client: &Client, token: &str) -> Result<Done, Refused> {
        self.try_once(&Subject::place(client)).await?;
        let (hash, now) = (link(token)?, self.now());
        let mut tx = self.0.store.begin().await?;
        let used = tx.use_link(hash, Purpose::Verify, now).await?.ok_or(Refused::Link)?;
        let (Some(listener), Some(key)) = (used.listener, used.email_key) else { return Err(Refused::Link) };
        // An address that was changed meanwhile is not the one that was shown.
        if tx.verify_address(listener, &key, now).await? {
            tx.audit(now, &signature(listener), "address.verify", &listener.to_string(), "{}").await?;
        } else {
            self.move_address(&mut tx, listener, &key).await?;
        }
        tx.commit().await?;
        Ok(Done::said(json!({ "verified": true })))
    }

    pub(crate) async fn request_verification(&self, caller: Caller) -> Result<Done, Refused> {
        if self.0.settings.mail == Mail::None {
            return Err(Refused::NoMail);
        }
        let found = self.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        self.try_once(&Subject::letters(&key(&found.email))).await?;
        let mut tx = self.0.store.begin().await?;
        let letter = Letter::Verify { listener: caller.listener };
        self.write(&mut tx, letter, format!("mail:verify:{}", caller.listener)).await?;
        tx.commit().await?;
        Ok(Done { status: StatusCode::ACCEPTED, ..Done::said(json!({ "detail": "a link is on its way" })) })
    }
}
