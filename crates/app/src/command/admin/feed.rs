//! `admin feed`: listeners' wishes for programs.

use super::{Operator, feed_token, listener, none, source};
use crate::{
    cli::admin::{Feed as Wish, NewFeed},
    clock::{Chance, new_token, timestamp},
    failure::{Failure, Kind},
    request::{self, Refused},
    table::Table,
};
use domain::{
    BatchId, FeedId, FeedTokenId, Language, ListenerId, OccurrenceId, OccurrenceState, Schedule, SourceId,
    Style,
    schedule::{Preview, Standing},
    select::Filter,
};
use jiff::civil::Date;
use serde::Serialize;
use store::{feed_tokens::NewFeedToken, feeds::Feed};

/// Next programs that are shown.
const NEXT: usize = 5;

#[derive(Serialize)]
struct Shown {
    id: FeedId,
    listener: ListenerId,
    name: String,
    language: Language,
    style: Style,
    minutes: u32,
    max_articles: Option<u32>,
    filter: Filter,
    schedule: Schedule,
    paused: bool,
    /// For a podcast app; `null`: all of its tokens were revoked.
    podcast_url: Option<String>,
    sources: Vec<source::Shown>,
    next_runs: Vec<Preview>,
}

#[derive(Serialize)]
struct Skipped {
    local_date: Date,
    feed: Shown,
}

#[derive(Serialize)]
struct Requested {
    occurrence: OccurrenceId,
    batch: BatchId,
    state: OccurrenceState,
    local_date: Date,
    /// `false`: it was asked for before by the same key.
    is_new: bool,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::Add(new) => add(operator, *new).await,
        Wish::List { listener } => list(operator, listener).await,
        Wish::Show { feed } => show(operator, feed).await,
        Wish::Token(wish) => feed_token::run(operator, wish).await,
        Wish::Pause { feed } => {
            let now = timestamp(operator.now());
            // A pause that goes on goes on from when it began.
            let pause = |schedule: &mut Schedule| schedule.paused_since = schedule.paused_since.or(Some(now));
            reschedule(operator, feed, "feed.pause", pause).await
        }
        Wish::Resume { feed } => {
            reschedule(operator, feed, "feed.resume", |schedule| schedule.paused_since = None).await
        }
        Wish::SkipNext { feed } => skip_next(operator, feed).await,
        Wish::MakeNow { feed, key } => make_now(operator, feed, key).await,
    }
}

