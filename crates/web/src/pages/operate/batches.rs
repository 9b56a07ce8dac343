//! Batches: how far each is, how fast, and whether it will be in time; and one of them, which can be called off.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
};
use crate::{
    api::{
        body::some_words,
        operate::batches::{self, Report, Stage, Why},
        page::{Page as ListPage, Stretch},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::BatchId;
use std::sync::Arc;

const MOST: u32 = 15;
/// Of those in production.
const MOST_OPEN: u32 = 20;

struct Batches;

#[derive(Template)]
#[template(path = "operate/batches.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    batches: Vec<Row>,
    next: String,
}

#[derive(Template)]
#[template(path = "operate/batch.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    of: Row,
    due: String,
    opened: String,
    closed: String,
    narrated_per_minute: String,
    ended_per_minute: String,
    estimated_by: String,
    /// By state, those that there are.
    states: Vec<(String, u64)>,
    reasons: Vec<Reason>,
    /// Calls off what is left.
    may_cancel: bool,
    fields: Fields,
    wrong: Wrong,
}

struct Reason {
    state: String,
    text: String,
    count: u64,
}

/// A batch as lists have it.
pub struct Row {
    pub id: BatchId,
    pub ready_by: String,
    pub state: String,
    /// Whether it will be in time, and how that looks.
    pub fate: String,
    pub tone: &'static str,
    pub stages: Vec<Funnel>,
    pub programs: u64,
    pub late: u64,
    pub rate: String,
    pub estimated: String,
}

/// One stage of production.
pub struct Funnel {
    pub name: String,
    pub done: u64,
    pub of: u64,
    pub told: String,
}

pub fn routes() -> Routes {
    board::<Batches>().get("/operate/batches/{id}", show).post("/operate/batches/{id}/cancel", cancel)
}

impl Board for Batches {
    const TAB: Tab = Tab::Batches;
    const PATHS: Paths =
        Paths { page: "/operate/batches", part: "/operate/part/batches", stream: "/operate/live/batches" };

    async fn body(pages: &Pages, desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let stretch = Stretch { cursor: asked.some("cursor").map(ToOwned::to_owned), limit: Some(MOST) };
        let found = match stretch.cursor {
            Some(_) => Arc::new(batches::page(&pages.api, &stretch).await?),
            None => latest(pages, stretch).await?,
        };
        let next =
            found.next_cursor.as_ref().map_or_else(String::new, |at| format!("/operate/batches?cursor={at}"));
        let batches = found.items.iter().map(|one| row(desk, one)).collect();
        rendered(&Body { t: desk.t, shell: &desk.shell, batches, next })
    }
}

/// The first page, as it was seen a moment ago: how far a large batch is takes long to count.
async fn latest(pages: &Pages, stretch: Stretch) -> Result<Arc<ListPage<Report>>, Refused> {
    let (limit, api) = (stretch.limit()?, pages.api.clone());
    let count = async move { batches::before(&api, None, limit).await };
    Ok(pages.api.tallies.latest_batches.read(count).await?)
}

/// Those in production, as they were seen a moment ago.
pub async fn open(pages: &Pages) -> Result<Arc<Vec<Report>>, Refused> {
    let api = pages.api.clone();
    let count = async move {
        let unclosed = api.store.unclosed_batches(MOST_OPEN).await?;
        api.production.reports(unclosed).await
    };
    Ok(pages.api.tallies.open_batches.read(count).await?)
}

/// Programs that are still to be made.
pub fn unfinished(report: &Report) -> u64 {
    ["open", "selected"].iter().filter_map(|state| report.occurrences.get(state)).sum()
}

pub fn row(desk: &Desk, report: &Report) -> Row {
    let t = desk.t;
    let funnel = |name: &str, Stage { done, of }: Stage| Funnel {
        name: t.say(&format!("op-stage-{name}")),
        done,
        of,
        told: t.part("op-of", done, of),
    };
    let stages = &report.stages;
    let (fate, tone) = match (report.state, report.in_time) {
        ("closed", _) if report.late > 0 => ("op-was-late", "bad"),
        ("closed", _) => ("op-was-in-time", "good"),
        (_, Some(true)) => ("op-in-time", "good"),
        (_, Some(false)) => ("op-late", "bad"),
        (_, None) => ("op-unknown", "warn"),
    };
    Row {
        id: report.id,
        ready_by: desk.moment(report.ready_by),
        state: t.say(&format!("op-batch-{}", report.state)),
        fate: t.say(fate),
        tone,
        stages: vec![
            funnel("select", stages.select),
            funnel("narrate", stages.narrate),
            funnel("assemble", stages.assemble),
        ],
        programs: report.occurrences.values().sum(),
        late: report.late,
        rate: format!("{:.1}", report.rate.ended_per_minute),
        estimated: desk.maybe_moment(report.estimated_end),
    }
}

async fn show(State(pages): State<Pages>, desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, desk, &id, Fields::default(), Wrong::default()).await?))
}

async fn page_of(pages: &Pages, desk: Desk, id: &str, fields: Fields, wrong: Wrong) -> Result<Page, Refused> {
    let id = named(id)?;
    let api = pages.api.clone();
    let count = async move { batches::found(&api, id).await };
    let found = pages.api.tallies.batches.of(id).read(count).await?;
    let report = found.as_ref().as_ref().ok_or(Refused::Missing("batch"))?;
    let t = desk.t;
    let state = |name: &str| t.say(&format!("op-occurrence-{name}"));
    let states = report.occurrences.iter().filter(|(_, total)| **total > 0);
    let reasons = report.reasons.iter().flatten().map(|one| Reason {
        state: state(one.state.name()),
        text: one.reason.clone(),
        count: one.count,
    });
    Ok(Page {
        t,
        tab: Tab::Batches,
        of: row(&desk, report),
        due: desk.moment(report.due_at),
        opened: desk.moment(report.opened_at),
        closed: desk.maybe_moment(report.closed_at),
        narrated_per_minute: format!("{:.1}", report.rate.narrated_per_minute),
        ended_per_minute: format!("{:.1}", report.rate.ended_per_minute),
        estimated_by: report.estimated_by.map_or_else(String::new, |by| t.say(&format!("op-estimate-{by}"))),
        states: states.map(|(name, total)| (state(name), *total)).collect(),
        reasons: reasons.collect(),
        may_cancel: desk.may_decide && unfinished(report) > 0,
        fields,
        wrong,
        shell: desk.shell,
    })
}

async fn cancel(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let cancelled = async {
        let why = Why { reason: some_words("reason", fields.get("reason"), 500)? };
        batches::cancel(&pages.api, desk.caller, named(&id)?, &why).await
    };
    match cancelled.await {
        Ok(_) => Ok(led(&format!("/operate/batches/{id}"), "op-called-off")),
        Err(refused) => {
            let (status, wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(&pages, desk, &id, fields, wrong).await?))
        }
    }
}

fn named(id: &str) -> Result<BatchId, Refused> {
    id.parse().map_err(|_| Refused::Missing("batch"))
}
