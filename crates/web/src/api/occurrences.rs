//! Programs on their way.

use super::{Api, body::Named, caller::Listening, production, refused::Refused, schema};
use axum::{Json, extract::State};
use domain::{BatchId, Edition, FeedId, OccurrenceId, OccurrenceState, ProgramId};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A program that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// See `/occurrences/{id}` for what becomes of it.
    #[schema(value_type = schema::Id)]
    pub occurrence: OccurrenceId,
    #[schema(value_type = schema::Id)]
    pub batch: BatchId,
    #[schema(value_type = schema::OccurrenceState)]
    pub state: OccurrenceState,
    #[schema(value_type = schema::Day)]
    pub local_date: Date,
    /// `false`: it was asked for before by the same key.
    pub is_new: bool,
}

/// A program on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Occurrence {
    #[schema(value_type = schema::Id)]
    pub id: OccurrenceId,
    #[schema(value_type = schema::Id)]
    pub feed_id: FeedId,
    #[schema(value_type = schema::Day)]
    pub local_date: Date,
    #[schema(value_type = schema::Instant)]
    pub ready_by: Timestamp,
    #[schema(value_type = schema::OccurrenceState)]
    pub state: OccurrenceState,
    #[schema(value_type = Option<schema::Edition>)]
    pub edition: Option<Edition>,
    /// Why it ended so.
    pub reason: Option<String>,
    #[schema(value_type = Option<schema::Instant>)]
    pub ended_at: Option<Timestamp>,
    /// What came of it.
    #[schema(value_type = Option<schema::Id>)]
    pub program_id: Option<ProgramId>,
}

impl From<production::Made> for Made {
    fn from(made: production::Made) -> Self {
        let production::Made { occurrence, batch, state, local_date, is_new } = made;
        Self { occurrence, batch, state, local_date, is_new }
    }
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(show))
}

/// How far a program is
#[utoipa::path(get, path = "/occurrences/{id}", tag = "occurrences", params(("id" = schema::Id, Path)),
    security(("token" = ["listen"])), responses((status = 200, body = Occurrence)))]
async fn show(
    State(api): State<Api>,
    Listening(caller): Listening,
    Named(id): Named<OccurrenceId>,
) -> Result<Json<Occurrence>, Refused> {
    let found = api.store.occurrence_of(caller.listener, id).await?.ok_or(Refused::Missing("occurrence"))?;
    Ok(Json(Occurrence {
        id: found.id,
        feed_id: found.feed,
        local_date: found.local_date,
        ready_by: super::at(found.ready_by),
        state: found.state,
        edition: found.edition,
        reason: found.reason,
        ended_at: found.ended_at.map(super::at),
        program_id: found.program,
    }))
}
