//! Today: each feed's next program or the one that is there, how far it is, and why it is late where it is.

use super::welcome;
use crate::{
    api::{plan, refused::Refused},
    pages::{Pages, Routes, Shell, Signed, Visitor, Words, live, page, time},
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use domain::{Edition, FeedId, OccurrenceState, ProgramId};
use std::collections::HashMap;
use store::{artifacts::Standing, feeds::Feed, listeners::Listener, programs::Program, requests::Underway};

/// Occurrences that are looked at.
const MOST: u32 = 60;
const RECENT: u32 = 6;
/// A program is the news of the day for so long.
const NEWS: i64 = 18 * 3_600 * 1_000_000;

#[derive(Template)]
#[template(path = "listener/today.html")]
struct Page {
    t: Words,
    shell: Shell,
    date: String,
    greeting: String,
    mornings: String,
    recent: Vec<Recent>,
}

#[derive(Template)]
#[template(path = "listener/mornings.html")]
struct Mornings<'a> {
    t: Words,
    shell: &'a Shell,
    digest: String,
    mornings: Vec<Morning>,
}

/// One feed today.
#[derive(Clone)]
struct Morning {
    feed: FeedId,
    title: String,
    link: String,
    clock: String,
    day: String,
    stamp: String,
    state: String,
    tone: &'static str,
    edition: String,
    text: String,
    progress: Option<(usize, usize)>,
    program: Option<ProgramId>,
    may_make: bool,
    /// Sent along with a wish, so that sending it twice is wishing once.
    key: String,
}

struct Recent {
    id: ProgramId,
    title: String,
    language: &'static str,
    feed: String,
    when: String,
    length: String,
    edition: String,
}

pub fn routes() -> Routes {
    Routes::default().get("/", show).get("/today/part", part).get("/today/live", stream)
}

async fn show(State(pages): State<Pages>, visitor: Visitor) -> Result<Response, Refused> {
    let Some((_, listener)) = &visitor.signed else { return Ok(welcome::show(&visitor)) };
    let feeds = pages.store().feeds_of(listener.id).await?;
    if feeds.is_empty() {
        return Ok(welcome::show(&visitor));
    }
    let (t, shell, now) = (visitor.words, visitor.shell(), pages.now());
    let recent = recent(&pages, t, listener, &feeds).await?;
    let mornings = mornings(&pages, t, &shell, listener, &feeds).await?;
    let today = listener.zone.date_at(crate::api::at(now));
    let greeting = greeting(t, listener, now);
    Ok(page(&Page { t, shell, date: time::day(t, today), greeting, mornings, recent }))
}

async fn part(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let Signed { listener, shell, .. } = &signed;
    let feeds = pages.store().feeds_of(listener.id).await?;
    Ok(axum::response::Html(mornings(&pages, shell.t, shell, listener, &feeds).await?).into_response())
}

async fn stream(
    State(pages): State<Pages>,
    Signed { listener, .. }: Signed,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let looked = pages.clone();
    live::stream(&pages, live::seen(&headers, &uri), move || {
        let (pages, listener) = (looked.clone(), listener.clone());
        async move { state(&pages, &listener).await.ok().map(|state| state.digest()) }
    })
}

fn greeting(t: Words, listener: &Listener, now: i64) -> String {
    let hour = listener.zone.rules().to_datetime(crate::api::at(now)).hour();
    let greeting = t.say(match hour {
        4..=10 => "greet-morning",
        11..=17 => "greet-day",
        _ => "greet-evening",
    });
    if listener.name.is_empty() {
        return greeting;
    }
    let (greeting, name) = (greeting.as_str(), listener.name.as_str());
    t.with("greet-name", &[("greeting", greeting.into()), ("name", name.into())])
}

/// What is known of a listener's programs on their way.
struct Board {
    underway: Vec<Underway>,
    progress: HashMap<domain::OccurrenceId, (usize, usize)>,
}

impl Board {
    fn digest(&self) -> String {
        live::digest(self.underway.iter().map(|one| {
            let of = &one.of;
            let progress = self.progress.get(&of.id);
            format!("{} {} {} {progress:?} {}", of.id, of.state.name(), one.is_released, of.program.is_some())
        }))
    }
}

async fn state(pages: &Pages, listener: &Listener) -> Result<Board, Refused> {
    let today = listener.zone.date_at(crate::api::at(pages.now()));
    let from = today.yesterday().unwrap_or(today);
    let underway = pages.store().recent_occurrences(listener.id, from, MOST).await?;
    let mut progress = HashMap::new();
    for one in underway.iter().filter(|one| !one.is_released) {
        let Some(selection) = &one.selection else { continue };
        let keys: Vec<_> = selection.needs().copied().collect();
        let standings = pages.store().standings(&keys).await?;
        let is_settled = |standing: &&Standing| !matches!(standing, Standing::Making);
        progress.insert(one.of.id, (standings.values().filter(is_settled).count(), keys.len()));
    }
    Ok(Board { underway, progress })
}

async fn mornings(
    pages: &Pages,
    t: Words,
    shell: &Shell,
    listener: &Listener,
    feeds: &[Feed],
) -> Result<String, Refused> {
    let state = state(pages, listener).await?;
    let digest = state.digest();
    let who = plan::who(&pages.api, listener.id).await?;
    let mut mornings = Vec::with_capacity(feeds.len());
    for feed in feeds {
        let on_hold = plan::on_hold(&pages.api, &who, feed).await?;
        mornings.push(morning(pages, t, listener, feed, &state, on_hold));
    }
    // What can be heard first, then what comes next.
    mornings.sort_by_key(|one| one.program.is_none());
    let page = Mornings { t, shell, digest, mornings };
    page.render().map_err(|error| {
        tracing::error!(%error, "a part of a page cannot be rendered");
        Refused::Fault
    })
}

