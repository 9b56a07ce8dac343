//! What happens to every request before its handler and after: who asks is found out, how often they may is counted,
//! and a request that comes twice by one key is answered once.

use super::{
    Api,
    caller::{Caller, identify},
    rate::Meter,
    refused::Refused,
};
use crate::account::peer;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use store::idempotency::{Asked, Claimed};

const KEY: &str = "idempotency-key";
const MOST_KEY: usize = 200;
/// Of a request whose key is looked at; routes that take less say so themselves.
const MOST_BYTES: usize = 1 << 20;
/// Of an answer that is kept.
const MOST_ANSWER: usize = 1 << 20;

/// The key that a request came with, for what has keys of its own.
#[derive(Clone, Debug)]
pub struct RequestKey(pub String);

/// Put on an answer that holds a secret: it is not kept.
#[derive(Clone, Copy, Debug)]
pub struct Secret;

pub async fn admit(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let peer = peer(request.extensions());
    let entered = match identify(&api, peer, request.headers()).await {
        Ok(entered) => entered,
        Err(refused) => return guarded(refused.into_response(), None),
    };
    let (caller, cookie) = entered.map(|entered| (entered.caller, entered.cookie)).unzip();
    let meter = caller.map(|caller| api.rate.take(caller.by, api.now()));
    if let Some(after_s) = meter.and_then(|meter| meter.wait_s) {
        return guarded(Refused::Throttled { after_s }.into_response(), meter);
    }
    let response = match caller {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            match key(&request) {
                Ok(Some(key)) => {
                    once(&api, caller, key, request, next).await.unwrap_or_else(Refused::into_response)
                }
                Ok(None) => next.run(request).await,
                Err(refused) => refused.into_response(),
            }
        }
        None => next.run(request).await,
    };
    let mut response = guarded(response, meter);
    if let Some(cookie) = cookie.flatten() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// What is theirs is for them alone, and is data, whatever a browser takes it for.
fn guarded(mut response: Response, meter: Option<Meter>) -> Response {
    let headers = response.headers_mut();
    if let Some(meter) = meter {
        meter.tell(headers);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn key(request: &Request) -> Result<Option<String>, Refused> {
    if request.method() != Method::POST {
        return Ok(None);
    }
    let Some(key) = request.headers().get(KEY) else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    if !(1..=MOST_KEY).contains(&key.len()) {
        let detail = format_args!("it has from 1 to {MOST_KEY} characters of ASCII");
        return Err(Refused::field("Idempotency-Key", detail));
    }
    Ok(Some(key.to_owned()))
}

/// Answers, unless the key was answered before. What came to nothing leaves the key as it was.
async fn once(
    api: &Api,
    caller: Caller,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.map_err(|_| Refused::TooLarge { most_bytes: MOST_BYTES })?;
    let asked_of = fingerprint(caller, parts.method.as_str(), &parts.uri.to_string(), &body);
    let at = api.clock.now();
    let asked = Asked { listener: caller.listener, key: &key, request: &asked_of, at };
    match api.store.claim_key(&asked).await? {
        Claimed::Other => return Err(Refused::KeyReused),
        Claimed::UnderWay => return Err(Refused::KeyUnderWay),
        Claimed::Answered { body: None, .. } => return Err(Refused::ShownOnce),
        Claimed::Answered { status, body: Some(body) } => return Ok(repeated(status, body)),
        Claimed::First => {}
    }
    parts.extensions.insert(RequestKey(key.clone()));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        api.store.give_key_back(&asked).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MOST_ANSWER).await.unwrap_or_default();
    let kept = std::str::from_utf8(&body).ok().filter(|_| parts.extensions.get::<Secret>().is_none());
    if let Err(error) = api.store.keep_answer(&asked, parts.status.as_u16(), kept).await {
        // It is done, and whoever asks again is told to wait for what does not come; that is the lesser evil.
        tracing::error!(%error, "an answer is not kept for those who ask again");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn fingerprint(caller: Caller, method: &str, uri: &str, body: &Bytes) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [caller.scope.name(), method, uri] {
        hasher.update(part.as_bytes()).update(b"\n");
    }
    hasher.update(body).finalize().to_string()
}

fn repeated(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut headers = HeaderMap::new();
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    if !body.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    (status, headers, body).into_response()
}
