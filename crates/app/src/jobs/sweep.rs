//! Sweep: the barrier of a batch. It lets go what waits for nothing any more, and at the cut-off all the
//! rest with what there is; it comes back until nothing of the batch is left to do.

use super::{RETRY_AFTER, Room, SECOND, Trouble, assemble_job, narrate_job, notify};
use crate::clock::timestamp;
use domain::{
    ArtifactKey, BatchId, OccurrenceId, OccurrenceState, Work,
    occurrence::{Release, cut_off, release},
};
use jiff::Timestamp;
use queue::{JobId, Kind, Lane, Micros, NewJob, OnDuplicate, Outcome, dead::DeadFilter};
use std::{
    collections::{HashMap, HashSet},
    sync::PoisonError,
};
use store::{
    Legible,
    artifacts::Standing,
    batches::{Batch, Progress},
    demand::Orphan,
    occurrences::{Ended, Waiting},
};

/// Occurrences that are passed over, and released, in one transaction.
const CHUNK: u32 = 500;
/// Occurrences of one assembling job.
const ASSEMBLED_TOGETHER: usize = 100;
/// Between two looks at a batch: when it is nearly done, and at most.
const SOON: Micros = SECOND / 2;
const MOST_PAUSE: Micros = 20 * SECOND;
/// A large batch is not passed over for every artifact of thousands.
const FEW: usize = 50;
/// Dead letters of a kind that are looked through for why an occurrence was given up.
const MOST_LETTERS: u32 = 1_000;

pub async fn sweep(room: &Room, batch: BatchId) -> Result<Outcome, Trouble> {
    let Some(batch) = room.store.batch(batch).await? else {
        return Ok(Outcome::Skip("its batch is gone".into()));
    };
    let mut barrier = Barrier::of(room, &batch).await?;
    let lets_go = barrier.opens(room, batch.id) && pass_over(room, &batch, &mut barrier).await?;
    let now = room.clock.now();
    // What was let go just now has everything but its program.
    let gave_up = match lets_go {
        // Whoever is let go is unfinished still, and counting a large batch takes its time.
        true => false,
        false if now >= room.rules.given_up_at(&batch) => give_up(room, &batch, Whom::Everybody).await?,
        false => barrier.unsettled.is_empty() && give_up(room, &batch, Whom::TheHopeless).await?,
    };
    let progress = if gave_up { room.store.batch_progress(batch.id).await? } else { barrier.progress };
    if progress.unfinished() > 0 || batch.planned_at.is_none() {
        return Ok(Outcome::Snooze(now + pause(room, &progress)));
    }
    notify::close(room, &batch, &progress).await?;
    room.forget_sweeps(batch.id);
    Ok(Outcome::Done)
}

/// What holds a batch's occurrences back at one moment.
struct Barrier {
    unsettled: HashSet<ArtifactKey>,
    /// Something that every occurrence needs is still being made.
    holds_all: bool,
    cut_off: Timestamp,
    now: Timestamp,
    /// How far the batch had come.
    progress: Progress,
}

impl Barrier {
    async fn of(room: &Room, batch: &Batch) -> Result<Self, Trouble> {
        let progress = room.store.batch_progress(batch.id).await?;
        let waiting = progress.in_state(OccurrenceState::Selected) - progress.released;
        let margin = room.learning.durations().assembly_margin(waiting, room.rules.capacity);
        let mut barrier = Self {
            unsettled: HashSet::new(),
            holds_all: false,
            cut_off: cut_off(timestamp(batch.opened_at), timestamp(batch.due_at), margin),
            now: room.now(),
            progress,
        };
        barrier.read(room, batch).await?;
        let few = barrier.unsettled.len() <= FEW || barrier.is_cut_off();
        if few && !barrier.unsettled.is_empty() && see_to_orphans(room, batch).await? {
            barrier.read(room, batch).await?;
        }
        Ok(barrier)
    }

    async fn read(&mut self, room: &Room, batch: &Batch) -> Result<(), Trouble> {
        let unsettled = room.store.unsettled(batch.id).await?;
        self.holds_all = unsettled.iter().any(|(_, common)| *common);
        self.unsettled = unsettled.into_iter().map(|(key, _)| key).collect();
        Ok(())
    }

    fn is_cut_off(&self) -> bool {
        self.now >= self.cut_off
    }

