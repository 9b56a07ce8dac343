//! How words are said: a listener's own dictionary.

use super::{
    Api,
    body::{Named, Sent},
    caller::{Caller, Listening, Managing},
    page::Page,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    Language, ReadingId,
    reading::{self, ReadingFault},
};
use serde::{Deserialize, Serialize};
use store::hearing::ReadingRow;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Of one listener.
const MOST: usize = 500;
const MOST_CHARS: usize = 60;

/// A word, and how it is said from the next program on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reading {
    #[schema(value_type = schema::Id)]
    pub id: ReadingId,
    #[schema(value_type = schema::Language)]
    pub language: Language,
    pub surface: String,
    pub reading: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReading {
    #[schema(value_type = schema::Language)]
    pub language: Language,
    /// As it is written.
    #[schema(min_length = 1, max_length = 60)]
    pub surface: String,
    /// Kana for Japanese, other words for English.
    #[schema(min_length = 1, max_length = 60)]
    pub reading: String,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
}

/// Your dictionary, the latest entries first
#[utoipa::path(get, path = "/readings", tag = "readings", security(("token" = ["listen"])),
    responses((status = 200, body = Page<Reading>)))]
async fn list(State(api): State<Api>, Listening(caller): Listening) -> Result<Json<Page<Reading>>, Refused> {
    let found = api.store.readings(caller.listener).await?;
    Ok(Json(Page::whole(found.into_iter().map(Reading::from).collect())))
}

/// Say how a word is said, in place of what was said of it before
#[utoipa::path(post, path = "/readings", tag = "readings", request_body = NewReading,
    security(("token" = ["manage"])), responses((status = 201, body = Reading)))]
async fn add(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(new): Sent<NewReading>,
) -> Result<(StatusCode, Json<Reading>), Refused> {
    Ok((StatusCode::CREATED, Json(put(&api, caller, &new).await?.into())))
}

/// From the next program on the word is said as before
#[utoipa::path(delete, path = "/readings/{id}", tag = "readings", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn remove(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ReadingId>,
) -> Result<StatusCode, Refused> {
    take_out(&api, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn put(api: &Api, caller: Caller, new: &NewReading) -> Result<ReadingRow, Refused> {
    let NewReading { language, surface, reading } = new;
    for (name, text) in [("surface", surface), ("reading", reading)] {
        if text.trim().chars().count() > MOST_CHARS || text.contains(['\t', '\n']) {
            return Err(Refused::field(name, format_args!("at most {MOST_CHARS} characters")));
        }
    }
    let line = format!("{}\t{}", surface.trim(), reading.trim());
    let mut read = reading::parse(&line, *language).map_err(|error| match error.fault {
        fault @ (ReadingFault::NoSurface | ReadingFault::NoTab) => Refused::field("surface", fault),
        fault => Refused::field("reading", fault),
    })?;
    let entry = read.pop().ok_or_else(|| Refused::field("surface", "it is empty"))?;
    if api.store.readings(caller.listener).await?.len() >= MOST {
        return Err(Refused::Conflict(format!("{MOST} entries are the most; remove one first")));
    }
    let now = api.now();
    let row = ReadingRow {
        id: ReadingId::born(now, api.chance()),
        language: *language,
        surface: entry.surface,
        reading: entry.reading,
    };
    let mut tx = api.store.begin().await?;
    let id = tx.put_reading(caller.listener, &row, now).await?;
    tx.audit(now, &caller.signature(), "reading.put", &caller.listener.to_string(), "{}").await?;
    tx.commit().await?;
    Ok(ReadingRow { id, ..row })
}

pub(crate) async fn take_out(api: &Api, caller: Caller, id: ReadingId) -> Result<(), Refused> {
    let mut tx = api.store.begin().await?;
    if !tx.remove_reading(id, caller.listener).await? {
        return Err(Refused::Missing("entry"));
    }
    let by = caller.signature();
    tx.audit(api.now(), &by, "reading.drop", &caller.listener.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

impl From<ReadingRow> for Reading {
    fn from(row: ReadingRow) -> Self {
        let ReadingRow { id, language, surface, reading } = row;
        Self { id, language, surface, reading }
    }
}
