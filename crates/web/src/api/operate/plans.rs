//! Plans as configured, how many have them, and what operators give without any payment.

use crate::api::{
    Api, Gift, Ungiven,
    body::{Named, Sent},
    caller::{Caller, Operating},
    page::Page,
    plan::Limits,
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::ListenerId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Plan {
    pub name: String,
    /// Null: the configuration does not name it any more, so those who have it have nothing.
    pub lane: Option<String>,
    pub freshness_minutes: Option<u32>,
    pub limits: Option<Limits>,
    /// Those who have it without a subscription.
    pub listeners: u64,
}

/// A plan for a listener, in place of what was given before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub plan: String,
    /// Null: until it is taken back.
    #[schema(value_type = Option<schema::Instant>)]
    pub until: Option<Timestamp>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_plans)).routes(routes!(grant, revoke))
}

/// Plans, and how many have them
#[utoipa::path(get, path = "/plans", tag = "operate", security(("token" = ["operate"])),
    responses((status = 200, body = Page<Plan>)))]
async fn list_plans(State(api): State<Api>, _operator: Operating) -> Result<Json<Page<Plan>>, Refused> {
    Ok(Json(Page::whole(all(&api, &api.store.count_plans().await?))))
}

/// With how many have each.
pub fn all(api: &Api, counts: &[(String, u64)]) -> Vec<Plan> {
    let configured = api.offer.plans.iter().map(|(name, plan)| {
        let shown = Plan {
            name: name.to_owned(),
            lane: Some(plan.lane.clone()),
            freshness_minutes: Some(plan.freshness_minutes),
            limits: Some(Limits::of(plan)),
            listeners: 0,
        };
        (name.to_owned(), shown)
    });
    let mut plans: BTreeMap<String, Plan> = configured.collect();
    for (name, listeners) in counts {
        let unknown =
            Plan { name: name.clone(), lane: None, freshness_minutes: None, limits: None, listeners: 0 };
        plans.entry(name.clone()).or_insert(unknown).listeners = *listeners;
    }
    plans.into_values().collect()
}

/// Give a listener a plan without any payment
#[utoipa::path(put, path = "/listeners/{id}/grant", tag = "operate", params(("id" = schema::Id, Path)),
    request_body = Grant, security(("token" = ["operate"])), responses((status = 204)))]
async fn grant(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<ListenerId>,
    Sent(grant): Sent<Grant>,
) -> Result<StatusCode, Refused> {
    given(&api, caller, id, grant).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn given(api: &Api, caller: Caller, id: ListenerId, grant: Grant) -> Result<(), Refused> {
    let Grant { plan, until } = grant;
    known(api, &plan)?;
    let gift = Gift::Plan { name: plan, until };
    api.production.give(id, gift, caller.signature()).await.map_err(ungiven)
}

/// Take back what was given; what the listener pays for stays
#[utoipa::path(delete, path = "/listeners/{id}/grant", tag = "operate", params(("id" = schema::Id, Path)),
    security(("token" = ["operate"])), responses((status = 204)))]
async fn revoke(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<ListenerId>,
) -> Result<StatusCode, Refused> {
    taken_back(&api, caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn taken_back(api: &Api, caller: Caller, id: ListenerId) -> Result<(), Refused> {
    api.production.give(id, Gift::TakenBack, caller.signature()).await.map_err(ungiven)
}

fn ungiven(cause: Ungiven) -> Refused {
    match cause {
        Ungiven::Nobody => Refused::Missing("listener"),
        Ungiven::Past => Refused::field("until", "it is past"),
        Ungiven::NothingGiven => Refused::Conflict("nothing was given, or it was taken back".into()),
        Ungiven::Store(error) => error.into(),
    }
}

/// A plan has to be configured before anybody can have it.
pub fn known(api: &Api, plan: &str) -> Result<(), Refused> {
    if api.offer.plans.get(plan).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = api.offer.plans.iter().map(|(name, _)| name).collect();
    Err(Refused::field("plan", format_args!("it is not configured; there are {}", names.join(", "))))
}
