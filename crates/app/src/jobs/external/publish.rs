//! What becomes of an errand: a program, a good end without one, or another look.

use super::Progress;
use crate::{
    clock::timestamp,
    entitlement::receiving,
    jobs::{Facts, Room, Trouble, late_notice},
    metrics,
};
use domain::{
    OccurrenceId, OccurrenceState, ProgramId, Segment, SegmentKind, external::Delivered, forecast::Step,
};
use queue::{Micros, OnDuplicate, Outcome};
use std::time::Duration;
use store::{external::Errand, occurrences::Ended, programs};

pub async fn external(room: &Room, facts: &Facts, occurrence: OccurrenceId) -> Result<Outcome, Trouble> {
    match room.outside.go_on(occurrence, facts.due_at).await? {
        Progress::Delivered(errand, delivered) => publish(room, &errand, *delivered).await,
        Progress::Waits(until) => Ok(Outcome::Snooze(until.as_microsecond())),
        Progress::Over(why) => Ok(Outcome::Skip(why)),
        Progress::Nothing(reason) => skip(room, occurrence, reason).await,
    }
}

async fn publish(room: &Room, errand: &Errand, delivered: Delivered) -> Result<Outcome, Trouble> {
    let now = room.clock.now();
    let receiving = receiving(room, std::iter::once(errand.listener), now).await?;
    let expires_at = match receiving.get(&errand.listener) {
        Some(Ok(expires_at)) => *expires_at,
        Some(Err(reason)) => return skip(room, errand.occurrence, reason.clone()).await,
        None => return Ok(Outcome::Skip("its listener is gone".to_owned())),
    };
    let program = program(ProgramId::born(now, room.chance()), errand, delivered, now, expires_at);
    let mut tx = room.store.begin().await?;
    // Heard articles are the generator's to remember: it names none.
    let published = tx.publish(&program, &[], now).await?;
    let batch = tx.batch_of(errand.occurrence).await?.filter(|_| published);
    let notice = batch.and_then(|batch| late_notice(batch, errand.ready_by, now));
    tx.enqueue(notice.as_slice(), OnDuplicate::Keep, now).await?;
    tx.commit().await?;
    if !published {
        return Ok(Outcome::Skip("it has its program, or was called off".to_owned()));
    }
    metrics::occurrence_ready(timestamp(errand.ready_by), timestamp(now));
    if let Some(exchange) = &errand.exchange {
        let took = now.saturating_sub(exchange.asked_at.as_microsecond());
        let took = Duration::from_micros(u64::try_from(took).unwrap_or(0));
        room.learning.took(Step::External, took, room.now());
    }
    Ok(Outcome::Done)
}

async fn skip(room: &Room, id: OccurrenceId, reason: String) -> Result<Outcome, Trouble> {
    let ended = Ended { id, state: OccurrenceState::Skipped, reason: reason.clone() };
    let mut tx = room.store.begin().await?;
    tx.end_occurrences(&[ended], room.clock.now()).await?;
    tx.commit().await?;
    Ok(Outcome::Skip(reason))
}

fn program(
    id: ProgramId,
    errand: &Errand,
    delivered: Delivered,
    now: Micros,
    expires_at: Micros,
) -> programs::Program {
    let document = document(errand, &delivered);
    programs::Program {
        id,
        occurrence: errand.occurrence,
        listener: errand.listener,
        feed: errand.feed,
        title: document.title.clone(),
        language: document.language,
        edition: document.edition,
        reason: document.reason.clone(),
        duration_ms: document.duration_ms,
        bytes: document.bytes,
        document,
        manifest: delivered.manifest(),
        // None of them is an artifact of ours.
        parts: Vec::new(),
        visible_at: now,
        expires_at,
    }
}

fn document(errand: &Errand, delivered: &Delivered) -> domain::Program {
    domain::Program {
        title: delivered.title.clone(),
        language: errand.language,
        edition: delivered.edition,
        reason: delivered.reason.clone(),
        duration_ms: delivered.audio.duration_ms,
        bytes: delivered.audio.bytes,
        loudness_lufs: None,
        segments: segments(delivered),
    }
}

/// A chapter lasts until the next begins.
fn segments(delivered: &Delivered) -> Vec<Segment> {
    let starts = delivered.chapters.iter().map(|chapter| chapter.start_ms);
    let ends = starts.skip(1).chain([delivered.audio.duration_ms]);
    let segment = |(chapter, end_ms): (&domain::external::Chapter, u64)| Segment {
        kind: SegmentKind::Article,
        title: chapter.title.clone(),
        url: chapter.url.as_ref().map(ToString::to_string),
        start_ms: chapter.start_ms,
        end_ms,
        text: String::new(),
        cues: Vec::new(),
    };
    delivered.chapters.iter().zip(ends).map(segment).collect()
}
