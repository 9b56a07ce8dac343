//! `admin batches`: how far batches are, and whether they will be in time.

use super::{Operator, at, none};
use crate::{
    cli::admin::{Batches, OneBatch},
    failure::Failure,
    table::{Sheet, Table, when},
};
use domain::{BatchId, OccurrenceState, forecast::BatchWork};
use jiff::Timestamp;
use queue::Micros;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{
    batches::{Batch, Progress},
    reopening::Pace,
};

const SECOND: Micros = 1_000_000;
/// Reasons that are shown of one batch.
const MOST_REASONS: u32 = 20;
/// What was done in this long says how fast a batch goes.
const LOOK_BACK: Micros = 300 * SECOND;

/// One batch.
#[derive(Serialize)]
pub struct Report {
    id: BatchId,
    /// Of a program on demand, or a backfill.
    request: Option<String>,
    ready_by: Timestamp,
    due_at: Timestamp,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    state: &'static str,
    occurrences: BTreeMap<&'static str, u64>,
    /// Ended after their ready-by.
    late: u64,
    stages: Stages,
    /// Artifacts by kind.
    artifacts: BTreeMap<String, Stage>,
    rate: Rate,
    /// When it will have ended, should it go on like this; nothing of what has ended.
    estimated_end: Option<Timestamp>,
    /// Whether that was measured in this batch, or learned from others.
    estimated_by: Option<&'static str>,
    /// Whether that is by its ready-by, for a program on demand by its due time.
    in_time: Option<bool>,
    /// Why occurrences ended as they did, for one batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<Reason>>,
}

#[derive(Serialize)]
struct Reason {
    state: OccurrenceState,
    reason: String,
    count: u64,
}

#[derive(Serialize)]
struct Stages {
    select: Stage,
    narrate: Stage,
    assemble: Stage,
}

#[derive(Clone, Copy, Serialize)]
struct Stage {
    done: u64,
    of: u64,
}

/// A minute, over the last five.
#[derive(Serialize)]
struct Rate {
    narrated_per_minute: f64,
    ended_per_minute: f64,
}

pub async fn run(operator: &Operator, wish: Batches) -> Result<(), Failure> {
    if let Some(OneBatch::Show { id }) = wish.one {
        let batch = operator.store.batch(id).await?.ok_or_else(|| none(format!("batch {id}"), "batches"))?;
        let reasons = operator.store.batch_reasons(id, MOST_REASONS).await?.into_iter();
        let reason = |(state, reason, count)| Reason { state, reason, count };
        let report =
            Report { reasons: Some(reasons.map(reason).collect()), ..report(operator, &batch).await? };
        return operator.say(&report, sheet(&report));
    }
    let reports = reports(operator, operator.store.recent_batches(wish.limit).await?).await?;
    operator.say(&reports, table(&reports))
}

pub async fn reports(operator: &Operator, batches: Vec<Batch>) -> Result<Vec<Report>, Failure> {
    let mut reports = Vec::with_capacity(batches.len());
    for batch in batches {
        reports.push(report(operator, &batch).await?);
    }
    Ok(reports)
}

async fn report(operator: &Operator, batch: &Batch) -> Result<Report, Failure> {
    let now = operator.now();
    let progress = operator.store.batch_progress(batch.id).await?;
    let pace = operator.store.batch_pace(batch.id, now - LOOK_BACK).await?;
    let minutes = LOOK_BACK.min(now - batch.opened_at).max(SECOND) as f64 / (60.0 * SECOND as f64);
    let is_over = batch.planned_at.is_some() && progress.unfinished() == 0;
    let estimate = (!is_over).then(|| estimate(operator, &progress, pace, minutes));
    // What is to begin later does not end before.
    let begin = if batch.request.is_some() { now.max(batch.ready_by) } else { now };
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
        ready_by: at(batch.ready_by),
        due_at: at(batch.due_at),
        opened_at: at(batch.opened_at),
        closed_at: batch.closed_at.map(at),
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
        rate: Rate {
            narrated_per_minute: rounded(pace.settled as f64 / minutes),
            ended_per_minute: rounded(pace.ended as f64 / minutes),
        },
        estimated_end: end.map(at),
        estimated_by: estimate.map(|estimate| estimate.by),
        in_time: end.map(|end| end <= promised),
        reasons: None,
    })
}

#[derive(Clone, Copy)]
struct Estimate {
    seconds: f64,
    by: &'static str,
}

/// What is left, as fast as it went of late; what has not begun, as fast as others went.
fn estimate(operator: &Operator, progress: &Progress, pace: Pace, minutes: f64) -> Estimate {
    let left = progress.work_left();
    let learned = |work: BatchWork| operator.office().seconds(&work);
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

pub fn table(reports: &[Report]) -> Table<9> {
    let stage = |stage: Stage| format!("{}/{}", stage.done, stage.of);
    let row = |one: &Report| {
        [
            when(one.ready_by.as_microsecond()),
            one.id.to_string(),
            one.state.to_owned(),
            stage(one.stages.select),
            stage(one.stages.narrate),
            stage(one.stages.assemble),
            outcomes(one),
            one.rate.narrated_per_minute.to_string(),
            ending(one),
        ]
    };
    let head = [
        "ready by",
        "batch",
        "state",
        "selected",
        "narrated",
        "ended",
        "outcomes",
        "a minute",
        "estimated end",
    ];
    Table::new(head, reports.iter().map(row))
}

/// "198 published, 2 skipped".
fn outcomes(report: &Report) -> String {
    let ended = report
        .occurrences
        .iter()
        .filter(|(state, total)| **total > 0 && !matches!(**state, "open" | "selected"));
    ended.map(|(state, total)| format!("{total} {state}")).collect::<Vec<_>>().join(", ")
}

fn ending(report: &Report) -> String {
    let Some(end) = report.estimated_end else { return String::new() };
    let warning = if report.in_time == Some(false) { " LATE" } else { "" };
    format!("{}{warning}", when(end.as_microsecond()))
}

fn sheet(report: &Report) -> Sheet {
    let mut sheet = Sheet::default();
    let stage = |stage: Stage| format!("{} of {}", stage.done, stage.of);
    sheet.line("batch", report.id);
    sheet.maybe("request", report.request.as_ref());
    sheet.line("state", report.state);
    sheet.line("ready by", report.ready_by);
    sheet.line("opened", report.opened_at);
    sheet.line("due", report.due_at);
    sheet.maybe("closed", report.closed_at);
    sheet.line("selected", stage(report.stages.select));
    sheet.line("narrated", stage(report.stages.narrate));
    for (kind, counts) in &report.artifacts {
        sheet.line("", format!("{kind}: {}", stage(*counts)));
    }
    sheet.line("ended", stage(report.stages.assemble));
    sheet.line("outcomes", outcomes(report));
    for Reason { state, reason, count } in report.reasons.iter().flatten() {
        sheet.line("", format!("{count} {state}: {reason}"));
    }
    sheet.line("late", report.late);
    sheet.line("narrated a minute", report.rate.narrated_per_minute);
    sheet.line("ended a minute", report.rate.ended_per_minute);
    sheet.maybe("estimated end", report.estimated_by.map(|by| format!("{} ({by})", ending(report))));
    sheet
}
