//! Another password, by whoever gets the mail.

use super::{
    Account, Mail,
    begin::signature,
    client::Client,
    liked,
    sent::{Done, Sent},
    sign_in::key,
    throttle::Subject,
};
use crate::api::{Caller, refused::Refused};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{Email, Language, Letter, link::Purpose, token::Ticket};
use serde::Deserialize;
use serde_json::json;
use store::sessions::Method;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    pub token: String,
    pub password: String,
}

pub async fn request(State(account): State<Account>, client: Client, sent: Sent<Forgotten>) -> Response {
    sent.way.answer(account.request_reset(&client, &sent.value.email).await)
}

pub async fn reset(
    State(account): State<Account>,
    client: Client,
    before: Option<Extension<Caller>>,
    headers: HeaderMap,
    sent: Sent<Reset>,
) -> Response {
    let before = before.map(|Extension(caller)| caller);
    sent.way.answer(account.reset(&client, before, liked(&headers), &sent.value).await)
}

impl Account {
    /// The answer and the work are the same whosever the address is, and if it is nobody's.
    pub(crate) async fn request_reset(&self, client: &Client, email: &str) -> Result<Done, Refused> {
        let _: Email = email.parse().map_err(|cause| Refused::field("email", cause))?;
        if self.0.settings.mail == Mail::None {
            return Err(Refused::NoMail);
        }
        self.try_once(&Subject::place(client)).await?;
        let address = key(email);
        // Who has had enough letters gets no more, and whoever asks for them is not told.
        if self.try_once(&Subject::letters(&address)).await.is_ok() {
            let mut tx = self.0.store.begin().await?;
            let key = format!("mail:reset:{}", blake3::hash(address.as_bytes()).to_hex());
            self.write(&mut tx, Letter::Reset { address }, key).await?;
            tx.commit().await?;
        }
        let body = json!({ "detail": "if somebody here has this address, a link is on its way to it" });
        Ok(Done { status: StatusCode::ACCEPTED, ..Done::said(body) })
    }

    pub(crate) async fn reset(
        &self,
        client: &Client,
        before: Option<Caller>,
        language: Language,
        reset: &Reset,
    ) -> Result<Done, Refused> {
        self.try_once(&Subject::place(client)).await?;
        let (hash, now) = (link(&reset.token)?, self.now());
        // A password that will not do leaves the link as it is.
        let found = self.0.store.link(hash, Purpose::Reset, now).await?.ok_or(Refused::Link)?;
        let listener = found.listener.ok_or(Refused::Link)?;
        let account = self.0.store.account(listener).await?.filter(|of| of.disabled_at.is_none());
        let account = account.ok_or(Refused::Link)?;
        let (password, strength) = self.chosen(&account.email, &reset.password, language).await?;
        let mut tx = self.0.store.begin().await?;
        let used = tx.use_link(hash, Purpose::Reset, now).await?.ok_or(Refused::Link)?;
        tx.set_password(listener, &password, now).await?;
        if let Some(key) = &used.email_key {
            tx.verify_address(listener, key, now).await?;
        }
        let ended = tx.end_sessions(listener, None).await?;
        let detail = json!({ "sessions_ended": ended }).to_string();
        tx.audit(now, &signature(listener), "password.reset", &listener.to_string(), &detail).await?;
        self.tell_of_change(&mut tx, listener).await?;
        let cookie = self.begin(&mut tx, listener, Method::Link, client, before).await?;
        tx.commit().await?;
        let body = json!({ "listener": listener, "advice": strength.advice(language) });
        Ok(Done::said(body).keeping(cookie))
    }
}

/// What a link carries, as it is looked up.
pub(super) fn link(token: &str) -> Result<domain::token::TokenHash, Refused> {
    token.trim().parse::<Ticket>().map(|ticket| ticket.hash()).map_err(|_| Refused::Link)
}
