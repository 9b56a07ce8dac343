//! Upkeep: forgets what is over, a little at a time, so that tables stay as small as what they are for.

use crate::{
    accounts, billing,
    config::Retention,
    jobs::{Room, SECOND},
    retention::{self, bounds},
    service::Stop,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use store::StoreError;

/// Rows of each sort in one step.
const STEP: u32 = 2_000;
const DAY: i64 = 86_400 * SECOND;
/// Between two steps while there is something to forget, and when there was nothing.
const BUSY: Duration = Duration::from_secs(2);
const IDLE: Duration = Duration::from_secs(60);

/// A making whose lease is over for so long is nobody's; nothing is lost with its row, whoever begins anew.
const ABANDONED_AFTER: i64 = 30 * SECOND;

/// Forgets, until told to stop. Every node may.
pub async fn forget(room: Arc<Room>, retention: &Retention, stop: Stop) {
    let mut told = std::pin::pin!(stop.told());
    loop {
        let pause = match step(&room, retention).await {
            Ok(0) => IDLE,
            Ok(forgotten) => {
                tracing::debug!(forgotten, "rows that are over were forgotten");
                BUSY
            }
            Err(error) => {
                tracing::warn!(%error, "what is over could not be forgotten; it is tried again");
                IDLE
            }
        };
        tokio::select! {
            () = &mut told => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// What changes by time alone: plans that are over, and those that begin. How many listeners that was so for.
pub async fn pass_time(room: &Room) -> Result<u64, StoreError> {
    let now = room.clock.now();
    let listeners = room.store.changing(now, STEP).await?;
    let mut passed = 0;
    for listener in listeners.into_iter().collect::<BTreeSet<_>>() {
        let mut tx = room.store.begin().await?;
        tx.pass_time(listener, &room.rules.offer.terms(), now).await?;
        tx.commit().await?;
        passed += 1;
    }
    Ok(passed)
}

async fn step(room: &Room, retention: &Retention) -> Result<u64, StoreError> {
    let now = room.clock.now();
    let attempts_before = now - i64::from(retention.attempts_days) * DAY;
    let articles_before = now - i64::try_from(room.rules.memory.as_micros()).unwrap_or(i64::MAX);
    let passed = pass_time(room).await? + billing::look_after(room).await?;
    let messages = room.store.prune_messages(attempts_before, STEP).await?;
    let jobs = room.store.prune_jobs(attempts_before, STEP).await?;
    let demand = room.store.prune_demand(now - DAY, STEP).await?;
    let articles = room.store.prune_articles(articles_before, STEP).await?;
    let sources = room.store.prune_sources(articles_before, STEP).await?;
    let keys = room.store.prune_keys(now - 2 * DAY).await?;
    let told = room.store.prune_deliveries(attempts_before, STEP).await?;
    let doors = accounts::forget(room, now).await?;
    let swept = retention::sweep(&room.store, &room.narrator.shelf.media, &bounds(retention, now)).await?;
    room.store.abandon_artifacts(now - ABANDONED_AFTER).await?;
    let mut calls = 0;
    for provider in room.store.providers(now).await? {
        room.store.lapse_calls(&provider.name, now).await?;
        calls += room.store.prune_calls(&provider.name, attempts_before, STEP).await?;
    }
    Ok(passed
        + swept.total()
        + messages
        + calls
        + keys
        + doors
        + told
        + jobs.attempts
        + jobs.cancelled
        + jobs.discarded
        + demand
        + articles
        + sources)
}
