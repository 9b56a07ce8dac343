//! What a feed is wished to be, as forms ask for it: name, sources, days, time, zone, length, language, style.

use crate::{
    api::{
        export::all_sources,
        feeds::{
            change::{FeedChange, ScheduleChange},
            wish::{NewFeed, NewSchedule},
        },
        refused::Refused,
    },
    pages::{Fields, Pages, Signed, Wrong, time},
};
use domain::{
    Language, Style,
    schedule::{Days, LocalTime, Zone},
    select::Filter,
};
use std::str::FromStr;
use store::feeds::Feed;

/// What a form offers, and what is chosen in it.
#[derive(Clone, Debug)]
pub struct Choices {
    pub fields: Fields,
    pub wrong: Wrong,
    /// Id and title of each at hand.
    pub sources: Vec<(String, String)>,
    /// Name and label of each day.
    pub days: Vec<(&'static str, String)>,
}

pub const SHOWN: [&str; 9] =
    ["name", "sources", "days", "ready_by", "zone", "minutes", "max_articles", "language", "style"];

impl Choices {
    /// Of a feed that is not there yet.
    pub async fn new(pages: &Pages, signed: &Signed) -> Result<Self, Refused> {
        let t = signed.shell.t;
        let mut fields = Fields::default()
            .with("name", t.say("feed-usual-name"))
            .with("ready_by", "07:00")
            .with("zone", signed.listener.zone.as_written())
            .with("minutes", 10)
            .with("language", signed.listener.language.tag())
            .with("style", "single");
        for day in time::DAYS {
            fields = fields.with("days", day);
        }
        let choices = Self::typed(pages, signed, fields, Wrong::default()).await?;
        let mut fields = choices.fields;
        for (id, _) in &choices.sources {
            fields = fields.with("sources", id);
        }
        Ok(Self { fields, ..choices })
    }

    pub async fn of(pages: &Pages, signed: &Signed, feed: &Feed) -> Result<Self, Refused> {
        let mut fields = Fields::default()
            .with("name", &feed.name)
            .with("ready_by", feed.schedule.ready_by)
            .with("zone", feed.schedule.zone.as_written())
            .with("minutes", feed.minutes)
            .with("max_articles", feed.max_articles.map_or_else(String::new, |most| most.to_string()))
            .with("language", feed.language.tag())
            .with("style", style_name(feed.style));
        for day in feed.schedule.days.iter() {
            fields =
                fields.with("days", time::DAYS[usize::from(day.to_monday_zero_offset().unsigned_abs()) % 7]);
        }
        for source in pages.store().sources_of(feed.id).await? {
            fields = fields.with("sources", source.id);
        }
        Self::typed(pages, signed, fields, Wrong::default()).await
    }

    /// What was typed, as it was typed.
    pub async fn typed(
        pages: &Pages,
        signed: &Signed,
        fields: Fields,
        wrong: Wrong,
    ) -> Result<Self, Refused> {
        let t = signed.shell.t;
        let kept = all_sources(&pages.api, signed.caller).await?;
        let sources = kept.into_iter().map(|source| {
            let title = if source.title.is_empty() { source.address } else { source.title };
            (source.id.to_string(), title)
        });
        let days = (0..).zip(time::DAYS).map(|(place, day)| (day, time::weekday_name(t, place)));
        Ok(Self { fields, wrong, sources: sources.collect(), days: days.collect() })
    }

    pub fn above(&self) -> &str {
        self.wrong.elsewhere(&SHOWN)
    }
}

pub const fn style_name(style: Style) -> &'static str {
    match style {
        Style::Single => "single",
        Style::Dialogue => "dialogue",
    }
}

fn read<T: FromStr<Err: std::fmt::Display>>(fields: &Fields, name: &'static str) -> Result<T, Refused> {
    fields.get(name).trim().parse().map_err(|cause| Refused::field(name, cause))
}

fn days(fields: &Fields) -> Result<Days, Refused> {
    let named: Vec<&str> = fields.all("days").collect();
    named.join(",").parse().map_err(|cause| Refused::field("days", cause))
}

fn style(fields: &Fields) -> Result<Style, Refused> {
    let found =
        [Style::Single, Style::Dialogue].into_iter().find(|style| style_name(*style) == fields.get("style"));
    found.ok_or_else(|| Refused::field("style", "single or dialogue"))
}

/// Nothing: as many as fit.
fn most_articles(fields: &Fields) -> Result<Option<u32>, Refused> {
    fields.some("max_articles").map(|_| read(fields, "max_articles")).transpose()
}

pub fn new_feed(fields: &Fields) -> Result<NewFeed, Refused> {
    Ok(NewFeed {
        name: fields.get("name").to_owned(),
        sources: fields.all("sources").map(ToOwned::to_owned).collect(),
        language: Some(read::<Language>(fields, "language")?),
        style: style(fields)?,
        minutes: read(fields, "minutes")?,
        max_articles: most_articles(fields)?,
        filter: Filter::everything(),
        schedule: NewSchedule {
            days: days(fields)?,
            ready_by: read::<LocalTime>(fields, "ready_by")?,
            zone: Some(read::<Zone>(fields, "zone")?),
        },
        external: None,
    })
}

/// When programs are to be ready.
pub fn schedule_change(fields: &Fields) -> Result<FeedChange, Refused> {
    let schedule = ScheduleChange {
        days: Some(days(fields)?),
        ready_by: Some(read(fields, "ready_by")?),
        zone: Some(read(fields, "zone")?),
    };
    Ok(FeedChange { schedule: Some(schedule), ..FeedChange::default() })
}

/// What a feed is called and how it sounds.
pub fn sound_change(fields: &Fields) -> Result<FeedChange, Refused> {
    Ok(FeedChange {
        name: Some(fields.get("name").to_owned()),
        language: Some(read(fields, "language")?),
        style: Some(style(fields)?),
        minutes: Some(read(fields, "minutes")?),
        max_articles: Some(most_articles(fields)?),
        ..FeedChange::default()
    })
}

pub fn sources_change(fields: &Fields) -> FeedChange {
    FeedChange {
        sources: Some(fields.all("sources").map(ToOwned::to_owned).collect()),
        ..FeedChange::default()
    }
}
