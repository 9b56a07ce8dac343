//! The listener who asks.

use super::{
    Api,
    body::{Sent, words},
    caller::{Caller, Listening, Managing},
    operate::listeners::undeleted,
    plan,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{Language, ListenerId, entitlement::right, schedule::Zone, token};
use serde::{Deserialize, Serialize};
use store::listeners::{Listener, Role};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const MOST_NAME: usize = 100;

#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[schema(value_type = schema::Id)]
    pub id: ListenerId,
    pub email: String,
    /// As it is to be spoken; empty: nobody is greeted by name.
    pub name: String,
    #[schema(value_type = schema::Zone)]
    pub zone: Zone,
    #[schema(value_type = schema::Language)]
    pub language: Language,
    /// The one that counts now; see `/me/plan`.
    pub plan: String,
    /// What the token that asks is good for.
    #[schema(value_type = schema::Scope)]
    pub scope: token::Scope,
}

/// What is not given stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyChange {
    #[schema(max_length = 100)]
    pub name: Option<String>,
    #[schema(value_type = Option<schema::Zone>)]
    pub zone: Option<Zone>,
    #[schema(value_type = Option<schema::Language>)]
    pub language: Option<Language>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(show, update, delete_me))
}

/// You
#[utoipa::path(get, path = "/me", tag = "me", security(("token" = ["listen"])),
    responses((status = 200, body = Me)))]
async fn show(State(api): State<Api>, Listening(caller): Listening) -> Result<Json<Me>, Refused> {
    Ok(Json(shown(found(&api, caller).await?, caller)))
}

/// Change how you are called, where you live and what you read; feeds keep what they have
#[utoipa::path(patch, path = "/me", tag = "me", request_body = MyChange, security(("token" = ["manage"])),
    responses((status = 200, body = Me)))]
async fn update(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(change): Sent<MyChange>,
) -> Result<Json<Me>, Refused> {
    Ok(Json(shown(changed(&api, caller, change).await?, caller)))
}

pub(crate) async fn changed(api: &Api, caller: Caller, change: MyChange) -> Result<Listener, Refused> {
    let mut listener = found(api, caller).await?;
    if let Some(name) = change.name {
        listener.name = words("name", &name, MOST_NAME)?;
    }
    listener.zone = change.zone.unwrap_or(listener.zone);
    listener.language = change.language.unwrap_or(listener.language);
    let mut tx = api.store.begin().await?;
    tx.update_listener(&listener).await?;
    tx.audit(api.now(), &caller.signature(), "listener.change", &listener.id.to_string(), "{}").await?;
    tx.commit().await?;
    Ok(listener)
}

/// Your account, named by its address so that no other is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Farewell {
    pub email: String,
}

/// Delete your account with all that is kept of you, for good
#[utoipa::path(delete, path = "/me", tag = "me", request_body = Farewell, security(("token" = ["manage"])),
    responses((status = 204)))]
async fn delete_me(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(Farewell { email }): Sent<Farewell>,
) -> Result<StatusCode, Refused> {
    leave(&api, caller, email).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn leave(api: &Api, caller: Caller, email: String) -> Result<(), Refused> {
    if found(api, caller).await?.role == Role::Operator {
        return Err(Refused::Conflict("whoever runs the service is taken away by another operator".into()));
    }
    let deleted = api.production.delete_account(caller.listener, email, caller.signature()).await;
    deleted.map_err(undeleted)
}

pub(super) async fn found(api: &Api, caller: Caller) -> Result<Listener, Refused> {
    let mut listener = api.store.listener(caller.listener).await?.ok_or(Refused::Unknown)?;
    let who = plan::who(api, caller.listener).await?;
    if let Ok(right) = right(super::at(api.now()), &who.holder(), &api.offer.terms()) {
        right.plan.clone_into(&mut listener.plan);
    }
    Ok(listener)
}

pub(super) fn shown(listener: Listener, caller: Caller) -> Me {
    let Listener { id, email, name, zone, language, plan, role: _ } = listener;
    Me { id, email, name, zone, language, plan, scope: caller.scope }
}
