//! A listener's feeds: what they wish for, and when.

pub(crate) mod change;
pub(crate) mod wish;

use super::{
    Api,
    body::{Asked, Named, Sent},
    caller::{Caller, Listening, Managing},
    page::{Page, Stretch},
    plan,
    refused::Refused,
    schedules::{Preview, Schedule},
    schema,
    sources::{self, Source},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use change::{FeedChange, Vacations};
use domain::{FeedId, FeedTokenId, Language, Style, external::Generator, select::Filter};
use jiff::Timestamp;
use serde::Serialize;
use store::feeds::Feed as Row;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use wish::NewFeed;

/// Next programs that are shown.
const NEXT: usize = 5;

/// A wish for programs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feed {
    #[schema(value_type = schema::Id)]
    pub id: FeedId,
    pub name: String,
    #[schema(value_type = schema::Language)]
    pub language: Language,
    #[schema(value_type = schema::Style)]
    pub style: Style,
    /// Wished length.
    pub minutes: u32,
    /// Articles at most; null: as many as fit.
    pub max_articles: Option<u32>,
    #[schema(value_type = schema::FilterNode)]
    pub filter: Filter,
    pub schedule: Schedule,
    /// Since when there are no programs.
    #[schema(value_type = Option<schema::Instant>)]
    pub paused_since: Option<Timestamp>,
    /// Why there are no programs though it is not paused, in your words: your plan does not cover it.
    pub on_hold: Option<String>,
    pub sources: Vec<Source>,
    /// Who makes the programs instead of this service.
    pub external: Option<External>,
    /// The next five programs.
    pub next_runs: Vec<Preview>,
    /// For podcast apps; whoever has it may hear. Null: its tokens were revoked.
    pub podcast_url: Option<String>,
}

/// Somebody else's service that makes programs. Its signing secrets are not shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct External {
    pub url: String,
}

/// A date that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Skipped {
    #[schema(value_type = schema::Day)]
    pub local_date: jiff::civil::Date,
    pub feed: Feed,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(skip_next))
        .routes(routes!(take_vacations))
}

/// Your feeds
#[utoipa::path(get, path = "/feeds", tag = "feeds", params(Stretch), security(("token" = ["listen"])),
    responses((status = 200, body = Page<Feed>)))]
async fn list(
    State(api): State<Api>,
    Listening(caller): Listening,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<Feed>>, Refused> {
    let limit = stretch.limit()?;
    let found = api.store.feeds_page(caller.listener, stretch.after()?, limit).await?;
    let rows = Page::of(found, limit, |feed| feed.id, Listed);
    let mut items = Vec::with_capacity(rows.items.len());
    for Listed(feed) in rows.items {
        items.push(shown(&api, caller, feed).await?);
    }
    Ok(Json(Page { items, next_cursor: rows.next_cursor }))
}

/// A row on its way to be shown.
#[derive(ToSchema)]
#[schema(value_type = Feed)]
struct Listed(Row);

/// Make a feed
#[utoipa::path(post, path = "/feeds", tag = "feeds", request_body = NewFeed, security(("token" = ["manage"])),
    responses((status = 201, body = Feed)))]
async fn create(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(new): Sent<NewFeed>,
) -> Result<Response, Refused> {
    let feed = wish::create(&api, caller, new).await?;
    let (etag, feed) = tagged(&api, caller, feed).await?;
    Ok((StatusCode::CREATED, [(header::ETAG, etag)], Json(feed)).into_response())
}

/// One of your feeds
#[utoipa::path(get, path = "/feeds/{id}", tag = "feeds", params(("id" = schema::Id, Path)),
    security(("token" = ["listen"])), responses((status = 200, body = Feed)))]
async fn show(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<FeedId>,
) -> Result<Response, Refused> {
    answer(&api, caller, id).await
}

/// Change a feed
#[utoipa::path(patch, path = "/feeds/{id}", tag = "feeds",
    params(("id" = schema::Id, Path), ("If-Match" = Option<String>, Header, description = "As ETag gave it.")),
    request_body = FeedChange, security(("token" = ["manage"])), responses((status = 200, body = Feed)))]
