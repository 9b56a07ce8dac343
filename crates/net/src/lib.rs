//! The only HTTP client: vetted addresses, limits, honest headers.
//!
//! What a listener names is fetched through [`Client`], which resolves a host once, refuses what is
//! not public, connects to exactly the address it vetted, at every hop, and stops at a size and a
//! time. What the operator names in the configuration is trusted and goes through [`trusted`]. This
//! room knows nothing of feeds, programs or who asks.

mod address;
mod client;
mod digest;
mod error;
mod headers;
pub mod push;
mod request;
mod resolver;
mod response;
pub mod seal;
pub mod stripe;
mod trusted;
pub mod webhook;

pub use address::{AllowPrivate, BadNetwork, Network};
pub use bytes::Bytes;
pub use client::{Client, Download, Policy};
pub use digest::Sha256;
pub use error::{NetError, shown};
pub use request::{Post, Request, Token, Validators};
pub use response::{Rate, Response};
pub use trusted::{TrustedClient, TrustedRequest, trusted, trusted_within};
pub use url::Url;
