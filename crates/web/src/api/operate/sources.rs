//! Everybody's sources, and how they fare.

use crate::api::{
    Api, at,
    body::{Asked, Named},
    caller::{Caller, Operating},
    page::{Page, Stretch},
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::SourceId;
use jiff::Timestamp;
use serde::Serialize;
use store::Source;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Debug, Serialize, ToSchema)]
pub struct SourceHealth {
    #[schema(value_type = schema::Id)]
    pub id: SourceId,
    pub address: String,
    pub host: String,
    pub title: String,
    pub state: &'static str,
    /// In a row.
    pub failures: u32,
    pub notice: Option<String>,
    /// Its rhythm.
    pub interval_s: u64,
    #[schema(value_type = Option<schema::Instant>)]
    pub fetched_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub changed_at: Option<Timestamp>,
    #[schema(value_type = schema::Instant)]
    pub next_fetch_at: Timestamp,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_health)).routes(routes!(resume_source))
}

/// Everybody's sources, and how they fare
#[utoipa::path(get, path = "/sources", tag = "operate", params(Stretch), security(("token" = ["operate"])),
    responses((status = 200, body = Page<SourceHealth>)))]
async fn list_health(
    State(api): State<Api>,
    _operator: Operating,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<SourceHealth>>, Refused> {
    Ok(Json(page(&api, &stretch).await?))
}

pub async fn page(api: &Api, stretch: &Stretch) -> Result<Page<SourceHealth>, Refused> {
    let limit = stretch.limit()?;
    let found = api.store.sources(stretch.after()?, limit).await?;
    Ok(Page::of(found, limit, |source| source.id, shown))
}

/// A source that was gone is there again: it is read at once
#[utoipa::path(post, path = "/sources/{id}/resume", tag = "operate", params(("id" = schema::Id, Path)),
    security(("token" = ["operate"])), responses((status = 204)))]
async fn resume_source(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<SourceId>,
) -> Result<StatusCode, Refused> {
    resume(&api, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn resume(api: &Api, caller: Caller, id: SourceId) -> Result<(), Refused> {
    api.store.find_source(id).await?.ok_or(Refused::Missing("source"))?;
    let now = api.now();
    api.store.resume_source(id, now).await?;
    let mut tx = api.store.begin().await?;
    tx.audit(now, &caller.signature(), "source.resume", &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

fn shown(source: Source) -> SourceHealth {
    SourceHealth {
        id: source.id,
        state: source.state.name(),
        failures: source.rhythm.failures,
        interval_s: source.rhythm.interval.as_secs(),
        address: source.address,
        host: source.host,
        title: source.title,
        notice: source.notice,
        fetched_at: source.fetched_at.map(at),
        changed_at: source.changed_at.map(at),
        next_fetch_at: at(source.next_fetch_at),
    }
}
