//! What would come of a schedule while it is being chosen: the next five programs, and what clocks do to them.

use crate::api::refused::Refused;
use crate::pages::{Fields, Pages, Routes, Shell, Signed, Words, shell::part, time, zones};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::{
    Schedule, Slot,
    schedule::{Days, LocalTime, Note, Zone},
};

pub const RUNS: usize = 5;

/// The next programs of a schedule.
#[derive(Clone, Debug, Template)]
#[template(path = "listener/runs.html")]
pub struct Runs {
    pub shell: Shell,
    pub runs: Vec<Run>,
    /// Where the clock hangs, and what it is ahead of the world's.
    pub place: String,
    /// What is still to be chosen.
    pub missing: String,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub day: String,
    pub clock: String,
    pub stamp: String,
    pub offset: String,
    pub note: String,
}

pub fn routes() -> Routes {
    Routes::default().get("/schedules/runs", preview).get("/zones", zones::search)
}

impl Runs {
    /// Of slots that a schedule has.
    pub fn of(t: Words, shell: &Shell, schedule: &Schedule, slots: &[Slot], now: i64) -> Self {
        let now = crate::api::at(now);
        let today = schedule.zone.date_at(now);
        let run = |slot: &Slot| Run {
            day: time::near_day(t, slot.local_date, today),
            clock: time::clock(slot.ready_by.as_microsecond(), &schedule.zone),
            stamp: slot.ready_by.to_string(),
            offset: zones::offset(&schedule.zone, slot.ready_by),
            note: match slot.note {
                None => String::new(),
                Some(Note::Gap) => t.about("run-gap", &schedule.ready_by.to_string()),
                Some(Note::Fold) => t.about("run-fold", &schedule.ready_by.to_string()),
            },
        };
        let runs: Vec<Run> = slots.iter().map(run).collect();
        let place = t.with(
            "run-place",
            &[
                ("city", zones::city(t, &schedule.zone).into()),
                ("offset", zones::offset(&schedule.zone, now).into()),
            ],
        );
        let missing = if runs.is_empty() { t.say("run-none") } else { String::new() };
        Self { shell: shell.clone(), runs, place, missing }
    }

    /// Of what stands in a form, as far as it makes a schedule.
    pub fn typed(t: Words, shell: &Shell, fields: &Fields, now: i64) -> Self {
        let days: Result<Days, _> = fields.all("days").collect::<Vec<_>>().join(",").parse();
        let (time, zone) = (fields.get("ready_by").parse::<LocalTime>(), fields.get("zone").parse::<Zone>());
        let missing = match (&days, &time, &zone) {
            (Err(_), ..) => "wrong-days",
            (_, Err(_), _) => "wrong-ready-by",
            (.., Err(_)) => "wrong-zone",
            _ => "",
        };
        match (days, time, zone) {
            (Ok(days), Ok(time), Ok(zone)) => {
                let schedule = Schedule::new(days, time, zone);
                let slots = schedule.upcoming(crate::api::at(now), RUNS);
                Self::of(t, shell, &schedule, &slots, now)
            }
            _ => {
                Self { shell: shell.clone(), runs: Vec::new(), place: String::new(), missing: t.say(missing) }
            }
        }
    }
}

async fn preview(State(pages): State<Pages>, signed: Signed, uri: Uri) -> Result<Response, Refused> {
    let fields = Fields::read(uri.query().unwrap_or_default().as_bytes());
    part(&Runs::typed(signed.shell.t, &signed.shell, &fields, pages.now()))
}
