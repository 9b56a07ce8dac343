//! Providers: how each stands and what it has spent; and one of them, with how its calls go, what it may cost, and the
//! switch that stops them all.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
    dollars,
};
use crate::{
    api::{
        operate::providers::{self, Budget, NewBudgets, Provider, Switch},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use store::{Micros, ledger::Called};

/// Of the last hour; how it goes now shows in so many.
const MOST_CALLS: u32 = 500;
const HOUR: Micros = 3_600_000_000;

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
    calls: Option<Calls>,
    may_decide: bool,
    /// Budgets that are set here and not by the configuration.
    is_set: bool,
    fields: Fields,
    wrong: Wrong,
}

/// How the latest calls went.
struct Calls {
    total: usize,
    throttled: usize,
    failed: usize,
    usual: String,
    slow: String,
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
        .post("/operate/providers/{name}/budgets", set_budgets)
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
        path: url::form_urlencoded::byte_serialize(one.name.as_bytes())
            .collect::<String>()
            .replace('+', "%20"),
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
    let calls = pages.store().latest_calls(name, desk.now - HOUR, MOST_CALLS).await?;
    // What holds stands in the form, until something else was typed.
    let fields = match fields.names("day") {
        true => fields,
        false => fields.with("day", budget(&one.day)).with("month", budget(&one.month)),
    };
    let limit = |limit: Option<u64>| limit.map_or_else(|| desk.t.say("op-no-limit"), |most| most.to_string());
    Ok(Page {
        t: desk.t,
        tab: Tab::Providers,
        of: shown(&desk, &one),
        requests: limit(one.requests_per_minute.map(u64::from)),
        units: limit(one.units_per_minute),
        paused: desk.maybe_moment(one.paused_until),
        calls: counted(&calls),
        may_decide: desk.may_decide,
        is_set: one.day.is_set || one.month.is_set,
        fields,
        wrong,
        shell: desk.shell,
    })
}

/// As it is typed; empty: there is none.
fn budget(budget: &Budget) -> String {
    let written = |limit: u64| {
        let exact = format!("{:.6}", limit as f64 / 1e6);
        let cents = exact.find('.').map_or(exact.len(), |point| point + 3);
        let needed = exact.trim_end_matches('0').len().max(cents);
        exact[..needed].to_owned()
    };
    budget.limit_micro_usd.map_or_else(String::new, written)
}

fn counted(calls: &[Called]) -> Option<Calls> {
    let ended = |name: &str| calls.iter().filter(|call| call.outcome.as_deref() == Some(name)).count();
    let mut took: Vec<Micros> = calls.iter().map(|call| call.took).collect();
    took.sort_unstable();
    let of_hundred = |part: usize| took.get((took.len() * part / 100).min(took.len().saturating_sub(1)));
    let seconds = |took: &Micros| format!("{:.1} s", *took as f64 / 1e6);
    Some(Calls {
        total: calls.len(),
        throttled: ended("throttled"),
        failed: calls.len() - ended("answered") - ended("throttled"),
        usual: seconds(of_hundred(50)?),
        slow: seconds(of_hundred(95)?),
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

async fn set_budgets(
    State(pages): State<Pages>,
    desk: Desk,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let budgeted = async {
        let new = match fields.get("op") {
            "configured" => NewBudgets { day_micro_usd: None, month_micro_usd: None },
            _ => NewBudgets {
                day_micro_usd: Some(micro_usd(&fields, "day")?),
                month_micro_usd: Some(micro_usd(&fields, "month")?),
            },
        };
        providers::budgeted(&pages.api, desk.caller, &name, &new).await
    };
    match budgeted.await {
        Ok(one) => Ok(led(&format!("/operate/providers/{}", shown(&desk, &one).path), "op-budgeted")),
        Err(refused) => {
            let (status, wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(&pages, desk, &name, fields, wrong).await?))
        }
    }
}

/// Of dollars with up to two decimals; empty: no limit.
fn micro_usd(fields: &Fields, name: &'static str) -> Result<u64, Refused> {
    let Some(text) = fields.some(name) else { return Ok(0) };
    let dollars: f64 = text.parse().ok().filter(|dollars| (0.0..1e9).contains(dollars)).ok_or_else(|| {
        Refused::field(name, "an amount in dollars, such as 12.50, or nothing for no limit")
    })?;
    match (dollars * 1e6).round() as u64 {
        0 => Err(Refused::field(name, "to spend nothing, switch it off; leave it empty for no limit")),
        micro_usd => Ok(micro_usd),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_by_how_they_ended_and_how_long_they_took() {
        let call = |outcome: Option<&str>, seconds: i64| Called {
            outcome: outcome.map(ToOwned::to_owned),
            artifact: None,
            took: seconds * 1_000_000,
            cost_micro_usd: 0,
        };
        let mut calls: Vec<Called> = (1..=8).map(|seconds| call(Some("answered"), seconds)).collect();
        calls.push(call(Some("throttled"), 0));
        calls.push(call(None, 30));
        let told = counted(&calls).unwrap();
        assert_eq!((told.total, told.throttled, told.failed), (10, 1, 1));
        assert_eq!((told.usual.as_str(), told.slow.as_str()), ("5.0 s", "30.0 s"));
        assert!(counted(&[]).is_none());
    }

    #[test]
    fn budgets_are_typed_in_dollars() {
        let typed = |text: &str| micro_usd(&Fields::default().with("day", text), "day");
        assert_eq!((typed("12.50").unwrap(), typed("").unwrap()), (12_500_000, 0));
        assert!(typed("-1").is_err() && typed("much").is_err() && typed("NaN").is_err());
    }
}
