//! Providers: limits, budgets, and the switch that stops all calls of one.

use crate::api::{
    Api, at,
    body::{Sent, some_words},
    caller::{Caller, Operating},
    page::Page,
    refused::Refused,
    schema,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use domain::provider::{BreakerState, Budgets};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::providers::ProviderRow;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    pub name: String,
    /// Why it is switched off.
    pub off: Option<String>,
    /// `closed`, `open` or `half open`.
    pub breaker: &'static str,
    #[schema(value_type = Option<schema::Instant>)]
    pub paused_until: Option<Timestamp>,
    pub calls: u32,
    pub parallel: u32,
    /// Null: no limit.
    pub requests_per_minute: Option<u32>,
    pub units_per_minute: Option<u64>,
    pub day: Budget,
    pub month: Budget,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Budget {
    pub spent_micro_usd: u64,
    /// Null: there is none.
    pub limit_micro_usd: Option<u64>,
    /// Set by an operator while the service runs; otherwise the configuration's.
    pub is_set: bool,
}

/// Budgets that hold instead of the configuration's, on every node and after a restart, too.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBudgets {
    /// Of a day (UTC); 0: no limit; null: as configured.
    #[schema(maximum = 9223372036854775807_u64)]
    pub day_micro_usd: Option<u64>,
    /// Of a month.
    #[schema(maximum = 9223372036854775807_u64)]
    pub month_micro_usd: Option<u64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Why it is switched off; null: it is on.
    #[schema(min_length = 1, max_length = 500)]
    pub off: Option<String>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_providers))
        .routes(routes!(switch_provider))
        .routes(routes!(set_budgets))
}

/// Providers, with limits and budgets
#[utoipa::path(get, path = "/providers", tag = "operate", security(("token" = ["operate"])),
    responses((status = 200, body = Page<Provider>)))]
async fn list_providers(
    State(api): State<Api>,
    _operator: Operating,
) -> Result<Json<Page<Provider>>, Refused> {
    Ok(Json(Page::whole(all(&api).await?)))
}

/// Switch a provider off or on
#[utoipa::path(put, path = "/providers/{name}/switch", tag = "operate", params(("name" = String, Path)),
    request_body = Switch, security(("token" = ["operate"])), responses((status = 200, body = Provider)))]
async fn switch_provider(
    State(api): State<Api>,
    Operating(caller): Operating,
    name: Result<Path<String>, PathRejection>,
    Sent(switch): Sent<Switch>,
) -> Result<Json<Provider>, Refused> {
    let Path(name) = name.map_err(|_| Refused::Missing("provider"))?;
    Ok(Json(switched(&api, caller, &name, switch).await?))
}

pub async fn switched(api: &Api, caller: Caller, name: &str, switch: Switch) -> Result<Provider, Refused> {
    let off = switch.off.map(|why| some_words("off", &why, 500)).transpose()?;
    if !api.store.switch_provider(name, off.as_deref(), &caller.signature(), api.now()).await? {
        return Err(Refused::Missing("provider"));
    }
    one(api, name).await
}

/// Set what a provider may cost, from now on
#[utoipa::path(put, path = "/providers/{name}/budgets", tag = "operate", params(("name" = String, Path)),
    request_body = NewBudgets, security(("token" = ["operate"])), responses((status = 200, body = Provider)))]
async fn set_budgets(
    State(api): State<Api>,
    Operating(caller): Operating,
    name: Result<Path<String>, PathRejection>,
    Sent(new): Sent<NewBudgets>,
) -> Result<Json<Provider>, Refused> {
    let Path(name) = name.map_err(|_| Refused::Missing("provider"))?;
    Ok(Json(budgeted(&api, caller, &name, &new).await?))
}

pub async fn budgeted(api: &Api, caller: Caller, name: &str, new: &NewBudgets) -> Result<Provider, Refused> {
    for (field, budget) in [("day_micro_usd", new.day_micro_usd), ("month_micro_usd", new.month_micro_usd)] {
        if budget.is_some_and(|budget| i64::try_from(budget).is_err()) {
            return Err(Refused::field(field, "it is more than can be counted"));
        }
    }
    let budgets = Budgets { daily_micro_usd: new.day_micro_usd, monthly_micro_usd: new.month_micro_usd };
    let budgets = Some(&budgets).filter(|budgets| **budgets != Budgets::default());
    if !api.store.set_budgets(name, budgets, &caller.signature(), api.now()).await? {
        return Err(Refused::Missing("provider"));
    }
    one(api, name).await
}

/// One of them.
pub async fn one(api: &Api, name: &str) -> Result<Provider, Refused> {
    let found = all(api).await?.into_iter().find(|provider| provider.name == name);
    found.ok_or(Refused::Missing("provider"))
}

pub async fn all(api: &Api) -> Result<Vec<Provider>, Refused> {
    Ok(api.store.providers(api.now()).await?.into_iter().map(shown).collect())
}

fn shown(ProviderRow { name, settings, standing, killed, budgets }: ProviderRow) -> Provider {
    Provider {
        name,
        off: killed,
        breaker: match standing.breaker {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half open",
        },
        paused_until: standing.paused_until.map(at),
        calls: standing.open,
        parallel: standing.parallel,
        requests_per_minute: Some(settings.requests_per_minute).filter(|limit| *limit > 0),
        units_per_minute: Some(settings.units_per_minute).filter(|limit| *limit > 0),
        day: Budget {
            spent_micro_usd: standing.spent_day_micro_usd,
            limit_micro_usd: Some(settings.daily_budget_micro_usd).filter(|limit| *limit > 0),
            is_set: budgets.daily_micro_usd.is_some(),
        },
        month: Budget {
            spent_micro_usd: standing.spent_month_micro_usd,
            limit_micro_usd: Some(settings.monthly_budget_micro_usd).filter(|limit| *limit > 0),
            is_set: budgets.monthly_micro_usd.is_some(),
        },
    }
}
