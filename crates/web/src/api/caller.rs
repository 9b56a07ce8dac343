//! Who asks, and what they may. A caller is found out once for each request, before its handler; what a handler takes
//! says what it wants: [`Listening`], [`Managing`] or [`Operating`].

use super::{Api, refused::Refused};
use crate::account::Entered;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use domain::{
    ListenerId, SessionId, TokenId,
    token::{Scope, Token},
};
use std::net::IpAddr;

/// Whoever a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub listener: ListenerId,
    pub scope: Scope,
    pub by: By,
}

/// What a caller showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    Token(TokenId),
    /// A browser's cookie.
    Session(SessionId),
    /// Nothing: nobody else can reach this service.
    Alone,
}

impl Caller {
    /// As decisions are signed.
    pub fn signature(&self) -> String {
        match self.by {
            By::Token(_) => format!("api, listener {}", self.listener),
            By::Session(_) | By::Alone => format!("listener {}", self.listener),
        }
    }

    /// The browser's, where it is one that asks.
    pub const fn session(&self) -> Option<SessionId> {
        match self.by {
            By::Session(session) => Some(session),
            By::Token(_) | By::Alone => None,
        }
    }

    pub fn may(self, wanted: Scope) -> Result<Self, Refused> {
        if self.scope.allows(wanted) { Ok(self) } else { Err(Refused::Scope(wanted)) }
    }
}

/// May hear.
#[derive(Clone, Copy, Debug)]
pub struct Listening(pub Caller);

/// May change what is theirs.
#[derive(Clone, Copy, Debug)]
pub struct Managing(pub Caller);

/// May run the service.
#[derive(Clone, Copy, Debug)]
pub struct Operating(pub Caller);

/// Who sends this: by a token that is good now, or as a browser that is signed in. Whoever shows a token is nobody
/// else, be it good or not.
pub(super) async fn identify(
    api: &Api,
    peer: IpAddr,
    headers: &HeaderMap,
) -> Result<Option<Entered>, Refused> {
    match bearer(headers) {
        Some(token) => {
            let caller = by_token(api, token).await?;
            Ok(caller.map(|caller| Entered { caller, cookie: None }))
        }
        None => Ok(api.account.enter(peer, headers).await?),
    }
}

async fn by_token(api: &Api, token: &str) -> Result<Option<Caller>, Refused> {
    let (Ok(token), now) = (token.parse::<Token>(), api.now()) else { return Ok(None) };
    let Some(access) = api.store.access(token.hash(), now).await? else { return Ok(None) };
    if let Err(error) = api.store.token_used(access.token, now).await {
        tracing::warn!(%error, "that a token was used is not noted");
    }
    Ok(Some(Caller { listener: access.listener, scope: access.scope, by: By::Token(access.token) }))
}

/// What stands behind `Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn found(parts: &Parts, wanted: Scope) -> Result<Caller, Refused> {
    parts.extensions.get::<Caller>().copied().ok_or(Refused::Unknown)?.may(wanted)
}

macro_rules! callers {
    ($($name:ident: $scope:ident),+) => {$(
        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = Refused;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
                found(parts, Scope::$scope).map(Self)
            }
        }
    )+};
}

callers! { Listening: Listen, Managing: Manage, Operating: Operate }
