//! The first password: of a listener whom an operator has given a link, or of the first operator, whom nobody could
//! have let in.

use super::{
    Account,
    begin::signature,
    client::Client,
    liked,
    reset::link,
    sent::{Done, Sent},
    throttle::Subject,
};
use crate::api::{Caller, body::words, refused::Refused};
use axum::{Extension, extract::State, http::HeaderMap, response::Response};
use domain::{Email, Language, ListenerId, link::Purpose, schedule::Zone};
use serde::Deserialize;
use serde_json::json;
use store::{
    Tx, accounts,
    listeners::{Listener, Role},
    sessions::Method,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    pub token: String,
    pub password: String,
    /// Of the first operator; others have theirs.
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub name: String,
    pub zone: Option<Zone>,
    pub language: Option<Language>,
}

/// Whose account it becomes.
enum Who {
    Known(accounts::Account),
    New(Box<Listener>),
}

pub async fn set_up(
    State(account): State<Account>,
    client: Client,
    before: Option<Extension<Caller>>,
    headers: HeaderMap,
    sent: Sent<SetUp>,
) -> Response {
    let before = before.map(|Extension(caller)| caller);
    sent.way.answer(account.set_up(&client, before, liked(&headers), sent.value).await)
}

impl Account {
    pub(crate) async fn set_up(
        &self,
        client: &Client,
        before: Option<Caller>,
        liked: Language,
        wish: SetUp,
    ) -> Result<Done, Refused> {
        self.try_once(&Subject::place(client)).await?;
        let (hash, now) = (link(&wish.token)?, self.now());
        let found = self.0.store.link(hash, Purpose::SetUp, now).await?.ok_or(Refused::Link)?;
        let who = match found.listener {
            Some(listener) => Who::Known(self.0.store.account(listener).await?.ok_or(Refused::Link)?),
            // Printed while no operator could sign in, and of no use once one can.
            None if self.0.store.an_operator_can_sign_in().await? => return Err(Refused::Link),
            None => self.first_operator(&wish, liked).await?,
        };
        let email = match &who {
            Who::Known(account) => &account.email,
            Who::New(listener) => &listener.email,
        };
        let (password, strength) = self.chosen(email, &wish.password, wish.language.unwrap_or(liked)).await?;
        let mut tx = self.0.store.begin().await?;
        let used = tx.use_link(hash, Purpose::SetUp, now).await?.ok_or(Refused::Link)?;
        let listener = self.settle(&mut tx, who, used.listener.is_none()).await?;
        tx.set_password(listener, &password, now).await?;
        if let Some(key) = &used.email_key {
            tx.verify_address(listener, key, now).await?;
        }
        let ended = tx.end_sessions(listener, None).await?;
        let detail = json!({ "sessions_ended": ended }).to_string();
        tx.audit(now, &signature(listener), "password.set", &listener.to_string(), &detail).await?;
        let cookie = self.begin(&mut tx, listener, Method::Link, client, before).await?;
        tx.commit().await?;
        let body = json!({ "listener": listener, "advice": strength.advice(liked) });
        Ok(Done::said(body).keeping(cookie))
    }

    /// Whether a link to set up makes the first operator, who is to say who they are.
    pub(crate) async fn is_for_first(&self, token: &str) -> Result<bool, Refused> {
        let found =
            self.0.store.link(link(token)?, Purpose::SetUp, self.now()).await?.ok_or(Refused::Link)?;
        Ok(found.listener.is_none())
    }

    /// Somebody who is here already, or somebody new.
    async fn first_operator(&self, wish: &SetUp, liked: Language) -> Result<Who, Refused> {
        let email: Email = wish.email.parse().map_err(|cause| Refused::field("email", cause))?;
        if let Some(account) = self.0.store.account_by_key(&email.key()).await? {
            return Ok(Who::Known(account));
        }
        let utc = || "Etc/UTC".parse().map_err(|_| Refused::Fault);
        Ok(Who::New(Box::new(Listener {
            id: ListenerId::born(self.now(), self.chance()),
            email: email.as_sent(),
            name: words("name", &wish.name, 100)?,
            role: Role::Operator,
            zone: wish.zone.clone().map_or_else(utc, Ok)?,
            language: wish.language.unwrap_or(liked),
            plan: self.0.settings.plan.clone(),
        })))
    }

    async fn settle(&self, tx: &mut Tx, who: Who, is_first: bool) -> Result<ListenerId, Refused> {
        let now = self.now();
        let id = match who {
            Who::Known(account) => account.id,
            Who::New(listener) => {
                if !tx.add_listener(&listener, now).await? {
                    return Err(Refused::Conflict("this address has just become somebody's".into()));
                }
                listener.id
            }
        };
        if is_first {
            tx.promote(id).await?;
            tx.audit(now, "set-up link", "operator.first", &id.to_string(), "{}").await?;
        }
        Ok(id)
    }
}
