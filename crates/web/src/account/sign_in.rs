//! In by address and password, and out again.

use super::{
    Account,
    client::Client,
    hashing::Verified,
    sent::{Done, Sent},
    throttle::Subject,
};
use crate::api::{Caller, refused::Refused};
use axum::{Extension, extract::State, response::Response};
use domain::{Email, password::Password};
use serde::Deserialize;
use store::{accounts, sessions::Method};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

pub async fn sign_in(
    State(account): State<Account>,
    client: Client,
    before: Option<Extension<Caller>>,
    sent: Sent<Credentials>,
) -> Response {
    let before = before.map(|Extension(caller)| caller);
    sent.way.answer(account.sign_in(&client, before, &sent.value).await)
}

pub async fn sign_out(
    State(account): State<Account>,
    caller: Option<Extension<Caller>>,
    sent: Sent<Nothing>,
) -> Response {
    let Nothing {} = sent.value;
    sent.way.answer(account.sign_out(caller.map(|Extension(caller)| caller)).await)
}

impl Account {
    pub(crate) async fn sign_in(
        &self,
        client: &Client,
        before: Option<Caller>,
        shown: &Credentials,
    ) -> Result<Done, Refused> {
        let key = key(&shown.email);
        let password = Password::typed(&shown.password);
        let found = self.proved(client, &key, password).await?;
        let mut tx = self.0.store.begin().await?;
        let cookie = self.begin(&mut tx, found.id, Method::Password, client, before).await?;
        tx.commit().await?;
        let body = serde_json::json!({ "listener": found.id, "role": found.role });
        Ok(Done::said(body).keeping(cookie))
    }

    /// The account whose password that is. Whoever is not there, may not come in or has no password is told the same
    /// as who has it wrong, after the same work.
    pub(super) async fn proved(
        &self,
        client: &Client,
        key: &str,
        password: Password,
    ) -> Result<accounts::Account, Refused> {
        let (place, subject) = (Subject::place(client), Subject::account(key));
        let counted = async {
            self.try_once(&place).await?;
            self.try_once(&subject).await
        };
        counted.await.inspect_err(|_| count("throttled"))?;
        let found = self.0.store.account_by_key(key).await?;
        let found = found.filter(|account| account.disabled_at.is_none());
        let hash = found.as_ref().and_then(|account| account.password.clone());
        let verified = self.0.hasher.verify(password.clone(), hash.clone()).await?;
        let (Some(account), Verified::Right | Verified::RightButOld) = (found, &verified) else {
            count("refused");
            return Err(Refused::Credentials);
        };
        self.forgive(&place, &subject).await?;
        if let (Verified::RightButOld, Some(before)) = (verified, hash) {
            let hash = self.0.hasher.hash(password, self.salt()).await?;
            self.0.store.rehash_password(account.id, &before, &hash).await?;
        }
        Ok(account)
    }

    pub(crate) async fn sign_out(&self, caller: Option<Caller>) -> Result<Done, Refused> {
        if let Some((caller, session)) = caller.and_then(|caller| Some((caller, caller.session()?))) {
            let mut tx = self.0.store.begin().await?;
            self.end(&mut tx, caller, session).await?;
            tx.commit().await?;
        }
        Ok(Done::nothing_to_say().keeping(self.0.cookies.drop()))
    }
}

/// What an account is found by; what is no address is nobody's, and is counted all the same.
pub(super) fn key(typed: &str) -> String {
    let nobody = || blake3::hash(typed.as_bytes()).to_string();
    typed.parse::<Email>().map_or_else(|_| nobody(), |email| email.key())
}

fn count(outcome: &'static str) {
    metrics::counter!("mimiyori_sign_ins_total", "method" => Method::Password.name(), "outcome" => outcome)
        .increment(1);
}
