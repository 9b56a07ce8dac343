//! Now: what is due soon, what will be late, and what is at work on it.

use super::{
    Board, Desk, Tab,
    batches::{self, Row},
    board,
    board::{Paths, rendered},
    providers::{self, Shown},
};
use crate::{
    api::{operate::status, refused::Refused},
    pages::{Fields, Pages, Routes, Words},
};
use askama::Template;
use store::Micros;

const MINUTE: Micros = 60_000_000;

struct Now;

#[derive(Template)]
#[template(path = "operate/now.html")]
struct Body {
    t: Words,
    /// Programs promised within a quarter of an hour, and within an hour: of feeds, and of batches in production.
    due_soon: u64,
    due_hour: u64,
    /// Programs of batches that will not be in time.
    late: u64,
    dead: u64,
    oldest: String,
    lanes: Vec<Lane>,
    providers: Vec<Shown>,
    batches: Vec<Row>,
    next_due: String,
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
        let (t, now) = (desk.t, desk.now);
        let status = status::seen(&pages.api).await?;
        let to_open = pages.store().due_minutes(now + 60 * MINUTE).await?;
        let due = |minutes: i64| -> u64 {
            let until = now + minutes * MINUTE;
            let feeds = to_open.iter().filter(|(at, _)| *at <= until).map(|(_, feeds)| feeds);
            let open = status.open_batches.iter().filter(|batch| batch.ready_by.as_microsecond() <= until);
            feeds.sum::<u64>() + open.map(batches::unfinished).sum::<u64>()
        };
        let late = status.open_batches.iter().filter(|batch| batch.in_time == Some(false));
        let age = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), |age| waited(t, age));
        let lane = |lane: &status::LaneStatus| Lane {
            name: lane.name.clone(),
            ready: lane.ready,
            waiting: lane.waiting,
            leased: lane.leased,
            oldest: age(lane.oldest_ready_age_s),
        };
        let next_due = pages.store().next_due().await?.map(crate::api::at);
        rendered(&Body {
            t,
            due_soon: due(15),
            due_hour: due(60),
            late: late.map(batches::unfinished).sum(),
            dead: status.jobs.get("dead").copied().unwrap_or(0),
            oldest: age(status.oldest_ready_age_s),
            lanes: status.lanes.iter().map(lane).collect(),
            providers: status.providers.iter().map(|one| providers::shown(desk, one)).collect(),
            batches: status.open_batches.iter().map(|one| batches::row(desk, one)).collect(),
            next_due: desk.maybe_moment(next_due),
        })
    }
}

/// In tens of seconds below a minute, then in minutes: a number that ran on would renew the page without end.
fn waited(t: Words, seconds: f64) -> String {
    let seconds = seconds as u64;
    match seconds {
        0..60 => t.count("op-seconds", seconds / 10 * 10),
        _ => t.count("minutes", seconds / 60),
    }
}
