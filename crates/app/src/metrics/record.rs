//! What the planner, the stages and the deliveries record, a function each.

use super::names::{Channel, Delivered, Due, Fetched, Had, Horizon, Operation, Stage, Unit};
use ::metrics::{counter, gauge, histogram};
use domain::ArtifactKind;
use jiff::{SignedDuration, Timestamp};
use queue::Class;
use std::time::Duration;

/// The deadline of so many occurrences has passed.
pub fn occurrences_due(outcome: Due, occurrences: u64) {
    counter!("mimiyori_occurrences_due_total", "outcome" => outcome.name()).increment(occurrences);
}

/// A program can be heard since `ready_at`.
pub fn occurrence_ready(ready_by: Timestamp, ready_at: Timestamp) {
    let early = ready_at.duration_until(ready_by);
    histogram!("mimiyori_deadline_slack_seconds").record(early.max(SignedDuration::ZERO).as_secs_f64());
    histogram!("mimiyori_lateness_seconds").record((-early).max(SignedDuration::ZERO).as_secs_f64());
}

/// The forecast says that so many of those due within the horizon will be late.
pub fn predicted_late(horizon: Horizon, occurrences: u64) {
    gauge!("mimiyori_occurrences_predicted_late", "horizon" => horizon.name()).set(occurrences as f64);
}

/// One piece of work of a stage is done.
pub fn stage_took(stage: Stage, took: Duration) {
    histogram!("mimiyori_stage_seconds", "stage" => stage.name()).record(took);
}

/// The planner has ended a tick that began by `lag` too late.
pub fn scheduler_ticked(lag: Duration, ended: Timestamp) {
    gauge!("mimiyori_scheduler_lag_seconds").set(lag.as_secs_f64());
    gauge!("mimiyori_scheduler_last_tick_timestamp_seconds").set(seconds(ended));
}

/// A canary's program came through.
pub fn canary_succeeded(at: Timestamp) {
    gauge!("mimiyori_canary_last_success_timestamp_seconds").set(seconds(at));
}

/// A backup was made.
pub fn backup_succeeded(at: Timestamp) {
    gauge!("mimiyori_backup_last_success_timestamp_seconds").set(seconds(at));
}

/// A provider has answered, or failed with an error of this class.
pub fn provider_called(provider: &str, operation: Operation, failed: Option<Class>, took: Duration) {
    let (provider, operation) = (provider.to_owned(), operation.name());
    let outcome = failed.map_or("ok", Class::name);
    counter!(
        "mimiyori_provider_requests_total",
        "provider" => provider.clone(), "operation" => operation, "outcome" => outcome
    )
    .increment(1);
    histogram!("mimiyori_provider_request_seconds", "provider" => provider, "operation" => operation)
        .record(took);
}

/// A provider metered so much, at this cost.
pub fn provider_spent(provider: &str, unit: Unit, units: u64, cost_micro_usd: u64) {
    let provider = provider.to_owned();
    counter!("mimiyori_provider_units_total", "provider" => provider.clone(), "unit" => unit.name())
        .increment(units);
    counter!("mimiyori_provider_cost_usd_total", "provider" => provider).increment(cost_micro_usd);
}

/// An artifact was asked for.
pub fn artifact_requested(kind: ArtifactKind, had: Had) {
    counter!("mimiyori_artifact_requests_total", "kind" => kind.name(), "outcome" => had.name()).increment(1);
}

/// A source was fetched.
pub fn source_fetched(outcome: Fetched) {
    counter!("mimiyori_source_fetch_total", "outcome" => outcome.name()).increment(1);
}

/// A notice was delivered, or was not.
pub fn delivered(channel: Channel, outcome: Delivered) {
    counter!("mimiyori_deliveries_total", "channel" => channel.name(), "outcome" => outcome.name())
        .increment(1);
}

fn seconds(at: Timestamp) -> f64 {
    at.as_microsecond() as f64 / 1e6
}
