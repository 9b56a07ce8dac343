//! Passkeys (WebAuthn Level 3): kept by the listener's device, which asks for their finger or face, and good for no
//! other site. A device finds the right one by itself, so that nobody types who they are, and nothing is said of who
//! has one.

use super::{
    Account,
    begin::signature,
    client::Client,
    sent::{Done, Sent},
    sign_in::Nothing,
    throttle::Subject,
};
use crate::api::{
    Caller, at,
    body::{Named, words},
    caller::Listening,
    refused::Refused,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{ListenerId, PasskeyId, token::TokenHash};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use store::{ceremonies::Kind, passkeys::NewPasskey, sessions::Method};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

/// For a finger to be found.
const PATIENCE_S: i64 = 300;
const MOST_LABEL: usize = 100;
/// Of one listener.
const MOST: usize = 20;

#[derive(Serialize, Deserialize)]
struct Registering {
    listener: ListenerId,
    state: PasskeyRegistration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    credential: RegisterPublicKeyCredential,
    /// What the listener calls it.
    #[serde(default)]
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    credential: PublicKeyCredential,
}

/// What makes and knows passkeys; `None` where the service has no name of its own, which they are bound to.
pub(super) fn relying(public_url: &Url) -> Option<Webauthn> {
    let domain = public_url.domain()?;
    WebauthnBuilder::new(domain, public_url).ok()?.rp_name("Mimiyori").build().ok()
}

pub async fn list(
    State(account): State<Account>,
    Listening(caller): Listening,
) -> Result<Json<Value>, Refused> {
    let rows = account.0.store.passkeys(caller.listener).await?;
    let items = rows.into_iter().map(|row| {
        json!({
            "id": row.id,
            "label": row.label,
            "created_at": at(row.created_at),
            "last_used_at": row.last_used_at.map(at),
        })
    });
    Ok(Json(json!({ "items": items.collect::<Vec<_>>(), "next_cursor": null })))
}

pub async fn begin_new(
    State(account): State<Account>,
    Listening(caller): Listening,
    sent: Sent<Nothing>,
) -> Response {
    sent.way.answer(account.begin_passkey(caller).await)
}

pub async fn finish_new(
    State(account): State<Account>,
    Listening(caller): Listening,
    headers: HeaderMap,
    sent: Sent<New>,
) -> Response {
    sent.way.answer(account.finish_passkey(caller, &headers, sent.value).await)
}

pub async fn remove(
    State(account): State<Account>,
    Listening(caller): Listening,
    Named(id): Named<PasskeyId>,
    sent: Sent<Nothing>,
) -> Response {
    sent.way.answer(account.remove_passkey(caller, id).await)
}

pub async fn begin_sign_in(State(account): State<Account>, client: Client, sent: Sent<Nothing>) -> Response {
    sent.way.answer(account.begin_by_passkey(&client).await)
}

pub async fn sign_in(
    State(account): State<Account>,
    client: Client,
    before: Option<Extension<Caller>>,
    headers: HeaderMap,
    sent: Sent<Shown>,
) -> Response {
    let before = before.map(|Extension(caller)| caller);
    sent.way.answer(account.by_passkey(&client, before, &headers, &sent.value.credential).await)
}

impl Account {
    fn webauthn(&self) -> Result<&Webauthn, Refused> {
        let none =
            || Refused::Conflict("passkeys need server.public_url to have a name, not an address".into());
        self.0.webauthn.as_ref().ok_or_else(none)
    }

    async fn begin_passkey(&self, caller: Caller) -> Result<Done, Refused> {
        let webauthn = self.webauthn()?;
        if !self.is_fresh(caller).await? {
            return Err(Refused::Stale);
        }
        let found = self.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        let rows = self.0.store.passkeys(caller.listener).await?;
        if rows.len() >= MOST {
            return Err(Refused::Conflict(format!("{MOST} passkeys are the most; remove one first")));
        }
        let known = rows.iter().filter_map(|row| serde_json::from_str::<Passkey>(&row.passkey).ok());
        let known = known.map(|passkey| passkey.cred_id().clone()).collect();
        let user = Uuid::from_bytes(caller.listener.bytes());
        let begun = webauthn.start_passkey_registration(user, &found.email, &found.email, Some(known));
        let (options, state) = begun.map_err(|error| fault(&error))?;
        let mut options = json!(options);
        // So that it can be found without a name being typed.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        let state = Registering { listener: caller.listener, state };
        self.begin_ceremony(Kind::PasskeyNew, &state, options).await
    }

    async fn finish_passkey(&self, caller: Caller, headers: &HeaderMap, new: New) -> Result<Done, Refused> {
        let begun: Registering = self.take_ceremony(Kind::PasskeyNew, headers).await?;
        if begun.listener != caller.listener {
            return Err(Refused::Ceremony);
        }
        let passkey = self.webauthn()?.finish_passkey_registration(&new.credential, &begun.state);
        let passkey = passkey.map_err(|error| unbelieved(&error))?;
        let label = words("label", &new.label, MOST_LABEL)?;
        let (now, id) = (self.now(), PasskeyId::born(self.now(), self.chance()));
        let row = NewPasskey {
            id,
            listener: caller.listener,
            credential: named(passkey.cred_id()),
            passkey: json!(passkey).to_string(),
            label: label.clone(),
        };
        let mut tx = self.0.store.begin().await?;
        if !tx.add_passkey(&row, now).await? {
            return Err(Refused::Conflict("this passkey is known already".into()));
        }
        let (by, subject) = (signature(caller.listener), caller.listener.to_string());
        tx.audit(now, &by, "passkey.add", &subject, &json!({ "passkey": id }).to_string()).await?;
        tx.commit().await?;
        let done = Done { status: StatusCode::CREATED, ..Done::said(json!({ "id": id, "label": label })) };
        Ok(done.keeping(self.0.cookies.end()))
    }

    pub(crate) async fn remove_passkey(&self, caller: Caller, id: PasskeyId) -> Result<Done, Refused> {
        let found = self.0.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        let passkeys = self.0.store.passkeys(caller.listener).await?;
        let is_theirs = passkeys.iter().any(|row| row.id == id);
        let is_last = found.password.is_none() && passkeys.len() == 1;
        if is_theirs && is_last && self.0.store.identities(caller.listener).await?.is_empty() {
            return Err(Refused::Conflict("without it you could not come in; set a password first".into()));
        }
        let now = self.now();
        let mut tx = self.0.store.begin().await?;
        if !tx.remove_passkey(id, caller.listener).await? {
            return Err(Refused::Missing("passkey"));
        }
        let (by, subject) = (signature(caller.listener), caller.listener.to_string());
        tx.audit(now, &by, "passkey.remove", &subject, &json!({ "passkey": id }).to_string()).await?;
        tx.commit().await?;
        Ok(Done::nothing_to_say())
    }

    async fn begin_by_passkey(&self, client: &Client) -> Result<Done, Refused> {
        let webauthn = self.webauthn()?;
        self.try_once(&Subject::place(client)).await?;
        let begun = webauthn.start_discoverable_authentication();
        let (options, state) = begun.map_err(|error| fault(&error))?;
        self.begin_ceremony(Kind::PasskeySignIn, &state, json!(options)).await
    }

    async fn by_passkey(
        &self,
        client: &Client,
        before: Option<Caller>,
        headers: &HeaderMap,
        shown: &PublicKeyCredential,
    ) -> Result<Done, Refused> {
        let begun: DiscoverableAuthentication = self.take_ceremony(Kind::PasskeySignIn, headers).await?;
        let proved = self.proved_by_passkey(begun, shown).await;
        let (listener, passkey) = proved.inspect_err(|_| {
            let method = Method::Passkey.name();
            metrics::counter!("mimiyori_sign_ins_total", "method" => method, "outcome" => "refused")
                .increment(1);
        })?;
        let mut tx = self.0.store.begin().await?;
        let key = named(passkey.cred_id());
        if !tx.passkey_used(listener, &key, &json!(passkey).to_string(), self.now()).await? {
            return Err(Refused::Ceremony);
        }
        let cookie = self.begin(&mut tx, listener, Method::Passkey, client, before).await?;
        tx.commit().await?;
        self.forgive_place(client).await?;
        Ok(Done::said(json!({ "listener": listener })).keeping(cookie))
    }

    /// Whose passkey it is, and the passkey as it is from now on. Whatever is wrong is answered alike.
    async fn proved_by_passkey(
        &self,
        begun: DiscoverableAuthentication,
        shown: &PublicKeyCredential,
    ) -> Result<(ListenerId, Passkey), Refused> {
        let webauthn = self.webauthn()?;
        let identified = webauthn.identify_discoverable_authentication(shown);
        let (user, shown_id) = identified.map_err(|error| unbelieved(&error))?;
        let listener = ListenerId::from_bytes(user.into_bytes());
        let account = self.0.store.account(listener).await?;
        account.filter(|account| account.disabled_at.is_none()).ok_or(Refused::Ceremony)?;
        let rows = self.0.store.passkeys(listener).await?;
        let mut passkeys = rows.iter().filter_map(|row| serde_json::from_str::<Passkey>(&row.passkey).ok());
        let passkey = passkeys.find(|passkey| passkey.cred_id().as_slice() == shown_id);
        let mut passkey = passkey.ok_or(Refused::Ceremony)?;
        let proved = webauthn.finish_discoverable_authentication_v2(shown, begun, &passkey);
        passkey.update_credential(&proved.map_err(|error| unbelieved(&error))?);
        Ok((listener, passkey))
    }

    /// What a browser is to do, and what it is to come back with.
    pub(super) async fn begin_ceremony(
        &self,
        kind: Kind,
        state: &impl Serialize,
        body: Value,
    ) -> Result<Done, Refused> {
        let (ticket, until) = (self.ticket(), self.now() + PATIENCE_S * 1_000_000);
        let state = serde_json::to_string(state).map_err(|error| fault(&error))?;
        self.0.store.begin_ceremony(ticket.hash(), kind, &state, until).await?;
        Ok(Done::said(body).keeping(self.0.cookies.begin(&ticket, PATIENCE_S)))
    }

    pub(super) async fn take_ceremony<T: DeserializeOwned>(
        &self,
        kind: Kind,
        headers: &HeaderMap,
    ) -> Result<T, Refused> {
        let ticket = self.0.cookies.begun(headers).ok_or(Refused::Ceremony)?;
        let hash: TokenHash = ticket.hash();
        let state = self.0.store.take_ceremony(hash, kind, self.now()).await?.ok_or(Refused::Ceremony)?;
        serde_json::from_str(&state).map_err(|error| fault(&error))
    }
}

/// A credential's name, as it is looked up.
fn named(credential: &[u8]) -> String {
    credential.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fault(error: &dyn std::fmt::Display) -> Refused {
    tracing::error!(%error, "a ceremony of passkeys cannot be held");
    Refused::Fault
}

/// Why is told to nobody who may have made it up.
fn unbelieved(error: &dyn std::fmt::Display) -> Refused {
    tracing::info!(%error, "a passkey was not believed");
    Refused::Ceremony
}
