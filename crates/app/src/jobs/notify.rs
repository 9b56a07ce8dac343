//! Notify: a batch's ready-by has come, or a program of it came later. Listeners are told of what is there, each of
//! their channels once; what the batch has come to is counted, once; when nothing is left to do, it is closed, and
//! operators are told how it went.

use super::{Room, SECOND, Trouble};
use crate::clock::timestamp;
use crate::metrics::{self, Due};
use domain::{BatchId, DeliveryId, OccurrenceState, channel::About};
use queue::{Micros, Outcome};
use store::{
    Legible,
    batches::{Batch, Progress},
    tellings::{Telling, Untold},
};

/// Tellings that are noted in one transaction.
const CHUNK: u32 = 500;
/// What could be heard so long before is no news.
const NEWS: Micros = 48 * 3_600 * SECOND;

pub async fn notify(room: &Room, batch: BatchId) -> Result<Outcome, Trouble> {
    let Some(batch) = room.store.batch(batch).await? else {
        return Ok(Outcome::Skip("its batch is gone".into()));
    };
    let now = room.clock.now();
    if now < batch.ready_by {
        return Ok(Outcome::Snooze(batch.ready_by));
    }
    if batch.planned_at.is_none() {
        return Ok(Outcome::Snooze(now + SECOND));
    }
    let outcomes = room.store.batch_outcomes(batch.id).await?;
    let mut tx = room.store.begin().await?;
    let first = tx.count_batch(batch.id, now).await?;
    tx.commit().await?;
    if first {
        for (state, in_time, total) in outcomes {
            if let Some(outcome) = due(state, in_time) {
                metrics::occurrences_due(outcome, total);
            }
        }
    }
    announce(room, batch.id).await?;
    Ok(Outcome::Done)
}

/// Has listeners told of the batch's programs that nobody was told of yet.
async fn announce(room: &Room, batch: BatchId) -> Result<(), Trouble> {
    let mut from = None;
    loop {
        let now = room.clock.now();
        let Legible { rows, broken } = room.store.untold(batch, from, now - NEWS, CHUNK).await?;
        for (channel, error) in &broken {
            room.alerts.raise("broken_channel", &channel.to_string(), &format!("channel {channel}: {error}"));
        }
        let Some(last) = rows.last() else { return Ok(()) };
        from = Some(last.occurrence);
        let tellings: Vec<Telling> = rows.iter().map(|untold| telling(room, untold, now)).collect();
        let mut tx = room.store.begin().await?;
        tx.tell(&tellings, now).await?;
        tx.commit().await?;
        if rows.len() + broken.len() < CHUNK as usize {
            return Ok(());
        }
    }
}

fn telling(room: &Room, untold: &Untold, now: Micros) -> Telling {
    let send_at = untold.settings.send_at(&untold.ready);
    Telling {
        channel: untold.channel,
        listener: untold.listener,
        subject: untold.occurrence.to_string(),
        bundle: untold.settings.bundle(send_at),
        send_at: send_at.as_microsecond(),
        notice: None,
        delivery: DeliveryId::born(now, room.chance()),
    }
}

/// What an occurrence had come to when it was due; nothing of those called off.
const fn due(state: OccurrenceState, in_time: bool) -> Option<Due> {
    match state {
        OccurrenceState::Published if in_time => Some(Due::OnTime),
        OccurrenceState::Published | OccurrenceState::Open | OccurrenceState::Selected => Some(Due::Late),
        OccurrenceState::Skipped => Some(Due::Skipped),
        OccurrenceState::Missed => Some(Due::Missed),
        OccurrenceState::Failed => Some(Due::Failed),
        OccurrenceState::Cancelled => None,
    }
}

/// Closes a batch of which nothing is left to do, and learns from it.
pub(super) async fn close(room: &Room, batch: &Batch, progress: &Progress) -> Result<(), Trouble> {
    let desks = room.store.desks(About::Batches).await?;
    let now = room.clock.now();
    let mut tx = room.store.begin().await?;
    let closed = tx.close_batch(batch.id, now).await?;
    if closed && batch.request.is_none() {
        let summary = |desk: store::channels::Desk| {
            let send_at = desk.settings.summary_at(timestamp(now));
            Telling {
                channel: desk.channel,
                listener: desk.listener,
                subject: batch.id.to_string(),
                bundle: desk.settings.bundle(send_at),
                send_at: send_at.as_microsecond(),
                notice: None,
                delivery: DeliveryId::born(now, room.chance()),
            }
        };
        tx.tell(&desks.into_iter().map(summary).collect::<Vec<_>>(), now).await?;
    }
    tx.commit().await?;
    room.newsstand.tidy(room.clock.now());
    if closed && batch.request.is_none() {
        let wanted = |kind: &str| progress.demand.get(kind).map_or(0, |(wanted, _)| *wanted);
        let made = progress.in_state(OccurrenceState::Published);
        room.learning.shared(made, wanted("segment"), wanted("phrase"));
    }
    Ok(())
}
