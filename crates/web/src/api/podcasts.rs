//! Tokens of podcasts: an address for each device, which can be shown again, replaced and revoked.

use super::{
    Api,
    body::{Named, Sent, words},
    caller::{Caller, Managing},
    feeds,
    page::Page,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{FeedId, FeedTokenId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Micros,
    feed_tokens::{FeedTokenRow, NewFeedToken},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const MOST_LABEL: usize = 100;

/// A podcast's address for one device or app.
#[derive(Debug, Serialize, ToSchema)]
pub struct Podcast {
    #[schema(value_type = schema::Id)]
    pub id: FeedTokenId,
    /// Null: all your feeds in one podcast.
    #[schema(value_type = Option<schema::Id>)]
    pub feed_id: Option<FeedId>,
    /// What you call the device or app.
    pub label: String,
    /// Null: it is good no more.
    pub podcast_url: Option<String>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<schema::Instant>)]
    pub expires_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub revoked_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPodcast {
    /// Null: all your feeds in one podcast.
    #[schema(value_type = Option<schema::Id>)]
    pub feed_id: Option<FeedId>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub label: String,
    /// Null: for ever.
    #[schema(value_type = Option<schema::Instant>)]
    pub expires_at: Option<Timestamp>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(rotate)).routes(routes!(revoke))
}

/// Your podcasts' addresses
#[utoipa::path(get, path = "/podcasts", tag = "podcasts", security(("token" = ["manage"])),
    responses((status = 200, body = Page<Podcast>)))]
async fn list(State(api): State<Api>, Managing(caller): Managing) -> Result<Json<Page<Podcast>>, Refused> {
    Ok(Json(Page::whole(all(&api, caller).await?)))
}

pub(crate) async fn all(api: &Api, caller: Caller) -> Result<Vec<Podcast>, Refused> {
    let now = api.now();
    let found = api.store.feed_tokens_of_listener(caller.listener).await?;
    Ok(found.into_iter().map(|row| shown(api, row, now)).collect())
}

/// Another address, for another device
#[utoipa::path(post, path = "/podcasts", tag = "podcasts", request_body = NewPodcast,
    security(("token" = ["manage"])), responses((status = 201, body = Podcast)))]
async fn create(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(new): Sent<NewPodcast>,
) -> Result<(StatusCode, Json<Podcast>), Refused> {
    Ok((StatusCode::CREATED, Json(add(&api, caller, new).await?)))
}

pub(crate) async fn add(api: &Api, caller: Caller, new: NewPodcast) -> Result<Podcast, Refused> {
    let now = api.now();
    if let Some(feed) = new.feed_id {
        let theirs = feeds::found(api, caller, feed).await;
        theirs.map_err(|refused| match refused {
            Refused::Missing(_) => Refused::field("feed_id", "you have no such feed"),
            other => other,
        })?;
    }
    let expires_at = new.expires_at.map(Timestamp::as_microsecond);
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Refused::field("expires_at", "it is past"));
    }
    let id = FeedTokenId::born(now, api.chance());
    let label = words("label", &new.label, MOST_LABEL)?;
    let new = NewFeedToken { id, listener: caller.listener, feed: new.feed_id, label, expires_at };
    let mut tx = api.store.begin().await?;
    tx.add_feed_token(&new, now).await?;
    tx.audit(now, &caller.signature(), "podcast.add", &id.to_string(), "{}").await?;
    tx.commit().await?;
    Ok(shown(api, found(api, caller, id).await?, now))
}

/// Another address in place of this one, which is good no more
#[utoipa::path(post, path = "/podcasts/{id}/rotate", tag = "podcasts", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 201, body = Podcast)))]
async fn rotate(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedTokenId>,
) -> Result<(StatusCode, Json<Podcast>), Refused> {
    Ok((StatusCode::CREATED, Json(replace(&api, caller, id).await?)))
}

pub(crate) async fn replace(api: &Api, caller: Caller, id: FeedTokenId) -> Result<Podcast, Refused> {
    found(api, caller, id).await?;
    let now = api.now();
    let new = FeedTokenId::born(now, api.chance());
    let mut tx = api.store.begin().await?;
    if !tx.rotate_feed_token(id, new, now).await? {
        return Err(Refused::Conflict("it is good no more; make another".into()));
    }
    tx.audit(now, &caller.signature(), "podcast.rotate", &id.to_string(), "{}").await?;
    tx.commit().await?;
    Ok(shown(api, found(api, caller, new).await?, now))
}

/// An address that is good no more
#[utoipa::path(delete, path = "/podcasts/{id}", tag = "podcasts", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn revoke(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<FeedTokenId>,
) -> Result<StatusCode, Refused> {
    end(&api, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn end(api: &Api, caller: Caller, id: FeedTokenId) -> Result<(), Refused> {
    found(api, caller, id).await?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    tx.revoke_feed_token(id, now).await?;
    tx.audit(now, &caller.signature(), "podcast.revoke", &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

async fn found(api: &Api, caller: Caller, id: FeedTokenId) -> Result<FeedTokenRow, Refused> {
    let theirs = api.store.feed_tokens_of_listener(caller.listener).await?;
    theirs.into_iter().find(|row| row.id == id).ok_or(Refused::Missing("podcast"))
}

fn shown(api: &Api, row: FeedTokenRow, now: Micros) -> Podcast {
    let is_good = row.revoked_at.is_none() && row.expires_at.is_none_or(|over| over > now);
    Podcast {
        id: row.id,
        feed_id: row.feed,
        label: row.label,
        podcast_url: is_good.then(|| api.addresses.feed(row.id)),
        created_at: super::at(row.created_at),
        expires_at: row.expires_at.map(super::at),
        last_used_at: row.last_used_at.map(super::at),
        revoked_at: row.revoked_at.map(super::at),
    }
}
