//! Providers: how each stands and what it has spent; and one of them, with the switch that stops all its calls.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
    dollars,
};
use crate::{
    api::{
        operate::providers::{self, Budget, Provider, Switch},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

struct Providers;

#[derive(Template)]
#[template(path = "operate/providers.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    providers: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "operate/provider.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    of: Shown,
    requests: String,
    units: String,
    paused: String,
    fields: Fields,
    wrong: Wrong,
}

/// A provider as lists have it.
pub struct Shown {
    pub name: String,
    /// In an address.
    pub path: String,
    pub state: String,
    pub tone: &'static str,
    /// Why it is switched off; empty: it is on.
    pub off: String,
    pub calls: String,
    pub day: Money,
    pub month: Money,
}

pub struct Money {
    pub told: String,
    /// Spent and allowed, where there is a limit.
    pub of: Option<(u64, u64)>,
}

pub fn routes() -> Routes {
    board::<Providers>()
        .get("/operate/providers/{name}", show)
        .post("/operate/providers/{name}/off", switch_off)
        .post("/operate/providers/{name}/on", switch_on)
}

impl Board for Providers {
    const TAB: Tab = Tab::Providers;
    const PATHS: Paths = Paths {
        page: "/operate/providers",
        part: "/operate/part/providers",
        stream: "/operate/live/providers",
    };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let found = providers::all(&pages.api).await?;
        let providers = found.iter().map(|one| shown(desk, one)).collect();
        rendered(&Body { t: desk.t, shell: &desk.shell, providers })
    }
}

pub fn shown(desk: &Desk, one: &Provider) -> Shown {
    let t = desk.t;
    let (state, tone) = match (&one.off, one.breaker) {
        (Some(_), _) => (t.say("op-provider-off"), "bad"),
        (None, "closed") if one.paused_until.is_some() => (t.say("op-provider-paused"), "warn"),
        (None, "closed") => (t.say("op-provider-well"), "good"),
        (None, "open") => (t.say("op-provider-broken"), "bad"),
        (None, _) => (t.say("op-provider-probing"), "warn"),
    };
    Shown {
        path: url::form_urlencoded::byte_serialize(one.name.as_bytes()).collect(),
        name: one.name.clone(),
        state,
        tone,
        off: one.off.clone().unwrap_or_default(),
        calls: t.part("op-of", one.calls, one.parallel),
        day: money(t, &one.day),
        month: money(t, &one.month),
    }
}

fn money(t: Words, budget: &Budget) -> Money {
    let spent = dollars(budget.spent_micro_usd);
    match budget.limit_micro_usd {
        None => Money { told: spent, of: None },
        Some(limit) => {
            let most = dollars(limit);
            let told = t.with("op-money", &[("n", spent.into()), ("of", most.into())]);
            Money { told, of: Some((budget.spent_micro_usd.min(limit), limit)) }
        }
    }
}

async fn page_of(
    pages: &Pages,
    desk: Desk,
    name: &str,
    fields: Fields,
    wrong: Wrong,
) -> Result<Page, Refused> {
    let one = providers::one(&pages.api, name).await?;
    let limit = |limit: Option<u64>| limit.map_or_else(|| desk.t.say("op-no-limit"), |most| most.to_string());
    Ok(Page {
        t: desk.t,
        tab: Tab::Providers,
        of: shown(&desk, &one),
        requests: limit(one.requests_per_minute.map(u64::from)),
        units: limit(one.units_per_minute),
        paused: desk.maybe_moment(one.paused_until),
        fields,
        wrong,
        shell: desk.shell,
    })
}

async fn show(State(pages): State<Pages>, desk: Desk, Path(name): Path<String>) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, desk, &name, Fields::default(), Wrong::default()).await?))
}

async fn switch_off(
    State(pages): State<Pages>,
    desk: Desk,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let switch = Switch { off: Some(fields.get("off").to_owned()) };
    match providers::switched(&pages.api, desk.caller, &name, switch).await {
        Ok(one) => Ok(led(&format!("/operate/providers/{}", shown(&desk, &one).path), "op-off")),
        Err(refused) => {
            let (status, wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(&pages, desk, &name, fields, wrong).await?))
        }
    }
}

async fn switch_on(
    State(pages): State<Pages>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Refused> {
    let one = providers::switched(&pages.api, desk.caller, &name, Switch { off: None }).await?;
    Ok(led(&format!("/operate/providers/{}", shown(&desk, &one).path), "op-on"))
}
