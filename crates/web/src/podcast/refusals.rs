//! What is answered when there is nothing to give. Whoever has no right token learns nothing by it.

use crate::problem::Problem;
use axum::http::StatusCode;
use std::fmt;
use store::StoreError;

pub(super) fn not_found() -> Problem {
    Problem {
        status: StatusCode::NOT_FOUND,
        name: "not-found",
        title: "Not found",
        detail: "there is nothing at this address, or no more".to_owned(),
    }
}

pub(super) fn over() -> Problem {
    Problem {
        status: StatusCode::GONE,
        name: "expired",
        title: "Expired",
        detail: "this program's time is over".to_owned(),
    }
}

pub(super) fn away(error: &StoreError) -> Problem {
    silent("podcast", error)
}

/// The cause may name hosts and folders: it goes to the log, not to whoever asks.
pub(super) fn silent(what: &str, cause: &dyn fmt::Display) -> Problem {
    tracing::error!(%cause, "a {what} cannot be served");
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        name: "not-ready",
        title: "Not ready",
        detail: "it cannot be served just now; try again in a minute".to_owned(),
    }
}
