//! `admin feed token`: who may read which podcast. Unlike those of the API these can be shown again: the address is
//! what a listener gives to an app.

use super::{Operator, at, feed, listener, none};
use crate::{
    cli::admin::{FeedToken as Wish, Whose},
    failure::Failure,
    table::{Table, when},
};
use domain::{FeedId, FeedTokenId, ListenerId};
use jiff::Timestamp;
use queue::Micros;
use serde::Serialize;
use serde_json::json;
use store::feed_tokens::{FeedTokenRow, NewFeedToken};
use web::podcast::Addresses;

const DAY: Micros = 86_400 * 1_000_000;

#[derive(Serialize)]
struct Shown {
    id: FeedTokenId,
    listener: ListenerId,
    /// `null`: all feeds of the listener.
    feed: Option<FeedId>,
    label: String,
    /// `null`: it is good no more.
    podcast_url: Option<String>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Revoked {
    id: FeedTokenId,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::List(whose) => list(operator, whose).await,
        Wish::Add { whose, label, days } => add(operator, whose, label, days).await,
        Wish::Rotate { id } => rotate(operator, id).await,
        Wish::Revoke { id } => revoke(operator, id).await,
    }
}

async fn list(operator: &Operator, whose: Whose) -> Result<(), Failure> {
    let (listener, feed) = named(operator, whose).await?;
    let rows = match feed {
        Some(feed) => operator.store.feed_tokens_of_feed(feed).await?,
        None => operator.store.feed_tokens_of_listener(listener).await?,
    };
    let (addresses, now) = (operator.addresses()?, operator.now());
    let tokens: Vec<Shown> = rows.into_iter().map(|row| shown(&addresses, row, now)).collect();
    operator.say(&tokens, table(&tokens))
}

async fn add(operator: &Operator, whose: Whose, label: String, days: Option<u32>) -> Result<(), Failure> {
    let (listener, feed) = named(operator, whose).await?;
    let now = operator.now();
    let id = FeedTokenId::born(now, operator.office().chance());
    let expires_at = days.map(|days| now.saturating_add(i64::from(days) * DAY));
    let new = NewFeedToken { id, listener, feed, label, expires_at };
    let mut tx = operator.store.begin().await?;
    tx.add_feed_token(&new, now).await?;
    let detail = json!({ "listener": listener, "feed": feed, "days": days });
    tx.audit(now, &operator.name(), "feed_token.add", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    say_url(operator, id)
}

async fn rotate(operator: &Operator, id: FeedTokenId) -> Result<(), Failure> {
    let now = operator.now();
    let new = FeedTokenId::born(now, operator.office().chance());
    let mut tx = operator.store.begin().await?;
    if !tx.rotate_feed_token(id, new, now).await? {
        return Err(no_token(id));
    }
    let detail = json!({ "new": new });
    tx.audit(now, &operator.name(), "feed_token.rotate", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    say_url(operator, new)
}

async fn revoke(operator: &Operator, id: FeedTokenId) -> Result<(), Failure> {
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    if !tx.revoke_feed_token(id, now).await? {
        return Err(no_token(id));
    }
    tx.audit(now, &operator.name(), "feed_token.revoke", &id.to_string(), "{}").await?;
    tx.commit().await?;
    operator.say(&Revoked { id }, format_args!("token {id} is good no more"))
}

fn say_url(operator: &Operator, id: FeedTokenId) -> Result<(), Failure> {
    let podcast_url = operator.addresses()?.feed(id);
    operator.say(&json!({ "id": id, "podcast_url": podcast_url }), &podcast_url)
}

fn no_token(id: FeedTokenId) -> Failure {
    none(format!("token {id} that is good"), "feed token list --feed ID")
}

async fn named(operator: &Operator, whose: Whose) -> Result<(ListenerId, Option<FeedId>), Failure> {
    match (whose.feed, whose.listener) {
        (Some(id), _) => {
            let feed = feed::found(operator, id).await?;
            Ok((feed.listener, Some(id)))
        }
        (None, Some(id)) => Ok((listener::found(operator, id).await?.id, None)),
        // The command line asks for one of the two.
        (None, None) => Err(none("feed", "feed list --listener ID")),
    }
}

fn shown(addresses: &Addresses, row: FeedTokenRow, now: Micros) -> Shown {
    let is_good = row.revoked_at.is_none() && row.expires_at.is_none_or(|over| over > now);
    Shown {
        id: row.id,
        listener: row.listener,
        feed: row.feed,
        label: row.label,
        podcast_url: is_good.then(|| addresses.feed(row.id)),
        created_at: at(row.created_at),
        expires_at: row.expires_at.map(at),
        last_used_at: row.last_used_at.map(at),
        revoked_at: row.revoked_at.map(at),
    }
}

fn table(tokens: &[Shown]) -> String {
    let row = |one: &Shown| {
        let instant = |at: Option<Timestamp>| at.map(|at| when(at.as_microsecond())).unwrap_or_default();
        let stands = match (&one.podcast_url, one.revoked_at) {
            (Some(url), _) => url.clone(),
            (None, Some(_)) => "revoked".to_owned(),
            (None, None) => "over".to_owned(),
        };
        [
            one.id.to_string(),
            one.feed.map_or_else(|| "all".to_owned(), |feed| feed.to_string()),
            one.label.clone(),
            instant(one.last_used_at),
            stands,
        ]
    };
    let head = ["id", "feed", "label", "last used", "podcast"];
    Table::new(head, tokens.iter().map(row)).to_string()
}
