//! In by the word of another service that the operator trusts: Google, Clerk, Keycloak, whatever speaks OpenID
//! Connect. Somebody is known by issuer and subject, which stay; their address only serves to find them once.

use super::{
    Account,
    begin::signature,
    client::Client,
    liked,
    sent::{Done, Sent, Way},
    sign_in::Nothing,
    throttle::Subject,
};
use crate::{
    api::{Caller, body::Asked, refused::Refused},
    oidc::{Begun, Issuer, OidcError, Registration, Told},
};
use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{Email, Language, ListenerId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    ceremonies::Kind,
    identities::Identity,
    listeners::{Listener, Role},
    sessions::Method,
};

/// A service whose word is believed.
#[derive(Clone, Debug)]
pub struct Provider {
    /// In the configuration, and in addresses.
    pub name: String,
    /// For people.
    pub title: String,
    pub issuer: Issuer,
    pub registration: Registration,
    pub strangers: Strangers,
}

/// Those of whom a provider tells, and who are nobody here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    Refused,
    /// They become listeners.
    Welcome,
}

#[derive(Serialize, Deserialize)]
struct Under {
    provider: String,
    begun: Begun,
    /// Whose identity it is to be, where somebody is signed in.
    listener: Option<ListenerId>,
    next: String,
    back: Option<String>,
}

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

pub async fn begin(
    State(account): State<Account>,
    client: Client,
    before: Option<Extension<Caller>>,
    Path(provider): Path<String>,
    sent: Sent<Nothing>,
) -> Response {
    let (next, back) = match &sent.way {
        Way::Form { next, back } => (next.clone(), back.clone()),
        Way::Json => ("/".to_owned(), None),
    };
    let begun =
        account.begin_oidc(&client, before.map(|Extension(caller)| caller), &provider, next, back).await;
    match begun {
        Ok((address, done)) => match sent.way {
            Way::Json => Way::Json.answer(Ok(done)),
            Way::Form { back, .. } => Way::Form { next: address, back }.answer(Ok(done)),
        },
        Err(refused) => sent.way.answer(Err(refused)),
    }
}

pub async fn finish(
    State(account): State<Account>,
    client: Client,
    before: Option<Extension<Caller>>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Asked(back): Asked<Back>,
) -> Response {
    let before = before.map(|Extension(caller)| caller);
    let under: Under = match account.take_ceremony(Kind::Oidc, &headers).await {
        Ok(under) => under,
        Err(refused) => return refused.into_response(),
    };
    let way = Way::Form { next: under.next.clone(), back: under.back.clone() };
    let outcome = account.finish_oidc(&client, before, &provider, under, back, liked(&headers)).await;
    if outcome.is_err() {
        let method = Method::Oidc.name();
        metrics::counter!("mimiyori_sign_ins_total", "method" => method, "outcome" => "refused").increment(1);
    }
    way.answer(outcome)
}

impl Account {
    async fn begin_oidc(
        &self,
        client: &Client,
        before: Option<Caller>,
        name: &str,
        next: String,
        back: Option<String>,
    ) -> Result<(String, Done), Refused> {
        let provider = self.provider(name)?;
        self.try_once(&Subject::place(client)).await?;
        let (address, begun) = provider.issuer.begin(&provider.registration).await.map_err(refused)?;
        let listener = before.filter(|before| before.session().is_some()).map(|before| before.listener);
        let under = Under { provider: name.to_owned(), begun, listener, next, back };
        let done = self.begin_ceremony(Kind::Oidc, &under, json!({ "url": address })).await?;
        Ok((address.into(), done))
    }

