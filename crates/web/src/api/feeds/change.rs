//! Changes of a feed, each seen against what the caller last saw of it.

use super::wish::{NewExternal, articles, minutes, name, taken, wanted};
use crate::api::{Api, at, body::given, caller::Caller, plan, refused::Refused, schema};
use axum::http::{HeaderMap, HeaderValue, header};
use domain::{
    FeedId, Language, Schedule, SourceId, Style,
    schedule::{Days, LocalTime, Vacation, Zone},
    select::Filter,
};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{Source, feeds::Feed as Row};
use utoipa::ToSchema;

pub const MOST_VACATIONS: usize = 50;

/// What is not given stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedChange {
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// In place of those there were: ids of your sources, or addresses.
    #[schema(min_items = 1, max_items = 50)]
    pub sources: Option<Vec<String>>,
    #[schema(value_type = Option<schema::Language>)]
    pub language: Option<Language>,
    #[schema(value_type = Option<schema::Style>)]
    pub style: Option<Style>,
    #[schema(minimum = 1, maximum = 120)]
    pub minutes: Option<u32>,
    /// Null: as many as fit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 50)]
    pub max_articles: Option<Option<u32>>,
    #[schema(value_type = Option<schema::FilterNode>)]
    pub filter: Option<Filter>,
    pub schedule: Option<ScheduleChange>,
    /// Null: this service makes the programs again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<NewExternal>)]
    pub external: Option<Option<NewExternal>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleChange {
    #[schema(value_type = Option<schema::Days>)]
    pub days: Option<Days>,
    #[schema(value_type = Option<schema::LocalTime>)]
    pub ready_by: Option<LocalTime>,
    #[schema(value_type = Option<schema::Zone>)]
    pub zone: Option<Zone>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Vacations {
    #[schema(max_items = 50)]
    pub vacations: Vec<NewVacation>,
}

/// Local dates without programs, both ends included.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVacation {
    #[schema(value_type = schema::Day)]
    pub from: Date,
    #[schema(value_type = schema::Day)]
    pub to: Date,
}

impl Vacations {
    pub fn read(self) -> Result<Vec<Vacation>, Refused> {
        if self.vacations.len() > MOST_VACATIONS {
            return Err(Refused::field("vacations", format_args!("at most {MOST_VACATIONS}")));
        }
        let read = |(place, one): (usize, NewVacation)| {
            Vacation::new(one.from, one.to)
                .map_err(|cause| Refused::field(format!("vacations[{place}]"), cause))
        };
        self.vacations.into_iter().enumerate().map(read).collect()
    }
}

/// Names what a feed is wished to be: it stays until that is changed.
pub fn etag(feed: &Row, sources: &[Source]) -> HeaderValue {
    let Row { id, name, language, style, minutes, max_articles, filter, schedule, external, .. } = feed;
    let sources: BTreeSet<SourceId> = sources.iter().map(|source| source.id).collect();
    let wish = serde_json::json!([
        id,
        name,
        language,
        style,
        minutes,
        max_articles,
        filter,
        schedule,
        external,
        sources
    ]);
    let hash = blake3::hash(wish.to_string().as_bytes()).to_hex();
    HeaderValue::from_str(&format!("\"{}\"", &hash[..32])).expect("hex digits are a header")
}

/// The feed, if it is the caller's and what they saw of it still is.
fn agreed(
    caller: Caller,
    headers: &HeaderMap,
    found: Option<(Row, Vec<Source>)>,
) -> Result<(Row, Vec<Source>), Refused> {
    let (feed, sources) =
        found.filter(|(feed, _)| feed.listener == caller.listener).ok_or(Refused::Missing("feed"))?;
    let Some(seen) = headers.get(header::IF_MATCH) else { return Ok((feed, sources)) };
    let etag = etag(&feed, &sources);
    let list = seen.to_str().unwrap_or_default();
    let stands = list.trim() == "*" || list.split(',').any(|seen| seen.trim().as_bytes() == etag.as_bytes());
    if stands { Ok((feed, sources)) } else { Err(Refused::Changed) }
}

