//! The client for addresses that listeners name: every hop vetted, every limit kept.

mod download;
mod post;

use crate::{
    address::AllowPrivate,
    error::{NetError, shown},
    headers,
    request::Request,
    resolver::{Lookup, System, Vetted},
    response::Response,
    trusted::builder,
};
use bytes::{Bytes, BytesMut};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION,
};
use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, OnceLock},
};
use url::{Host, Url};

pub use download::Download;

/// What a client may reach, and as whom.
#[derive(Clone, Debug)]
pub struct Policy {
    pub allow_private: AllowPrivate,
    /// Honest: names the program and its version.
    pub user_agent: String,
}

/// Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    policy: Policy,
    lookup: Arc<dyn Lookup>,
    /// Made by the first fetch: reading the system's certificates takes longer than many commands.
    inner: Arc<OnceLock<Result<reqwest::Client, String>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Client {
    pub fn new(policy: Policy) -> Self {
        Self::asking(Arc::new(System), policy)
    }

    pub(crate) fn asking(lookup: Arc<dyn Lookup>, policy: Policy) -> Self {
        Self { policy, lookup, inner: Arc::default() }
    }

    /// The same program, allowed to reach something else.
    pub fn allowing(&self, allow_private: AllowPrivate) -> Self {
        Self::asking(self.lookup.clone(), Policy { allow_private, ..self.policy.clone() })
    }

    /// Any status is an answer; an error means there was none, or none that may be read.
    pub async fn get(&self, request: &Request) -> Result<Response, NetError> {
        match tokio::time::timeout(request.timeout, self.whole(request)).await {
            Ok(result) => result,
            Err(_) => Err(NetError::Timeout { url: shown(&request.url), within: request.timeout }),
        }
    }

    async fn whole(&self, request: &Request) -> Result<Response, NetError> {
        let Followed { answer, final_url, moved_to } = self.follow(request).await?;
        finish(answer, request.max_bytes, final_url, moved_to).await
    }

    async fn follow(&self, request: &Request) -> Result<Followed, NetError> {
        let mut url = request.url.clone();
        let mut moved_to = None;
        let mut only_permanent = true;
        for _ in 0..=request.max_redirects {
            let answer = self.hop(request, &url).await?;
            let Some(next) = redirect(&answer, &url)? else {
                return Ok(Followed { answer, final_url: url, moved_to });
            };
            if request.token.is_some() && url.scheme() == "https" && next.scheme() == "http" {
                return Err(NetError::Downgrade { url: shown(&url) });
            }
            only_permanent &= matches!(answer.status().as_u16(), 301 | 308);
            if only_permanent {
                moved_to = Some(next.clone());
            }
            url = next;
        }
        Err(NetError::TooManyRedirects { url: shown(&request.url), limit: request.max_redirects })
    }

    async fn hop(&self, request: &Request, url: &Url) -> Result<reqwest::Response, NetError> {
        self.vet(url)?;
        let headers = outgoing(request, url)?;
        let sent = self.inner()?.get(url.clone()).headers(headers).send().await;
        sent.map_err(|error| NetError::of(error, url))
    }

    /// Whether an address may be asked at all, before anything is. Names are vetted by the resolver; literal
    /// addresses never reach it.
    pub fn vet(&self, url: &Url) -> Result<(), NetError> {
        let bad = |why| NetError::BadUrl { url: shown(url), why };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("only http and https addresses are fetched"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("user names and passwords in addresses are refused; remove them"));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(name)) if !name.is_empty() => return Ok(()),
            Some(Host::Domain(_)) | None => return Err(bad("the address names no host")),
        };
        self.policy.allow_private.vet(literal).map_err(|kind| NetError::refused(url, literal, kind))
    }

    fn inner(&self) -> Result<&reqwest::Client, NetError> {
        let made = self.inner.get_or_init(|| {
            let resolver = Vetted { lookup: self.lookup.clone(), allow: self.policy.allow_private.clone() };
            let built = builder(&self.policy.user_agent).dns_resolver(resolver).build();
            built.map_err(|error| error.to_string())
        });
        made.as_ref().map_err(|why| NetError::Setup { why: why.clone() })
    }
}

/// An answer at the end of its redirects, its body still to be read.
struct Followed {
    answer: reqwest::Response,
    final_url: Url,
    moved_to: Option<Url>,
}

fn outgoing(request: &Request, url: &Url) -> Result<HeaderMap, NetError> {
    let value = |bytes: &str| {
        let bad = "a header made of stored values is malformed; forget the validators and the token";
        HeaderValue::from_bytes(bytes.as_bytes()).map_err(|_| NetError::BadUrl { url: shown(url), why: bad })
    };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
    if let Some(etag) = &request.validators.etag {
        headers.insert(IF_NONE_MATCH, value(etag)?);
    }
    if let Some(date) = &request.validators.last_modified {
        headers.insert(IF_MODIFIED_SINCE, value(date)?);
    }
    if let Some(token) = &request.token
        && url.origin() == request.url.origin()
    {
        let mut bearer = value(&format!("Bearer {}", token.secret()))?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    Ok(headers)
}

/// Where an answer sends us on; `None` where it is the answer itself.
fn redirect(answer: &reqwest::Response, url: &Url) -> Result<Option<Url>, NetError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers().get(LOCATION) else { return Ok(None) };
    let next = location.to_str().ok().and_then(|location| url.join(location).ok());
    next.map(Some)
        .ok_or(NetError::BadUrl { url: shown(url), why: "redirects to something that is no address" })
}

async fn finish(
    mut answer: reqwest::Response,
    max_bytes: usize,
    final_url: Url,
    moved_to: Option<Url>,
) -> Result<Response, NetError> {
    let body = body(&mut answer, max_bytes, &final_url).await?;
    let received = answer.headers();
    Ok(Response {
        status: answer.status().as_u16(),
        moved_to,
        content_type: headers::content_type(received),
        validators: headers::validators(received),
        retry_after: headers::retry_after(received),
        fresh_for: headers::fresh_for(received),
        rate: headers::rate(received),
        final_url,
        body,
    })
}

/// Read piece by piece, so that a bomb is cut when it passes the limit, not when it has burst.
async fn body(answer: &mut reqwest::Response, max_bytes: usize, url: &Url) -> Result<Bytes, NetError> {
    let mut body = BytesMut::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| NetError::of(error, url))? {
        if body.len() + piece.len() > max_bytes {
            return Err(NetError::TooLarge { url: shown(url), limit: max_bytes });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests;
