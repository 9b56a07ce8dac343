//! When a feed's programs are to be ready: days, time, zone, pauses, vacations.

use super::{
    super::{
        feeds::runs,
        schedules::Runs,
        wish::{Choices, schedule_change},
    },
    Frame,
};
use crate::{
    api::{
        feeds::change::{self, MOST_VACATIONS},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Signed, Words, led, page, page_with, refusals::in_form, time},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::schedule::Vacation;
use jiff::civil::Date;
use store::feeds::Feed;

#[derive(Template)]
#[template(path = "listener/feed/schedule.html")]
struct Page {
    t: Words,
    shell: Shell,
    frame: Frame,
    choices: Choices,
    runs: String,
    fresh: String,
    is_paused: bool,
    /// Dates that are left out.
    skipped: String,
    /// Each with its place in the list.
    vacations: Vec<(usize, String)>,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/feeds/{id}", show)
        .post("/feeds/{id}/schedule", save)
        .post("/feeds/{id}/pause", pause)
        .post("/feeds/{id}/resume", resume)
        .post("/feeds/{id}/skip", skip)
        .post("/feeds/{id}/vacations", add_vacation)
        .post("/feeds/{id}/vacations/drop", drop_vacation)
}

async fn page_of(
    pages: &Pages,
    signed: &Signed,
    id: &str,
    typed: Option<(Fields, crate::pages::Wrong)>,
) -> Result<Page, Refused> {
    let t = signed.shell.t;
    let (frame, feed) = Frame::of(pages, signed, id, "").await?;
    let (choices, runs) = match typed {
        None => (Choices::of(pages, signed, &feed).await?, runs(t, &signed.shell, &feed, pages.now())),
        Some((fields, wrong)) => {
            let shown = Runs::typed(t, &signed.shell, &fields, pages.now()).render().unwrap_or_default();
            (Choices::typed(pages, signed, fields, wrong).await?, shown)
        }
    };
    let today = feed.schedule.zone.date_at(crate::api::at(pages.now()));
    let skipped: Vec<String> =
        feed.schedule.skip.iter().filter(|date| **date >= today).map(|date| time::day(t, *date)).collect();
    let vacation = |(place, one): (usize, &Vacation)| {
        (place, format!("{} – {}", time::day(t, one.from()), time::day(t, one.to())))
    };
    Ok(Page {
        t,
        shell: signed.shell.clone(),
        choices,
        runs,
        fresh: fresh(pages, t, signed, &feed).await?,
        is_paused: feed.schedule.paused_since.is_some(),
        skipped: skipped.join(" · "),
        vacations: feed.schedule.vacations.iter().enumerate().map(vacation).collect(),
        frame,
    })
}

/// How new articles are in a program, as the last one had it.
async fn fresh(pages: &Pages, t: Words, signed: &Signed, feed: &Feed) -> Result<String, Refused> {
    let today = signed.listener.zone.date_at(crate::api::at(pages.now()));
    let from = today.saturating_sub(jiff::Span::new().days(3));
    let recent = pages.store().recent_occurrences(signed.listener.id, from, 30).await?;
    let last = recent.iter().find(|one| one.of.feed == feed.id && one.of.program.is_some());
    Ok(match last.map(|one| (one.opened_at, one.of.ready_by)) {
        Some((opened, ready)) if ready > opened => {
            let minutes = (ready - opened) / 60_000_000;
            let clock = time::clock(opened, &feed.schedule.zone);
            t.with("fresh-last", &[("clock", clock.into()), ("n", minutes.into())])
        }
        _ => t.say("fresh-usual"),
    })
}

async fn show(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, &signed, &id, None).await?))
}

async fn save(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (frame, _) = Frame::of(&pages, &signed, &id, "").await?;
    let saved = async {
        let change = schedule_change(&fields)?;
        change::update(&pages.api, signed.caller, frame.id, &HeaderMap::new(), change).await
    };
    match saved.await {
        Ok(()) => Ok(led(&format!("/feeds/{id}"), "schedule-saved")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(&pages, &signed, &id, Some((fields, wrong))).await?))
        }
    }
}

async fn pause(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    change::pause(&pages.api, signed.caller, super::named(&id)?).await?;
    Ok(led(&format!("/feeds/{id}"), "paused"))
}

async fn resume(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    change::resume(&pages.api, signed.caller, super::named(&id)?).await?;
    Ok(led(&format!("/feeds/{id}"), "resumed"))
}

async fn skip(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    change::leave_out_next(&pages.api, signed.caller, super::named(&id)?).await?;
    Ok(led(&format!("/feeds/{id}"), "skipped"))
}

async fn add_vacation(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (_, feed) = Frame::of(&pages, &signed, &id, "").await?;
    let wrong = |cause: &dyn std::fmt::Display| Refused::field("vacations", cause);
    let added = async {
        let [from, to] = ["from", "to"].map(|name| fields.get(name).parse::<Date>());
        let one = Vacation::new(from.map_err(|cause| wrong(&cause))?, to.map_err(|cause| wrong(&cause))?);
        let mut all = feed.schedule.vacations.clone();
        all.push(one.map_err(|cause| wrong(&cause))?);
        if all.len() > MOST_VACATIONS {
            return Err(wrong(&format_args!("at most {MOST_VACATIONS}")));
        }
        change::take_vacations(&pages.api, signed.caller, feed.id, all).await
    };
    match added.await {
        Ok(()) => Ok(led(&format!("/feeds/{id}"), "vacation-added")),
        Err(refused) => {
            let (_, wrong) = in_form(signed.shell.t, refused)?;
            let mut page = page_of(&pages, &signed, &id, None).await?;
            page.choices.fields =
                page.choices.fields.with("from", fields.get("from")).with("to", fields.get("to"));
            page.choices.wrong = wrong;
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

async fn drop_vacation(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let (_, feed) = Frame::of(&pages, &signed, &id, "").await?;
    let place: Option<usize> = fields.get("place").parse().ok();
    let kept = feed.schedule.vacations.iter().enumerate().filter(|(at, _)| Some(*at) != place);
    let kept = kept.map(|(_, one)| *one).collect();
    change::take_vacations(&pages.api, signed.caller, feed.id, kept).await?;
    Ok(led(&format!("/feeds/{id}"), "vacation-dropped"))
}
