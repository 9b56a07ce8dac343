//! How far a listener has heard, and what they think of what they were told.

use super::{
    Api,
    body::{Named, Sent},
    caller::{Listening, Managing},
    page::Page,
    programs::found,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{ArticleId, ProgramId, SegmentKind, select::Thumb};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{hearing::Position as Row, programs::Program};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where you stopped, on whichever device.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub at_ms: u64,
    /// Heard to its end, once at least.
    #[serde(default)]
    pub is_ended: bool,
}

/// An article that a program tells of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    #[schema(value_type = schema::Id)]
    pub id: ArticleId,
    pub title: String,
    pub url: Option<String>,
    pub start_ms: u64,
    /// What you think of it.
    pub thumb: Option<Opinion>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Thought {
    pub thumb: Opinion,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// More like it.
    Up,
    /// Less like it.
    Down,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(position, put_position))
        .routes(routes!(told))
        .routes(routes!(think, take_back))
}

/// Where you stopped; at the beginning until you were anywhere
#[utoipa::path(get, path = "/programs/{id}/position", tag = "programs", params(("id" = schema::Id, Path)),
    security(("token" = ["listen"])), responses((status = 200, body = Position)))]
async fn position(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<ProgramId>,
) -> Result<Json<Position>, Refused> {
    let program = found(&api, caller, id).await?;
    let known = api.store.positions(caller.listener, &[id]).await?.remove(&id);
    let Row { at_ms, is_ended } = known.unwrap_or(Row { at_ms: 0, is_ended: false });
    Ok(Json(Position { at_ms: at_ms.min(program.duration_ms), is_ended }))
}

/// Where you are; other devices go on from there
#[utoipa::path(put, path = "/programs/{id}/position", tag = "programs", params(("id" = schema::Id, Path)),
    request_body = Position, security(("token" = ["manage"])), responses((status = 204)))]
async fn put_position(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ProgramId>,
    Sent(position): Sent<Position>,
) -> Result<StatusCode, Refused> {
    let Program { duration_ms, .. } = found(&api, caller, id).await?;
    let Position { at_ms, is_ended } = position;
    if at_ms > duration_ms {
        return Err(Refused::field("at_ms", format_args!("the program ends at {duration_ms}")));
    }
    api.store.put_position(caller.listener, id, Row { at_ms, is_ended }, api.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a program tells of, in its order
#[utoipa::path(get, path = "/programs/{id}/articles", tag = "programs", params(("id" = schema::Id, Path)),
    security(("token" = ["listen"])), responses((status = 200, body = Page<Told>)))]
async fn told(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<ProgramId>,
) -> Result<Json<Page<Told>>, Refused> {
    let program = found(&api, caller, id).await?;
    let selection = api.store.selection_of(program.occurrence).await?.unwrap_or_default();
    let known: HashMap<_, ArticleId> = selection.picks.iter().map(|pick| (pick.key, pick.article)).collect();
    let ids: Vec<ArticleId> = program.parts.iter().filter_map(|key| known.get(key).copied()).collect();
    let thumbs = api.store.thumbs(caller.listener, &ids).await?;
    let segments = program.document.segments.into_iter().zip(&program.parts);
    let articles = segments.filter(|(segment, _)| segment.kind == SegmentKind::Article);
    let told = articles.filter_map(|(segment, key)| {
        let id = *known.get(key)?;
        let thumb = thumbs.get(&id).copied().map(Opinion::from);
        Some(Told { id, title: segment.title, url: segment.url, start_ms: segment.start_ms, thumb })
    });
    Ok(Json(Page::whole(told.collect())))
}

/// Say what you think of an article you were told of: it counts when the next ones are chosen
#[utoipa::path(put, path = "/articles/{id}/thumb", tag = "programs", params(("id" = schema::Id, Path)),
    request_body = Thought, security(("token" = ["manage"])), responses((status = 204)))]
async fn think(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ArticleId>,
    Sent(Thought { thumb }): Sent<Thought>,
) -> Result<StatusCode, Refused> {
    let mut tx = api.store.begin().await?;
    if !tx.put_thumb(caller.listener, id, thumb.into(), api.now()).await? {
        return Err(Refused::Missing("article"));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take back what you thought of an article
#[utoipa::path(delete, path = "/articles/{id}/thumb", tag = "programs", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn take_back(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ArticleId>,
) -> Result<StatusCode, Refused> {
    let mut tx = api.store.begin().await?;
    if !tx.take_thumb_back(caller.listener, id).await? {
        return Err(Refused::Missing("thumb"));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Opinion> for Thumb {
    fn from(opinion: Opinion) -> Self {
        match opinion {
            Opinion::Up => Self::Up,
            Opinion::Down => Self::Down,
        }
    }
}

impl From<Thumb> for Opinion {
    fn from(thumb: Thumb) -> Self {
        match thumb {
            Thumb::Up => Self::Up,
            Thumb::Down => Self::Down,
        }
    }
}