    async fn finish_oidc(
        &self,
        client: &Client,
        before: Option<Caller>,
        name: &str,
        under: Under,
        back: Back,
        language: Language,
    ) -> Result<Done, Refused> {
        let provider = self.provider(name)?;
        // Of equal length, and compared whole: hashes are.
        let is_theirs = blake3::hash(under.begun.state.as_bytes()) == blake3::hash(back.state.as_bytes());
        if under.provider != name || !is_theirs || back.code.is_empty() {
            return Err(Refused::Ceremony);
        }
        let told =
            provider.issuer.finish(&provider.registration, under.begun, back.code).await.map_err(refused)?;
        let identity = Identity { issuer: &told.issuer, subject: &told.subject };
        let known = self.0.store.listener_of(identity).await?;
        let listener = match (known, under.listener) {
            (Some(known), Some(signed_in)) if known != signed_in => {
                return Err(Refused::Conflict("this identity is another listener's".into()));
            }
            (Some(known), _) => known,
            (None, Some(signed_in)) => {
                // Whoever began it is still the one who is signed in.
                before.filter(|before| before.listener == signed_in).ok_or(Refused::Ceremony)?;
                signed_in
            }
            (None, None) => self.found_by_address(provider, &told, language).await?,
        };
        let account = self.0.store.account(listener).await?;
        account.filter(|account| account.disabled_at.is_none()).ok_or(Refused::Ceremony)?;
        let now = self.now();
        let mut tx = self.0.store.begin().await?;
        if known.is_some() {
            tx.identity_used(identity, now).await?;
        } else {
            if !tx.add_identity(identity, listener, name, now).await? {
                return Err(Refused::Conflict("this identity is another listener's".into()));
            }
            let detail = json!({ "provider": name }).to_string();
            tx.audit(now, &signature(listener), "identity.add", &listener.to_string(), &detail).await?;
        }
        let cookie = self.begin(&mut tx, listener, Method::Oidc, client, before).await?;
        tx.commit().await?;
        self.forgive_place(client).await?;
        Ok(Done::said(json!({ "listener": listener })).keeping(cookie))
    }

    /// Whoever has an address that the provider says is theirs. Somebody who has only claimed it here, with a password
    /// of their own, is not to get another's word for it.
    async fn found_by_address(
        &self,
        provider: &Provider,
        told: &Told,
        language: Language,
    ) -> Result<ListenerId, Refused> {
        let email = told.verified_email.as_ref().and_then(|email| email.parse::<Email>().ok());
        let Some(email) = email else { return Err(Refused::Stranger) };
        if let Some(account) = self.0.store.account_by_key(&email.key()).await? {
            let is_theirs = account.verified_at.is_some() || account.password.is_none();
            let not_shown = || {
                Refused::Conflict(
                    "sign in with your password and confirm your address, then join the two".into(),
                )
            };
            return is_theirs.then_some(account.id).ok_or_else(not_shown);
        }
        if provider.strangers == Strangers::Refused {
            return Err(Refused::Stranger);
        }
        let now = self.now();
        let listener = Listener {
            id: ListenerId::born(now, self.chance()),
            email: email.as_sent(),
            name: String::new(),
            role: Role::Listener,
            zone: "Etc/UTC".parse().map_err(|_| Refused::Fault)?,
            language,
            plan: self.0.settings.plan.clone(),
        };
        let mut tx = self.0.store.begin().await?;
        if !tx.add_listener(&listener, now).await? {
            return Err(Refused::Conflict("this address has just become somebody's".into()));
        }
        tx.verify_address(listener.id, &email.key(), now).await?;
        let detail = json!({ "provider": provider.name, "plan": listener.plan }).to_string();
        tx.audit(now, &signature(listener.id), "listener.add", &listener.id.to_string(), &detail).await?;
        tx.commit().await?;
        Ok(listener.id)
    }

    fn provider(&self, name: &str) -> Result<&Provider, Refused> {
        let found = self.0.settings.providers.iter().find(|provider| provider.name == name);
        found.ok_or(Refused::Missing("provider"))
    }
}

fn refused(error: OidcError) -> Refused {
    match error {
        OidcError::Unbelieved { .. } => {
            tracing::warn!(%error, "somebody did not come in");
            Refused::Ceremony
        }
        OidcError::Away { .. } | OidcError::Issuer(_) => {
            tracing::error!(%error, "nobody comes in by this provider");
            Refused::Away
        }
    }
}
