//! The contract, from outside: what a scrape of the real routes holds, judged by Prometheus' own tool.

mod documents;
mod harness;
mod queue;
mod reference;
mod sources;

use super::*;
use ::queue::Class;
use domain::ArtifactKind;
use harness::{Server, known, promtool};
use jiff::{SignedDuration, Timestamp};

/// DESIGN's list, with what `known` adds: names and labels in order, and how many series each has.
const CONTRACT: &[(&str, &[&str], usize)] = &[
    ("occurrences_due_total", &["outcome"], 5),
    ("lateness_seconds", &[], 1),
    ("deadline_slack_seconds", &[], 1),
    ("occurrences_predicted_late", &["horizon"], 3),
    ("batch_progress_ratio", &["stage"], 3),
    ("stage_seconds", &["stage"], 6),
    ("scheduler_last_tick_timestamp_seconds", &[], 1),
    ("scheduler_lag_seconds", &[], 1),
    ("canary_last_success_timestamp_seconds", &[], 1),
    ("jobs_enqueued_total", &["kind"], 10),
    ("jobs_finished_total", &["kind", "outcome"], 10 * 7),
    ("job_seconds", &["kind"], 10),
    ("job_wait_seconds", &["kind"], 10),
    ("queue_jobs", &["lane", "state"], 2 * 6),
    ("queue_oldest_ready_age_seconds", &["lane"], 2),
    ("worker_slots", &["pool"], 1),
    ("worker_slots_busy", &["pool"], 1),
    ("leases_lost_total", &["kind"], 10),
    ("provider_requests_total", &["provider", "operation", "outcome"], 2 * 3 * 7),
    ("provider_request_seconds", &["provider", "operation"], 2 * 3),
    ("provider_units_total", &["provider", "unit"], 2 * 2),
    ("provider_cost_usd_total", &["provider"], 2),
    ("budget_spent_usd", &["provider", "period"], 2 * 2),
    ("budget_limit_usd", &["provider", "period"], 2 * 2),
    ("breaker_open", &["provider"], 2),
    ("artifact_requests_total", &["kind", "outcome"], 4 * 4),
    ("source_fetch_total", &["outcome"], 5),
    ("deliveries_total", &["channel", "outcome"], 5 * 4),
    ("sign_ins_total", &["method", "outcome"], 4 * 3),
    ("http_requests_total", &["route", "method", "status"], 4 * 4),
    ("http_request_seconds", &["route", "method"], 4),
    ("db_pool_connections", &["state"], 2),
    ("backup_last_success_timestamp_seconds", &[], 1),
    ("build_info", &["version", "commit"], 1),
];

#[tokio::test]
async fn every_series_of_the_contract_is_there_at_0_from_the_start() {
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    let scrape = Server::start(&recorder).await.scrape().await;
    for (name, labels, count) in CONTRACT {
        let series = scrape.of_metric(name);
        assert_eq!(series.len(), *count, "{name}");
        for (its_labels, value) in series {
            assert_eq!(its_labels, *labels, "{name}");
            // The sampler has looked at the pool already.
            if *name != "build_info" && *name != "db_pool_connections" {
                assert_eq!(value, 0.0, "{name}");
            }
        }
    }
    assert_eq!(scrape.at(&format!("build_info{{version=\"{VERSION}\",commit=\"{COMMIT}\"}}")), 1.0);
    assert_eq!(scrape.at("lateness_seconds_bucket{le=\"60\"}"), 0.0);
    assert_eq!(METRICS.len(), CONTRACT.len(), "the table has more than the contract: add it here too");
}

#[tokio::test]
async fn prometheus_own_tool_finds_no_fault() {
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    let server = Server::start(&recorder).await;
    record_everything();
    let body = server.get("/metrics").await;
    assert_eq!(promtool(&["check", "metrics"], &body), (true, String::new()));
}

fn record_everything() {
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
    let later = now + SignedDuration::from_secs(90);
    occurrences_due(Due::Late, 2);
    occurrence_ready(now, later);
    occurrence_ready(later, now);
    predicted_late(Horizon::Hour, 3);
    stage_took(Stage::Assemble, Duration::from_millis(30));
    scheduler_ticked(Duration::from_secs(90), later);
    canary_succeeded(now);
    backup_succeeded(later);
    provider_called("openai", Operation::Write, None, Duration::from_secs(2));
    provider_called("openai", Operation::Speak, Some(Class::Throttled), Duration::from_secs(1));
    provider_spent("openai", Unit::Tokens, 1_200, 2_500_001);
    artifact_requested(ArtifactKind::Segment, Had::Joined);
    source_fetched(Fetched::Unchanged);
    delivered(Channel::WebPush, Delivered::Retried);
}

#[tokio::test]
async fn what_is_recorded_is_shown_where_the_contract_says() {
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    let server = Server::start(&recorder).await;
    record_everything();
    assert_eq!(server.get("/healthz").await, "ok\n");
    server.get("/nowhere").await;
    let scrape = server.scrape().await;
    let expected = [
        ("occurrences_due_total{outcome=\"late\"}", 2.0),
        ("lateness_seconds_sum", 90.0),
        ("lateness_seconds_bucket{le=\"0\"}", 1.0),
        ("lateness_seconds_count", 2.0),
        ("deadline_slack_seconds_sum", 90.0),
        ("deadline_slack_seconds_count", 2.0),
        ("occurrences_predicted_late{horizon=\"1h\"}", 3.0),
        ("stage_seconds_count{stage=\"assemble\"}", 1.0),
        ("scheduler_lag_seconds", 90.0),
        ("scheduler_last_tick_timestamp_seconds", 3_690.0),
        ("canary_last_success_timestamp_seconds", 3_600.0),
        ("backup_last_success_timestamp_seconds", 3_690.0),
        ("provider_requests_total{provider=\"openai\",operation=\"write\",outcome=\"ok\"}", 1.0),
        ("provider_requests_total{provider=\"openai\",operation=\"speak\",outcome=\"throttled\"}", 1.0),
        ("provider_request_seconds_sum{provider=\"openai\",operation=\"write\"}", 2.0),
        ("provider_units_total{provider=\"openai\",unit=\"tokens\"}", 1_200.0),
        ("provider_cost_usd_total{provider=\"openai\"}", 2.500_001),
        ("artifact_requests_total{kind=\"segment\",outcome=\"joined\"}", 1.0),
        ("source_fetch_total{outcome=\"unchanged\"}", 1.0),
        ("deliveries_total{channel=\"web_push\",outcome=\"retried\"}", 1.0),
        ("http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"}", 1.0),
        ("http_requests_total{route=\"none\",method=\"GET\",status=\"404\"}", 1.0),
        ("http_request_seconds_count{route=\"/healthz\",method=\"GET\"}", 1.0),
    ];
    for (series, value) in expected {
        assert_eq!(scrape.at(series), value, "{series}");
    }
}
