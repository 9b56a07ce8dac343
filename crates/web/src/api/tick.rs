//! A beat from outside: whoever scales to nothing between programs is woken here by somebody's scheduler.

use super::{
    Api,
    body::MaySend,
    caller::{Caller, bearer},
    refused::Refused,
};
use crate::oidc::{Issuer, OidcError};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{HeaderMap, request::Parts},
};
use domain::token::Scope;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const MOST_S: u32 = 3_600;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TickWish {
    /// How long the queue is worked at most; it is left sooner when nothing is to be done.
    #[serde(default)]
    #[schema(value_type = Option<u32>, maximum = 3600)]
    work_s: u32,
}

/// What a tick did. Ticks do nothing twice: come as often as you like.
#[derive(Debug, Serialize, ToSchema)]
pub struct TickDone {
    /// Occurrences whose time had come.
    opened: u64,
    /// Slots that were too long past.
    missed: u64,
    /// Jobs that are still to be done now.
    waiting: u64,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(tick))
}

/// Plan, and work the queue for a while
#[utoipa::path(post, path = "/tick", tag = "operate", request_body = TickWish,
    security(("token" = ["operate"]), ("scheduler" = [])), responses((status = 200, body = TickDone)))]
async fn tick(
    State(api): State<Api>,
    Ticking: Ticking,
    MaySend(wish): MaySend<TickWish>,
) -> Result<Json<TickDone>, Refused> {
    if wish.work_s > MOST_S {
        return Err(Refused::field("work_s", format_args!("at most {MOST_S}")));
    }
    let ticked = api.production.tick(Duration::from_secs(u64::from(wish.work_s))).await.map_err(|error| {
        tracing::error!(error, "a tick from outside did not work");
        Refused::Away
    })?;
    Ok(Json(TickDone { opened: ticked.opened, missed: ticked.missed, waiting: ticked.waiting }))
}

/// A scheduler that shows what its provider says of it, such as Google's for a service account.
#[derive(Clone, Debug)]
pub struct SchedulerToken {
    pub issuer: Issuer,
    /// For whom the token is made: as a rule the address of this service.
    pub audience: String,
    pub email: String,
}

/// An operator, or the scheduler by its own token.
struct Ticking;

impl FromRequestParts<Api> for Ticking {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refused> {
        let is_scheduler = is_scheduler(api, &parts.headers) || is_told_of(api, &parts.headers).await?;
        if !is_scheduler {
            let caller = parts.extensions.get::<Caller>().ok_or(Refused::Unknown)?;
            caller.may(Scope::Operate)?;
        }
        Ok(Self)
    }
}

/// Hashes are compared in constant time.
fn is_scheduler(api: &Api, headers: &HeaderMap) -> bool {
    let shown = bearer(headers).map(|token| blake3::hash(token.as_bytes()));
    shown.zip(api.scheduler).is_some_and(|(shown, known)| shown == known)
}

/// By the word of an issuer. What is no such token asks nobody.
async fn is_told_of(api: &Api, headers: &HeaderMap) -> Result<bool, Refused> {
    let Some((scheduler, token)) = api.scheduler_token.as_ref().zip(bearer(headers)) else {
        return Ok(false);
    };
    if token.split('.').count() != 3 {
        return Ok(false);
    }
    match scheduler.issuer.bearer(token, &scheduler.audience).await {
        Ok(told) => Ok(told.and_then(|told| told.verified_email).as_deref() == Some(&scheduler.email)),
        Err(error @ (OidcError::Away { .. } | OidcError::Issuer(_) | OidcError::Unbelieved { .. })) => {
            tracing::error!(%error, "a scheduler's token cannot be judged");
            Err(Refused::Away)
        }
    }
}
