//! What happens to every request for a page: who asks is found out before, and after it a refusal becomes a page, and
//! the answer is told what a browser may do with it.

use super::{Pages, refusals, visitor::Visitor};
use crate::{account::peer, api::refused::Refused};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Everything from here; nothing inline, nothing framed, no base.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

pub async fn enter(State(pages): State<Pages>, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/assets/") {
        return next.run(request).await;
    }
    let entered = pages.account.enter(peer(request.extensions()), request.headers()).await;
    let (caller, cookie) = match entered {
        Ok(entered) => entered.map(|entered| (entered.caller, entered.cookie)).unzip(),
        Err(error) => return guarded(Refused::from(error).into_response()),
    };
    let method = request.method().clone();
    let visitor = match Visitor::find(&pages, caller, request.headers(), request.uri()).await {
        Ok(visitor) => Arc::new(visitor),
        Err(refused) => return guarded(refused.into_response()),
    };
    request.extensions_mut().insert(visitor.clone());
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let response = next.run(request).await;
    let refused = response.extensions().get::<Arc<Refused>>().cloned();
    let mut response = match refused {
        Some(refused) => refusals::answer(&visitor, &refused, &method),
        None => response,
    };
    if let Some(language) = visitor.chosen_language() {
        response.headers_mut().append(header::SET_COOKIE, language);
    }
    // What the handler has set comes later than what came of looking.
    let headers = response.headers_mut();
    if let Some(cookie) = cookie.flatten().filter(|_| !headers.contains_key(header::SET_COOKIE)) {
        headers.append(header::SET_COOKIE, cookie);
    }
    guarded(response)
}

fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}

/// Whether a refusal may send whoever asks to the door first.
pub(super) fn may_be_led(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
