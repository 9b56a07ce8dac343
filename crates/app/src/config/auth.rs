//! How people come in, and how letters go out to them.

use super::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Nobody signs in: whoever is at this machine is the one listener. Only while nobody else can reach it.
    pub single_listener: bool,
    /// A session that is not used for so long is over.
    pub session_idle_days: u32,
    /// A session is over after so long, however much it is used.
    pub session_days: u32,
    /// Networks of proxies in front of this service, whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<String>,
    /// By the name that addresses have.
    pub oidc: BTreeMap<String, Oidc>,
    pub scheduler: Scheduler,
}

/// A service whose word is believed on who somebody is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// For people; empty: its name.
    pub title: String,
    /// Those whom nobody here knows become listeners.
    pub new_listeners: bool,
}

/// An outside scheduler that shows a token of an issuer, such as Google's for a service account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheduler {
    /// Empty: none does.
    pub issuer: String,
    pub audience: String,
    /// Whose tokens they are.
    pub email: String,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            single_listener: false,
            session_idle_days: 14,
            session_days: 90,
            trusted_proxies: vec!["127.0.0.0/8".into(), "::1/128".into()],
            oidc: BTreeMap::new(),
            scheduler: Scheduler::default(),
        }
    }
}

/// Without a server no mail is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtps://user@smtp.example.org`, `smtp://host:587?tls=required` or `smtp://localhost`. It may hold the password.
    pub smtp: Secret,
    pub password: Secret,
    /// `Mimiyori <radio@example.org>`
    pub from: String,
}

impl Auth {
    pub fn check(&self) -> Result<(), String> {
        for (name, oidc) in &self.oidc {
            let is_plain =
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            if name.is_empty() || !is_plain {
                return Err(format!("auth.oidc.{name}: names are of a to z, 0 to 9 and hyphens"));
            }
            if oidc.issuer.is_empty() || oidc.client_id.is_empty() {
                return Err(format!("auth.oidc.{name}: issuer and client_id are needed"));
            }
        }
        let Scheduler { issuer, audience, email } = &self.scheduler;
        if !issuer.is_empty() && (audience.is_empty() || email.is_empty()) {
            return Err(
                "auth.scheduler: audience and email are needed, or anybody's token would do".to_owned()
            );
        }
        for network in &self.trusted_proxies {
            network.parse::<net::Network>().map_err(|cause| format!("auth.trusted_proxies: {cause}"))?;
        }
        Ok(())
    }
}
