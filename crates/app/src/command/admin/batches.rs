//! `admin batches`: how far batches are, and whether they will be in time.

use super::{Operator, none};
use crate::{
    cli::admin::{Batches, OneBatch},
    failure::Failure,
    reports::{report, reports},
    table::{Sheet, Table, when},
};
use web::api::operate::batches::{Ending as Reason, Report, Stage};

/// Reasons that are shown of one batch.
const MOST_REASONS: u32 = 20;

pub async fn run(operator: &Operator, wish: Batches) -> Result<(), Failure> {
    if let Some(OneBatch::Show { id }) = wish.one {
        let batch = operator.store.batch(id).await?.ok_or_else(|| none(format!("batch {id}"), "batches"))?;
        let reasons = operator.store.batch_reasons(id, MOST_REASONS).await?.into_iter();
        let reason = |(state, reason, count)| Reason { state, reason, count };
        let report = Report {
            reasons: Some(reasons.map(reason).collect()),
            ..report(operator.office(), &batch).await?
        };
        return operator.say(&report, sheet(&report));
    }
    let reports = reports(operator.office(), operator.store.recent_batches(wish.limit).await?).await?;
    operator.say(&reports, table(&reports))
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
