//! What a new feed is to be.

use crate::api::{
    Api,
    body::some_words,
    caller::Caller,
    plan,
    refused::Refused,
    schema,
    sources::{added, found, vet},
};
use domain::{
    FeedId, Language, Schedule, SourceId, Style,
    external::{Generator, SetBy, SigningSecret},
    schedule::{Days, LocalTime, Standing, Zone},
    select::Filter,
};
use net::{Url, webhook::Secrets};
use serde::Deserialize;
use store::{Micros, Tx, feeds::Feed as Row};
use utoipa::ToSchema;

const MOST_NAME: usize = 100;
const MOST_SOURCES: usize = 50;
const MOST_MINUTES: u32 = 120;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFeed {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Ids of your sources, or addresses.
    #[schema(min_items = 1, max_items = 50)]
    pub sources: Vec<String>,
    /// Yours, when not given.
    #[schema(value_type = Option<schema::Language>)]
    pub language: Option<Language>,
    #[serde(default)]
    #[schema(value_type = Option<schema::Style>)]
    pub style: Style,
    #[serde(default = "usual_minutes")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 120)]
    pub minutes: u32,
    #[schema(minimum = 1, maximum = 50)]
    pub max_articles: Option<u32>,
    #[serde(default)]
    #[schema(value_type = Option<schema::FilterNode>)]
    pub filter: Filter,
    pub schedule: NewSchedule,
    pub external: Option<NewExternal>,
}

/// When programs are to be ready.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// Every day, when not given.
    #[serde(default = "daily")]
    #[schema(value_type = Option<schema::Days>)]
    pub days: Days,
    #[schema(value_type = schema::LocalTime)]
    pub ready_by: LocalTime,
    /// Yours, when not given.
    #[schema(value_type = Option<schema::Zone>)]
    pub zone: Option<Zone>,
}

/// A service that makes the programs instead of this one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExternal {
    #[schema(format = "uri")]
    pub url: String,
    /// One, `whsec_…`, or two while one replaces the other.
    #[schema(min_items = 1, max_items = 2)]
    pub secrets: Vec<String>,
}

const fn usual_minutes() -> u32 {
    10
}

const fn daily() -> Days {
    Days::DAILY
}

/// A source that is named: by the id of one of the caller's, or by an address.
pub enum Wanted {
    Own(SourceId),
    At { field: String, address: String },
}

pub async fn create(api: &Api, caller: Caller, new: NewFeed) -> Result<Row, Refused> {
    let listener = api.store.listener(caller.listener).await?.ok_or(Refused::Unknown)?;
    let now = api.now();
    let NewSchedule { days, ready_by, zone } = new.schedule;
    let feed = Row {
        id: FeedId::born(now, api.chance()),
        listener: caller.listener,
        name: name(&new.name)?,
        language: new.language.unwrap_or(listener.language),
        style: new.style,
        minutes: minutes(new.minutes)?,
        max_articles: new.max_articles.map(articles).transpose()?,
        filter: new.filter,
        schedule: Schedule::new(days, ready_by, zone.unwrap_or(listener.zone)),
        external: new.external.map(|external| external.read(api)).transpose()?,
        standing: Standing::default(),
    };
    let wanted = wanted(api, caller, new.sources).await?;
    let mut tx = api.store.begin().await?;
    plan::check_new(api, &mut tx, caller, &plan::wish(&feed, wanted.len())).await?;
    let sources = taken(api, &mut tx, caller, wanted, now).await?;
    tx.add_feed(&feed, now).await?;
    tx.follow(feed.id, &sources).await?;
    let detail = serde_json::json!({ "listener": caller.listener });
    tx.audit(now, &caller.signature(), "feed.add", &feed.id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    Ok(feed)
}

pub fn name(written: &str) -> Result<String, Refused> {
    some_words("name", written, MOST_NAME)
}

pub fn minutes(minutes: u32) -> Result<u32, Refused> {
    match minutes {
        1..=MOST_MINUTES => Ok(minutes),
        _ => Err(Refused::field("minutes", format_args!("from 1 to {MOST_MINUTES}"))),
    }
}

pub fn articles(articles: u32) -> Result<u32, Refused> {
    match articles {
        1..=domain::plan::MOST_ARTICLES => Ok(articles),
        _ => Err(Refused::field("max_articles", format_args!("from 1 to {}", domain::plan::MOST_ARTICLES))),
    }
}

/// What is named, looked at before anything is changed.
pub async fn wanted(api: &Api, caller: Caller, named: Vec<String>) -> Result<Vec<Wanted>, Refused> {
    if !(1..=MOST_SOURCES).contains(&named.len()) {
        return Err(Refused::field("sources", format_args!("from 1 to {MOST_SOURCES} of them")));
    }
    let mut wanted = Vec::with_capacity(named.len());
    for (place, named) in named.into_iter().enumerate() {
        let field = format!("sources[{place}]");
        wanted.push(match named.parse::<SourceId>() {
            Ok(id) => {
                let theirs = found(api, caller, id).await;
                theirs.map_err(|refused| match refused {
                    Refused::Missing(_) => Refused::field(&field, "you have no such source"),
                    other => other,
                })?;
                Wanted::Own(id)
            }
            Err(_) => {
                vet(api, &field, &named)?;
                Wanted::At { field, address: named }
            }
        });
    }
    Ok(wanted)
}

/// Their ids; those that were not known are from now on, and kept at hand.
pub async fn taken(
    api: &Api,
    tx: &mut Tx,
    caller: Caller,
    wanted: Vec<Wanted>,
    now: Micros,
) -> Result<Vec<SourceId>, Refused> {
    let mut ids = Vec::with_capacity(wanted.len());
    for one in wanted {
        let id = match one {
            Wanted::Own(id) => id,
            Wanted::At { field, address } => added(api, tx, &field, &address, now).await?,
        };
        tx.keep_source(caller.listener, id, None, now).await?;
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

impl NewExternal {
    /// As `feeds.external` holds it.
    pub fn read(self, api: &Api) -> Result<String, Refused> {
        let url: Url = self.url.parse().map_err(|cause| Refused::field("external.url", cause))?;
        api.client.vet(&url).map_err(|cause| Refused::field("external.url", cause))?;
        Secrets::parse(self.secrets.iter().map(String::as_str))
            .map_err(|cause| Refused::field("external.secrets", cause))?;
        let secrets = self.secrets.into_iter().map(SigningSecret::new).collect();
        let generator = Generator::new(url, SetBy::Listener, secrets);
        let generator = generator.map_err(|cause| Refused::field("external", cause))?;
        Ok(serde_json::json!(generator).to_string())
    }
}