async fn add(operator: &Operator, new: NewFeed) -> Result<(), Failure> {
    let listener = listener::found(operator, new.listener).await?;
    let now = operator.now();
    let feed = Feed {
        id: FeedId::born(now, operator.office().chance()),
        listener: listener.id,
        name: new.name,
        language: new.language.unwrap_or(listener.language),
        style: new.style.into(),
        minutes: new.minutes,
        max_articles: new.articles,
        filter: new.filter.unwrap_or_else(Filter::everything),
        schedule: Schedule::new(new.days, new.at, new.zone.unwrap_or(listener.zone)),
        external: None,
        standing: Standing::default(),
    };
    let mut tx = operator.store.begin().await?;
    let mut sources: Vec<SourceId> = Vec::with_capacity(new.sources.len());
    for address in &new.sources {
        sources.push(source::added(operator, &mut tx, address, now).await?.id);
    }
    tx.add_feed(&feed, now).await?;
    tx.follow(feed.id, &sources).await?;
    tx.add_feed_token(&first_token(operator, &feed), now).await?;
    let detail = serde_json::json!({ "listener": listener.id });
    tx.audit(now, &operator.name(), "feed.add", &feed.id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    let id = feed.id;
    let shown = shown(operator, feed).await?;
    operator.say(&shown, id)
}

fn first_token(operator: &Operator, feed: &Feed) -> NewFeedToken {
    NewFeedToken {
        id: FeedTokenId::born(operator.now(), operator.office().chance()),
        listener: feed.listener,
        feed: Some(feed.id),
        label: String::new(),
        expires_at: None,
    }
}

async fn show(operator: &Operator, id: FeedId) -> Result<(), Failure> {
    let feed = shown(operator, found(operator, id).await?).await?;
    let url =
        feed.podcast_url.as_deref().unwrap_or("none: its tokens were revoked; see `admin feed token add`");
    let podcast = format!("podcast: {url}");
    operator.say(&feed, format_args!("{}\n{podcast}", table(std::slice::from_ref(&feed))))
}

async fn list(operator: &Operator, listener: ListenerId) -> Result<(), Failure> {
    listener::found(operator, listener).await?;
    let mut feeds = Vec::new();
    for feed in operator.store.feeds_of(listener).await? {
        feeds.push(shown(operator, feed).await?);
    }
    operator.say(&feeds, table(&feeds))
}

async fn shown(operator: &Operator, feed: Feed) -> Result<Shown, Failure> {
    let sources = operator.store.sources_of(feed.id).await?;
    let (now, chance) = (operator.now(), operator.office().chance());
    let token = operator.store.feed_token(feed.id, FeedTokenId::born(now, chance), now).await?;
    let addresses = operator.addresses()?;
    let next = feed.next_runs(timestamp(operator.now()), NEXT);
    Ok(Shown {
        id: feed.id,
        listener: feed.listener,
        name: feed.name,
        language: feed.language,
        style: feed.style,
        minutes: feed.minutes,
        max_articles: feed.max_articles,
        filter: feed.filter,
        paused: feed.schedule.paused_since.is_some(),
        podcast_url: token.map(|token| addresses.feed(token)),
        sources: sources.into_iter().map(source::shown).collect(),
        next_runs: next.iter().map(Preview::from).collect(),
        schedule: feed.schedule,
    })
}

pub(super) async fn found(operator: &Operator, id: FeedId) -> Result<Feed, Failure> {
    operator.store.feed(id).await?.ok_or_else(|| none(format!("feed {id}"), "feed list --listener ID"))
}

async fn reschedule(
    operator: &Operator,
    id: FeedId,
    action: &str,
    change: impl FnOnce(&mut Schedule) + Send,
) -> Result<(), Failure> {
    changed(operator, id, action, "{}", change).await?;
    let feed = shown(operator, found(operator, id).await?).await?;
    operator.say(&feed, next_line(&feed))
}

async fn changed(
    operator: &Operator,
    id: FeedId,
    action: &str,
    detail: &str,
    change: impl FnOnce(&mut Schedule) + Send,
) -> Result<(), Failure> {
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    if tx.reschedule(id, change, now).await?.is_none() {
        return Err(none(format!("feed {id}"), "feed list --listener ID"));
    }
    tx.audit(now, &operator.name(), action, &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// What is in production does not move: the first slot that is not is left out.
async fn skip_next(operator: &Operator, id: FeedId) -> Result<(), Failure> {
    let feed = found(operator, id).await?;
    let Some(local_date) = operator.store.next_free_slot(&feed, operator.now()).await? else {
        let message =
            format!("feed {id} has no program to leave out: it is paused, or all are in production");
        return Err(Failure::new(Kind::Other, message));
    };
    let detail = serde_json::json!({ "local_date": local_date }).to_string();
    let skip = |schedule: &mut Schedule| {
        schedule.skip.insert(local_date);
    };
    changed(operator, id, "feed.skip", &detail, skip).await?;
    let feed = shown(operator, found(operator, id).await?).await?;
    let line = format!("{local_date} is left out; {}", next_line(&feed));
    operator.say(&Skipped { local_date, feed }, line)
}

async fn make_now(operator: &Operator, feed: FeedId, key: Option<String>) -> Result<(), Failure> {
    let key = key.unwrap_or_else(|| new_token(&Chance).to_string());
    let made = request::make_now(operator.office(), feed, &key).await.map_err(|refused| match refused {
        Refused::NoFeed(_) | Refused::Plan(_) => Failure::new(Kind::Other, refused),
        Refused::BadKey => Failure::new(Kind::Usage, refused),
        Refused::Store(error) => error.into(),
    })?;
    let request::Answer { occurrence, batch, state, local_date, is_new } = made;
    if is_new {
        let (now, detail) = (operator.now(), serde_json::json!({ "occurrence": occurrence, "key": key }));
        let mut tx = operator.store.begin().await?;
        tx.audit(now, &operator.name(), "feed.make_now", &feed.to_string(), &detail.to_string()).await?;
        tx.commit().await?;
    }
    let said = Requested { occurrence, batch, state, local_date, is_new };
    operator.say(&said, format_args!("{occurrence} is {state}; see `mimiyori admin batches show {batch}`"))
}

fn next_line(feed: &Shown) -> String {
    match feed.next_runs.first() {
        Some(next) => format!("the next program is to be ready at {}", next.local),
        None if feed.paused => "no programs until it is resumed".to_owned(),
        None => "no programs are to come".to_owned(),
    }
}

fn table(feeds: &[Shown]) -> String {
    let row = |feed: &Shown| {
        [
            feed.id.to_string(),
            feed.name.clone(),
            feed.language.to_string(),
            feed.minutes.to_string(),
            feed.next_runs.iter().map(|next| next.local.clone()).collect::<Vec<_>>().join(" "),
            feed.sources.iter().map(|source| source.address.as_str()).collect::<Vec<_>>().join(" "),
        ]
    };
    let head = ["id", "name", "language", "minutes", "next programs", "sources"];
    Table::new(head, feeds.iter().map(row)).to_string()
}
