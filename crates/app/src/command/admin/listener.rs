//! `admin listener`: who hears programs.

use super::{Operator, at, plan};
use crate::{
    cli::admin::{Listener as Wish, NewListener, Role as WishedRole},
    failure::{Failure, Kind},
    farewell, service,
    table::Table,
    terminal::note,
};
use domain::{Language, ListenerId, link::Purpose, token::Ticket};
use jiff::Timestamp;
use queue::Micros;
use serde::Serialize;
use store::{
    links::NewLink,
    listeners::{Listener, Role},
};
use web::account::link_address;

/// Read at a time.
const PAGE: u32 = 1_000;

#[derive(Serialize)]
struct Added {
    id: ListenerId,
}

#[derive(Serialize)]
struct Linked<'a> {
    purpose: Purpose,
    url: &'a str,
    expires_at: Timestamp,
}

#[derive(Serialize)]
struct Shown {
    id: ListenerId,
    email: String,
    role: Role,
    zone: String,
    language: Language,
    name: String,
    plan: String,
}

#[derive(Serialize)]
struct Kept {
    listener: ListenerId,
    disabled_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Gone {
    deleted: ListenerId,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::Add(new) => add(operator, new).await,
        Wish::List => list(operator).await,
        Wish::Link { listener } => link(operator, listener).await,
        Wish::Disable { listener } => keep_out(operator, listener, Some(operator.now())).await,
        Wish::Enable { listener } => keep_out(operator, listener, None).await,
        Wish::Export { listener } => export(operator, listener).await,
        Wish::Delete { listener, email } => delete(operator, listener, &email).await,
    }
}

async fn keep_out(operator: &Operator, id: ListenerId, since: Option<Micros>) -> Result<(), Failure> {
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    if !tx.disable_listener(id, since).await? {
        return Err(super::none(format!("listener {id}"), "listener list"));
    }
    let action = if since.is_some() { "listener.disable" } else { "listener.enable" };
    tx.audit(now, &operator.name(), action, &id.to_string(), "{}").await?;
    tx.commit().await?;
    let said = if since.is_some() { "is kept out" } else { "may come in" };
    operator.say(&Kept { listener: id, disabled_at: since.map(super::at) }, format_args!("{id} {said}"))
}

async fn export(operator: &Operator, id: ListenerId) -> Result<(), Failure> {
    let account = operator.store.belongings(id).await?;
    let account = account.ok_or_else(|| super::none(format!("listener {id}"), "listener list"))?;
    crate::terminal::answer(serde_json::json!(account))
}

async fn delete(operator: &Operator, id: ListenerId, email: &str) -> Result<(), Failure> {
    let wish = farewell::Wish { listener: id, email, by: operator.name() };
    farewell::delete(operator.office(), &wish).await.map_err(|refused| match refused {
        farewell::Refused::Nobody => super::none(format!("listener {id}"), "listener list"),
        farewell::Refused::Store(error) => error.into(),
        farewell::Refused::OtherAddress => Failure::new(Kind::Usage, refused),
        farewell::Refused::Pays | farewell::Refused::Unsettled => Failure::new(Kind::Other, refused),
    })?;
    operator.say(&Gone { deleted: id }, format_args!("{id} is gone, and all that was kept of them"))
}

async fn add(operator: &Operator, new: NewListener) -> Result<(), Failure> {
    let plan = new.plan.unwrap_or_else(|| operator.config.subscriptions.default_plan.clone());
    if !plan.is_empty() {
        plan::known(operator, &plan)?;
    }
    let now = operator.now();
    let listener = Listener {
        id: ListenerId::born(now, operator.office().chance()),
        email: new.email,
        name: new.name.trim().to_owned(),
        role: match new.role {
            WishedRole::Listener => Role::Listener,
            WishedRole::Observer => Role::Observer,
            WishedRole::Operator => Role::Operator,
        },
        zone: new.zone,
        language: new.language,
        plan,
    };
    let mut tx = operator.store.begin().await?;
    if !tx.add_listener(&listener, now).await? {
        let message = format!("{} is somebody's already; see `mimiyori admin listener list`", listener.email);
        return Err(Failure::new(Kind::Other, message));
    }
    let detail = serde_json::json!({ "role": listener.role, "plan": listener.plan });
    tx.audit(now, &operator.name(), "listener.add", &listener.id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    operator.say(&Added { id: listener.id }, listener.id)
}

/// For a service without mail, and for who cannot read theirs.
async fn link(operator: &Operator, id: ListenerId) -> Result<(), Failure> {
    let none = || super::none(format!("listener {id}"), "listener list");
    let account = operator.store.account(id).await?.ok_or_else(none)?;
    let purpose = if account.password.is_some() { Purpose::Reset } else { Purpose::SetUp };
    let (now, office) = (operator.now(), operator.office());
    let ([a, b], [c, d]) = (office.chance(), office.chance());
    let ticket = Ticket::new([a, b, c, d]);
    let new = NewLink { hash: ticket.hash(), purpose, listener: Some(id), email_key: None };
    let mut tx = operator.store.begin().await?;
    tx.add_link(&new, now).await?;
    let detail = serde_json::json!({ "purpose": purpose });
    tx.audit(now, &operator.name(), "link.create", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    let url = link_address(&service::public_url(&operator.config)?, purpose, Some(&ticket));
    if !operator.json {
        note(format_args!("whoever opens this link first chooses the password of {}", account.email));
    }
    let expires_at = at(now.saturating_add(purpose.lifetime()));
    operator.say(&Linked { purpose, url: url.as_str(), expires_at }, &url)
}

async fn list(operator: &Operator) -> Result<(), Failure> {
    let mut all: Vec<Shown> = Vec::new();
    let mut after = None;
    loop {
        let page = operator.store.listeners(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        all.extend(page.into_iter().map(shown));
    }
    operator.say(&all, table(&all))
}

fn shown(listener: Listener) -> Shown {
    let Listener { id, email, name, role, zone, language, plan } = listener;
    Shown { id, email, role, zone: zone.as_written().to_owned(), language, name, plan }
}

fn table(listeners: &[Shown]) -> Table<7> {
    let row = |one: &Shown| {
        let role = match one.role {
            Role::Listener => "listener",
            Role::Observer => "observer",
            Role::Operator => "operator",
        };
        [
            one.id.to_string(),
            one.email.clone(),
            role.to_owned(),
            one.zone.clone(),
            one.language.to_string(),
            one.plan.clone(),
            one.name.clone(),
        ]
    };
    Table::new(["id", "email", "role", "zone", "language", "plan", "name"], listeners.iter().map(row))
}

/// The listener that was named.
pub async fn found(operator: &Operator, id: ListenerId) -> Result<Listener, Failure> {
    let found = operator.store.listener(id).await?;
    found.ok_or_else(|| super::none(format!("listener {id}"), "listener list"))
}
