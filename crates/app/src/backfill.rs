//! Backfilling: slots that were missed or failed are made after all, as work that is due now, in the last lane.
//!
//! A feed's dates are made one after another, in waves: a date that is chosen while another is in production would
//! tell the same articles. Each wave is cut into batches of its own, which begin as capacity allows. A slot keeps its
//! one occurrence, so no date gets two programs, however often this is asked for.

use crate::{
    jobs::{SECOND, select_job, sweep_job},
    office::Office,
};
use domain::{BatchId, FeedId, OccurrenceId};
use jiff::civil::Date;
use queue::{Begin, Lane, Micros, NewJob, OnDuplicate};
use std::collections::HashMap;
use store::{StoreError, batches::Batch, reopening::Lost};

/// Occurrences of one batch, and of one job that selects.
const CHUNK: usize = 200;
/// A batch is given at least this long.
const LEAST: Micros = 600 * SECOND;

#[derive(Clone, Debug)]
pub struct Wish {
    pub from: Date,
    pub to: Date,
    pub feed: Option<FeedId>,
    /// Programs begun in a minute; `None`: what capacity allows.
    pub per_minute: Option<u32>,
    pub lane: Lane,
    pub by: String,
}

/// A batch to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// In the order of their ids.
    pub occurrences: Vec<OccurrenceId>,
    pub begin: Micros,
    pub due_at: Micros,
    predicted_ms: u64,
}

/// What is lost, in the batches that would make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub lost: Vec<Lost>,
    pub parts: Vec<Part>,
}

pub async fn plan(office: Office<'_>, wish: &Wish) -> Result<Plan, StoreError> {
    let lost = office.store.lost_occurrences(wish.from, wish.to, wish.feed).await?;
    let parts = parts(&lost, office.now(), |occurrences, begin| {
        let work = office.learning.predict(occurrences);
        let seconds = office.seconds(&work);
        let paced = wish.per_minute.map(|rate| occurrences as f64 * 60.0 / f64::from(rate.max(1)));
        Estimate {
            next_after: (paced.unwrap_or(seconds) * SECOND as f64) as Micros,
            due_at: office.due_at(begin, seconds.max(paced.unwrap_or(0.0)), LEAST),
            predicted_ms: (seconds * office.rules.capacity.max(1.0) * 1_000.0) as u64,
        }
    });
    Ok(Plan { lost, parts })
}

/// How long a batch keeps the rest waiting.
struct Estimate {
    /// From its begin to that of the next one.
    next_after: Micros,
    due_at: Micros,
    predicted_ms: u64,
}

/// Wave after wave, batch after batch.
fn parts(lost: &[Lost], now: Micros, estimate: impl Fn(u64, Micros) -> Estimate) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut begin = now;
    for wave in waves(lost) {
        let mut wave_over = begin;
        for chunk in wave.chunks(CHUNK) {
            let mut occurrences = chunk.to_vec();
            occurrences.sort_unstable();
            let Estimate { next_after, due_at, predicted_ms } = estimate(occurrences.len() as u64, begin);
            parts.push(Part { occurrences, begin, due_at, predicted_ms });
            wave_over = wave_over.max(due_at);
            begin = begin.saturating_add(next_after);
        }
        begin = begin.max(wave_over);
    }
    parts
}

/// The first date of every feed, then the second of those that have one, and so on; `lost` is in order of dates.
fn waves(lost: &[Lost]) -> Vec<Vec<OccurrenceId>> {
    let mut waves: Vec<Vec<OccurrenceId>> = Vec::new();
    let mut dates: HashMap<FeedId, usize> = HashMap::new();
    for one in lost {
        let place = dates.entry(one.feed).or_default();
        match waves.get_mut(*place) {
            Some(wave) => wave.push(one.id),
            None => waves.push(vec![one.id]),
        }
        *place += 1;
    }
    waves
}

