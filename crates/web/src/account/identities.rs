//! Who a listener is at other services, and that they are it no more.

use super::{
    Account,
    begin::signature,
    sent::{Done, Sent},
};
use crate::api::{Caller, at, caller::Listening, refused::Refused};
use axum::{Json, extract::State, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};
use store::identities::Identity;

/// One of them, as the list names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    issuer: String,
    subject: String,
}

pub async fn list(
    State(account): State<Account>,
    Listening(caller): Listening,
) -> Result<Json<Value>, Refused> {
    let rows = account.0.store.identities(caller.listener).await?;
    let items = rows.into_iter().map(|row| {
        let title = account.0.settings.providers.iter().find(|provider| provider.name == row.provider);
        json!({
            "issuer": row.issuer,
            "subject": row.subject,
            "provider": row.provider,
            "title": title.map(|provider| &provider.title),
            "created_at": at(row.created_at),
            "last_used_at": row.last_used_at.map(at),
        })
    });
    Ok(Json(json!({ "items": items.collect::<Vec<_>>(), "next_cursor": null })))
}

pub async fn remove(
    State(account): State<Account>,
    Listening(caller): Listening,
    sent: Sent<Named>,
) -> Response {
    sent.way.answer(account.remove_identity(caller, &sent.value).await)
}

impl Account {
    async fn remove_identity(&self, caller: Caller, named: &Named) -> Result<Done, Refused> {
        let identity = Identity { issuer: &named.issuer, subject: &named.subject };
        let found = self.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        let theirs = self.0.store.identities(caller.listener).await?;
        let is_last = found.password.is_none() && theirs.len() == 1;
        let is_theirs = theirs.iter().any(|row| row.issuer == named.issuer && row.subject == named.subject);
        if is_theirs && is_last && self.0.store.passkeys(caller.listener).await?.is_empty() {
            return Err(Refused::Conflict("without it you could not come in; set a password first".into()));
        }
        let now = self.now();
        let mut tx = self.0.store.begin().await?;
        if !tx.remove_identity(identity, caller.listener).await? {
            return Err(Refused::Missing("identity"));
        }
        let (by, subject) = (signature(caller.listener), caller.listener.to_string());
        tx.audit(now, &by, "identity.remove", &subject, &json!({ "issuer": named.issuer }).to_string())
            .await?;
        tx.commit().await?;
        Ok(Done::nothing_to_say())
    }
}
