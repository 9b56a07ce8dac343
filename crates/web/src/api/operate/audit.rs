//! Decisions of people.

use crate::api::{
    Api, at,
    body::Asked,
    caller::Operating,
    page::{Page, Stretch},
    refused::Refused,
    schema,
};
use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::audit::Audited;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Who decided what, and when.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    pub id: i64,
    #[schema(value_type = schema::Instant)]
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub subject: String,
    /// Its shape is the action's.
    #[schema(value_type = schema::Anything)]
    pub detail: Value,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_decisions))
}

/// Decisions, the latest first
#[utoipa::path(get, path = "/audit", tag = "operate", params(Stretch), security(("token" = ["operate"])),
    responses((status = 200, body = Page<Decision>)))]
async fn list_decisions(
    State(api): State<Api>,
    _operator: Operating,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<Decision>>, Refused> {
    Ok(Json(page(&api, &stretch).await?))
}

pub async fn page(api: &Api, stretch: &Stretch) -> Result<Page<Decision>, Refused> {
    let limit = stretch.limit()?;
    let found = api.store.audited_before(stretch.after()?, limit).await?;
    Ok(Page::of(found, limit, |(id, _)| *id, shown))
}

fn shown((id, row): (i64, Audited)) -> Decision {
    let Audited { at: instant, actor, action, subject, detail } = row;
    let detail = serde_json::from_str(&detail).unwrap_or(Value::String(detail));
    Decision { id, at: at(instant), actor, action, subject, detail }
}
