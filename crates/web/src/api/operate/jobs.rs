//! What is in the queue, and how one job went.

use super::batches::{Cancelled, Why};
use crate::api::{
    Api, at,
    body::{Asked, MaySend, Named},
    caller::{Caller, Operating},
    page::Page,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State};
use jiff::Timestamp;
use queue::{Class, JobId, State as JobState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{
    calling_off::CalledOff,
    jobs::{Attempt as AttemptRow, JobRow, JobsPage, Stands},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const USUAL: u32 = 50;
const MOST: u32 = 1_000;

#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    /// `held`, `available`, `leased`, `done`, `dead` or `cancelled`.
    pub state: &'static str,
    pub lane: String,
    pub key: Option<String>,
    pub tries: Option<u32>,
    #[schema(value_type = Option<schema::Instant>)]
    pub due_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub start_by: Option<Timestamp>,
    /// Since when it can be claimed, or from when on.
    #[schema(value_type = Option<schema::Instant>)]
    pub ready_at: Option<Timestamp>,
    /// Who runs it.
    pub owner: Option<String>,
    #[schema(value_type = Option<schema::Instant>)]
    pub lease_until: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub ended_at: Option<Timestamp>,
    /// Of a dead letter.
    pub class: Option<&'static str>,
    pub message: Option<String>,
    pub fingerprint: Option<String>,
    #[schema(value_type = Option<schema::Instant>)]
    pub discarded_at: Option<Timestamp>,
}

/// One job, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobSheet {
    #[serde(flatten)]
    pub job: Job,
    /// What it does; of one that is done it is not known any more.
    #[schema(value_type = schema::Anything)]
    pub work: Value,
    pub attempts: Vec<Attempt>,
}

/// One lease of a job, from start to end.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attempt {
    pub lease: u32,
    pub stage: String,
    #[schema(value_type = schema::Instant)]
    pub started_at: Timestamp,
    #[schema(value_type = schema::Instant)]
    pub ended_at: Timestamp,
    pub outcome: &'static str,
    pub class: Option<&'static str>,
    pub message: Option<String>,
    pub owner: String,
    pub units: u64,
    pub cost_micro_usd: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `fetch`, `select`, `narrate`, `assemble`, …
    kind: Option<String>,
    /// Those that are done are listed only when they are asked for.
    #[param(value_type = Option<schema::JobState>)]
    state: Option<String>,
    /// 50 when not given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_jobs)).routes(routes!(show_job)).routes(routes!(cancel_job))
}

/// The latest jobs
#[utoipa::path(get, path = "/jobs", tag = "operate", params(Filter), security(("token" = ["operate"])),
    responses((status = 200, body = Page<Job>)))]
async fn list_jobs(
    State(api): State<Api>,
    _operator: Operating,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Page<Job>>, Refused> {
    let limit = match filter.limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => limit,
        _ => return Err(Refused::field("limit", format_args!("from 1 to {MOST}"))),
    };
    let read = |name: &String| JobState::ALL.into_iter().find(|state| state.name() == name);
    let state =
        filter.state.as_ref().map(|name| read(name).ok_or_else(|| unknown_state(name))).transpose()?;
    let found = api.store.list_jobs(filter.kind.as_deref(), state, limit).await?;
    Ok(Json(Page::whole(found.into_iter().map(|job| shown(&api, job)).collect())))
}

/// A page of them, and where the next begins.
pub async fn page(
    api: &Api,
    kind: Option<&str>,
    state: Option<JobState>,
    before: Option<JobId>,
    limit: u32,
) -> Result<(Vec<Job>, Option<JobId>), Refused> {
    let JobsPage { jobs, next } = api.store.jobs_page(kind, state, before, limit).await?;
    Ok((jobs.into_iter().map(|job| shown(api, job)).collect(), next))
}

fn unknown_state(name: &str) -> Refused {
    let names: Vec<&str> = JobState::ALL.iter().map(|state| state.name()).collect();
    Refused::field("state", format_args!("{name:?} is none of {}", names.join(", ")))
}