    /// Whether passing over the batch may let anything go.
    fn opens(&self, room: &Room, batch: BatchId) -> bool {
        let unsettled = self.unsettled.len();
        if unsettled == 0 || self.is_cut_off() {
            return true;
        }
        if self.holds_all {
            return false;
        }
        let mut swept = room.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = swept.entry(batch).or_insert(usize::MAX);
        let opens = unsettled <= FEW || unsettled <= *before / 2;
        if opens {
            *before = unsettled;
        }
        opens
    }

    fn judge(&self, waiting: &Waiting) -> Release {
        if self.holds_all && !self.is_cut_off() {
            return Release::Wait;
        }
        release(waiting.selection.needs(), &self.unsettled, self.cut_off, self.now)
    }

    /// Which of these are let go. A late program is better than none: past the cut-off those wait on of which no
    /// article is made yet while one may still come.
    async fn lets_go<'a>(&self, room: &Room, waiting: &'a [Waiting]) -> Result<Vec<&'a Waiting>, Trouble> {
        let judged: Vec<(&Waiting, Release)> = waiting
            .iter()
            .map(|one| (one, self.judge(one)))
            .filter(|(_, release)| *release != Release::Wait)
            .collect();
        let cut_off = judged.iter().filter(|(_, release)| *release == Release::CutOff);
        let mut keys: Vec<ArtifactKey> = cut_off.flat_map(|(one, _)| articles(one)).collect();
        keys.sort_unstable();
        keys.dedup();
        let standings = match keys.is_empty() {
            true => HashMap::new(),
            false => room.store.standings(&keys).await?,
        };
        let is_made = |key: ArtifactKey| {
            matches!(
                standings.get(&key),
                Some(Standing::Ready { .. } | Standing::Failed { instead: Some(_), .. })
            )
        };
        let can_be_told = |one: &Waiting| {
            articles(one).any(is_made) || !articles(one).any(|key| self.unsettled.contains(&key))
        };
        let go = judged.into_iter().filter(|(one, release)| *release == Release::Settled || can_be_told(one));
        Ok(go.map(|(one, _)| one).collect())
    }
}

/// Sees to what the batch waits for and no job is left to make: what brought its process down again and again, or was
/// called off, is given up, for this batch and for some time; what was lost between two who wanted it has a job again.
/// Whether anything was given up.
async fn see_to_orphans(room: &Room, batch: &Batch) -> Result<bool, Trouble> {
    let now = room.clock.now();
    let mut tx = room.store.begin().await?;
    let orphans = tx.orphans(batch.id, batch.opened_at).await?;
    let (lost, ended): (Vec<Orphan>, Vec<Orphan>) =
        orphans.into_iter().partition(|orphan| orphan.recipe.is_some() && orphan.ended.is_none());
    let durations = room.learning.durations();
    let anew = |Orphan { key, recipe, .. }| {
        recipe.map(|recipe| narrate_job(key, recipe, Lane(0), batch.due_at, &durations))
    };
    let jobs: Vec<NewJob> = lost.into_iter().filter_map(anew).collect();
    tx.enqueue(&jobs, OnDuplicate::Keep, now).await?;
    tx.commit().await?;
    for Orphan { key, kind, ended, .. } in &ended {
        let why = ended.as_deref().unwrap_or("the job that was to make it is gone");
        room.store.give_up_artifact(*key, *kind, why, None, now + RETRY_AFTER, now).await?;
        room.store.settle_demand(*key, now).await?;
    }
    Ok(!ended.is_empty())
}

fn articles(waiting: &Waiting) -> impl Iterator<Item = ArtifactKey> {
    waiting.selection.picks.iter().map(|pick| pick.key)
}

/// A tenth of what is left to do: a batch that takes an hour is not looked at twice a second.
fn pause(room: &Room, progress: &Progress) -> Micros {
    let left_s = room.learning.durations().work_s(&progress.work_left());
    let tenth = (left_s / room.rules.capacity.max(1.0) * SECOND as f64 / 10.0) as Micros;
    tenth.clamp(SOON, MOST_PAUSE)
}

impl Room {
    fn forget_sweeps(&self, batch: BatchId) {
        self.swept.lock().unwrap_or_else(PoisonError::into_inner).remove(&batch);
    }
}

