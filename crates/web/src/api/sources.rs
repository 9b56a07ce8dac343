//! A listener's sources: what they keep at hand, and what their feeds follow.

use super::{
    Api,
    body::{Named, Sent, given, some_words},
    caller::{Caller, Listening, Managing},
    page::{Page, Stretch},
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    SourceId,
    source::{Place, SourceAddress},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Micros, StoreError, Tx,
    following::{self, By},
    own_sources::OwnSource,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Characters of a listener's name for a source.
const MOST_TITLE: usize = 200;

/// Where articles come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    #[schema(value_type = schema::Id)]
    pub id: SourceId,
    pub address: String,
    /// The listener's name for it, or its own; empty before it was first read.
    pub title: String,
    /// `active`, or `gone`: it is there no more.
    pub state: &'static str,
    /// Why it cannot be read, or what is to be known of it.
    pub notice: Option<String>,
    #[schema(value_type = Option<schema::Instant>)]
    pub fetched_at: Option<Timestamp>,
    /// When a reading last brought something new.
    #[schema(value_type = Option<schema::Instant>)]
    pub changed_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    #[schema(value_type = schema::Address)]
    pub address: String,
    /// What you call it.
    #[schema(max_length = 200)]
    pub title: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceChange {
    /// What you call it; null: its own title.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub title: Option<Option<String>>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(show, change, remove))
}

/// Your sources
#[utoipa::path(get, path = "/sources", tag = "sources", params(Stretch), security(("token" = ["listen"])),
    responses((status = 200, body = Page<Source>)))]
async fn list(
    State(api): State<Api>,
    Listening(caller): Listening,
    super::body::Asked(stretch): super::body::Asked<Stretch>,
) -> Result<Json<Page<Source>>, Refused> {
    let limit = stretch.limit()?;
    let found = api.store.own_sources(caller.listener, stretch.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |one| one.source.id, shown)))
}

/// Keep a source at hand
#[utoipa::path(post, path = "/sources", tag = "sources", request_body = NewSource,
    security(("token" = ["manage"])), responses((status = 201, body = Source)))]
async fn add(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(new): Sent<NewSource>,
) -> Result<(StatusCode, Json<Source>), Refused> {
    Ok((StatusCode::CREATED, Json(keep(&api, caller, new).await?)))
}

pub(crate) async fn keep(api: &Api, caller: Caller, new: NewSource) -> Result<Source, Refused> {
    let title = new.title.map(|title| some_words("title", &title, MOST_TITLE)).transpose()?;
    vet(api, "address", &new.address)?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    let id = added(api, &mut tx, "address", &new.address, now).await?;
    tx.keep_source(caller.listener, id, title.as_deref(), now).await?;
    tx.audit(now, &caller.signature(), "source.add", &id.to_string(), "{}").await?;
    tx.commit().await?;
    Ok(shown(found(api, caller, id).await?))
}

/// One of your sources
#[utoipa::path(get, path = "/sources/{id}", tag = "sources", params(("id" = schema::Id, Path)),
    security(("token" = ["listen"])), responses((status = 200, body = Source)))]
async fn show(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<SourceId>,
) -> Result<Json<Source>, Refused> {
    Ok(Json(shown(found(&api, caller, id).await?)))
}

/// Call a source something else
#[utoipa::path(patch, path = "/sources/{id}", tag = "sources", params(("id" = schema::Id, Path)),
    request_body = SourceChange, security(("token" = ["manage"])), responses((status = 200, body = Source)))]
async fn change(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<SourceId>,
    Sent(change): Sent<SourceChange>,
) -> Result<Json<Source>, Refused> {
    found(&api, caller, id).await?;
    if let Some(title) = change.title {
        let title = title.map(|title| some_words("title", &title, MOST_TITLE)).transpose()?;
        let mut tx = api.store.begin().await?;
        tx.rename_source(caller.listener, id, title.as_deref(), api.now()).await?;
        tx.commit().await?;
    }
    Ok(Json(shown(found(&api, caller, id).await?)))
}

/// Drop a source, from your feeds too
#[utoipa::path(delete, path = "/sources/{id}", tag = "sources", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn remove(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<SourceId>,
) -> Result<StatusCode, Refused> {
    drop_one(&api, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn drop_one(api: &Api, caller: Caller, id: SourceId) -> Result<(), Refused> {
    found(api, caller, id).await?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    tx.drop_source(caller.listener, id).await?;
    tx.audit(now, &caller.signature(), "source.drop", &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

pub(super) async fn found(api: &Api, caller: Caller, id: SourceId) -> Result<OwnSource, Refused> {
    api.store.own_source(caller.listener, id).await?.ok_or(Refused::Missing("source"))
}

/// What a listener names must be an address that may be fetched; where its name leads is seen when it is.
pub(super) fn vet(api: &Api, field: &str, written: &str) -> Result<(), Refused> {
    let address = SourceAddress::parse(written).map_err(|cause| Refused::field(field, cause))?;
    match address.place() {
        Place::Feed(url) => api.client.vet(url).map_err(|cause| Refused::field(field, cause)),
        // The one who is asked is known, or, of a file, refused when it is added.
        Place::File(_) | Place::QiitaItems { .. } => Ok(()),
    }
}

pub(super) async fn added(
    api: &Api,
    tx: &mut Tx,
    field: &str,
    address: &str,
    now: Micros,
) -> Result<SourceId, Refused> {
    let id = SourceId::born(now, api.chance());
    let source =
        following::add_source(tx, address, By::Listener, id, now).await.map_err(|refused| match refused {
            following::Refused::Store(error) => StoreError::into(error),
            refused => Refused::field(field, refused),
        })?;
    Ok(source.id)
}

pub(super) fn shown(OwnSource { source, own_title }: OwnSource) -> Source {
    Source {
        id: source.id,
        address: source.address,
        title: own_title.unwrap_or(source.title),
        state: source.state.name(),
        notice: source.notice,
        fetched_at: source.fetched_at.map(super::at),
        changed_at: source.changed_at.map(super::at),
    }
}