/// One job, with what was tried
#[utoipa::path(get, path = "/jobs/{id}", tag = "operate", params(("id" = i64, Path)),
    security(("token" = ["operate"])), responses((status = 200, body = JobSheet)))]
async fn show_job(
    State(api): State<Api>,
    _operator: Operating,
    Named(id): Named<i64>,
) -> Result<Json<JobSheet>, Refused> {
    Ok(Json(sheet(&api, JobId(id)).await?))
}

pub async fn sheet(api: &Api, id: JobId) -> Result<JobSheet, Refused> {
    let job = api.store.job(id).await?.ok_or(Refused::Missing("job"))?;
    let attempts = api.store.attempts(id).await?.into_iter().map(attempt).collect();
    let work = match &job.stands {
        // Work that is no JSON is shown as it is.
        Stands::Queued(queued) => {
            serde_json::from_str(&queued.work).unwrap_or_else(|_| Value::from(queued.work.clone()))
        }
        Stands::Done { .. } => Value::Null,
    };
    Ok(JobSheet { job: shown(api, job), work, attempts })
}

/// Call a job off
///
/// Occurrences that it alone would have worked on are called off with it.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "operate", params(("id" = i64, Path)), request_body = Why,
    security(("token" = ["operate"])), responses((status = 200, body = Cancelled)))]
async fn cancel_job(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<i64>,
    MaySend(why): MaySend<Why>,
) -> Result<Json<Cancelled>, Refused> {
    api.store.job(JobId(id)).await?.ok_or(Refused::Missing("job"))?;
    Ok(Json(cancel(&api, caller, &[JobId(id)], &why).await?))
}

/// Those of them that are not over yet.
pub async fn cancel(api: &Api, caller: Caller, ids: &[JobId], why: &Why) -> Result<Cancelled, Refused> {
    let reason = why.read()?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    let CalledOff { jobs, occurrences } = tx.call_off_jobs(ids, &reason, now).await?;
    if jobs > 0 {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let detail =
            serde_json::json!({ "ids": ids, "jobs": jobs, "occurrences": occurrences, "reason": reason });
        tx.audit(now, &caller.signature(), "cancel", "jobs", &detail.to_string()).await?;
    }
    tx.commit().await?;
    api.tallies.forget_jobs();
    Ok(Cancelled { jobs, occurrences })
}

fn shown(api: &Api, job: JobRow) -> Job {
    let bare = Job {
        id: job.id.0,
        state: job.state().name(),
        kind: job.kind.to_string(),
        lane: api.production.lane(job.lane),
        key: job.key,
        tries: None,
        due_at: None,
        start_by: None,
        ready_at: None,
        owner: None,
        lease_until: None,
        ended_at: None,
        class: None,
        message: None,
        fingerprint: None,
        discarded_at: None,
    };
    match job.stands {
        Stands::Done { at: ended_at, message, .. } => Job { ended_at: Some(at(ended_at)), message, ..bare },
        Stands::Queued(queued) => {
            let death = queued.death.as_ref();
            Job {
                tries: Some(queued.tries),
                due_at: Some(at(queued.due_at)),
                start_by: Some(at(queued.start_by)),
                ready_at: Some(at(queued.ready_at)),
                owner: queued.lease.as_ref().map(|lease| lease.owner.clone()),
                lease_until: queued.lease.as_ref().map(|lease| at(lease.until)),
                ended_at: queued.ended_at.map(at),
                class: death.map(|death| death.class.name()),
                message: death.map(|death| death.message.clone()),
                fingerprint: death.map(|death| death.fingerprint.clone()),
                discarded_at: death.and_then(|death| death.discarded_at).map(at),
                ..bare
            }
        }
    }
}

fn attempt(one: AttemptRow) -> Attempt {
    Attempt {
        lease: one.fence,
        stage: one.kind.to_string(),
        started_at: at(one.started_at),
        ended_at: at(one.ended_at),
        outcome: one.ending.name(),
        class: one.class.map(Class::name),
        message: one.message,
        owner: one.owner,
        units: one.spent.units,
        cost_micro_usd: one.spent.cost_micro_usd,
    }
}