async fn update(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
    headers: HeaderMap,
    Sent(change): Sent<FeedChange>,
) -> Result<Response, Refused> {
    change::update(&api, caller, id, &headers, change).await?;
    answer(&api, caller, id).await
}

/// Delete a feed; its programs stay until they expire
#[utoipa::path(delete, path = "/feeds/{id}", tag = "feeds",
    params(("id" = schema::Id, Path), ("If-Match" = Option<String>, Header, description = "As ETag gave it.")),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn remove(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    change::remove(&api, caller, id, &headers).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// No programs until it is resumed
#[utoipa::path(post, path = "/feeds/{id}/pause", tag = "feeds", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 200, body = Feed)))]
async fn pause(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
) -> Result<Response, Refused> {
    change::pause(&api, caller, id).await?;
    answer(&api, caller, id).await
}

/// Programs again
#[utoipa::path(post, path = "/feeds/{id}/resume", tag = "feeds", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 200, body = Feed)))]
async fn resume(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
) -> Result<Response, Refused> {
    change::resume(&api, caller, id).await?;
    answer(&api, caller, id).await
}

/// Leave out the next program that is not in production
#[utoipa::path(post, path = "/feeds/{id}/skip-next", tag = "feeds", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 200, body = Skipped)))]
async fn skip_next(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
) -> Result<Json<Skipped>, Refused> {
    let local_date = change::leave_out_next(&api, caller, id).await?;
    let feed = found(&api, caller, id).await?;
    Ok(Json(Skipped { local_date, feed: shown(&api, caller, feed).await? }))
}

/// Dates without programs, in place of those there were
#[utoipa::path(put, path = "/feeds/{id}/vacations", tag = "feeds", params(("id" = schema::Id, Path)),
    request_body = Vacations, security(("token" = ["manage"])), responses((status = 200, body = Feed)))]
async fn take_vacations(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedId>,
    Sent(vacations): Sent<Vacations>,
) -> Result<Response, Refused> {
    let vacations = vacations.read()?;
    change::take_vacations(&api, caller, id, vacations).await?;
    answer(&api, caller, id).await
}

/// A feed of the caller's.
pub(crate) async fn found(api: &Api, caller: Caller, id: FeedId) -> Result<Row, Refused> {
    let feed = api.store.feed(id).await?;
    feed.filter(|feed| feed.listener == caller.listener).ok_or(Refused::Missing("feed"))
}

async fn answer(api: &Api, caller: Caller, id: FeedId) -> Result<Response, Refused> {
    let feed = found(api, caller, id).await?;
    let (etag, feed) = tagged(api, caller, feed).await?;
    Ok(([(header::ETAG, etag)], Json(feed)).into_response())
}

async fn tagged(api: &Api, caller: Caller, feed: Row) -> Result<(HeaderValue, Feed), Refused> {
    let sources = api.store.sources_of(feed.id).await?;
    let etag = change::etag(&feed, &sources);
    Ok((etag, shown(api, caller, feed).await?))
}

pub(super) async fn shown(api: &Api, caller: Caller, feed: Row) -> Result<Feed, Refused> {
    let now = api.now();
    let mut followed = Vec::new();
    for source in api.store.sources_of(feed.id).await? {
        let own = api.store.own_source(caller.listener, source.id).await?;
        followed.extend(own.map(sources::shown));
    }
    let candidate = FeedTokenId::born(now, api.chance());
    let token = api.store.feed_token(feed.id, candidate, now).await?;
    let on_hold = plan::on_hold(api, &plan::who(api, caller.listener).await?, &feed).await?;
    let next = feed.next_runs(super::at(now), NEXT);
    let external = feed.external.as_deref().and_then(|json| Generator::read(json).ok());
    Ok(Feed {
        id: feed.id,
        name: feed.name,
        language: feed.language,
        style: feed.style,
        minutes: feed.minutes,
        max_articles: feed.max_articles,
        filter: feed.filter,
        paused_since: feed.schedule.paused_since,
        on_hold,
        sources: followed,
        external: external.map(|generator| External { url: generator.url.into() }),
        next_runs: next.iter().map(Preview::of).collect(),
        podcast_url: token.map(|token| api.addresses.feed(token)),
        schedule: Schedule::of(feed.schedule),
    })
}
