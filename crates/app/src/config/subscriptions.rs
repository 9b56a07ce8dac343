//! What is sold, to whom it is given without being sold, and how it is paid for.

use super::Secret;
use domain::Plans;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscriptions {
    /// The plan of those who come in and have no subscription; empty: they have nothing before they choose one.
    pub default_plan: String,
    /// How long a payment may be outstanding before programs stop.
    pub grace_days: u32,
}

impl Default for Subscriptions {
    fn default() -> Self {
        Self { default_plan: Plans::UNLIMITED.to_owned(), grace_days: 7 }
    }
}

/// How plans are paid for; without a secret key nothing is sold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stripe {
    pub secret_key: Secret,
    /// What signs its messages; two while one replaces the other.
    pub webhook_secret: Secret,
    pub next_webhook_secret: Secret,
    /// Where a listener comes back to from paying; empty: `server.public_url`.
    pub return_url: String,
    /// Where Stripe's API answers; trusted, so a stand-in on this machine works.
    pub base_url: String,
}

impl Default for Stripe {
    fn default() -> Self {
        Self {
            secret_key: Secret::default(),
            webhook_secret: Secret::default(),
            next_webhook_secret: Secret::default(),
            return_url: String::new(),
            base_url: "https://api.stripe.com".into(),
        }
    }
}
