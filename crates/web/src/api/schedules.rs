//! When programs are to be ready: how it is shown, and what would come of one.

use super::{Api, body::Asked, caller::Listening, page::Page, refused::Refused, schema};
use axum::{Json, extract::State};
use domain::{
    Slot,
    schedule::{self, Days, LocalTime, Zone},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Runs that are previewed when nobody says how many.
const USUAL: usize = 5;
const MOST: usize = 366;

#[derive(Debug, Serialize, ToSchema)]
pub struct Schedule {
    #[schema(value_type = schema::Days)]
    pub days: Days,
    #[schema(value_type = schema::LocalTime)]
    pub ready_by: LocalTime,
    #[schema(value_type = schema::Zone)]
    pub zone: Zone,
    /// Dates without programs.
    pub vacations: Vec<Vacation>,
    /// Single dates that are left out.
    #[schema(value_type = Vec<schema::Day>)]
    pub skip: Vec<Date>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Vacation {
    #[schema(value_type = schema::Day)]
    pub from: Date,
    /// The last date left out.
    #[schema(value_type = schema::Day)]
    pub to: Date,
}

/// One program to come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    #[schema(value_type = schema::Day)]
    pub local_date: Date,
    #[schema(value_type = schema::Instant)]
    pub ready_by: Timestamp,
    /// The same with the offset in force there and then.
    #[schema(value_type = schema::Instant)]
    pub local: String,
    /// `gap`: clocks skip the time that day; `fold`: they show it twice, and the first counts.
    pub note: Option<Note>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Note {
    Gap,
    Fold,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wish {
    #[param(value_type = schema::LocalTime)]
    ready_by: LocalTime,
    #[param(value_type = schema::Zone)]
    zone: Zone,
    /// Every day, when not given.
    #[param(value_type = Option<schema::Days>)]
    days: Option<Days>,
    /// From now on, when not given.
    #[param(value_type = Option<schema::Instant>)]
    from: Option<Timestamp>,
    /// Five, when not given.
    #[param(minimum = 1, maximum = 366)]
    count: Option<usize>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// What would come of a schedule
#[utoipa::path(get, path = "/schedules/preview", tag = "schedules", params(Wish), security(("token" = ["listen"])),
    responses((status = 200, body = Page<Preview>)))]
async fn preview(
    State(api): State<Api>,
    _listener: Listening,
    Asked(wish): Asked<Wish>,
) -> Result<Json<Page<Preview>>, Refused> {
    let count = wish.count.unwrap_or(USUAL);
    if !(1..=MOST).contains(&count) {
        return Err(Refused::field("count", format_args!("from 1 to {MOST}")));
    }
    let schedule = schedule::Schedule::new(wish.days.unwrap_or(Days::DAILY), wish.ready_by, wish.zone);
    let slots = schedule.upcoming(wish.from.unwrap_or(super::at(api.now())), count);
    Ok(Json(Page::whole(slots.iter().map(Preview::of).collect())))
}

impl Preview {
    pub fn of(slot: &Slot) -> Self {
        let schedule::Preview { local_date, ready_by, local, note } = slot.into();
        let note = note.map(|note| match note {
            schedule::Note::Gap => Note::Gap,
            schedule::Note::Fold => Note::Fold,
        });
        Self { local_date, ready_by, local, note }
    }
}

impl Schedule {
    pub fn of(schedule: schedule::Schedule) -> Self {
        let vacation = |one: &schedule::Vacation| Vacation { from: one.from(), to: one.to() };
        Self {
            vacations: schedule.vacations.iter().map(vacation).collect(),
            skip: schedule.skip.into_iter().collect(),
            days: schedule.days,
            ready_by: schedule.ready_by,
            zone: schedule.zone,
        }
    }
}
