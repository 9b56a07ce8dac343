//! Where Stripe's messages come in. One is believed by its signature, kept, and answered; what it makes of a
//! subscription is left to a job, for Stripe does not wait long and sends again what was not answered.

use crate::problem::Problem;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use domain::subscription::stripe::Event;
use net::stripe::Secrets;
use queue::{Clock, OnDuplicate};
use std::{fmt, sync::Arc, time::Duration};
use store::{
    Micros, Store, StoreError,
    inbox::{self, Message},
};

/// Method and pattern of every route here.
pub const ROUTES: [(&str, &str); 1] = [("POST", "/hooks/stripe")];

const MOST_BYTES: usize = 512 << 10;
/// For a whole body to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
const SECOND: Micros = 1_000_000;
/// What no job has seen to by then is looked at again.
const LOOK_AGAIN: Micros = 300 * SECOND;

/// What the route works with.
#[derive(Clone)]
pub struct Inbox {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// Of the endpoint; `None`: nothing is sold here.
    pub secrets: Option<Secrets>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("store", &self.store).finish_non_exhaustive()
    }
}

pub fn router(inbox: Inbox) -> Router {
    let limit = DefaultBodyLimit::max(MOST_BYTES);
    Router::new().route("/hooks/stripe", post(receive).layer(limit)).with_state(inbox)
}

async fn receive(State(inbox): State<Inbox>, request: Request) -> Response {
    match inbox.take(request).await {
        Ok(what) => (StatusCode::OK, what).into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl Inbox {
    /// What became of a message, in a word.
    async fn take(&self, request: Request) -> Result<&'static str, Problem> {
        let secrets = self.secrets.as_ref().ok_or_else(not_sold)?;
        let headers = request.headers().clone();
        let body = tokio::time::timeout(PATIENCE, Bytes::from_request(request, &()));
        let body = body.await.map_err(|_| slow())?.map_err(|cause| unread(cause.status()))?;
        let now = self.clock.now();
        secrets.verify(&headers, &body, now.div_euclid(SECOND)).map_err(unverified)?;
        let event = Event::from_json(&body).map_err(unreadable)?;
        let Some(object) = event.subscription() else { return Ok("not needed") };
        let object = object.map_err(unreadable)?;
        let message = Message {
            created_at: event.created.saturating_mul(SECOND),
            subscription: object.id,
            // It was JSON.
            body: String::from_utf8_lossy(&body).into_owned(),
            id: event.id,
            kind: event.kind,
        };
        let is_new = self.keep(&message, now).await.map_err(|error| silent(&error))?;
        Ok(if is_new { "kept" } else { "known" })
    }

    /// The message, and the job that makes something of it: one transaction.
    async fn keep(&self, message: &Message, now: Micros) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let is_new = tx.take_message(message, now, now.saturating_add(LOOK_AGAIN)).await?;
        if is_new {
            tx.enqueue(&[inbox::job(&message.subscription, now)], OnDuplicate::Keep, now).await?;
        }
        tx.commit().await?;
        Ok(is_new)
    }
}

fn not_sold() -> Problem {
    let detail = "set stripe.webhook_secret to take messages here";
    problem(StatusCode::NOT_FOUND, "not-sold", "Nothing is sold here", detail)
}

fn slow() -> Problem {
    let detail = format!("the body did not arrive within {} s; send it again", PATIENCE.as_secs());
    problem(StatusCode::REQUEST_TIMEOUT, "too-slow", "Too slow", detail)
}

fn unread(status: StatusCode) -> Problem {
    problem(status, "broken-body", "Broken body", "the body broke off, or is too large")
}

fn unverified(cause: net::stripe::Unverified) -> Problem {
    problem(StatusCode::BAD_REQUEST, "unverified", "Not verified", cause)
}

/// Sent again it would be the same; but whoever runs Stripe's side sees it fail.
fn unreadable(cause: impl fmt::Display) -> Problem {
    tracing::error!(%cause, "a message of Stripe cannot be read");
    problem(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", "Cannot be read", cause)
}

fn silent(error: &StoreError) -> Problem {
    tracing::error!(%error, "a message of Stripe could not be kept");
    let detail = "it could not be kept; send it again";
    problem(StatusCode::SERVICE_UNAVAILABLE, "not-kept", "Not kept", detail)
}

fn problem(
    status: StatusCode,
    name: &'static str,
    title: &'static str,
    detail: impl fmt::Display,
) -> Problem {
    Problem { status, name, title, detail: detail.to_string() }
}
