//! Signing in, and all that belongs to it: passwords, sessions and the links that are good once. Answers are JSON,
//! for pages and programs alike; a form that a browser posts by itself is led on to where it wants to go.
//!
//! Nothing here tells whether an address is somebody's: neither by what is answered, nor by how long it takes.

mod address;
pub(crate) mod begin;
pub(crate) mod client;
mod cookie;
mod guard;
mod hashing;
mod identities;
pub(crate) mod links;
pub(crate) mod me;
mod move_address;
mod oidc;
pub(crate) mod passkeys;
pub(crate) mod password;
pub(crate) mod reset;
pub(crate) mod sent;
pub(crate) mod set_up;
pub(crate) mod sign_in;
mod throttle;

pub use address::{callback_address, link_address};
pub use client::peer;
pub use cookie::Transport;
pub use guard::{Entered, csrf};
pub use oidc::{Provider, Strangers};

use crate::api::refused::Refused;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use cookie::Cookies;
use domain::{Language, ListenerId, password::Common, session::Limits, token::Ticket};
use hashing::Hasher;
use net::{Network, Url};
use queue::{Clock, Entropy};
use std::{fmt, sync::Arc};
use store::{Micros, Store};
use webauthn_rs::Webauthn;

/// Method and pattern of every route here.
pub const ROUTES: [(&str, &str); 25] = [
    ("GET", "/account/ways"),
    ("GET", "/account/session"),
    ("GET", "/account/sessions"),
    ("DELETE", "/account/sessions/{id}"),
    ("POST", "/account/sessions/{id}/end"),
    ("POST", "/account/sessions/end-others"),
    ("POST", "/account/sign-in"),
    ("POST", "/account/sign-out"),
    ("POST", "/account/password"),
    ("POST", "/account/address"),
    ("GET", "/account/identities"),
    ("POST", "/account/identities/remove"),
    ("POST", "/account/verify"),
    ("POST", "/account/verify/request"),
    ("POST", "/account/reset"),
    ("POST", "/account/reset/request"),
    ("POST", "/account/set-up"),
    ("GET", "/account/passkeys"),
    ("POST", "/account/passkeys"),
    ("POST", "/account/passkeys/begin"),
    ("DELETE", "/account/passkeys/{id}"),
    ("POST", "/account/sign-in/passkey/begin"),
    ("POST", "/account/sign-in/passkey"),
    ("POST", "/account/oidc/{provider}"),
    ("GET", "/account/oidc/{provider}/callback"),
];

/// Of a request.
const MOST_BYTES: usize = 64 << 10;

/// What signing in works with. Cheap to clone.
#[derive(Clone)]
pub struct Account(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    public_url: Url,
    settings: Settings,
    cookies: Cookies,
    hasher: Hasher,
    common: Common,
    webauthn: Option<Webauthn>,
}

/// How people may come in.
#[derive(Clone, Debug)]
pub struct Settings {
    pub sessions: Limits,
    /// Whose word on where a request comes from is believed.
    pub proxies: Vec<Network>,
    /// Whoever asks from this machine is that listener, without signing in.
    pub alone: Option<ListenerId>,
    /// Whether letters are sent.
    pub mail: Mail,
    /// Services whose word on who somebody is, is believed.
    pub providers: Vec<Provider>,
    /// Of the operator whom the first link makes.
    pub plan: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    Sent,
    /// Operators hand links on: `admin listener link`.
    None,
}

/// What it is made of.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// Where others reach this service.
    pub public_url: Url,
    pub settings: Settings,
    /// Passwords that everybody tries, one on each line.
    pub common: &'static str,
}

impl Account {
    /// Whether letters go out.
    pub fn mail(&self) -> Mail {
        self.0.settings.mail
    }

    pub fn new(parts: Parts) -> Self {
        let Parts { store, clock, entropy, public_url, settings, common } = parts;
        let cookies = Cookies::of(Transport::of(&public_url));
        let (hasher, common) = (Hasher::new(), Common::of(common));
        let webauthn = passkeys::relying(&public_url);
        Self(Arc::new(Inner {
            store,
            clock,
            entropy,
            public_url,
            settings,
            cookies,
            hasher,
            common,
            webauthn,
        }))
    }

    fn now(&self) -> Micros {
        self.0.clock.now()
    }

    fn chance(&self) -> [u64; 2] {
        [self.0.entropy.bits(), self.0.entropy.bits()]
    }

    fn ticket(&self) -> Ticket {
        let ([a, b], [c, d]) = (self.chance(), self.chance());
        Ticket::new([a, b, c, d])
    }

    fn salt(&self) -> [u8; 16] {
        let [a, b] = self.chance().map(u64::to_le_bytes);
        std::array::from_fn(|at| if at < 8 { a[at] } else { b[at - 8] })
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

pub fn router(account: Account) -> Router {
    Router::new()
        .route("/account/ways", get(me::ways))
        .route("/account/session", get(me::show))
        .route("/account/sessions", get(me::sessions))
        .route("/account/sessions/{id}", delete(me::end))
        .route("/account/sessions/{id}/end", post(me::end))
        .route("/account/sessions/end-others", post(me::end_others))
        .route("/account/sign-in", post(sign_in::sign_in))
        .route("/account/sign-out", post(sign_in::sign_out))
        .route("/account/password", post(password::change))
        .route("/account/address", post(move_address::request))
        .route("/account/identities", get(identities::list))
        .route("/account/identities/remove", post(identities::remove))
        .route("/account/verify", post(links::verify))
        .route("/account/verify/request", post(links::request_verification))
        .route("/account/reset", post(reset::reset))
        .route("/account/reset/request", post(reset::request))
        .route("/account/set-up", post(set_up::set_up))
        .route("/account/passkeys", get(passkeys::list).post(passkeys::finish_new))
        .route("/account/passkeys/begin", post(passkeys::begin_new))
        .route("/account/passkeys/{id}", delete(passkeys::remove))
        .route("/account/sign-in/passkey/begin", post(passkeys::begin_sign_in))
        .route("/account/sign-in/passkey", post(passkeys::sign_in))
        .route("/account/oidc/{provider}", post(oidc::begin))
        .route("/account/oidc/{provider}/callback", get(oidc::finish))
        .layer(middleware::from_fn_with_state(account.clone(), enter))
        .layer(csrf(&account))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(account)
}

/// Finds out who asks before the handler does, and hands a new cookie out after it.
async fn enter(State(account): State<Account>, mut request: Request, next: Next) -> Response {
    let peer = peer(request.extensions());
    let entered = match account.enter(peer, request.headers()).await {
        Ok(entered) => entered,
        Err(error) => return Refused::from(error).into_response(),
    };
    let cookie = entered.and_then(|entered| {
        request.extensions_mut().insert(entered.caller);
        entered.cookie
    });
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // What the handler has set comes later than what came of looking.
    if let Some(cookie) = cookie.filter(|_| !headers.contains_key(header::SET_COOKIE)) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The language that a browser likes best, of those we speak.
pub(crate) fn liked(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let tags = accepted.split(',').map(|range| range.trim().split(['-', ';']).next().unwrap_or_default());
    tags.filter_map(|tag| tag.parse().ok()).next().unwrap_or(Language::En)
}
