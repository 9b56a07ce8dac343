//! Now: what is due soon, what will be late, and what is at work on it.

use super::{
    Board, Desk, Tab,
    batches::{self, Row},
    board,
    board::{Paths, rendered},
    providers::{self, Shown},
};
use crate::{
    api::{
        operate::{load, providers as accounts, status},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Words},
};
use askama::Template;
use queue::State as JobState;
use store::Micros;

const MINUTE: Micros = 60_000_000;
/// A planner that has not ticked for so long has stopped, or stands still.
const SILENT: Micros = 2 * MINUTE;

struct Now;

#[derive(Template)]
#[template(path = "operate/now.html")]
struct Body {
    t: Words,
    /// Programs promised within a quarter of an hour, and within an hour.
    due_soon: u64,
    due_hour: u64,
    /// Programs of the day to come that will be late, as things are.
    late: u64,
    dead: u64,
    oldest: String,
    lanes: Vec<Lane>,
    providers: Vec<Shown>,
    batches: Vec<Row>,
    next_due: String,
    tick: Tick,
}

/// Whether somebody plans.
pub struct Tick {
    when: String,
    pub tone: &'static str,
    pub told: String,
}

struct Lane {
    name: String,
    ready: u64,
    waiting: u64,
    leased: u64,
    oldest: String,
}

pub fn routes() -> Routes {
    board::<Now>()
}

impl Board for Now {
    const TAB: Tab = Tab::Now;
    const PATHS: Paths = Paths { page: "/operate", part: "/operate/now/part", stream: "/operate/now/live" };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let (t, now, api) = (desk.t, desk.now, &pages.api);
        let load = load::seen(api).await?;
        let store = pages.store().clone();
        let counts = api.tallies.jobs.read(async move { store.count_jobs().await }).await?;
        let dead = counts.iter().filter(|count| count.state == JobState::Dead).map(|count| count.total);
        let age = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), |age| waited(t, age));
        let oldest = counts.iter().filter_map(|count| count.oldest_ready_at).min();
        let lane = |lane: status::LaneStatus| Lane {
            oldest: age(lane.oldest_ready_age_s),
            name: lane.name,
            ready: lane.ready,
            waiting: lane.waiting,
            leased: lane.leased,
        };
        let next_due = pages.store().next_due().await?;
        rendered(&Body {
            t,
            due_soon: load.due_until(now + 15 * MINUTE),
            due_hour: load.due_until(now + 60 * MINUTE),
            late: load.late(),
            dead: dead.sum(),
            oldest: age(status::age(oldest, now)),
            lanes: status::lanes(api, &counts, now).into_iter().map(lane).collect(),
            providers: accounts::all(api).await?.iter().map(|one| providers::shown(desk, one)).collect(),
            batches: batches::open(pages).await?.iter().map(|one| batches::row(desk, one)).collect(),
            next_due: desk.maybe_moment(next_due.map(crate::api::at)),
            tick: tick(desk, api.production.last_tick(), next_due),
        })
    }
}

/// Where another process plans, that what is due is opened shows it.
pub fn tick(desk: &Desk, last: Option<Micros>, next_due: Option<Micros>) -> Tick {
    let silent = desk.now - SILENT;
    let is_behind = next_due.is_some_and(|due| due < silent) || last.is_some_and(|last| last < silent);
    let (tone, told) = match (is_behind, last) {
        (true, _) => ("bad", "op-tick-behind"),
        (false, Some(_)) => ("good", "op-tick-well"),
        (false, None) => ("", "op-tick-elsewhere"),
    };
    Tick { when: desk.maybe_moment(last.map(crate::api::at)), tone, told: desk.t.say(told) }
}

/// In tens of seconds below a minute, then in minutes: a number that ran on would renew the page without end.
fn waited(t: Words, seconds: f64) -> String {
    let seconds = seconds as u64;
    match seconds {
        0..60 => t.count("op-seconds", seconds / 10 * 10),
        _ => t.count("minutes", seconds / 60),
    }
}