fn morning(
    pages: &Pages,
    t: Words,
    listener: &Listener,
    feed: &Feed,
    state: &Board,
    on_hold: Option<String>,
) -> Morning {
    let now = pages.now();
    let is_news = |one: &&Underway| {
        let of = &one.of;
        matches!(of.state, OccurrenceState::Open | OccurrenceState::Selected)
            || of.ended_at.is_some_and(|ended| now - ended < NEWS)
    };
    let latest = state.underway.iter().filter(|one| one.of.feed == feed.id).find(is_news);
    let [a, b] = pages.api.chance();
    let blank = Morning {
        feed: feed.id,
        title: feed.name.clone(),
        link: format!("/feeds/{}", feed.id),
        clock: String::new(),
        day: String::new(),
        stamp: String::new(),
        state: String::new(),
        tone: "",
        edition: String::new(),
        text: String::new(),
        progress: None,
        program: None,
        may_make: on_hold.is_none(),
        key: format!("page-{a:016x}{b:016x}"),
    };
    match latest {
        Some(one) => on_its_way(blank, t, listener, one, state, now),
        None => to_come(blank, t, listener, feed, on_hold, now),
    }
}

fn timed(morning: Morning, t: Words, listener: &Listener, at: i64, now: i64) -> Morning {
    let date_of = |at| listener.zone.date_at(crate::api::at(at));
    Morning {
        clock: time::clock(at, &listener.zone),
        day: time::near_day(t, date_of(at), date_of(now)),
        stamp: time::stamp(at).to_string(),
        ..morning
    }
}

/// No program is on its way: when the next is, or why none is.
fn to_come(
    morning: Morning,
    t: Words,
    listener: &Listener,
    feed: &Feed,
    on_hold: Option<String>,
    now: i64,
) -> Morning {
    let next = feed.next_runs(crate::api::at(now), 1).first().map(|slot| slot.ready_by.as_microsecond());
    let morning = match next {
        Some(at) => timed(morning, t, listener, at, now),
        None => Morning { clock: "–:––".into(), ..morning },
    };
    let (state, tone, text) = match (on_hold, feed.schedule.paused_since, next) {
        (Some(why), ..) => ("state-on-hold", "warn", why),
        (None, Some(_), _) => ("state-paused", "", t.say("today-paused")),
        (None, None, Some(at)) => {
            let when = time::moment(t, at, &listener.zone, now);
            ("state-scheduled", "", t.with("today-next", &[("when", when.into())]))
        }
        (None, None, None) => ("state-paused", "", t.say("today-none-planned")),
    };
    Morning { state: t.say(state), tone, text, ..morning }
}

fn on_its_way(
    morning: Morning,
    t: Words,
    listener: &Listener,
    one: &Underway,
    state: &Board,
    now: i64,
) -> Morning {
    let of = &one.of;
    let morning = timed(morning, t, listener, of.ready_by, now);
    let reason = of.reason.clone().unwrap_or_default();
    let ended =
        |key: &str, tone| Morning { state: t.say(key), tone, text: reason.clone(), ..morning.clone() };
    match of.state {
        OccurrenceState::Published => Morning {
            program: of.program,
            link: of.program.map_or_else(|| morning.link.clone(), |id| format!("/programs/{id}")),
            edition: edition(t, of.edition),
            ..ended("state-ready", "good")
        },
        OccurrenceState::Skipped => ended("state-skipped", ""),
        OccurrenceState::Missed => ended("state-missed", "bad"),
        OccurrenceState::Failed => ended("state-failed", "bad"),
        OccurrenceState::Cancelled => ended("state-cancelled", ""),
        OccurrenceState::Open | OccurrenceState::Selected => {
            let progress = state.progress.get(&of.id).copied();
            let step = match (of.state, one.is_released, progress) {
                (OccurrenceState::Open, ..) => t.say("state-choosing"),
                (_, true, _) => t.say("state-assembling"),
                (_, false, Some((done, of))) => t.part("state-voicing", done, of),
                (_, false, None) => t.say("state-choosing"),
            };
            let when = time::moment(t, of.ready_by, &listener.zone, now);
            let is_late = of.ready_by < now;
            let (state, tone, text) = match is_late {
                true => {
                    let said = [("step", step.into()), ("when", when.into())];
                    (t.say("state-late"), "warn", t.with("today-late", &said))
                }
                false => (step, "busy", t.with("today-early", &[("when", when.into())])),
            };
            Morning { state, tone, text, progress, may_make: false, ..morning }
        }
    }
}

/// Nothing is said of a full one.
pub fn edition(t: Words, edition: Option<Edition>) -> String {
    match edition {
        None | Some(Edition::Full) => String::new(),
        Some(Edition::Shortened) => t.say("edition-shortened"),
        Some(Edition::Brief) => t.say("edition-brief"),
    }
}

async fn recent(
    pages: &Pages,
    t: Words,
    listener: &Listener,
    feeds: &[Feed],
) -> Result<Vec<Recent>, Refused> {
    let now = pages.now();
    let found = pages.store().programs_page(listener.id, None, None, now, RECENT).await?;
    let name = |id: FeedId| feeds.iter().find(|feed| feed.id == id).map_or("", |feed| &feed.name).to_owned();
    let show = |one: Program| Recent {
        id: one.id,
        language: one.language.tag(),
        feed: name(one.feed),
        when: time::moment(t, one.visible_at, &listener.zone, now),
        length: time::length(one.duration_ms),
        edition: edition(t, Some(one.edition)),
        title: one.title,
    };
    Ok(found.into_iter().map(show).collect())
}
