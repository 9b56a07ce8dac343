//! A listener's feeds, and new ones.

use super::{
    schedules::{RUNS, Runs},
    wish::{self, Choices},
};
use crate::{
    api::{feeds, plan, programs, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Signed, Words, led, page, page_with, refusals::in_form, time},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{FeedId, schedule::Days};
use store::feeds::Feed;

#[derive(Template)]
#[template(path = "listener/feeds.html")]
struct Page {
    t: Words,
    shell: Shell,
    feeds: Vec<Listed>,
}

struct Listed {
    id: FeedId,
    name: String,
    state: String,
    tone: &'static str,
    time: String,
    days: String,
    next: String,
    length: String,
    sources: String,
}

#[derive(Template)]
#[template(path = "listener/feed_new.html")]
struct New {
    t: Words,
    shell: Shell,
    choices: Choices,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/feeds", list)
        .get("/feeds/new", ask)
        .post("/feeds/new", create)
        .post("/feeds/{id}/make", make)
}

/// The id in a path; what is no id names nothing.
pub fn named<T: std::str::FromStr>(text: &str) -> Result<T, Refused> {
    text.parse().map_err(|_| Refused::Missing("id"))
}

pub fn days(t: Words, days: Days) -> String {
    match days {
        Days::DAILY => t.say("days-daily"),
        Days::WEEKDAYS => t.say("days-weekdays"),
        Days::WEEKENDS => t.say("days-weekends"),
        some => {
            let named = some.iter().map(|day| time::weekday_name(t, day.to_monday_zero_offset()));
            named.collect::<Vec<_>>().join(if t.tag() == "ja" { "・" } else { ", " })
        }
    }
}

async fn list(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let t = signed.shell.t;
    let who = plan::who(&pages.api, signed.caller.listener).await?;
    let mut listed = Vec::new();
    for feed in pages.store().feeds_of(signed.listener.id).await? {
        let on_hold = plan::on_hold(&pages.api, &who, &feed).await?.is_some();
        let titles: Vec<String> = pages
            .store()
            .sources_of(feed.id)
            .await?
            .into_iter()
            .map(|source| if source.title.is_empty() { source.address } else { source.title })
            .collect();
        listed.push(shown(t, &signed, &feed, on_hold, &titles, pages.now()));
    }
    Ok(page(&Page { t, shell: signed.shell, feeds: listed }))
}

fn shown(t: Words, signed: &Signed, feed: &Feed, on_hold: bool, sources: &[String], now: i64) -> Listed {
    let next = feed.next_runs(crate::api::at(now), 1).first().map(|slot| slot.ready_by.as_microsecond());
    let (state, tone) = match (on_hold, feed.schedule.paused_since) {
        (true, _) => (t.say("state-on-hold"), "warn"),
        (false, Some(_)) => (t.say("state-paused"), ""),
        (false, None) => (String::new(), ""),
    };
    let style = t.say(&format!("style-{}", wish::style_name(feed.style)));
    let language = t.say(&format!("language-{}", feed.language.tag()));
    Listed {
        id: feed.id,
        name: feed.name.clone(),
        state,
        tone,
        time: feed.schedule.ready_by.to_string(),
        days: days(t, feed.schedule.days),
        next: next.map_or_else(|| t.say("never"), |at| time::moment(t, at, &signed.listener.zone, now)),
        length: format!("{} · {language} · {style}", t.count("minutes", feed.minutes)),
        sources: match sources {
            [only] => only.clone(),
            [first, rest @ ..] => {
                t.with("feed-sources-more", &[("what", first.as_str().into()), ("n", rest.len().into())])
            }
            [] => t.say("never"),
        },
    }
}

async fn ask(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let choices = Choices::new(&pages, &signed).await?;
    Ok(page(&New { t: signed.shell.t, shell: signed.shell, choices }))
}

async fn create(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let created = async { feeds::wish::create(&pages.api, signed.caller, wish::new_feed(&fields)?).await };
    match created.await {
        Ok(feed) => Ok(led(&format!("/feeds/{}", feed.id), "feed-made")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            let choices = Choices::typed(&pages, &signed, fields, wrong).await?;
            Ok(page_with(status, &New { t: signed.shell.t, shell: signed.shell, choices }))
        }
    }
}

async fn make(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let key = fields.some("key").filter(|key| key.len() <= 100).map(ToOwned::to_owned);
    programs::make(&pages.api, signed.caller, named(&id)?, key).await?;
    Ok(led("/", "making"))
}

/// The next programs of a feed as they are shown with its schedule.
pub fn runs(t: Words, shell: &Shell, feed: &Feed, now: i64) -> String {
    // A part that cannot be written is left out: the form stands without it.
    let slots = feed.next_runs(crate::api::at(now), RUNS);
    Runs::of(t, shell, &feed.schedule, &slots, now).render().unwrap_or_default()
}
