//! The planner: opens the occurrences whose production window has come. Every node may tick at any time:
//! what one has planned, no other plans again.

mod lookout;
mod upkeep;

pub use lookout::{Lookout, Outlooks};
use lookout::{Minute, micros};
pub use upkeep::take_up_again;

use crate::{
    clock::timestamp,
    jobs::{Room, notify_job, select_job, sweep_job},
};
use domain::{
    BatchId, FeedId, OccurrenceId,
    occurrence::{Timeliness, due_at},
};
use jiff::SignedDuration;
use queue::{Lane, Micros, NewJob, OnDuplicate};
use store::{
    Legible, StoreError, Tx,
    batches::Batch,
    feeds::{Advance, DueFeed},
    occurrences::NewOccurrence,
};

/// Occurrences of one selecting job.
const SELECTED_TOGETHER: usize = 200;
/// What ids tell apart.
const MILLISECOND: Micros = 1_000;
/// Batches that are looked after at once: more than a day has minutes.
const MOST_BATCHES: u32 = 2_000;

/// What one tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    pub opened: u64,
    pub missed: u64,
}

/// When feeds are opened. Production goes by the forecast; the others are what is done without one, and are
/// there to be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    ByForecast,
    AtReadyBy,
    /// Evenly over a time from their ready-by on, by a planner that ticks so often.
    Spread {
        over: Micros,
        tick: Micros,
    },
}

impl Opening {
    /// How many of a minute's feeds are to be opened now; `fraction` of chance rounds.
    fn feeds(self, minute: &Minute, opens_at: Micros, now: Micros, fraction: f64) -> u64 {
        let late = now - minute.ready_by;
        match self {
            _ if minute.feeds == 0 => 0,
            Self::ByForecast if opens_at <= now || late >= 0 => u64::MAX,
            Self::AtReadyBy if late >= 0 => u64::MAX,
            Self::Spread { over, .. } if late >= over => u64::MAX,
            Self::Spread { over, tick } if late >= 0 => {
                let share = tick as f64 / (over - late + tick).max(1) as f64;
                match (minute.feeds as f64 * share + fraction) as u64 {
                    all if all >= minute.feeds => u64::MAX,
                    some => some,
                }
            }
            Self::ByForecast | Self::AtReadyBy | Self::Spread { .. } => 0,
        }
    }
}

/// One tick of the planner.
pub async fn tick(room: &Room) -> Result<Ticked, StoreError> {
    let now = room.clock.now();
    let mut ticked = Ticked::default();
    let outlooks = room.lookout.look(room, now).await?;
    let mut trouble = None;
    for (minute, outlook) in outlooks.minutes.iter().zip(&outlooks.forecast.outlooks) {
        let opens_at = outlook.opens_at.as_microsecond();
        let feeds = room.rules.opening.feeds(minute, opens_at, now, room.entropy.fraction());
        if feeds > 0 {
            // A minute that cannot be planned holds up no other.
            match open(room, minute, feeds, now).await {
                // Whoever is left of it waits for fresher news: that was seen.
                Ok(opened) if opened == Ticked::default() => {}
                Ok(opened) => {
                    room.lookout.forget();
                    ticked.opened += opened.opened;
                    ticked.missed += opened.missed;
                }
                Err(error) => {
                    room.lookout.forget();
                    trouble = trouble.or(Some(error));
                }
            }
        }
    }
    trouble.map_or(Ok(ticked), Err)
}

/// Opens so many feeds of one minute, chunk by chunk, each in one transaction.
async fn open(room: &Room, minute: &Minute, feeds: u64, now: Micros) -> Result<Ticked, StoreError> {
    let mut ticked = Ticked::default();
    let later: Vec<&str> = room
        .rules
        .plans
        .iter()
        .filter(|(_, plan)| minute.ready_by.saturating_sub(micros(plan.freshness)) > now)
        .map(|(name, _)| name.as_str())
        .collect();
    let batch = new_batch(room, minute, now);
    let mut left = feeds;
    let mut last = None;
    // A selecting job takes what lies between two ids, and ids of one millisecond lie anyhow: each chunk is born in
    // one of its own, so that none of its jobs takes what is another's.
    let mut born_at = now;
    while left > 0 {
        let mut tx = room.store.begin().await?;
        let chunk = u32::try_from(left).unwrap_or(u32::MAX).min(room.rules.chunk);
        let Legible { rows: feeds, broken } = tx.due_feeds(minute.ready_by, &later, last, chunk).await?;
        last = feeds.iter().map(|feed| feed.id).chain(broken.iter().map(|(id, _)| *id)).max();
        if !broken.is_empty() {
            park(room, &mut tx, &broken).await?;
        } else if feeds.is_empty() {
            // All of it is open, in another planner's hands, or to wait for fresher news.
            return Ok(ticked);
        }
        let id = tx.open_batch(&batch).await?;
        let Opened { occurrences, steps, missed } =
            opened(room, id, minute.ready_by, &feeds, Instants { now, born_at });
        born_at += MILLISECOND;
        let new = tx.open_occurrences(&occurrences, now).await?;
        tx.advance_feeds(&steps).await?;
        let mut jobs = selecting(id, &occurrences, batch.due_at);
        jobs.push(sweep_job(id, batch.due_at));
        jobs.push(notify_job(id, minute.ready_by));
        tx.enqueue(&jobs, OnDuplicate::Keep, now).await?;
        tx.commit().await?;
        ticked.opened += new.saturating_sub(missed);
        ticked.missed += missed;
        left = left.saturating_sub(feeds.len() as u64);
    }
    Ok(ticked)
}

