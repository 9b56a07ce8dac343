//! Who is signed in, where else they are, and how one can come in here.

use super::{
    Account, Mail,
    begin::signature,
    sent::{Done, Sent},
    sign_in::Nothing,
};
use crate::api::{Caller, at, body::Named, caller::Listening, refused::Refused};
use axum::{Json, extract::State, response::Response};
use domain::SessionId;
use serde_json::{Value, json};
use store::sessions::SessionRow;

/// How one comes in, besides by a password.
#[derive(Clone, Debug)]
pub struct Ways {
    pub passkeys: bool,
    /// Name and title of each.
    pub providers: Vec<(String, String)>,
    pub mail: Mail,
}

pub async fn ways(State(account): State<Account>) -> Json<Value> {
    let Ways { passkeys, providers, mail } = account.ways();
    let providers = providers.into_iter().map(|(name, title)| json!({ "name": name, "title": title }));
    Json(json!({
        "password": true,
        "passkeys": passkeys,
        "providers": providers.collect::<Vec<_>>(),
        "mail": mail == Mail::Sent,
    }))
}

pub async fn show(
    State(account): State<Account>,
    Listening(caller): Listening,
) -> Result<Json<Value>, Refused> {
    let found = account.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
    Ok(Json(json!({
        "listener": found.id,
        "email": found.email,
        "role": found.role,
        "language": found.language,
        "verified": found.verified_at.is_some(),
        "has_password": found.password.is_some(),
        "session": caller.session(),
    })))
}

pub async fn sessions(
    State(account): State<Account>,
    Listening(caller): Listening,
) -> Result<Json<Value>, Refused> {
    let rows = account.sessions_of(caller).await?;
    let items = rows.into_iter().map(|row| {
        json!({
            "id": row.id,
            "is_this": caller.session() == Some(row.id),
            "created_at": at(row.created_at),
            "seen_at": at(row.seen_at),
            "method": row.method,
            "address": row.address,
            "agent": row.agent,
        })
    });
    Ok(Json(json!({ "items": items.collect::<Vec<_>>(), "next_cursor": null })))
}

/// One of them.
pub async fn end(
    State(account): State<Account>,
    Listening(caller): Listening,
    Named(id): Named<SessionId>,
    sent: Sent<Nothing>,
) -> Response {
    sent.way.answer(account.end_one(caller, id).await)
}

/// All but the one that asks.
pub async fn end_others(
    State(account): State<Account>,
    Listening(caller): Listening,
    sent: Sent<Nothing>,
) -> Response {
    sent.way.answer(account.end_others(caller).await)
}

impl Account {
    pub(crate) fn ways(&self) -> Ways {
        let of = &self.0.settings;
        Ways {
            passkeys: self.0.webauthn.is_some(),
            providers: of.providers.iter().map(|one| (one.name.clone(), one.title.clone())).collect(),
            mail: of.mail,
        }
    }

    /// Those of the caller's listener, the latest used first.
    pub(crate) async fn sessions_of(&self, caller: Caller) -> Result<Vec<SessionRow>, Refused> {
        let limits = self.0.settings.sessions;
        Ok(self.0.store.sessions(caller.listener, limits, self.now()).await?)
    }

    pub(crate) async fn end_one(&self, caller: Caller, id: SessionId) -> Result<Done, Refused> {
        let mut tx = self.0.store.begin().await?;
        if !self.end(&mut tx, caller, id).await? {
            return Err(Refused::Missing("session"));
        }
        tx.commit().await?;
        let done = Done::nothing_to_say();
        Ok(if caller.session() == Some(id) { done.keeping(self.0.cookies.drop()) } else { done })
    }

    pub(crate) async fn end_others(&self, caller: Caller) -> Result<Done, Refused> {
        let mut tx = self.0.store.begin().await?;
        let ended = tx.end_sessions(caller.listener, caller.session()).await?;
        let detail = json!({ "sessions": ended }).to_string();
        let subject = caller.listener.to_string();
        tx.audit(self.now(), &signature(caller.listener), "session.end_others", &subject, &detail).await?;
        tx.commit().await?;
        Ok(Done::said(json!({ "ended": ended })))
    }
}