pub async fn update(
    api: &Api,
    caller: Caller,
    id: FeedId,
    headers: &HeaderMap,
    change: FeedChange,
) -> Result<(), Refused> {
    super::found(api, caller, id).await?;
    let new_sources = match change.sources {
        Some(named) => Some(wanted(api, caller, named).await?),
        None => None,
    };
    let external = change.external.map(|new| new.map(|new| new.read(api)).transpose()).transpose()?;
    let now = api.now();
    let mut tx = api.store.begin().await?;
    let (mut feed, before) = agreed(caller, headers, tx.lock_feed(id).await?)?;
    let had = plan::wish(&feed, before.len());
    if let Some(written) = &change.name {
        feed.name = name(written)?;
    }
    if let Some(wished) = change.minutes {
        feed.minutes = minutes(wished)?;
    }
    if let Some(most) = change.max_articles {
        feed.max_articles = most.map(articles).transpose()?;
    }
    feed.language = change.language.unwrap_or(feed.language);
    feed.style = change.style.unwrap_or(feed.style);
    feed.filter = change.filter.unwrap_or(feed.filter);
    feed.external = external.unwrap_or(feed.external);
    let mut asked = plan::wish(&feed, new_sources.as_ref().map_or(before.len(), Vec::len));
    asked.days = change.schedule.as_ref().and_then(|new| new.days).unwrap_or(asked.days);
    plan::check_change(api, caller, &had, &asked).await?;
    tx.update_feed(&feed, now).await?;
    if let Some(wanted) = new_sources {
        let ids = taken(api, &mut tx, caller, wanted, now).await?;
        let gone: Vec<SourceId> =
            before.iter().map(|source| source.id).filter(|id| !ids.contains(id)).collect();
        tx.unfollow(id, &gone).await?;
        tx.follow(id, &ids).await?;
    }
    if let Some(new) = change.schedule {
        tx.reschedule(id, |of| new.put_into(of), now).await?;
    }
    tx.audit(now, &caller.signature(), "feed.change", &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

impl ScheduleChange {
    fn put_into(self, schedule: &mut Schedule) {
        schedule.days = self.days.unwrap_or(schedule.days);
        schedule.ready_by = self.ready_by.unwrap_or(schedule.ready_by);
        if let Some(zone) = self.zone {
            schedule.zone = zone;
        }
    }
}

pub async fn remove(api: &Api, caller: Caller, id: FeedId, headers: &HeaderMap) -> Result<(), Refused> {
    let now = api.now();
    let mut tx = api.store.begin().await?;
    agreed(caller, headers, tx.lock_feed(id).await?)?;
    tx.delete_feed(id, "its feed was deleted", now).await?;
    tx.audit(now, &caller.signature(), "feed.delete", &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}

/// A pause that goes on goes on from when it began.
pub async fn pause(api: &Api, caller: Caller, id: FeedId) -> Result<(), Refused> {
    let now = at(api.now());
    let pause = |of: &mut Schedule| of.paused_since = of.paused_since.or(Some(now));
    reschedule(api, caller, id, "feed.pause", pause).await
}

pub async fn resume(api: &Api, caller: Caller, id: FeedId) -> Result<(), Refused> {
    reschedule(api, caller, id, "feed.resume", |of| of.paused_since = None).await
}

/// The date that is left out: the next that is not in production.
pub async fn leave_out_next(api: &Api, caller: Caller, id: FeedId) -> Result<Date, Refused> {
    let feed = super::found(api, caller, id).await?;
    let free = api.store.next_free_slot(&feed, api.now()).await?;
    let none = "there is no program to leave out: it is paused, or all are in production";
    let date = free.ok_or_else(|| Refused::Conflict(none.into()))?;
    let skip = |of: &mut Schedule| {
        of.skip.insert(date);
    };
    reschedule(api, caller, id, "feed.skip", skip).await?;
    Ok(date)
}

pub async fn take_vacations(
    api: &Api,
    caller: Caller,
    id: FeedId,
    vacations: Vec<Vacation>,
) -> Result<(), Refused> {
    reschedule(api, caller, id, "feed.vacations", |of| of.vacations = vacations).await
}

/// Puts another schedule of the caller's into force.
async fn reschedule(
    api: &Api,
    caller: Caller,
    id: FeedId,
    action: &str,
    change: impl FnOnce(&mut Schedule) + Send,
) -> Result<(), Refused> {
    let now = api.now();
    let mut tx = api.store.begin().await?;
    agreed(caller, &HeaderMap::new(), tx.lock_feed(id).await?)?;
    tx.reschedule(id, change, now).await?;
    tx.audit(now, &caller.signature(), action, &id.to_string(), "{}").await?;
    Ok(tx.commit().await?)
}
