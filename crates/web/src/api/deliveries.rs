//! What you were told, and whether it came.

use super::{
    Api, at,
    body::{Asked, Named},
    caller::Managing,
    page::{Page, Stretch},
    refused::Refused,
    schema,
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{ChannelId, DeliveryId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::deliveries::{Delivery as Row, State as DeliveryState};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// One message on one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Of a webhook: its `webhook-id`.
    #[schema(value_type = schema::Id)]
    id: DeliveryId,
    #[schema(value_type = schema::Id)]
    channel_id: ChannelId,
    #[schema(value_type = schema::DeliveryState)]
    state: DeliveryState,
    /// When it was to go out.
    #[schema(value_type = schema::Instant)]
    send_at: Timestamp,
    attempts: u32,
    /// What the other side answered last, where that was HTTP.
    status: Option<u16>,
    /// Why it did not get through, or was not sent.
    detail: Option<String>,
    #[schema(value_type = schema::Instant)]
    created_at: Timestamp,
    #[schema(value_type = Option<schema::Instant>)]
    tried_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    ended_at: Option<Timestamp>,
    /// What it says: `type` and `data`, as webhooks have them. Null: more may still join it.
    #[schema(value_type = Option<schema::Anything>)]
    notice: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Of one channel only.
    #[param(value_type = Option<schema::Id>)]
    channel_id: Option<ChannelId>,
    /// As the page before gave it.
    cursor: Option<String>,
    /// Items of a page, 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(replay))
}

/// What you were told, the latest first
#[utoipa::path(get, path = "/deliveries", tag = "deliveries", params(Which), security(("token" = ["manage"])),
    responses((status = 200, body = Page<Delivery>)))]
async fn list(
    State(api): State<Api>,
    Managing(caller): Managing,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Delivery>>, Refused> {
    let stretch = Stretch { cursor: which.cursor, limit: which.limit };
    let limit = stretch.limit()?;
    let found = api.channels.deliveries(caller, which.channel_id, stretch.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |row| row.id, shown)))
}

/// One message
#[utoipa::path(get, path = "/deliveries/{id}", tag = "deliveries", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 200, body = Delivery)))]
async fn show(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<DeliveryId>,
) -> Result<Json<Delivery>, Refused> {
    Ok(Json(shown(api.channels.delivery(caller, id).await?)))
}

/// Send a message once more, under the same name: who has it already can tell
#[utoipa::path(post, path = "/deliveries/{id}/replay", tag = "deliveries", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 202, body = Delivery)))]
async fn replay(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<DeliveryId>,
) -> Result<Response, Refused> {
    let delivery = shown(api.channels.replay(caller, id).await?);
    Ok((StatusCode::ACCEPTED, Json(delivery)).into_response())
}

pub(super) fn shown(row: Row) -> Delivery {
    Delivery {
        id: row.id,
        channel_id: row.channel,
        state: row.state,
        send_at: at(row.send_at),
        attempts: row.attempts,
        status: row.status,
        detail: row.detail,
        created_at: at(row.created_at),
        tried_at: row.tried_at.map(at),
        ended_at: row.ended_at.map(at),
        notice: row.notice.and_then(|notice| serde_json::to_value(notice).ok()),
    }
}
