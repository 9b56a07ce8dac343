//! Stripe's API, as far as it is needed: how a subscription stands, and pages on which a listener pays or changes it.

use crate::{
    config::{self, USER_AGENT},
    failure::{Failure, Kind},
};
use domain::subscription::stripe::{Object, Unreadable};
use net::{TrustedClient, TrustedRequest};
use serde::Deserialize;
use std::{fmt, time::Duration};
use url::{Url, form_urlencoded};

/// The shapes that are read are those of this version, and of those before it.
const VERSION: &str = "2025-03-31.basil";
/// For a whole exchange.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of an answer that says why not.
const MOST_WORDS: usize = 300;

#[derive(Clone)]
pub struct Stripe {
    http: TrustedClient,
    base: Url,
    key: String,
    /// Where a listener comes back to.
    return_url: Url,
}

#[derive(Debug, thiserror::Error)]
pub enum StripeError {
    #[error("stripe does not answer: {0}")]
    Away(String),
    #[error("stripe wants to be asked less often")]
    Busy { retry_after_s: Option<u64> },
    #[error("stripe refuses with {status}: {why}; check [stripe] in the configuration")]
    Refused { status: u16, why: String },
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

#[derive(Deserialize)]
struct Page {
    url: Url,
}

impl Stripe {
    /// Under this name a subscription's metadata say whose it is.
    pub const LISTENER: &str = "listener";

    /// `None` where nothing is sold.
    pub fn configured(config: &config::Stripe, public_url: &Url) -> Result<Option<Self>, Failure> {
        let Some(key) = config.secret_key.reveal()? else { return Ok(None) };
        let address = |name: &str, written: &str| {
            let url: Result<Url, _> = written.parse();
            url.map_err(|cause| {
                Failure::new(Kind::Usage, format!("stripe.{name} {written:?} is no address: {cause}"))
            })
        };
        let return_url = match config.return_url.as_str() {
            "" => public_url.clone(),
            written => address("return_url", written)?,
        };
        let base = address("base_url", &config.base_url)?;
        let http = net::trusted(USER_AGENT).map_err(|cause| Failure::new(Kind::Other, cause))?;
        Ok(Some(Self { http, base, key, return_url }))
    }

    /// How a subscription stands; `None` when there is none of that name.
    pub async fn subscription(&self, id: &str) -> Result<Option<Object>, StripeError> {
        let url = self.url(&["v1", "subscriptions", id]);
        match self.answer(self.http.get(url)).await? {
            (404, _) => Ok(None),
            (_, body) => Ok(Some(Object::from_json(&body)?)),
        }
    }

    /// The address of a page that Stripe shows.
    pub async fn page(&self, of: &[&str], fields: &[(&str, &str)]) -> Result<Url, StripeError> {
        let request = self.http.post(self.url(of));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(fields));
        let (status, body) = self.answer(request).await?;
        match serde_json::from_slice::<Page>(&body) {
            Ok(Page { url }) if status != 404 => Ok(url),
            _ => Err(StripeError::Refused { status, why: said(&body) }),
        }
    }

    pub const fn return_url(&self) -> &Url {
        &self.return_url
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // What is named by somebody else cannot lead anywhere else: it is escaped.
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Status and body of what was answered or is not there.
    async fn answer(&self, request: TrustedRequest) -> Result<(u16, Vec<u8>), StripeError> {
        let request = request.bearer_auth(&self.key).header("stripe-version", VERSION).timeout(PATIENCE);
        let answer = request.send().await.map_err(|error| StripeError::Away(error.to_string()))?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get("retry-after");
        let retry_after_s = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let body = answer.bytes().await.map_err(|error| StripeError::Away(error.to_string()))?;
        match status {
            200..=299 | 404 => Ok((status, body.to_vec())),
            429 => Err(StripeError::Busy { retry_after_s }),
            500.. => Err(StripeError::Away(format!("{status} {}", said(&body)))),
            _ => Err(StripeError::Refused { status, why: said(&body) }),
        }
    }
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What an answer says of why not.
fn said(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Answer {
        error: Why,
    }
    #[derive(Deserialize)]
    struct Why {
        message: String,
    }
    let why = serde_json::from_slice::<Answer>(body).map(|answer| answer.error.message);
    why.unwrap_or_else(|_| "an answer without a reason".to_owned()).chars().take(MOST_WORDS).collect()
}
