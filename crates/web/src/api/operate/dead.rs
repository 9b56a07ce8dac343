//! Dead letters: jobs that failed for good, by what they died of, and what becomes of them.

use super::tally::Causes;
use crate::api::{
    Api, at,
    body::{Asked, Sent, words},
    caller::{Caller, Operating},
    page::Page,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State};
use jiff::Timestamp;
use queue::{
    Class, JobId,
    dead::{DeadFilter, DeadGroup, DeadLetter, Decided},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const USUAL: u32 = 50;
const MOST: u32 = 1_000;

/// Dead letters of one cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    pub fingerprint: String,
    pub kind: String,
    pub class: &'static str,
    pub count: u64,
    #[schema(value_type = schema::Instant)]
    pub first_at: Timestamp,
    #[schema(value_type = schema::Instant)]
    pub last_at: Timestamp,
    /// Of one of them.
    pub message: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    pub id: i64,
    pub kind: String,
    pub key: Option<String>,
    pub class: &'static str,
    pub message: String,
    pub fingerprint: String,
    pub gave_up: &'static str,
    pub tries: u32,
    #[schema(value_type = schema::Instant)]
    pub died_at: Timestamp,
    #[schema(value_type = Option<schema::Instant>)]
    pub discarded_at: Option<Timestamp>,
    #[schema(value_type = schema::Anything)]
    pub work: Value,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LettersOf {
    fingerprint: Option<String>,
    kind: Option<String>,
    /// 50 when not given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Which dead letters; all of them only where that is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    pub job: Option<i64>,
    pub fingerprint: Option<String>,
    pub kind: Option<String>,
    pub class: Option<String>,
    /// Died at or after.
    #[schema(value_type = Option<schema::Instant>)]
    pub since: Option<Timestamp>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub all: bool,
    /// Why; it is kept with the decision.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedriveAsked {
    pub letters: Letters,
    /// Only say how many there are.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub dry_run: bool,
    /// Only so many: a canary before the rest.
    #[schema(minimum = 1)]
    pub canary: Option<u32>,
    /// Spread over time instead of all at once.
    #[schema(minimum = 1)]
    pub per_minute: Option<u32>,
}

/// What is to have another chance.
#[derive(Clone, Debug)]
pub struct RedriveWish {
    pub filter: DeadFilter,
    pub first: Option<u32>,
    pub per_minute: Option<u32>,
    pub by: Decided,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Redriven {
    pub dry_run: bool,
    /// That could be redriven.
    pub matching: u64,
    pub jobs: u64,
    /// Occurrences that were failed and are not any more.
    pub occurrences: u64,
    /// Batches that have work again.
    pub batches: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    jobs: u64,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_groups))
        .routes(routes!(list_letters))
        .routes(routes!(redrive))
        .routes(routes!(discard))
        .routes(routes!(restore))
}

/// Dead letters by cause
#[utoipa::path(get, path = "/dead", tag = "operate", security(("token" = ["operate"])),
    responses((status = 200, body = Page<Group>)))]
async fn list_groups(State(api): State<Api>, _operator: Operating) -> Result<Json<Page<Group>>, Refused> {
    Ok(Json(Page::whole(groups(&api, &DeadFilter::default()).await?)))
}

pub async fn groups(api: &Api, filter: &DeadFilter) -> Result<Vec<Group>, Refused> {
    Ok(api.store.dead_groups(filter).await?.into_iter().map(group).collect())
}

/// Dead letters, one by one
#[utoipa::path(get, path = "/dead/letters", tag = "operate", params(LettersOf), security(("token" = ["operate"])),
    responses((status = 200, body = Page<Letter>)))]
async fn list_letters(
    State(api): State<Api>,
    _operator: Operating,
    Asked(of): Asked<LettersOf>,
) -> Result<Json<Page<Letter>>, Refused> {
    let limit = match of.limit.unwrap_or(USUAL) {
        limit @ 1..=MOST => limit,
        _ => return Err(Refused::field("limit", format_args!("from 1 to {MOST}"))),
    };
    let filter = DeadFilter {
        fingerprint: of.fingerprint,
        kind: of.kind.map(queue::Kind::from),
        ..DeadFilter::default()
    };
    Ok(Json(Page::whole(letters(&api, &filter, limit).await?)))
}

pub async fn letters(api: &Api, filter: &DeadFilter, limit: u32) -> Result<Vec<Letter>, Refused> {
    Ok(api.store.dead_letters(filter, limit).await?.into_iter().map(letter).collect())
}

/// Another chance for dead letters
#[utoipa::path(post, path = "/dead/redrive", tag = "operate", request_body = RedriveAsked,
    security(("token" = ["operate"])), responses((status = 200, body = Redriven)))]
async fn redrive(
    State(api): State<Api>,
    Operating(caller): Operating,
    Sent(asked): Sent<RedriveAsked>,
) -> Result<Json<Redriven>, Refused> {
    Ok(Json(redriven(&api, caller, asked).await?))
}

