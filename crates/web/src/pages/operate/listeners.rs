//! Listeners and plans: who there is, one by their address, and what each may have; an operator gives plans here and
//! takes them back, keeps somebody out and lets them in again.

use super::{Desk, Tab, board::asked};
use crate::{
    api::{
        at,
        operate::{
            listeners::{self, ListenerChange},
            plans::{self, Grant},
        },
        page::Stretch,
        plan,
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use domain::{Email, ListenerId, schedule::Zone};
use jiff::{Timestamp, civil::Date};
use store::listeners::Role;

const MOST: u32 = 25;
/// Of each feed.
const RUNS: usize = 3;

#[derive(Template)]
#[template(path = "operate/listeners.html")]
struct List {
    t: Words,
    shell: Shell,
    tab: Tab,
    listeners: Vec<Row>,
    plans: Vec<Plan>,
    next: String,
    fields: Fields,
    wrong: Wrong,
}

#[derive(Template)]
#[template(path = "operate/listener.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    may_decide: bool,
    of: Row,
    zone: String,
    language: &'static str,
    /// What counts, or why nothing does.
    plan: String,
    notice: String,
    history: Vec<(String, String)>,
    feeds: Vec<Feed>,
    /// Plans that can be given.
    plans: Vec<String>,
    fields: Fields,
    wrong: Wrong,
}

struct Row {
    id: ListenerId,
    email: String,
    name: String,
    role: String,
    plan: String,
    out_since: Option<String>,
}

struct Plan {
    name: String,
    lane: String,
    listeners: u64,
}

struct Feed {
    name: String,
    minutes: u32,
    runs: Vec<String>,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/operate/listeners", list)
        .get("/operate/listener", find)
        .get("/operate/listeners/{id}", show)
        .post("/operate/listeners/{id}/give", give)
        .post("/operate/listeners/{id}/take", take)
        .post("/operate/listeners/{id}/keep-out", keep_out)
        .post("/operate/listeners/{id}/let-in", let_in)
}

async fn list_of(
    pages: &Pages,
    desk: Desk,
    cursor: Option<&str>,
    fields: Fields,
    wrong: Wrong,
) -> Result<List, Refused> {
    let stretch = Stretch { cursor: cursor.map(ToOwned::to_owned), limit: Some(MOST) };
    let found = listeners::page(&pages.api, &stretch).await?;
    let next = found.next_cursor.map_or_else(String::new, |at| format!("/operate/listeners?cursor={at}"));
    let store = pages.store().clone();
    let counts = pages.api.tallies.plans.read(async move { store.count_plans().await }).await?;
    let plan = |plan: plans::Plan| Plan {
        name: plan.name,
        lane: plan.lane.unwrap_or_else(|| desk.t.say("op-plan-unknown")),
        listeners: plan.listeners,
    };
    Ok(List {
        t: desk.t,
        tab: Tab::Listeners,
        listeners: found.items.into_iter().map(|one| row(&desk, one)).collect(),
        plans: plans::all(&pages.api, &counts).into_iter().map(plan).collect(),
        next,
        fields,
        wrong,
        shell: desk.shell,
    })
}

fn row(desk: &Desk, one: listeners::Listener) -> Row {
    let role = match one.role {
        Role::Listener => "op-role-listener",
        Role::Observer => "op-role-observer",
        Role::Operator => "op-role-operator",
    };
    Row {
        id: one.id,
        email: one.email,
        name: one.name,
        role: desk.t.say(role),
        plan: one.plan,
        out_since: one.disabled_at.map(|since| desk.moment(since)),
    }
}

async fn list(State(pages): State<Pages>, desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let asked = asked(&uri);
    Ok(page(&list_of(&pages, desk, asked.some("cursor"), Fields::default(), Wrong::default()).await?))
}

/// By address or id, in full.
async fn find(State(pages): State<Pages>, desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let asked = asked(&uri);
    let text = asked.get("who").trim();
    let found = match (text.parse::<ListenerId>(), text.parse::<Email>()) {
        (Ok(id), _) => pages.store().listener(id).await?.map(|one| one.id),
        (Err(_), Ok(email)) => pages.store().account_by_key(&email.key()).await?.map(|one| one.id),
        (Err(_), Err(_)) => None,
    };
    match found {
        Some(id) => Ok(Redirect::to(&format!("/operate/listeners/{id}")).into_response()),
        None => {
            let wrong = Wrong::new("who", desk.t.say("op-listener-none"));
            let list = list_of(&pages, desk, None, asked, wrong).await?;
            Ok(page_with(StatusCode::NOT_FOUND, &list))
        }
    }
}

async fn page_of(
    pages: &Pages,
    desk: Desk,
    id: ListenerId,
    fields: Fields,
    wrong: Wrong,
) -> Result<Page, Refused> {
    let one = listeners::one(&pages.api, id).await?;
    let mine = plan::of(&pages.api, id).await?;
    let now = at(desk.now);
    let feeds = pages.store().feeds_of(id).await?;
    let feed = |feed: &store::feeds::Feed| Feed {
        name: feed.name.clone(),
        minutes: feed.minutes,
        runs: feed.next_runs(now, RUNS).iter().map(|slot| desk.moment(slot.ready_by)).collect(),
    };
    let history = mine.subscriptions.iter().flat_map(|one| &one.history);
    let reason = mine.reason.as_ref().map(|reason| reason.text.clone());
    Ok(Page {
        t: desk.t,
        tab: Tab::Listeners,
        may_decide: desk.may_decide,
        zone: one.zone.as_written().to_owned(),
        language: one.language.tag(),
        plan: mine.plan.clone().or(reason).unwrap_or_default(),
        notice: mine.notice.as_ref().map_or_else(String::new, |notice| notice.text.clone()),
        history: history.map(|entry| (desk.moment(entry.at), entry.text.clone())).collect(),
        feeds: feeds.iter().map(feed).collect(),
        plans: pages.api.offer.plans.iter().map(|(name, _)| name.to_owned()).collect(),
        of: row(&desk, one),
        fields,
        wrong,
        shell: desk.shell,
    })
}

async fn show(State(pages): State<Pages>, desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, desk, named(&id)?, Fields::default(), Wrong::default()).await?))
}

