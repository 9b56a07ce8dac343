//! What there is to hear, and more of it on request.

use super::{
    Answer, Api,
    admit::RequestKey,
    body::{Asked, Named},
    caller::{Caller, Listening, Managing},
    feeds,
    occurrences::Made,
    page::{Page, Stretch},
    production,
    refused::Refused,
    schema,
};
use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{Edition, FeedId, FeedTokenId, Language, ProgramId};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{HashMap, hash_map::Entry};
use store::programs::Program as Row;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A published program.
#[derive(Debug, Serialize, ToSchema)]
pub struct Program {
    #[schema(value_type = schema::Id)]
    pub id: ProgramId,
    #[schema(value_type = schema::Id)]
    pub feed_id: FeedId,
    pub title: String,
    #[schema(value_type = schema::Language)]
    pub language: Language,
    #[schema(value_type = schema::Edition)]
    pub edition: Edition,
    /// Why it is not full.
    pub reason: Option<String>,
    pub duration_ms: u64,
    pub bytes: u64,
    /// Needs no token of the API: whoever has it may hear. Null: its feed's tokens were revoked.
    pub audio_url: Option<String>,
    pub chapters: Vec<Chapter>,
    #[schema(value_type = schema::Instant)]
    pub published_at: Timestamp,
    #[schema(value_type = schema::Instant)]
    pub expires_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Chapter {
    pub start_ms: u64,
    pub end_ms: u64,
    pub title: String,
    /// What it tells of.
    pub url: Option<String>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(of_feed, make_now))
}

/// Your programs, the latest first
#[utoipa::path(get, path = "/programs", tag = "programs", params(Stretch), security(("token" = ["listen"])),
    responses((status = 200, body = Page<Program>)))]
async fn list(
    State(api): State<Api>,
    Listening(caller): Listening,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<Program>>, Refused> {
    page(&api, caller, None, &stretch).await
}

/// One of your programs
#[utoipa::path(get, path = "/programs/{id}", tag = "programs", params(("id" = schema::Id, Path)),
    security(("token" = ["listen"])), responses((status = 200, body = Program)))]
async fn show(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<ProgramId>,
) -> Result<Json<Program>, Refused> {
    let program = found(&api, caller, id).await?;
    let token = token(&api, program.feed).await?;
    Ok(Json(shown(&api, program, token)))
}

/// A program of the caller's that can be heard.
pub(crate) async fn found(api: &Api, caller: Caller, id: ProgramId) -> Result<Row, Refused> {
    let now = api.now();
    let program = api.store.program(id).await?.filter(|program| program.listener == caller.listener);
    let program = program.filter(|program| program.visible_at <= now).ok_or(Refused::Missing("program"))?;
    if program.expires_at <= now {
        return Err(Refused::Gone("program"));
    }
    Ok(program)
}

/// A feed's programs, the latest first
#[utoipa::path(get, path = "/feeds/{id}/programs", tag = "programs", params(("id" = schema::Id, Path), Stretch),
    security(("token" = ["listen"])), responses((status = 200, body = Page<Program>)))]
async fn of_feed(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<FeedId>,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<Program>>, Refused> {
    feeds::found(&api, caller, id).await?;
    page(&api, caller, Some(id), &stretch).await
}

/// Make one now; an Idempotency-Key names the program that is meant
#[utoipa::path(post, path = "/feeds/{id}/programs", tag = "programs", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 202, body = Made)))]
async fn make_now(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
    key: Option<Extension<RequestKey>>,
) -> Result<(StatusCode, Json<Made>), Refused> {
    let made = make(&api, caller, id, key.map(|Extension(RequestKey(key))| key)).await?;
    Ok((StatusCode::ACCEPTED, Json(made.into())))
}

/// A program as soon as it can be made; a key names the one that is meant.
pub(crate) async fn make(
    api: &Api,
    caller: Caller,
    id: FeedId,
    key: Option<String>,
) -> Result<production::Made, Refused> {
    feeds::found(api, caller, id).await?;
    let chance = || format!("{:016x}", api.entropy.bits());
    let key = key.unwrap_or_else(|| [chance(), chance()].concat());
    let made = match api.production.make_now(id, key).await? {
        Answer::Made(made) => made,
        Answer::NoFeed => return Err(Refused::Missing("feed")),
        Answer::NotInPlan(why) => return Err(Refused::NotInPlan(why)),
    };
    if made.is_new {
        let (now, detail) = (api.now(), serde_json::json!({ "occurrence": made.occurrence }));
        let mut tx = api.store.begin().await?;
        tx.audit(now, &caller.signature(), "feed.make_now", &id.to_string(), &detail.to_string()).await?;
        tx.commit().await?;
    }
    Ok(made)
}

async fn page(
    api: &Api,
    caller: Caller,
    feed: Option<FeedId>,
    stretch: &Stretch,
) -> Result<Json<Page<Program>>, Refused> {
    let limit = stretch.limit()?;
    let before = stretch.after_instant()?;
    let found = api.store.programs_page(caller.listener, feed, before, api.now(), limit).await?;
    let mut tokens = HashMap::new();
    for program in &found {
        if let Entry::Vacant(unknown) = tokens.entry(program.feed) {
            unknown.insert(token(api, program.feed).await?);
        }
    }
    let cursor = |program: &Row| format!("{}.{}", program.visible_at, program.id);
    let show = |program: Row| {
        let token = tokens.get(&program.feed).copied().flatten();
        shown(api, program, token)
    };
    Ok(Json(Page::of(found, limit, cursor, show)))
}

async fn token(api: &Api, feed: FeedId) -> Result<Option<FeedTokenId>, Refused> {
    let now = api.now();
    Ok(api.store.feed_token(feed, FeedTokenId::born(now, api.chance()), now).await?)
}

fn shown(api: &Api, program: Row, token: Option<FeedTokenId>) -> Program {
    let chapters = program.document.chapters().into_iter().map(|chapter| Chapter {
        start_ms: chapter.start_ms,
        end_ms: chapter.end_ms,
        title: chapter.title.to_owned(),
        url: chapter.url.map(ToOwned::to_owned),
    });
    Program {
        id: program.id,
        feed_id: program.feed,
        audio_url: token.map(|token| api.addresses.audio(token, program.id)),
        chapters: chapters.collect(),
        title: program.title,
        language: program.language,
        edition: program.edition,
        reason: program.reason,
        duration_ms: program.duration_ms,
        bytes: program.bytes,
        published_at: super::at(program.visible_at),
        expires_at: super::at(program.expires_at),
    }
}
