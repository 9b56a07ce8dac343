//! Forecast: what is due in the day to come, how its work is laid out against what can be done, and when each batch
//! opens for it.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
};
use crate::{
    api::{
        at,
        operate::load::{self, AHEAD, Load, Minute},
        refused::Refused,
    },
    pages::{
        Fields, Pages, Routes, Shell, Words,
        chart::{Chart, Tone, Value},
        time,
    },
};
use askama::Template;
use domain::{BatchId, forecast::BUCKET};
use std::collections::BTreeMap;
use store::Micros;

/// Starts that are listed.
const MOST: usize = 40;
const BUCKET_US: Micros = BUCKET.as_micros() as Micros;
/// Buckets between two labels: two hours.
const TICK: i64 = 24;
/// Of what can be done; more than that leaves no room for what goes wrong.
const FULL: f64 = 0.95;

struct Forecast;

#[derive(Template)]
#[template(path = "operate/forecast.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    programs: u64,
    late: u64,
    /// The busiest five minutes, in per cent of what can be done.
    peak: u64,
    slots: String,
    due: String,
    shaped: String,
    starts: Vec<Start>,
    /// Starts that are not listed.
    more: usize,
}

struct Start {
    ready_by: String,
    programs: u64,
    opens: String,
    ends: String,
    state: String,
    tone: &'static str,
    batch: Option<BatchId>,
}

pub fn routes() -> Routes {
    board::<Forecast>()
}

impl Board for Forecast {
    const TAB: Tab = Tab::Forecast;
    const PATHS: Paths =
        Paths { page: "/operate/forecast", part: "/operate/part/forecast", stream: "/operate/live/forecast" };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let load = load::seen(&pages.api).await?;
        let share = |bucket: &load::Bucket| bucket.planned_s / bucket.capacity_s.max(f64::EPSILON);
        let peak = load.buckets.iter().map(share).fold(0.0, f64::max);
        rendered(&Body {
            t: desk.t,
            shell: &desk.shell,
            programs: load.due_until(desk.now.saturating_add(AHEAD)),
            late: load.late(),
            peak: (peak * 100.0) as u64,
            slots: format!("{:.0}", load.slots),
            due: due(desk, &load),
            shaped: shaped(desk, &load),
            starts: load.minutes.iter().take(MOST).map(|minute| start(desk, minute)).collect(),
            more: load.minutes.len().saturating_sub(MOST),
        })
    }
}

/// The first instants of the day's buckets.
fn grid(now: Micros) -> impl Iterator<Item = Micros> {
    let first = now.div_euclid(BUCKET_US);
    (first..first + AHEAD / BUCKET_US).map(|number| number * BUCKET_US)
}

fn value(desk: &Desk, start: Micros, value: f64, shown: String, tone: Tone) -> Value {
    let is_tick = start.div_euclid(BUCKET_US) % TICK == 0;
    Value { label: time::clock(start, &desk.zone), is_tick, value, shown, tone }
}

/// Programs by when they are due.
fn due(desk: &Desk, load: &Load) -> String {
    let mut by_bucket: BTreeMap<Micros, (u64, Tone)> = BTreeMap::new();
    for minute in &load.minutes {
        let start = minute.promised.max(desk.now).div_euclid(BUCKET_US) * BUCKET_US;
        let (programs, tone) = by_bucket.entry(start).or_insert((0, Tone::Plain));
        *programs += minute.programs;
        if minute.is_late() {
            *tone = Tone::Hot;
        }
    }
    let values = grid(desk.now).map(|start| {
        let (programs, tone) = by_bucket.get(&start).copied().unwrap_or((0, Tone::Plain));
        value(desk, start, programs as f64, programs.to_string(), tone)
    });
    let t = desk.t;
    let heads = [t.say("op-from"), t.say("op-programs")];
    let chart = Chart::new("due", t.say("op-forecast-due"), heads, t.say("as-table"), values.collect());
    chart.render().unwrap_or_default()
}

/// Work by when it is done, against what can be.
fn shaped(desk: &Desk, load: &Load) -> String {
    let by_bucket: BTreeMap<Micros, &load::Bucket> =
        load.buckets.iter().map(|bucket| (bucket.start, bucket)).collect();
    let t = desk.t;
    let values = grid(desk.now).map(|start| {
        let Some(bucket) = by_bucket.get(&start) else {
            return value(desk, start, 0.0, "0%".to_owned(), Tone::Plain);
        };
        let share = bucket.planned_s / bucket.capacity_s.max(f64::EPSILON);
        let tone = if share >= FULL { Tone::Hot } else { Tone::Plain };
        value(desk, start, share * 100.0, format!("{:.0}%", share * 100.0), tone)
    });
    let heads = [t.say("op-from"), t.say("op-forecast-share")];
    let title = t.say("op-forecast-shaped");
    let chart = Chart::new("shaped", title, heads, t.say("as-table"), values.collect());
    chart.with_limit(100.0, t.say("op-forecast-limit")).render().unwrap_or_default()
}

fn start(desk: &Desk, minute: &Minute) -> Start {
    let (state, tone) = match (minute.is_late(), minute.batch) {
        (true, _) => ("op-late", "bad"),
        (false, Some(_)) => ("op-batch-producing", "busy"),
        (false, None) => ("op-in-time", "good"),
    };
    let moment = |micros: Micros| desk.moment(at(micros));
    Start {
        ready_by: moment(minute.promised),
        programs: minute.programs,
        opens: moment(minute.opens_at),
        ends: minute.finishes_at.map_or_else(|| "–".to_owned(), moment),
        state: desk.t.say(state),
        tone,
        batch: minute.batch,
    }
}