async fn give(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let id = named(&id)?;
    let given = async {
        let grant = Grant { plan: fields.get("plan").to_owned(), until: until(&fields, &desk.zone)? };
        plans::given(&pages.api, desk.caller, id, grant).await
    };
    let given = given.await;
    answered(&pages, desk, id, fields, given, "op-given").await
}

async fn take(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let id = named(&id)?;
    let taken = plans::taken_back(&pages.api, desk.caller, id).await;
    answered(&pages, desk, id, fields, taken, "op-taken-back").await
}

async fn keep_out(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (id, out) = (named(&id)?, ListenerChange { disabled: Some(true), plan: None });
    let changed = listeners::changed(&pages.api, desk.caller, id, &out).await;
    answered(&pages, desk, id, fields, changed, "op-kept-out").await
}

async fn let_in(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (id, back) = (named(&id)?, ListenerChange { disabled: Some(false), plan: None });
    let changed = listeners::changed(&pages.api, desk.caller, id, &back).await;
    answered(&pages, desk, id, fields, changed, "op-let-in").await
}

/// Back to the listener, with what was done or why not.
async fn answered(
    pages: &Pages,
    desk: Desk,
    id: ListenerId,
    fields: Fields,
    outcome: Result<(), Refused>,
    done: &str,
) -> Result<Response, Refused> {
    match outcome {
        Ok(()) => Ok(led(&format!("/operate/listeners/{id}"), done)),
        Err(refused) => {
            let (status, wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(pages, desk, id, fields, wrong).await?))
        }
    }
}

/// The end of the day that was typed, by the operator's clock; empty: until it is taken back.
fn until(fields: &Fields, zone: &Zone) -> Result<Option<Timestamp>, Refused> {
    let Some(text) = fields.some("until") else { return Ok(None) };
    let wrong = || Refused::field("until", "a day, such as 2026-12-31");
    let day: Date = text.parse().map_err(|_| wrong())?;
    let end = day.tomorrow().and_then(|next| next.to_zoned_datetime(zone.rules().clone()));
    end.map(|end| Some(end.timestamp())).map_err(|_| wrong())
}

fn named(id: &str) -> Result<ListenerId, Refused> {
    id.parse().map_err(|_| Refused::Missing("listener"))
}
