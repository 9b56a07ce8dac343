//! Who comes in: by the cookie of a session, or as the one listener of a service that nobody else can reach. And which
//! posts come from our own pages.

use super::Account;
use crate::{
    api::{By, Caller},
    problem::Problem,
};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    SessionId,
    session::Verdict,
    token::{Scope, Ticket},
};
use net::Url;
use std::net::IpAddr;
use store::{StoreError, listeners::Role, sessions::Session};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// Somebody who may come in.
#[derive(Clone, Debug)]
pub struct Entered {
    pub caller: Caller,
    /// The next cookie of their session.
    pub cookie: Option<HeaderValue>,
}

/// What says that somebody stands in between.
const FORWARDED: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

type Refusal = fn(ProtectionError) -> Response;

/// Refuses what another site's page lets a browser send (fetch metadata, or Origin where a browser has none).
pub fn csrf(account: &Account) -> CsrfLayer<Refusal> {
    let refuse: Refusal = |_| {
        let detail = "this was sent by a page of another site; go to this service's own pages".to_owned();
        let status = StatusCode::FORBIDDEN;
        Problem { status, name: "cross-site", title: "From another site", detail }.into_response()
    };
    let origin = account.0.public_url.origin().ascii_serialization();
    let layer = CsrfLayer::new().with_rejection_response(refuse);
    // Behind a proxy that writes another Host, the service still knows its own pages.
    layer.clone().add_trusted_origin(origin).unwrap_or(layer)
}

impl Account {
    /// `None`: nobody we know.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn enter(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Option<Entered>, StoreError> {
        if let Some(ticket) = self.0.cookies.session(headers)
            && let Some(entered) = self.by_session(&ticket).await?
        {
            return Ok(Some(entered));
        }
        let alone = self.0.settings.alone.filter(|_| is_alone(peer, headers));
        let Some(listener) = alone else { return Ok(None) };
        let caller = Caller { listener, scope: Scope::Operate, by: By::Alone };
        Ok(Some(Entered { caller, cookie: None }))
    }

    async fn by_session(&self, ticket: &Ticket) -> Result<Option<Entered>, StoreError> {
        let (store, now) = (&self.0.store, self.now());
        let Some(session) = store.session(ticket.hash()).await? else { return Ok(None) };
        let caller = caller(&session);
        match self.0.settings.sessions.judge(&session.life, session.shown, now) {
            Verdict::Over => Ok(None),
            Verdict::Copied => {
                self.end_copied(&session).await?;
                Ok(None)
            }
            Verdict::Good => {
                if let Err(error) = store.session_seen(&session, ticket.hash(), now).await {
                    tracing::warn!(%error, "that a session was used is not noted");
                }
                Ok(Some(Entered { caller, cookie: None }))
            }
            Verdict::Replace => {
                let next = self.ticket();
                let is_first = store.replace_cookie(&session, ticket.hash(), next.hash(), now).await?;
                Ok(Some(Entered { caller, cookie: is_first.then(|| self.keep(&next)) }))
            }
        }
    }

    /// One of the two who have it is not who they say.
    async fn end_copied(&self, session: &Session) -> Result<(), StoreError> {
        tracing::warn!(session = %session.id, "a cookie was used after it had been replaced: its session is ended");
        let now = self.now();
        let mut tx = self.0.store.begin().await?;
        tx.end_session(session.id, session.listener).await?;
        let subject = session.listener.to_string();
        tx.audit(now, "service", "session.copied", &subject, &detail(session.id)).await?;
        tx.commit().await
    }

    pub(super) fn keep(&self, ticket: &Ticket) -> HeaderValue {
        self.0.cookies.keep(ticket, self.0.settings.sessions.whole / 1_000_000)
    }
}

fn caller(session: &Session) -> Caller {
    let scope = match session.role {
        Role::Listener | Role::Observer => Scope::Manage,
        Role::Operator => Scope::Operate,
    };
    Caller { listener: session.listener, scope, by: By::Session(session.id) }
}

pub(super) fn detail(session: SessionId) -> String {
    serde_json::json!({ "session": session }).to_string()
}

/// From this machine, to this machine, with nobody in between: neither a proxy, nor a name of somebody else's that
/// points here.
fn is_alone(peer: IpAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    peer.is_loopback()
        && host.is_some_and(is_loopback)
        && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

fn is_loopback(host: &str) -> bool {
    let url = Url::parse(&format!("http://{host}/")).ok();
    let url = url.filter(|url| url.path() == "/" && url.username().is_empty() && url.password().is_none());
    let name = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_alone() {
        let is = |peer: &str, host: &str, more: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(name) = more {
                headers.insert(name, HeaderValue::from_static("x"));
            }
            is_alone(peer.parse().unwrap(), &headers)
        };
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "127.9.9.9", "LOCALHOST"]
        {
            assert!(is("127.0.0.1", host, None), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:8080",
            "192.168.1.7",
            "0.0.0.0",
            "",
            "a@localhost",
            "localhost/x",
            "127.0.0.1.nip.io",
        ] {
            assert!(!is("127.0.0.1", host, None), "{host}");
        }
        assert!(is("::1", "localhost", None));
        assert!(!is("192.168.1.7", "localhost", None));
        assert!(!is("0.0.0.0", "localhost", None), "who is not known is not alone");
        for name in FORWARDED {
            assert!(!is("127.0.0.1", "localhost", Some(name)), "{name}");
        }
        assert!(!is_alone("127.0.0.1".parse().unwrap(), &HeaderMap::new()));
    }
}
