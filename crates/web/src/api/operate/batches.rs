//! How far batches are, and whether they will be in time.

use crate::api::{
    Api,
    body::{Asked, MaySend, Named},
    caller::{Caller, Operating},
    page::{Page, Stretch},
    refused::Refused,
    schema,
};
use axum::{Json, extract::State};
use domain::{BatchId, OccurrenceState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Micros, StoreError, batches::Batch};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Reasons that are shown of one batch.
const MOST_REASONS: u32 = 20;

/// One batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    #[schema(value_type = schema::Id)]
    pub id: BatchId,
    /// Of a program on demand, or a backfill.
    pub request: Option<String>,
    #[schema(value_type = schema::Instant)]
    pub ready_by: Timestamp,
    #[schema(value_type = schema::Instant)]
    pub due_at: Timestamp,
    #[schema(value_type = schema::Instant)]
    pub opened_at: Timestamp,
    #[schema(value_type = Option<schema::Instant>)]
    pub closed_at: Option<Timestamp>,
    pub state: &'static str,
    /// By state.
    pub occurrences: BTreeMap<&'static str, u64>,
    /// Ended after their ready-by.
    pub late: u64,
    pub stages: Stages,
    /// Artifacts by kind.
    pub artifacts: BTreeMap<String, Stage>,
    pub rate: BatchRate,
    /// When it will have ended, should it go on like this; nothing of what has ended.
    #[schema(value_type = Option<schema::Instant>)]
    pub estimated_end: Option<Timestamp>,
    /// Whether that was measured in this batch, or learned from others.
    pub estimated_by: Option<&'static str>,
    /// Whether that is by its ready-by, for a program on demand by its due time.
    pub in_time: Option<bool>,
    /// Why occurrences ended as they did, for one batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Ending>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Ending {
    #[schema(value_type = schema::OccurrenceState)]
    pub state: OccurrenceState,
    pub reason: String,
    pub count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Stages {
    pub select: Stage,
    pub narrate: Stage,
    pub assemble: Stage,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Stage {
    pub done: u64,
    pub of: u64,
}

/// A minute, over the last five.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRate {
    pub narrated_per_minute: f64,
    pub ended_per_minute: f64,
}

/// Why something is called off.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub reason: String,
}

/// How much was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cancelled {
    pub jobs: u64,
    pub occurrences: u64,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_batches))
        .routes(routes!(show_batch))
        .routes(routes!(cancel_batch))
}

/// The latest batches, with their progress
#[utoipa::path(get, path = "/batches", tag = "operate", params(Stretch), security(("token" = ["operate"])),
    responses((status = 200, body = Page<Report>)))]
async fn list_batches(
    State(api): State<Api>,
    _operator: Operating,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<Report>>, Refused> {
    Ok(Json(page(&api, &stretch).await?))
}

pub async fn page(api: &Api, stretch: &Stretch) -> Result<Page<Report>, Refused> {
    Ok(before(api, stretch.after_instant()?, stretch.limit()?).await?)
}

/// The latest before one, of which `limit` finds one more than are shown.
pub async fn before(
    api: &Api,
    before: Option<(Micros, BatchId)>,
    limit: u32,
) -> Result<Page<Report>, StoreError> {
    let found = api.store.batches_before(before, limit).await?;
    let page = Page::of(found, limit, |batch| format!("{}.{}", batch.ready_by, batch.id), Listed);
    let batches = page.items.into_iter().map(|Listed(batch)| batch).collect();
    Ok(Page { items: api.production.reports(batches).await?, next_cursor: page.next_cursor })
}

/// A row on its way to be shown.
#[derive(ToSchema)]
#[schema(value_type = Report)]
struct Listed(Batch);

/// One batch
#[utoipa::path(get, path = "/batches/{id}", tag = "operate", params(("id" = schema::Id, Path)),
    security(("token" = ["operate"])), responses((status = 200, body = Report)))]
async fn show_batch(
    State(api): State<Api>,
    _operator: Operating,
    Named(id): Named<BatchId>,
) -> Result<Json<Report>, Refused> {
    Ok(Json(whole(&api, id).await?))
}

/// One with why its occurrences ended.
pub async fn whole(api: &Api, id: BatchId) -> Result<Report, Refused> {
    found(api, id).await?.ok_or(Refused::Missing("batch"))
}

pub async fn found(api: &Api, id: BatchId) -> Result<Option<Report>, StoreError> {
    let Some(batch) = api.store.batch(id).await? else { return Ok(None) };
    let Some(report) = api.production.reports(vec![batch]).await?.pop() else { return Ok(None) };
    let reasons = api.store.batch_reasons(id, MOST_REASONS).await?.into_iter();
    let reasons = reasons.map(|(state, reason, count)| Ending { state, reason, count }).collect();
    Ok(Some(Report { reasons: Some(reasons), ..report }))
}

/// Call off what a batch has left to do
#[utoipa::path(post, path = "/batches/{id}/cancel", tag = "operate", params(("id" = schema::Id, Path)),
    request_body = Why, security(("token" = ["operate"])), responses((status = 200, body = Cancelled)))]
async fn cancel_batch(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<BatchId>,
    MaySend(why): MaySend<Why>,
) -> Result<Json<Cancelled>, Refused> {
    Ok(Json(cancel(&api, caller, id, &why).await?))
}

pub async fn cancel(api: &Api, caller: Caller, id: BatchId, why: &Why) -> Result<Cancelled, Refused> {
    let reason = why.read()?;
    api.store.batch(id).await?.ok_or(Refused::Missing("batch"))?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    let occurrences = tx.call_off_batch(id, &reason, now).await?;
    if occurrences > 0 {
        let detail = serde_json::json!({ "occurrences": occurrences, "reason": reason });
        tx.audit(now, &caller.signature(), "cancel", &format!("batch {id}"), &detail.to_string()).await?;
    }
    tx.commit().await?;
    api.tallies.forget_jobs();
    Ok(Cancelled { jobs: 0, occurrences })
}

impl Why {
    pub fn read(&self) -> Result<String, Refused> {
        match crate::api::body::words("reason", &self.reason, 500)? {
            reason if reason.is_empty() => Ok("called off by an operator".into()),
            reason => Ok(reason),
        }
    }
}
