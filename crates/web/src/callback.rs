//! Where external generators call back. An answer is believed by its signature, recorded, and left to the
//! job that waits for it: nothing is fetched or made here.

use crate::problem::Problem;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, FromRequest, Path, Query, Request, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{
    OccurrenceId, OccurrenceState,
    external::{Answer, BadAnswer, Event, MOST_BYTES, Refused, callback_tag},
};
use net::{
    Url,
    webhook::{self, Secrets, Unverified},
};
use queue::{Clock, Entropy};
use serde::Deserialize;
use serde_json::json;
use std::{fmt, sync::Arc, time::Duration};
use store::{Store, external::Errand};

/// Method and pattern of every route here.
pub const ROUTES: [(&str, &str); 1] = [("POST", "/hooks/external/{occurrence}")];

/// For a whole body to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the route works with.
#[derive(Clone)]
pub struct Callbacks {
    store: Store,
    clock: Arc<dyn Clock>,
    /// Nobody's: what is shown for an occurrence that nobody makes elsewhere is compared with it, so that
    /// the time it takes tells nothing.
    stranger: Secrets,
}

impl Callbacks {
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> Self {
        let mut secret = [0; 32];
        for part in secret.chunks_exact_mut(8) {
            part.copy_from_slice(&entropy.bits().to_le_bytes());
        }
        let stranger = Secrets::parse([webhook::written(&secret).as_str()]);
        Self { store, clock, stranger: stranger.expect("32 bytes are a secret") }
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").field("store", &self.store).finish_non_exhaustive()
    }
}

pub fn router(callbacks: Callbacks) -> Router {
    let limit = DefaultBodyLimit::max(MOST_BYTES);
    Router::new().route("/hooks/external/{occurrence}", post(call_back).layer(limit)).with_state(callbacks)
}

/// The address that a generator is given for one occurrence; its `key` is good for no other.
pub fn address(base: &Url, secrets: &Secrets, occurrence: OccurrenceId) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/hooks/external/{occurrence}", base.path().trim_end_matches('/')));
    url.set_query(Some(&format!("key={}", secrets.tag(&callback_tag(occurrence)))));
    url.set_fragment(None);
    url
}

#[derive(Default, Deserialize)]
struct Shown {
    #[serde(default)]
    key: String,
}

async fn call_back(
    State(callbacks): State<Callbacks>,
    occurrence: Result<Path<String>, PathRejection>,
    shown: Result<Query<Shown>, QueryRejection>,
    request: Request,
) -> Response {
    // What cannot be read was not given out.
    let occurrence = occurrence.map(|Path(occurrence)| occurrence).unwrap_or_default();
    let shown = shown.map(|Query(shown)| shown).unwrap_or_default();
    let recorded = callbacks.record(&occurrence, &shown.key, request).await;
    recorded.unwrap_or_else(Problem::into_response)
}

impl Callbacks {
    async fn record(&self, occurrence: &str, key: &str, request: Request) -> Result<Response, Problem> {
        let (errand, secrets) = self.errand(occurrence, key).await?;
        let headers = request.headers().clone();
        let body = tokio::time::timeout(PATIENCE, Bytes::from_request(request, &()));
        let body = body.await.map_err(|_| slow())?.map_err(|cause| unread(cause.status()))?;
        let now = self.clock.now();
        secrets.verify(&headers, &body, now.div_euclid(1_000_000)).map_err(unverified)?;
        let answer = Answer::parse(&body, errand.occurrence).map_err(|cause| unusable(&cause))?;
        let event = Event::CallBack { answer: &answer, occurrence: errand.state };
        let stepped =
            self.store.step_exchange(errand.occurrence, event, now).await.map_err(|error| silent(&error))?;
        let (status, result) = match stepped {
            Ok(_) => (StatusCode::ACCEPTED, "recorded"),
            Err(Refused::Repetition) => (StatusCode::OK, "repeated"),
            Err(refused) => return Err(refusal(&refused)),
        };
        Ok((status, Json(json!({"occurrence": errand.occurrence, "result": result}))).into_response())
    }

