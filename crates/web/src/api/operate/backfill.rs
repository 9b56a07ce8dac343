//! Programs that were missed or failed, made after all.

use crate::api::{Api, body::Sent, caller::Operating, refused::Refused, schema};
use axum::{Json, extract::State};
use domain::FeedId;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackfillWish {
    #[schema(value_type = schema::Day)]
    pub from: Date,
    /// The last local date.
    #[schema(value_type = schema::Day)]
    pub to: Date,
    /// Of one feed only.
    #[schema(value_type = Option<schema::Id>)]
    pub feed_id: Option<FeedId>,
    /// Programs begun in a minute; null: as capacity allows.
    #[schema(minimum = 1)]
    pub per_minute: Option<u32>,
    /// Only say what would be done.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub dry_run: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Backfilled {
    pub dry_run: bool,
    /// Opened, or to be opened.
    pub occurrences: u64,
    pub batches: u64,
    /// When the last of them is due.
    #[schema(value_type = Option<schema::Instant>)]
    pub due_at: Option<Timestamp>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(backfill))
}

/// Make what was missed or failed after all
#[utoipa::path(post, path = "/backfill", tag = "operate", request_body = BackfillWish,
    security(("token" = ["operate"])), responses((status = 200, body = Backfilled)))]
async fn backfill(
    State(api): State<Api>,
    Operating(caller): Operating,
    Sent(wish): Sent<BackfillWish>,
) -> Result<Json<Backfilled>, Refused> {
    if wish.to < wish.from {
        return Err(Refused::field("to", "it is before from; swap them"));
    }
    if wish.per_minute == Some(0) {
        return Err(Refused::field("per_minute", "1 or more"));
    }
    Ok(Json(api.production.backfill(wish, caller.signature()).await?))
}
