//! How far batches are, and whether they will be in time: for commands and the API.

use crate::{clock::timestamp, office::Office, planner::Outlooks};
use domain::{OccurrenceState, forecast::BatchWork};
use queue::Micros;
use std::collections::BTreeMap;
use store::{
    StoreError,
    batches::{Batch, Progress},
    reopening::Pace,
};
use web::api::operate::{
    batches::{BatchRate, Report, Stage, Stages},
    load::{self, Load},
};

const SECOND: Micros = 1_000_000;
/// What was done in this long says how fast a batch goes.
const LOOK_BACK: Micros = 300 * SECOND;

pub async fn reports(office: Office<'_>, batches: Vec<Batch>) -> Result<Vec<Report>, StoreError> {
    let mut reports = Vec::with_capacity(batches.len());
    for batch in batches {
        reports.push(report(office, &batch).await?);
    }
    Ok(reports)
}

pub async fn report(office: Office<'_>, batch: &Batch) -> Result<Report, StoreError> {
    let now = office.now();
    let progress = office.store.batch_progress(batch.id).await?;
    let pace = office.store.batch_pace(batch.id, now - LOOK_BACK).await?;
    let minutes = LOOK_BACK.min(now - batch.opened_at).max(SECOND) as f64 / (60.0 * SECOND as f64);
    let is_over = batch.planned_at.is_some() && progress.unfinished() == 0;
    // What is to begin later does not end before.
    let begin = if batch.request.is_some() { now.max(batch.ready_by) } else { now };
    let stands_still = begin - LOOK_BACK >= batch.planned_at.unwrap_or(batch.opened_at) && pace.is_zero();
    let estimate = (!is_over && !stands_still).then(|| estimate(office, &progress, pace, minutes));
    let end = estimate.map(|estimate| begin.saturating_add((estimate.seconds * SECOND as f64) as Micros));
    let promised = if batch.request.is_some() { batch.due_at } else { batch.ready_by };
    let mut occurrences: BTreeMap<_, _> = OccurrenceState::ALL.map(|state| (state.name(), 0)).into();
    occurrences.extend(progress.states.iter().map(|(state, total)| (state.name(), *total)));
    let total = progress.total();
    let stage = |(wanted, settled): (u64, u64)| Stage { done: settled, of: wanted };
    let narrate = progress.demand.values().fold((0, 0), |sum, kind| (sum.0 + kind.0, sum.1 + kind.1));
    Ok(Report {
        id: batch.id,
        request: batch.request.clone(),
        ready_by: timestamp(batch.ready_by),
        due_at: timestamp(batch.due_at),
        opened_at: timestamp(batch.opened_at),
        closed_at: batch.closed_at.map(timestamp),
        state: match (batch.closed_at, batch.planned_at) {
            (Some(_), _) => "closed",
            (None, None) => "planning",
            (None, Some(_)) => "producing",
        },
        occurrences,
        late: progress.late,
        stages: Stages {
            select: Stage { done: total - progress.in_state(OccurrenceState::Open), of: total },
            narrate: stage(narrate),
            assemble: Stage { done: total - progress.unfinished(), of: total },
        },
        artifacts: progress.demand.iter().map(|(kind, counts)| (kind.clone(), stage(*counts))).collect(),
        rate: BatchRate {
            narrated_per_minute: rounded(pace.settled as f64 / minutes),
            ended_per_minute: rounded(pace.ended as f64 / minutes),
        },
        estimated_end: end.map(timestamp),
        estimated_by: estimate.map(|estimate| estimate.by),
        in_time: end.map(|end| end <= promised),
        reasons: None,
    })
}

/// What the planner sees to come, for people.
pub fn load(Outlooks { minutes, forecast }: &Outlooks, slots: f64) -> Load {
    let buckets = forecast.buckets.iter().map(|bucket| load::Bucket {
        start: bucket.start.as_microsecond(),
        planned_s: bucket.planned_s,
        capacity_s: bucket.capacity_s,
    });
    let seen = minutes.iter().zip(&forecast.outlooks).filter(|(minute, _)| minute.programs > 0);
    let mut minutes: Vec<load::Minute> = seen
        .map(|(minute, outlook)| load::Minute {
            promised: minute.promised,
            programs: minute.programs,
            opens_at: outlook.opens_at.as_microsecond(),
            finishes_at: outlook.finishes_at.map(|end| end.as_microsecond()),
            batch: minute.batch,
        })
        .collect();
    minutes.sort_by_key(|minute| minute.promised);
    Load { slots, buckets: buckets.collect(), minutes }
}

#[derive(Clone, Copy)]
struct Estimate {
    seconds: f64,
    by: &'static str,
}

/// What is left, as fast as it went of late; what has not begun, as fast as others went.
fn estimate(office: Office<'_>, progress: &Progress, pace: Pace, minutes: f64) -> Estimate {
    let left = progress.work_left();
    let learned = |work: BatchWork| office.seconds(&work);
    let narrations: u64 = progress.demand.values().map(|(wanted, settled)| wanted - settled).sum();
    let measured = |left: u64, done: u64| left as f64 / (done as f64 / minutes) * 60.0;
    let (mut seconds, mut by) =
        (learned(BatchWork { selections: left.selections, ..BatchWork::default() }), "learned");
    if narrations > 0 && pace.settled > 0 {
        seconds += measured(narrations, pace.settled);
        by = "measured";
    } else {
        seconds +=
            learned(BatchWork { segments: left.segments, phrases: left.phrases, ..BatchWork::default() });
    }
    if narrations == 0 && pace.ended > 0 {
        seconds += measured(left.assemblies, pace.ended);
        by = "measured";
    } else {
        seconds += learned(BatchWork { assemblies: left.assemblies, ..BatchWork::default() });
    }
    Estimate { seconds, by }
}

fn rounded(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trials::stage::{HOUR, Stage as Trial};

    #[tokio::test]
    async fn nobody_knows_when_a_batch_that_stands_still_will_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut trial =
            Trial::set(&format!("sqlite://{}/test.db", folder.path().display()), folder.path()).await;
        let began = trial.next_morning() - HOUR;
        trial.clock.set(began);
        trial.tick().await;
        let store = trial.room.store.clone();
        let batch = async || store.unclosed_batches(1).await.unwrap().remove(0);
        let told = report(trial.room.office(), &batch().await).await.unwrap();
        assert!(told.estimated_end.is_some() && told.in_time == Some(true), "it has only begun");

        trial.clock.set(began + 3 * LOOK_BACK);
        let told = report(trial.room.office(), &batch().await).await.unwrap();
        assert_eq!((told.estimated_end, told.in_time), (None, None));
    }
}
