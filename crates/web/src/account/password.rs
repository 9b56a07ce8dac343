//! Another password, by whoever knows the last one.

use super::{
    Account, Mail,
    begin::signature,
    client::Client,
    liked,
    sent::{Done, Sent},
    sign_in::key,
};
use crate::api::{Caller, caller::Listening, refused::Refused};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::{
    Email, Language, Letter, ListenerId,
    password::{Password, Strength},
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Tx;

/// Who has no password sets one, if they have proved who they are within that time.
const FRESH: i64 = 900 * 1_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Not of those who have none yet.
    #[serde(default)]
    pub current: String,
    pub new: String,
}

pub async fn change(
    State(account): State<Account>,
    Listening(caller): Listening,
    client: Client,
    headers: HeaderMap,
    sent: Sent<Change>,
) -> Response {
    sent.way.answer(account.change_password(caller, &client, liked(&headers), sent.value).await)
}

impl Account {
    pub(crate) async fn change_password(
        &self,
        caller: Caller,
        client: &Client,
        language: Language,
        change: Change,
    ) -> Result<Done, Refused> {
        let found = self.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        if found.password.is_some() {
            self.proved(client, &key(&found.email), Password::typed(&change.current)).await?;
        } else if !self.is_fresh(caller).await? {
            return Err(Refused::Stale);
        }
        let (hash, strength) = self.chosen(&found.email, &change.new, language).await?;
        let mut tx = self.0.store.begin().await?;
        let ended = self.put_password(&mut tx, found.id, &hash, caller).await?;
        self.tell_of_change(&mut tx, found.id).await?;
        let cookie = match caller.session() {
            Some(session) => Some(self.renew(&mut tx, session).await?),
            None => None,
        };
        tx.commit().await?;
        let body = json!({ "ended": ended, "advice": strength.advice(language) });
        Ok(Done { cookie, ..Done::said(body) })
    }

    /// A password that may be used, hashed.
    pub(super) async fn chosen(
        &self,
        email: &str,
        password: &str,
        language: Language,
    ) -> Result<(String, Strength), Refused> {
        let unfit = |cause: domain::password::Unfit| Refused::field("password", cause.sentence(language));
        let email: Email = email.parse().map_err(|cause| Refused::field("email", cause))?;
        let (password, strength) = Password::chosen(password, &email, &self.0.common).map_err(unfit)?;
        Ok((self.0.hasher.hash(password, self.salt()).await?, strength))
    }

    /// All other sessions end: whoever had the last password may have one. How many there were.
    async fn put_password(
        &self,
        tx: &mut Tx,
        listener: ListenerId,
        hash: &str,
        caller: Caller,
    ) -> Result<u64, Refused> {
        tx.set_password(listener, hash, self.now()).await?;
        let ended = tx.end_sessions(listener, caller.session()).await?;
        let detail: Value = json!({ "sessions_ended": ended });
        let subject = listener.to_string();
        let by = signature(caller.listener);
        tx.audit(self.now(), &by, "password.change", &subject, &detail.to_string()).await?;
        Ok(ended)
    }

    /// Who did not do it hears of it.
    pub(super) async fn tell_of_change(&self, tx: &mut Tx, listener: ListenerId) -> Result<(), Refused> {
        if self.0.settings.mail == Mail::Sent {
            let key = format!("mail:password_changed:{listener}:{}", self.now());
            self.write(tx, Letter::PasswordChanged { listener }, key).await?;
        }
        Ok(())
    }

    pub(super) async fn is_fresh(&self, caller: Caller) -> Result<bool, Refused> {
        let (limits, now) = (self.0.settings.sessions, self.now());
        let rows = self.0.store.sessions(caller.listener, limits, now).await?;
        Ok(rows.iter().any(|row| Some(row.id) == caller.session() && now - row.created_at < FRESH))
    }
}
