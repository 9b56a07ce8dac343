//! Who hears programs, and who runs the service.

use crate::api::{
    Api, Undeleted, at,
    body::{Asked, Named, Sent, words},
    caller::{Caller, Operating},
    operate::plans::known,
    page::{Page, Stretch},
    refused::Refused,
    schema,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{Email, Language, ListenerId, schedule::Zone};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Micros,
    listeners::{Listener as Row, Role},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Debug, Serialize, ToSchema)]
pub struct Listener {
    #[schema(value_type = schema::Id)]
    pub id: ListenerId,
    pub email: String,
    pub name: String,
    #[schema(value_type = Roles)]
    pub role: Role,
    #[schema(value_type = schema::Zone)]
    pub zone: Zone,
    #[schema(value_type = schema::Language)]
    pub language: Language,
    pub plan: String,
    /// Since when they are kept out: no token or podcast of theirs is good, and nothing is made for them.
    #[schema(value_type = Option<schema::Instant>)]
    pub disabled_at: Option<Timestamp>,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it describes a word")]
enum Roles {
    Listener,
    Observer,
    Operator,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewListener {
    #[schema(format = Email)]
    email: String,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    name: String,
    #[schema(value_type = Option<Roles>)]
    role: Option<Role>,
    #[schema(value_type = schema::Zone)]
    zone: Zone,
    #[schema(value_type = schema::Language)]
    language: Language,
    plan: String,
}

/// What is not given stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListenerChange {
    /// No token or podcast of theirs is good while it is so, and nothing is made for them.
    pub disabled: Option<bool>,
    pub plan: Option<String>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_listeners, add_listener)).routes(routes!(
        show_listener,
        change_listener,
        delete_listener
    ))
}

/// Listeners, in the order they came
#[utoipa::path(get, path = "/listeners", tag = "operate", params(Stretch), security(("token" = ["operate"])),
    responses((status = 200, body = Page<Listener>)))]
async fn list_listeners(
    State(api): State<Api>,
    _operator: Operating,
    Asked(stretch): Asked<Stretch>,
) -> Result<Json<Page<Listener>>, Refused> {
    Ok(Json(page(&api, &stretch).await?))
}

pub async fn page(api: &Api, stretch: &Stretch) -> Result<Page<Listener>, Refused> {
    let limit = stretch.limit()?;
    let found = api.store.listeners(stretch.after()?, limit).await?;
    let page = Page::of(found, limit, |one| one.id, Listed);
    let ids: Vec<ListenerId> = page.items.iter().map(|Listed(row)| row.id).collect();
    let who = api.store.who(&ids).await?;
    let disabled_at = |id| who.get(&id).and_then(|who| who.disabled_at);
    let items = page.items.into_iter().map(|Listed(row)| told(disabled_at(row.id), row));
    Ok(Page { items: items.collect(), next_cursor: page.next_cursor })
}

/// A row on its way to be shown.
#[derive(ToSchema)]
#[schema(value_type = Listener)]
struct Listed(Row);

/// A new listener
#[utoipa::path(post, path = "/listeners", tag = "operate", request_body = NewListener,
    security(("token" = ["operate"])), responses((status = 201, body = Listener)))]
async fn add_listener(
    State(api): State<Api>,
    Operating(caller): Operating,
    Sent(new): Sent<NewListener>,
) -> Result<(StatusCode, Json<Listener>), Refused> {
    let email: Email = new.email.parse().map_err(|cause| Refused::field("email", cause))?;
    known(&api, &new.plan)?;
    let now = api.now();
    let row = Row {
        id: ListenerId::born(now, api.chance()),
        email: email.as_sent(),
        name: words("name", &new.name, 100)?,
        role: new.role.unwrap_or(Role::Listener),
        zone: new.zone,
        language: new.language,
        plan: new.plan,
    };
    let mut tx = api.store.begin().await?;
    if !tx.add_listener(&row, now).await? {
        return Err(Refused::Conflict("this address is somebody's already".into()));
    }
    let detail = serde_json::json!({ "role": row.role, "plan": row.plan });
    tx.audit(now, &caller.signature(), "listener.add", &row.id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(shown(&api, row).await?)))
}