/// Opens what was planned, a batch in each transaction; how many occurrences were still lost by then.
pub async fn open(office: Office<'_>, wish: &Wish, plan: &Plan) -> Result<u64, StoreError> {
    let mut opened = 0;
    for part in &plan.parts {
        opened += open_part(office, wish, part).await?;
    }
    Ok(opened)
}

async fn open_part(office: Office<'_>, wish: &Wish, part: &Part) -> Result<u64, StoreError> {
    let (Some(first), Some(last)) = (part.occurrences.first(), part.occurrences.last()) else { return Ok(0) };
    let now = office.now();
    let id = BatchId::born(now, office.chance());
    let batch = Batch {
        id,
        ready_by: part.begin,
        request: Some(format!("backfill:{id}")),
        due_at: part.due_at,
        opened_at: now,
        predicted_ms: part.predicted_ms,
        planned_at: Some(now),
        counted_at: Some(now),
        closed_at: None,
    };
    let begins = |job: NewJob| NewJob { begin: Begin::At(part.begin), ..job };
    let select = begins(select_job(id, *first, *last, wish.lane, part.due_at));
    let sweep = begins(sweep_job(id, part.due_at));
    let mut tx = office.store.begin().await?;
    tx.open_request(&batch).await?;
    let opened = tx.backfill_occurrences(&part.occurrences, id, wish.lane.0).await?;
    if opened == 0 {
        // Somebody else was faster; the batch goes with the transaction.
        return Ok(0);
    }
    tx.enqueue(&[select, sweep], OnDuplicate::Keep, now).await?;
    let detail = serde_json::json!({
        "from": wish.from, "to": wish.to, "feed": wish.feed, "occurrences": opened,
    });
    tx.audit(now, &wish.by, "backfill", &id.to_string(), &detail.to_string()).await?;
    tx.commit().await?;
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::OccurrenceState;

    fn lost(feed: u64, day: i8) -> Lost {
        // The first bytes of chance are partly the version's.
        let chance = [(feed * 100 + day.unsigned_abs() as u64) << 24, 0];
        Lost {
            id: OccurrenceId::born(1_700_000_000_000_000, chance),
            feed: FeedId::born(1_700_000_000_000_000, [feed << 24, 0]),
            local_date: Date::constant(2026, 8, day),
            state: OccurrenceState::Missed,
        }
    }

    fn estimate(occurrences: u64, begin: Micros) -> Estimate {
        let next_after = occurrences.cast_signed();
        Estimate { next_after, due_at: begin + 2 * next_after, predicted_ms: 1 }
    }

    #[test]
    fn a_feeds_dates_are_made_one_after_another() {
        let all = [lost(1, 1), lost(2, 1), lost(1, 2), lost(3, 2), lost(1, 3)];
        let ids = |of: &[Lost]| of.iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(
            waves(&all),
            [ids(&[lost(1, 1), lost(2, 1), lost(3, 2)]), ids(&[lost(1, 2)]), ids(&[lost(1, 3)])]
        );
        let parts = parts(&all, 1_000, estimate);
        let times: Vec<(Micros, Micros)> = parts.iter().map(|part| (part.begin, part.due_at)).collect();
        // Each wave begins when the one before is due.
        assert_eq!(times, [(1_000, 1_006), (1_006, 1_008), (1_008, 1_010)]);
    }

    #[test]
    fn a_wave_is_cut_into_batches_that_follow_each_other() {
        let all: Vec<Lost> = (1..=450).map(|feed| lost(feed, 1)).collect();
        let parts = parts(&all, 0, estimate);
        let shape: Vec<(usize, Micros)> =
            parts.iter().map(|part| (part.occurrences.len(), part.begin)).collect();
        assert_eq!(shape, [(200, 0), (200, 200), (50, 400)]);
        assert!(parts.iter().all(|part| part.occurrences.is_sorted()));
        assert_eq!(super::parts(&[], 0, estimate), []);
    }
}