/// Releases what need not wait, chunk by chunk; whether there was any.
async fn pass_over(room: &Room, batch: &Batch, barrier: &mut Barrier) -> Result<bool, Trouble> {
    let mut after = None;
    let mut lets_go = false;
    loop {
        let Legible { rows: waiting, broken } = room.store.waiting(batch.id, after, CHUNK).await?;
        let ids = waiting.iter().map(|one| one.id).chain(broken.iter().map(|(id, _)| *id));
        let Some(last) = ids.max() else { return Ok(lets_go) };
        after = Some(last);
        room.end_broken(broken).await?;
        if barrier.lets_go(room, &waiting).await?.is_empty() {
            continue;
        }
        // Some of these may have been selected since the barrier was read: what they wait for is known only now.
        barrier.read(room, batch).await?;
        let released = barrier.lets_go(room, &waiting).await?;
        let ids: Vec<OccurrenceId> = released.iter().map(|one| one.id).collect();
        lets_go |= !ids.is_empty();
        let now = room.clock.now();
        let jobs: Vec<NewJob> =
            released.chunks(ASSEMBLED_TOGETHER).filter_map(|chunk| assembling(batch, chunk, now)).collect();
        let mut tx = room.store.begin().await?;
        tx.release_occurrences(&ids, now).await?;
        tx.enqueue(&jobs, OnDuplicate::Keep, now).await?;
        tx.commit().await?;
    }
}

fn assembling(batch: &Batch, chunk: &[&Waiting], now: Micros) -> Option<NewJob> {
    let (first, last) = (chunk.first()?.id, chunk.last()?.id);
    let lane = Lane(chunk.iter().map(|one| one.lane).min()?);
    Some(assemble_job(batch.id, first, last, lane, batch.due_at, now))
}

/// Who gets no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    /// Those whose job failed for good. Redriving it takes them up again.
    TheHopeless,
    /// Long after it was due, all who have none.
    Everybody,
}

/// Where a dead letter is the cause, the reason names it. Whether anybody was given up.
async fn give_up(room: &Room, batch: &Batch, whom: Whom) -> Result<bool, Trouble> {
    let letters = letters(room, batch).await?;
    if letters.is_empty() && whom == Whom::TheHopeless {
        return Ok(false);
    }
    let unfinished = room.store.unfinished(batch.id, CHUNK).await?;
    let ended = unfinished.into_iter().filter_map(|(id, state)| {
        let what = match (whom, state) {
            (Whom::TheHopeless, OccurrenceState::Open) => "its articles could not be chosen",
            (Whom::TheHopeless, _) => "its program could not be made",
            (Whom::Everybody, OccurrenceState::Open) => "its articles could not be chosen in time",
            (Whom::Everybody, _) => "its program could not be made in time",
        };
        let letter = letters.iter().find(|(_, work)| is_about(work, state, batch.id, id));
        let reason = match (letter, whom) {
            (Some((letter, _)), _) => {
                format!("{what}; see `mimiyori admin jobs show {letter}`, a dead letter")
            }
            (None, Whom::Everybody) => what.to_owned(),
            (None, Whom::TheHopeless) => return None,
        };
        Some(Ended { id, state: OccurrenceState::Failed, reason })
    });
    let ended: Vec<Ended> = ended.collect();
    if ended.is_empty() {
        return Ok(false);
    }
    let mut tx = room.store.begin().await?;
    tx.end_occurrences(&ended, room.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The latest dead letters of the kinds that bring an occurrence forward, since a batch was opened.
async fn letters(room: &Room, batch: &Batch) -> Result<Vec<(JobId, Work)>, Trouble> {
    let mut letters = Vec::new();
    for kind in ["select", "assemble", "external"] {
        let since = Some(batch.opened_at);
        let of_kind = DeadFilter { kind: Some(Kind::new(kind)), since, ..DeadFilter::default() };
        let dead = room.store.dead_letters(&of_kind, MOST_LETTERS).await?.into_iter();
        letters.extend(dead.filter_map(|letter| Some((letter.id, super::work(&letter.work).ok()?))));
    }
    Ok(letters)
}

fn is_about(work: &Work, state: OccurrenceState, of: BatchId, occurrence: OccurrenceId) -> bool {
    let within = |batch: &BatchId, first: &OccurrenceId, last: &OccurrenceId| {
        *batch == of && (*first..=*last).contains(&occurrence)
    };
    match work {
        Work::Select { batch, first, last } => state == OccurrenceState::Open && within(batch, first, last),
        Work::Assemble { batch, first, last } => {
            state == OccurrenceState::Selected && within(batch, first, last)
        }
        Work::External { occurrence: one } => *one == occurrence,
        Work::Fetch { .. }
        | Work::Narrate { .. }
        | Work::Sweep { .. }
        | Work::Notify { .. }
        | Work::Deliver { .. }
        | Work::Mail { .. }
        | Work::Subscription { .. } => false,
    }
}
