//! Tokens of the API. A token makes none that may do more than itself.

use super::{
    Api,
    admit::Secret,
    body::{Named, Sent},
    caller::{Caller, Managing},
    page::Page,
    refused::Refused,
    schema,
};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{TokenId, token};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Micros,
    tokens::{NewToken as NewRow, TokenRow},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const DAY: Micros = 86_400 * 1_000_000;
const MOST_DAYS: u32 = 3_650;

/// A token, but for itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    #[schema(value_type = schema::Id)]
    pub id: TokenId,
    #[schema(value_type = schema::Scope)]
    pub scope: token::Scope,
    #[schema(value_type = schema::Instant)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<schema::Instant>)]
    pub expires_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<schema::Instant>)]
    pub revoked_at: Option<Timestamp>,
}

/// A new token, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenShown {
    #[schema(value_type = schema::Id)]
    pub id: TokenId,
    pub token: String,
    #[schema(value_type = schema::Scope)]
    pub scope: token::Scope,
    #[schema(value_type = Option<schema::Instant>)]
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    #[schema(value_type = schema::Scope)]
    pub scope: token::Scope,
    /// How long it is good; null: for ever.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u32>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// Your tokens
#[utoipa::path(get, path = "/tokens", tag = "tokens", security(("token" = ["manage"])),
    responses((status = 200, body = Page<Token>)))]
async fn list(State(api): State<Api>, Managing(caller): Managing) -> Result<Json<Page<Token>>, Refused> {
    let found = api.store.tokens(Some(caller.listener)).await?;
    Ok(Json(Page::whole(found.into_iter().map(shown).collect())))
}

/// Make a token; it is shown this once
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewToken, security(("token" = ["manage"])),
    responses((status = 201, body = TokenShown)))]
async fn create(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(new): Sent<NewToken>,
) -> Result<Response, Refused> {
    let shown = make(&api, caller, new).await?;
    Ok((StatusCode::CREATED, Extension(Secret), Json(shown)).into_response())
}

pub(crate) async fn make(api: &Api, caller: Caller, new: NewToken) -> Result<TokenShown, Refused> {
    caller.may(new.scope)?;
    if new.days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        return Err(Refused::field("days", format_args!("from 1 to {MOST_DAYS}")));
    }
    let now = api.now();
    let ([a, b], [c, d]) = (api.chance(), api.chance());
    let (id, token) = (TokenId::born(now, api.chance()), token::Token::new([a, b, c, d]));
    let expires_at = new.days.map(|days| now.saturating_add(i64::from(days) * DAY));
    let row = NewRow { id, listener: caller.listener, scope: new.scope, hash: token.hash(), expires_at };
    let mut tx = api.store.begin().await?;
    tx.add_token(&row, now).await?;
    let detail = serde_json::json!({ "listener": caller.listener, "scope": new.scope, "days": new.days });
    tx.audit(now, &caller.signature(), "token.create", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    let expires_at = expires_at.map(super::at);
    Ok(TokenShown { id, token: token.reveal().to_owned(), scope: new.scope, expires_at })
}

/// A token that is good no more
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn revoke(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<TokenId>,
) -> Result<StatusCode, Refused> {
    end(&api, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn end(api: &Api, caller: Caller, id: TokenId) -> Result<(), Refused> {
    own(api, caller, id).await?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    tx.revoke_token(id, now).await?;
    tx.audit(now, &caller.signature(), "token.revoke", &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

async fn own(api: &Api, caller: Caller, id: TokenId) -> Result<(), Refused> {
    let theirs = api.store.tokens(Some(caller.listener)).await?;
    theirs.iter().find(|row| row.id == id).map(drop).ok_or(Refused::Missing("token"))
}

pub(super) fn shown(row: TokenRow) -> Token {
    Token {
        id: row.id,
        scope: row.scope,
        created_at: super::at(row.created_at),
        expires_at: row.expires_at.map(super::at),
        last_used_at: row.last_used_at.map(super::at),
        revoked_at: row.revoked_at.map(super::at),
    }
}
