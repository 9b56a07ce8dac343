//! The client for addresses the operator wrote into the configuration: not vetted, so a model server
//! or VOICEVOX on loopback works. Libraries that speak HTTP themselves are given this one.

use crate::error::NetError;
use std::time::Duration;

/// Named here so that no other room needs to depend on `reqwest`.
pub use reqwest::{Client as TrustedClient, RequestBuilder as TrustedRequest};

/// Follows no redirects and has no limit on the whole exchange: callers bound their own calls.
pub fn trusted(user_agent: &str) -> Result<TrustedClient, NetError> {
    builder(user_agent).build().map_err(|error| NetError::Setup { why: error.to_string() })
}

/// The same, but an exchange that is silent for so long is given up.
pub fn trusted_within(user_agent: &str, silence: Duration) -> Result<TrustedClient, NetError> {
    let client = builder(user_agent).read_timeout(silence).build();
    client.map_err(|error| NetError::Setup { why: error.to_string() })
}

/// What every client of ours has in common: ring for TLS, no proxy from the environment, no cookies,
/// no Referer, redirects left to the caller.
pub(crate) fn builder(user_agent: &str) -> reqwest::ClientBuilder {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only where another thread has just installed one.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    #[expect(clippy::disallowed_methods, reason = "this is the room that makes HTTP clients")]
    reqwest::Client::builder()
        .user_agent(user_agent)
        .no_proxy()
        .referer(false)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
}
