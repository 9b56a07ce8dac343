//! How much of what there is, what waits longest, what is in production.

use super::{
    batches::Report,
    providers::{self, Provider},
};
use crate::api::{Api, caller::Operating, refused::Refused};
use axum::{Json, extract::State};
use domain::OccurrenceState;
use queue::{State as JobState, lifecycle::Ending};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Micros, jobs::Count};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Open batches that are shown.
const MOST_BATCHES: u32 = 100;

/// The service as it is now; counts are by state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    pub occurrences: BTreeMap<&'static str, u64>,
    pub jobs: BTreeMap<&'static str, u64>,
    pub artifacts: BTreeMap<&'static str, u64>,
    /// Of the job that could have been claimed for longest.
    pub oldest_ready_age_s: Option<f64>,
    pub lanes: Vec<LaneStatus>,
    pub providers: Vec<Provider>,
    pub open_batches: Vec<Report>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LaneStatus {
    pub name: String,
    /// Can be claimed.
    pub ready: u64,
    /// Their time has not come.
    pub waiting: u64,
    pub leased: u64,
    pub oldest_ready_age_s: Option<f64>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(status))
}

/// The service as it is now
#[utoipa::path(get, path = "/status", tag = "operate", security(("token" = ["operate"])),
    responses((status = 200, body = Status)))]
async fn status(State(api): State<Api>, _operator: Operating) -> Result<Json<Status>, Refused> {
    Ok(Json(seen(&api).await?))
}

pub async fn seen(api: &Api) -> Result<Status, Refused> {
    let now = api.now();
    let counts = api.store.count_jobs().await?;
    let oldest = counts.iter().filter_map(|count| count.oldest_ready_at).min();
    let unclosed = api.store.unclosed_batches(MOST_BATCHES).await?;
    Ok(Status {
        occurrences: occurrences(api).await?,
        jobs: jobs(api, &counts).await?,
        artifacts: artifacts(api).await?,
        oldest_ready_age_s: age(oldest, now),
        lanes: lanes(api, &counts, now),
        providers: providers::all(api).await?,
        open_batches: api.production.reports(unclosed).await?,
    })
}

async fn occurrences(api: &Api) -> Result<BTreeMap<&'static str, u64>, Refused> {
    let mut by_state: BTreeMap<_, _> = OccurrenceState::ALL.map(|state| (state.name(), 0)).into();
    for (state, total) in api.store.count_occurrences().await? {
        by_state.insert(state.name(), total);
    }
    Ok(by_state)
}

/// Those that are done are counted by their last attempts, as long as these are remembered.
async fn jobs(api: &Api, counts: &[Count]) -> Result<BTreeMap<&'static str, u64>, Refused> {
    let mut by_state: BTreeMap<_, _> = JobState::ALL.map(|state| (state.name(), 0)).into();
    for count in counts {
        *by_state.entry(count.state.name()).or_default() += count.total;
    }
    for ended in api.store.count_attempts(0).await? {
        if matches!(ended.ending, Ending::Done | Ending::Skipped) {
            *by_state.entry(JobState::Done.name()).or_default() += ended.total;
        }
    }
    Ok(by_state)
}

async fn artifacts(api: &Api) -> Result<BTreeMap<&'static str, u64>, Refused> {
    let mut by_state: BTreeMap<_, _> = ["making", "ready", "failed"].map(|state| (state, 0)).into();
    for (_, state, total) in api.store.count_artifacts().await? {
        if let Some(count) = by_state.get_mut(state.as_str()) {
            *count += total.unsigned_abs();
        }
    }
    Ok(by_state)
}

/// Those that hold jobs.
pub fn lanes(api: &Api, counts: &[Count], now: Micros) -> Vec<LaneStatus> {
    let mut numbers: Vec<queue::Lane> = counts.iter().map(|count| count.lane).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let lane = |lane: queue::Lane| {
        let of = || counts.iter().filter(|count| count.lane == lane);
        let in_state = |state| of().filter(move |count| count.state == state);
        let waiting = in_state(JobState::Available).map(|count| count.waiting).sum();
        let available: u64 = in_state(JobState::Available).map(|count| count.total).sum();
        LaneStatus {
            name: api.production.lane(lane),
            ready: available - waiting,
            waiting,
            leased: in_state(JobState::Leased).map(|count| count.total).sum(),
            oldest_ready_age_s: age(of().filter_map(|count| count.oldest_ready_at).min(), now),
        }
    };
    numbers.into_iter().map(lane).collect()
}

pub fn age(since: Option<Micros>, now: Micros) -> Option<f64> {
    since.map(|since| now.saturating_sub(since).max(0) as f64 / 1e6)
}
