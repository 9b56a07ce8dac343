//! Plans as configured, and how many have them.

use crate::api::{Api, caller::Operating, page::Page, refused::Refused};
use axum::{Json, extract::State};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Plan {
    pub name: String,
    /// Null: the configuration does not name it any more, so those who have it have the default.
    pub lane: Option<String>,
    pub freshness_minutes: Option<u32>,
    pub listeners: u64,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_plans))
}

/// Plans, and how many have them
#[utoipa::path(get, path = "/plans", tag = "operate", security(("token" = ["operate"])),
    responses((status = 200, body = Page<Plan>)))]
async fn list_plans(State(api): State<Api>, _operator: Operating) -> Result<Json<Page<Plan>>, Refused> {
    let configured = api.production.plans().into_iter().map(|plan| (plan.name.clone(), plan));
    let mut plans: BTreeMap<String, Plan> = configured.collect();
    for (name, listeners) in api.store.count_plans().await? {
        let unknown = Plan { name: name.clone(), lane: None, freshness_minutes: None, listeners: 0 };
        plans.entry(name).or_insert(unknown).listeners = listeners;
    }
    Ok(Json(Page::whole(plans.into_values().collect())))
}
