//! Where somebody is told, and of what. A target holds what lets others write there: it is sealed before it is kept,
//! and shown as its place only.

use crate::external::SigningSecret;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// Secrets in use at a time: the one in force and the one it replaces.
const SECRETS: usize = 2;
/// Characters of an address.
const MOST_ADDRESS: usize = 2_000;

/// The way a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Email,
    Slack,
    Discord,
    Webhook,
    WebPush,
}

/// What a channel tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// The listener's own programs.
    #[default]
    Programs,
    /// What an operator is to know at once.
    Alerts,
    /// How batches went.
    Batches,
}

/// Where a channel leads. Its serde form is sealed text in the database.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// The listener's own address, whichever it is by then.
    Email {},
    /// An incoming webhook; whoever has its address may write.
    Slack {
        url: Url,
    },
    Discord {
        url: Url,
    },
    /// Signed as Standard Webhooks has it, by all secrets.
    Webhook {
        url: Url,
        secrets: Vec<SigningSecret>,
    },
    /// A browser, by its push service (RFC 8030), and what encrypts for it (RFC 8291), in base64url.
    WebPush {
        endpoint: Url,
        p256dh: String,
        auth: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    #[error("it must be an http:// or https:// address with a host and without a user name")]
    Address,
    #[error("it has more than {MOST_ADDRESS} characters")]
    Long,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Email, Self::Slack, Self::Discord, Self::Webhook, Self::WebPush];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Webhook => "webhook",
            Self::WebPush => "web_push",
        }
    }
}

impl About {
    pub const ALL: [Self; 3] = [Self::Programs, Self::Alerts, Self::Batches];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Programs => "programs",
            Self::Alerts => "alerts",
            Self::Batches => "batches",
        }
    }

    /// Nobody else is to know how the service fares.
    pub const fn is_for_operators(self) -> bool {
        match self {
            Self::Programs => false,
            Self::Alerts | Self::Batches => true,
        }
    }
}

impl Target {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Email {} => Kind::Email,
            Self::Slack { .. } => Kind::Slack,
            Self::Discord { .. } => Kind::Discord,
            Self::Webhook { .. } => Kind::Webhook,
            Self::WebPush { .. } => Kind::WebPush,
        }
    }

    pub const fn url(&self) -> Option<&Url> {
        match self {
            Self::Email {} => None,
            Self::Slack { url } | Self::Discord { url } | Self::Webhook { url, .. } => Some(url),
            Self::WebPush { endpoint, .. } => Some(endpoint),
        }
    }

    /// As it is shown: of a webhook its address, of the others, whose address is a secret, the host.
    pub fn place(&self) -> String {
        match self {
            Self::Email {} => String::new(),
            Self::Webhook { url, .. } => {
                let mut shown = url.clone();
                shown.set_query(None);
                shown.set_fragment(None);
                shown.into()
            }
            Self::Slack { url } | Self::Discord { url } | Self::WebPush { endpoint: url, .. } => {
                url.host_str().unwrap_or_default().to_owned()
            }
        }
    }

    /// The same for the same place, and tells nobody what it is.
    pub fn fingerprint(&self) -> String {
        let url = self.url().map_or("", Url::as_str);
        blake3::hash(format!("{} {url}", self.kind().name()).as_bytes()).to_hex().to_string()
    }

    pub fn check(&self) -> Result<(), BadTarget> {
        let Some(url) = self.url() else { return Ok(()) };
        if url.as_str().len() > MOST_ADDRESS {
            return Err(BadTarget::Long);
        }
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        if is_plain && is_web { Ok(()) } else { Err(BadTarget::Address) }
    }

    /// A new secret is in force; the one before it is good until it is forgotten. Whether there was room: a receiver
    /// that knows only the oldest is not to be left behind.
    pub fn renew_secret(&mut self, new: SigningSecret) -> bool {
        match self {
            Self::Webhook { secrets, .. } if secrets.len() < SECRETS => {
                secrets.insert(0, new);
                true
            }
            _ => false,
        }
    }

    /// Only the secret in force is good any more.
    pub fn forget_former_secret(&mut self) {
        if let Self::Webhook { secrets, .. } = self {
            secrets.truncate(1);
        }
    }
}