pub async fn redriven(api: &Api, caller: Caller, asked: RedriveAsked) -> Result<Redriven, Refused> {
    let (filter, by) = asked.letters.read("letters.", caller)?;
    for (field, number) in [("canary", asked.canary), ("per_minute", asked.per_minute)] {
        if number == Some(0) {
            return Err(Refused::field(field, "1 or more"));
        }
    }
    let matching = api.store.count_redrive(&filter).await?;
    if asked.dry_run {
        return Ok(Redriven { dry_run: true, matching, ..Redriven::default() });
    }
    let wish = RedriveWish { filter, first: asked.canary, per_minute: asked.per_minute, by };
    let redriven = api.production.redrive(wish).await?;
    api.tallies.forget_jobs();
    Ok(Redriven { matching, ..redriven })
}

/// Nobody wants them back
#[utoipa::path(post, path = "/dead/discard", tag = "operate", request_body = Letters,
    security(("token" = ["operate"])), responses((status = 200, body = Changed)))]
async fn discard(
    State(api): State<Api>,
    Operating(caller): Operating,
    Sent(letters): Sent<Letters>,
) -> Result<Json<Changed>, Refused> {
    Ok(Json(Changed { jobs: discarded(&api, caller, letters).await? }))
}

pub async fn discarded(api: &Api, caller: Caller, letters: Letters) -> Result<u64, Refused> {
    let (filter, by) = letters.read("", caller)?;
    let jobs = api.store.discard(&filter, &by, api.now()).await?;
    api.tallies.forget_jobs();
    Ok(jobs)
}

/// Undo discarding
#[utoipa::path(post, path = "/dead/restore", tag = "operate", request_body = Letters,
    security(("token" = ["operate"])), responses((status = 200, body = Changed)))]
async fn restore(
    State(api): State<Api>,
    Operating(caller): Operating,
    Sent(letters): Sent<Letters>,
) -> Result<Json<Changed>, Refused> {
    Ok(Json(Changed { jobs: restored(&api, caller, letters).await? }))
}

pub async fn restored(api: &Api, caller: Caller, letters: Letters) -> Result<u64, Refused> {
    let (filter, by) = letters.read("", caller)?;
    let jobs = api.store.restore(&filter, &by, api.now()).await?;
    api.tallies.forget_jobs();
    Ok(jobs)
}

impl Letters {
    /// Those that were named, and whose decision it is; all of them only where that was said.
    pub fn read(self, within: &str, caller: Caller) -> Result<(DeadFilter, Decided), Refused> {
        let why = self.reason.map(|reason| words("reason", &reason, 500)).transpose()?;
        let by = Decided { who: caller.signature(), why: why.filter(|why| !why.is_empty()) };
        let class = self.class.map(|name| {
            let found = Class::ALL.into_iter().find(|class| class.name() == name);
            let unknown = || Refused::field(format!("{within}class"), format_args!("{name:?} is no class"));
            found.ok_or_else(unknown)
        });
        let filter = DeadFilter {
            id: self.job.map(JobId),
            fingerprint: self.fingerprint,
            kind: self.kind.map(queue::Kind::from),
            class: class.transpose()?,
            since: self.since.map(Timestamp::as_microsecond),
            until: None,
        };
        match (filter == DeadFilter::default(), self.all) {
            (true, false) => Err(Refused::field(
                format!("{within}all"),
                "say which: job, fingerprint, kind, class, since, or all",
            )),
            (false, true) => Err(Refused::field(
                format!("{within}all"),
                "it leaves nothing to choose; leave it or the rest out",
            )),
            (true, true) | (false, false) => Ok((filter, by)),
        }
    }
}

/// By cause, as they were seen a moment ago.
pub async fn causes(api: &Api) -> Result<Arc<Causes>, Refused> {
    let store = api.store.clone();
    let count = async move {
        let open = store.dead_groups(&DeadFilter::default()).await?;
        Ok(Causes { open, discarded: store.discarded_groups().await? })
    };
    Ok(api.tallies.dead.read(count).await?)
}

/// Of one cause, the latest first.
pub async fn letters_of(api: &Api, fingerprint: &str, limit: u32) -> Result<Vec<Letter>, Refused> {
    Ok(api.store.dead_letters_of(fingerprint, limit).await?.into_iter().map(letter).collect())
}

pub fn group(group: DeadGroup) -> Group {
    Group {
        kind: group.kind.to_string(),
        class: group.class.name(),
        count: group.total,
        first_at: at(group.first_at),
        last_at: at(group.last_at),
        fingerprint: group.fingerprint,
        message: group.message,
    }
}

fn letter(letter: DeadLetter) -> Letter {
    Letter {
        id: letter.id.0,
        kind: letter.kind.to_string(),
        class: letter.class.name(),
        gave_up: letter.gave_up.name(),
        tries: letter.tries,
        died_at: at(letter.died_at),
        discarded_at: letter.discarded_at.map(at),
        work: serde_json::from_str(&letter.work).unwrap_or_else(|_| Value::from(letter.work.clone())),
        key: letter.key,
        message: letter.message,
        fingerprint: letter.fingerprint,
    }
}
