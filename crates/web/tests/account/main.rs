//! Signing in as browsers do it, and as those do who should not.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod alone;
mod browser;
mod cross_site;
mod device;
mod guessing;
mod links;
mod moving;
mod oidc;
mod passkeys;
mod provider;
mod sessions;
mod signing_in;