    /// The errand that a key was given out for, with its feed's secrets.
    async fn errand(&self, occurrence: &str, key: &str) -> Result<(Errand, Secrets), Problem> {
        let errand = match occurrence.parse() {
            Ok(occurrence) => self.store.errand(occurrence).await.map_err(|error| silent(&error))?,
            Err(_) => None,
        };
        let known = errand.and_then(|errand| {
            let secrets = Secrets::parse(errand.generator.secrets()).ok()?;
            Some((errand, secrets))
        });
        let secrets = known.as_ref().map_or(&self.stranger, |(_, secrets)| secrets);
        let what = known
            .as_ref()
            .map_or_else(|| occurrence.to_owned(), |(errand, _)| callback_tag(errand.occurrence));
        let given_out = secrets.made_tag(&what, key);
        known.filter(|_| given_out).ok_or_else(unknown)
    }
}

fn unknown() -> Problem {
    let detail = "there is no such callback; use the request's callback_url as it is";
    problem(StatusCode::NOT_FOUND, "no-such-callback", "No such callback", detail)
}

fn slow() -> Problem {
    let detail = format!("the body did not arrive within {} s; send it again", PATIENCE.as_secs());
    problem(StatusCode::REQUEST_TIMEOUT, "too-slow", "Too slow", detail)
}

fn unread(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return unusable(&BadAnswer::TooLarge(MOST_BYTES + 1));
    }
    problem(status, "broken-body", "Broken body", "the body broke off; send it again")
}

fn unverified(cause: Unverified) -> Problem {
    problem(StatusCode::UNAUTHORIZED, "unverified", "Not verified", cause)
}

fn unusable(cause: &BadAnswer) -> Problem {
    let status = match cause {
        BadAnswer::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    problem(status, "unusable-answer", "The answer cannot be used", cause)
}

fn silent(error: &store::StoreError) -> Problem {
    tracing::error!(%error, "a callback could not be recorded");
    let detail = "the answer could not be recorded; send it again in a minute";
    problem(StatusCode::SERVICE_UNAVAILABLE, "not-recorded", "Not recorded", detail)
}

/// 409: something else stands. 410: the time for it is over.
fn refusal(refused: &Refused) -> Problem {
    let (status, name, title) = match refused {
        Refused::Unasked => return unknown(),
        Refused::Repetition | Refused::Untimely | Refused::Differs => {
            (StatusCode::CONFLICT, "answered-before", "Answered before")
        }
        Refused::Ended(OccurrenceState::Published) => {
            (StatusCode::CONFLICT, "published", "Published already")
        }
        Refused::Ended(_) => (StatusCode::GONE, "ended", "No longer wanted"),
        Refused::TooLate(_) => (StatusCode::GONE, "too-late", "Too late"),
        Refused::GivenUp(_) => (StatusCode::GONE, "given-up", "Given up"),
    };
    problem(status, name, title, refused)
}

fn problem(
    status: StatusCode,
    name: &'static str,
    title: &'static str,
    detail: impl fmt::Display,
) -> Problem {
    Problem { status, name, title, detail: detail.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_leads_to_it_and_fits_one_occurrence() {
        let secrets = Secrets::parse([webhook::written(&[7; 32]).as_str()]).unwrap();
        let occurrence: OccurrenceId = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27".parse().unwrap();
        let base: Url = "https://radio.example/mimiyori/#top".parse().unwrap();
        let address = address(&base, &secrets, occurrence);
        assert_eq!(address.path(), "/mimiyori/hooks/external/0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27");
        let key = address.query().and_then(|query| query.strip_prefix("key=")).unwrap();
        assert!(secrets.made_tag(&callback_tag(occurrence), key));
        assert!(!secrets.made_tag(&callback_tag(OccurrenceId::born(0, [0; 2])), key));
    }

    #[test]
    fn what_stands_is_a_conflict_and_what_is_over_is_gone() {
        let at = "2026-11-24T21:59:00Z".parse().unwrap();
        for (refused, status, name) in [
            (Refused::Differs, 409, "answered-before"),
            (Refused::Ended(OccurrenceState::Published), 409, "published"),
            (Refused::Ended(OccurrenceState::Cancelled), 410, "ended"),
            (Refused::TooLate(at), 410, "too-late"),
            (Refused::GivenUp("404".into()), 410, "given-up"),
            (Refused::Unasked, 404, "no-such-callback"),
        ] {
            let problem = refusal(&refused);
            assert_eq!((problem.status.as_u16(), problem.name), (status, name), "{refused:?}");
        }
    }
}
