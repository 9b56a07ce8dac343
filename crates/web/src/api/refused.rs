//! Every way the API says no. Each has a type of its own, which stays.

use crate::problem::{FieldProblem, Problem};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::token::Scope;
use std::{fmt::Display, sync::Arc};
use store::StoreError;

#[derive(Clone, Debug)]
pub enum Refused {
    /// No token, or none that is good.
    Unknown,
    /// Address and password do not go together, or there is no such account: nobody is told which.
    Credentials,
    /// A link that is over, used up or of nobody.
    Link,
    /// They are to show once more who they are.
    Stale,
    /// What was begun was not ended as it should be.
    Ceremony,
    /// Somebody of whom another service tells, and who is nobody here.
    Stranger,
    /// This service sends no letters.
    NoMail,
    /// The token is good for less.
    Scope(Scope),
    /// There is none, or it is somebody else's: nobody is told which.
    Missing(&'static str),
    /// It was there, and its time is over.
    Gone(&'static str),
    /// What was sent cannot be read at all.
    Unreadable(String),
    TooLarge {
        most_bytes: usize,
    },
    MediaType,
    /// One field is not what it may be.
    Field {
        field: String,
        detail: String,
    },
    /// It has changed since it was looked at.
    Changed,
    /// It cannot be done as things stand.
    Conflict(String),
    /// The plan does not hold it; why, in the listener's words.
    NotInPlan(String),
    /// The same key was sent with something else.
    KeyReused,
    /// The same request is being answered.
    KeyUnderWay,
    /// It was answered with a secret, which is shown once.
    ShownOnce,
    Throttled {
        after_s: u64,
    },
    /// The database does not answer.
    Away,
    /// A fault of ours; the log has it.
    Fault,
}

impl Refused {
    pub fn field(field: impl Into<String>, detail: impl Display) -> Self {
        Self::Field { field: field.into(), detail: detail.to_string() }
    }

    /// The last part of its type.
    pub const fn name(&self) -> &'static str {
        self.kind().1
    }

    pub const fn status(&self) -> StatusCode {
        self.kind().0
    }

    fn problem(&self) -> Problem {
        let (status, name, title) = self.kind();
        Problem { status, name, title, detail: self.detail() }
    }

    const fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unknown => (StatusCode::UNAUTHORIZED, "unauthorized", "Not signed in"),
            Self::Credentials => (StatusCode::UNAUTHORIZED, "wrong-credentials", "Not signed in"),
            Self::Link => (StatusCode::GONE, "link-over", "Not good any more"),
            Self::Stale => (StatusCode::FORBIDDEN, "stale", "Sign in once more"),
            Self::Ceremony => (StatusCode::FORBIDDEN, "not-proved", "Not proved"),
            Self::Stranger => (StatusCode::FORBIDDEN, "stranger", "Nobody here"),
            Self::NoMail => (StatusCode::CONFLICT, "no-mail", "No mail is sent"),
            Self::Scope(_) => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::Missing(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Gone(_) => (StatusCode::GONE, "gone", "Gone"),
            Self::Unreadable(_) => (StatusCode::BAD_REQUEST, "unreadable", "Cannot be read"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Unknown media type"),
            Self::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Not valid"),
            Self::Changed => (StatusCode::PRECONDITION_FAILED, "changed", "Changed meanwhile"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict", "Not as things stand"),
            Self::NotInPlan(_) => (StatusCode::FORBIDDEN, "not-in-plan", "Not in your plan"),
            Self::KeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "key-reused", "Key used for something else")
            }
            Self::KeyUnderWay => (StatusCode::CONFLICT, "key-under-way", "Being answered"),
            Self::ShownOnce => (StatusCode::CONFLICT, "shown-once", "Shown once"),
            Self::Throttled { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests")
            }
            Self::Away => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available"),
            Self::Fault => (StatusCode::INTERNAL_SERVER_ERROR, "fault", "A fault of the service"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unknown => "sign in, or send a token that is good, as Authorization: Bearer …".into(),
            Self::Credentials => "this address and password do not go together".into(),
            Self::Link => "this link was used, or its time is over; ask for another".into(),
            Self::Stale => "this takes having signed in within 15 minutes; sign in once more".into(),
            Self::Ceremony => "this does not show who you are; begin again".into(),
            Self::Stranger => "nobody here has your address; ask the operator to let you in".into(),
            Self::NoMail => "this service sends no mail; its operator can give you a link".into(),
            Self::Scope(wanted) => format!("this takes a token of scope {}", wanted.name()),
            Self::Missing(what) => format!("there is no such {what}"),
            Self::Gone(what) => format!("this {what} has expired"),
            Self::Unreadable(why) | Self::Conflict(why) | Self::NotInPlan(why) => why.clone(),
            Self::TooLarge { most_bytes } => format!("at most {most_bytes} bytes are read"),
            Self::MediaType => "send JSON, as Content-Type: application/json".into(),
            Self::Field { field, detail } if field.is_empty() => detail.clone(),
            Self::Field { field, detail } => format!("{field}: {detail}"),
            Self::Changed => "it is not what If-Match names any more; read it again".into(),
            Self::KeyReused => "this Idempotency-Key came with another request; take a new one".into(),
            Self::KeyUnderWay => "the same request is being answered; ask again in a moment".into(),
            Self::ShownOnce => "it was done, and its secret was shown then; make another".into(),
            Self::Throttled { after_s } => format!("ask again in {after_s} s"),
            Self::Away => "the service cannot answer now; ask again in a minute".into(),
            Self::Fault => "the service has a fault, which its log tells of".into(),
        }
    }

    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Throttled { after_s } => Some(*after_s),
            Self::Away => Some(60),
            Self::KeyUnderWay => Some(1),
            _ => None,
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        if error.is_refusal() {
            tracing::warn!(%error, "the database takes no such value");
            return Self::field("", "something of it is no text that can be kept");
        }
        tracing::error!(%error, "a request of the API was not answered");
        if error.is_outage() { Self::Away } else { Self::Fault }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after_s();
        let problem = self.problem();
        // Pages tell it in their own way.
        let said = Arc::new(self.clone());
        let mut response = match self {
            Self::Field { field, .. } => FieldProblem { problem, field }.into_response(),
            _ => problem.into_response(),
        };
        response.extensions_mut().insert(said);
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if response.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"mimiyori\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