/// One listener
#[utoipa::path(get, path = "/listeners/{id}", tag = "operate", params(("id" = schema::Id, Path)),
    security(("token" = ["operate"])), responses((status = 200, body = Listener)))]
async fn show_listener(
    State(api): State<Api>,
    _operator: Operating,
    Named(id): Named<ListenerId>,
) -> Result<Json<Listener>, Refused> {
    Ok(Json(shown(&api, found(&api, id).await?).await?))
}

/// Keep a listener out or let them in again, or give them another plan
#[utoipa::path(patch, path = "/listeners/{id}", tag = "operate", params(("id" = schema::Id, Path)),
    request_body = ListenerChange, security(("token" = ["operate"])), responses((status = 200, body = Listener)))]
async fn change_listener(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<ListenerId>,
    Sent(change): Sent<ListenerChange>,
) -> Result<Json<Listener>, Refused> {
    changed(&api, caller, id, &change).await?;
    Ok(Json(shown(&api, found(&api, id).await?).await?))
}

pub async fn changed(
    api: &Api,
    caller: Caller,
    id: ListenerId,
    change: &ListenerChange,
) -> Result<(), Refused> {
    let before = found(api, id).await?;
    let now = api.now();
    if change.disabled == Some(true) && id == caller.listener {
        return Err(Refused::Conflict("nobody keeps themselves out".into()));
    }
    if let Some(plan) = &change.plan {
        known(api, plan)?;
    }
    let mut tx = api.store.begin().await?;
    if let Some(disabled) = change.disabled {
        tx.disable_listener(id, disabled.then_some(now)).await?;
        let action = if disabled { "listener.disable" } else { "listener.enable" };
        tx.audit(now, &caller.signature(), action, &id.to_string(), "{}").await?;
    }
    if let Some(plan) = &change.plan {
        tx.set_plan(id, plan).await?;
        tx.settle_plan(id, &api.offer.terms(), now).await?;
        let detail = serde_json::json!({ "plan": plan, "before": before.plan });
        tx.audit(now, &caller.signature(), "plan.set", &id.to_string(), &detail.to_string()).await?;
    }
    Ok(tx.commit().await?)
}

/// Take away all that is kept of a listener, for good
#[utoipa::path(delete, path = "/listeners/{id}", tag = "operate", params(("id" = schema::Id, Path)),
    security(("token" = ["operate"])), responses((status = 204)))]
async fn delete_listener(
    State(api): State<Api>,
    Operating(caller): Operating,
    Named(id): Named<ListenerId>,
) -> Result<StatusCode, Refused> {
    if id == caller.listener {
        return Err(Refused::Conflict("nobody who runs the service takes themselves away".into()));
    }
    let email = found(&api, id).await?.email;
    api.production.delete_account(id, email, caller.signature()).await.map_err(undeleted)?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn undeleted(cause: Undeleted) -> Refused {
    match cause {
        Undeleted::Nobody => Refused::Missing("listener"),
        Undeleted::OtherAddress => Refused::field("email", "it is not the account's"),
        Undeleted::Pays(why) => Refused::Conflict(why),
        Undeleted::Store(error) => error.into(),
    }
}

/// One of them.
pub async fn one(api: &Api, id: ListenerId) -> Result<Listener, Refused> {
    shown(api, found(api, id).await?).await
}

async fn found(api: &Api, id: ListenerId) -> Result<Row, Refused> {
    api.store.listener(id).await?.ok_or(Refused::Missing("listener"))
}

async fn shown(api: &Api, row: Row) -> Result<Listener, Refused> {
    Ok(told(api.store.disabled_since(row.id).await?, row))
}

fn told(disabled_at: Option<Micros>, row: Row) -> Listener {
    let Row { id, email, name, role, zone, language, plan } = row;
    Listener { id, email, name, role, zone, language, plan, disabled_at: disabled_at.map(at) }
}