/// What it holds is a secret, but for the place.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({} {})", self.kind().name(), self.url().and_then(Url::host_str).unwrap_or_default())
    }
}

/// Why a channel tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// Whoever it is of wanted it so.
    SwitchedOff,
    /// Whoever got a mail wanted no more, without signing in.
    Unsubscribed,
    /// The other side said that it is not there any more.
    Gone,
}

impl Off {
    pub const fn name(self) -> &'static str {
        match self {
            Self::SwitchedOff => "switched_off",
            Self::Unsubscribed => "unsubscribed",
            Self::Gone => "gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SigningSecret {
        SigningSecret::new(text)
    }

    #[test]
    fn a_target_reads_back_and_shows_no_secret() {
        let url: Url = "https://hooks.slack.com/services/T0/B0/canary".parse().unwrap();
        for (target, place) in [
            (Target::Email {}, ""),
            (Target::Slack { url: url.clone() }, "hooks.slack.com"),
            (Target::Discord { url: url.clone() }, "hooks.slack.com"),
            (
                Target::Webhook {
                    url: "https://me.example/hook?canary=1".parse().unwrap(),
                    secrets: vec![secret("canary")],
                },
                "https://me.example/hook",
            ),
            (
                Target::WebPush { endpoint: url, p256dh: "canary".into(), auth: "canary".into() },
                "hooks.slack.com",
            ),
        ] {
            let json = serde_json::to_string(&target).unwrap();
            assert_eq!(serde_json::from_str::<Target>(&json).unwrap(), target);
            assert_eq!(target.place(), place);
            assert!(!format!("{target:?}").contains("canary"));
            assert_eq!(serde_json::to_value(target.kind()).unwrap(), target.kind().name());
            assert_eq!(target.check(), Ok(()));
        }
        for off in [Off::SwitchedOff, Off::Unsubscribed, Off::Gone] {
            assert_eq!(serde_json::to_value(off).unwrap(), off.name());
        }
        for about in About::ALL {
            assert_eq!(serde_json::to_value(about).unwrap(), about.name());
        }
    }

    #[test]
    fn two_secrets_are_good_while_one_replaces_the_other() {
        let url: Url = "https://me.example/".parse().unwrap();
        let mut target = Target::Webhook { url: url.clone(), secrets: vec![secret("a")] };
        let secrets = |target: &Target| match target {
            Target::Webhook { secrets, .. } => secrets.clone(),
            _ => Vec::new(),
        };
        assert!(target.renew_secret(secret("b")));
        assert_eq!(secrets(&target), [secret("b"), secret("a")]);
        assert!(!target.renew_secret(secret("c")), "somebody may know the first alone");
        assert_eq!(secrets(&target), [secret("b"), secret("a")]);
        target.forget_former_secret();
        assert_eq!(secrets(&target), [secret("b")]);
        let renewed = Target::Webhook { url, secrets: Vec::new() };
        assert_eq!(target.fingerprint(), renewed.fingerprint(), "it leads to the same place");
    }

    #[test]
    fn what_cannot_be_written_to_is_refused() {
        for url in ["ftp://h/", "https://me@h/", "https://me:it@h/", "mailto:h@e.org", "data:,x"] {
            assert_eq!(Target::Slack { url: url.parse().unwrap() }.check(), Err(BadTarget::Address), "{url}");
        }
        let long = format!("https://h/{}", "x".repeat(MOST_ADDRESS)).parse().unwrap();
        assert_eq!(Target::Discord { url: long }.check(), Err(BadTarget::Long));
    }
}