/// A feed whose schedule cannot be read has no slots; it must not keep the others from theirs.
async fn park(room: &Room, tx: &mut Tx, broken: &[(FeedId, StoreError)]) -> Result<(), StoreError> {
    for (feed, error) in broken {
        let text = format!("feed {feed} has no programs until it is mended and scheduled anew: {error}");
        room.alerts.raise("broken_feed", &feed.to_string(), &text);
    }
    let ids: Vec<FeedId> = broken.iter().map(|(feed, _)| *feed).collect();
    tx.park_feeds(&ids).await
}

fn new_batch(room: &Room, minute: &Minute, now: Micros) -> Batch {
    let due =
        due_at(timestamp(minute.ready_by), timestamp(now), minute.work_s / room.rules.capacity.max(1.0));
    Batch {
        id: BatchId::born(now, room.chance()),
        ready_by: minute.ready_by,
        request: None,
        due_at: due.as_microsecond(),
        opened_at: now,
        predicted_ms: (minute.work_s * 1_000.0) as u64,
        planned_at: None,
        counted_at: None,
        closed_at: None,
    }
}

/// What time it is, and what time the ids of a chunk say.
#[derive(Clone, Copy)]
struct Instants {
    now: Micros,
    born_at: Micros,
}

struct Opened {
    occurrences: Vec<NewOccurrence>,
    steps: Vec<Advance>,
    missed: u64,
}

fn opened(
    room: &Room,
    batch: BatchId,
    ready_by: Micros,
    feeds: &[DueFeed],
    Instants { now, born_at }: Instants,
) -> Opened {
    let timeliness = Timeliness::of(timestamp(ready_by), timestamp(now), room.rules.catch_up);
    let reason = match timeliness {
        Timeliness::Missed => Some(format!(
            "the service could not make it in time: it was due {} ago",
            spoken(timestamp(now).duration_since(timestamp(ready_by)))
        )),
        Timeliness::OnTime | Timeliness::Late => None,
    };
    let mut ids: Vec<OccurrenceId> =
        feeds.iter().map(|_| OccurrenceId::born(born_at, room.chance())).collect();
    // In the order in which selecting jobs divide them.
    ids.sort_unstable();
    let occurrence = |(feed, id): (&DueFeed, OccurrenceId)| NewOccurrence {
        id,
        feed: feed.id,
        listener: feed.listener,
        batch,
        local_date: feed.date,
        request: None,
        lane: room.rules.plan(&feed.plan).lane.0,
        ready_by,
        missed: reason.clone(),
    };
    let step = |feed: &DueFeed| Advance {
        feed: feed.id,
        settled: feed.date,
        next: feed
            .schedule
            .following(feed.date)
            .map(|slot| (slot.local_date, slot.ready_by.as_microsecond())),
    };
    Opened {
        occurrences: feeds.iter().zip(ids).map(occurrence).collect(),
        steps: feeds.iter().map(step).collect(),
        missed: if reason.is_some() { feeds.len() as u64 } else { 0 },
    }
}

/// Jobs that select what is open among these.
fn selecting(batch: BatchId, occurrences: &[NewOccurrence], due_at: Micros) -> Vec<NewJob> {
    let open: Vec<&NewOccurrence> = occurrences.iter().filter(|one| one.missed.is_none()).collect();
    let chunk = |chunk: &[&NewOccurrence]| {
        let (first, last) = (chunk.first()?.id, chunk.last()?.id);
        let lane = Lane(chunk.iter().map(|one| one.lane).min()?);
        Some(select_job(batch, first, last, lane, due_at))
    };
    open.chunks(SELECTED_TOGETHER).filter_map(chunk).collect()
}

fn spoken(late: SignedDuration) -> String {
    match late.as_hours() {
        0 => format!("{} minutes", late.as_mins()),
        1 => "an hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}
