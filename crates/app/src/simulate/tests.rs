//! Small days: what the same seed promises, what the policies do, and what becomes of planned faults.

use super::*;
use crate::config::Provider;

/// Forty listeners, few sources, and a planner that looks once a minute.
fn trace() -> Trace {
    Trace {
        listeners: 40,
        seed: 7,
        day: "2026-06-10".parse().unwrap(),
        crowd: 0.5,
        sources: 8,
        zipf: 1.0,
        articles_a_day: 6.0,
        writer: Sort::Hosted,
        voice: Sort::Hosted,
        capacity: None,
        largest_batch: jiff::SignedDuration::from_mins(45),
        newcomers: 0.1,
        failures: 0.01,
        throttles: 0.01,
        parallel: None,
        outage: None,
        planner_stopped: None,
        killed: None,
        rewound: None,
    }
}

fn config() -> Config {
    let mut config = Config::default();
    config.scheduler.tick_seconds = 60;
    config
}

struct Place {
    simulation: Simulation,
    _folder: tempfile::TempDir,
}

fn place(trace: Trace, config: Config) -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { simulation: Simulation::new(trace, config, folder.path()).unwrap(), _folder: folder }
}

async fn day(change: impl FnOnce(&mut Trace)) -> Report {
    let mut trace = trace();
    change(&mut trace);
    let reports = place(trace, config()).simulation.run(&[Policy::ReadyBy]).await.unwrap();
    reports.into_iter().next().unwrap()
}

fn text(mut report: Report) -> String {
    report.seconds = 0.0;
    serde_json::to_string(&report).unwrap()
}

/// Nobody was forgotten, and nobody got two.
#[track_caller]
fn is_whole(report: &Report) {
    assert_eq!((report.occurrences, report.duplicates, report.unfinished), (40, 0, 0), "{report:?}");
    let published = report.full + report.shortened + report.brief;
    assert_eq!(published + report.skipped + report.missed + report.failed, 40, "{report:?}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let first = text(day(|_| {}).await);
    assert_eq!(first, text(day(|_| {}).await));
    assert_ne!(first, text(day(|trace| trace.seed = 8).await));
}

#[tokio::test]
async fn ready_by_is_ready_by_and_what_begins_at_its_time_is_late() {
    let reports = place(trace(), config()).simulation.run(&Policy::ALL).await.unwrap();
    reports.iter().for_each(is_whole);
    let [ready_by, fire_at, jitter] = &reports[..] else { panic!("three policies, three reports") };
    assert_eq!((ready_by.on_time_ratio, ready_by.lateness_ms), (1.0, Lateness::default()));
    assert_eq!((fire_at.on_time_ratio, jitter.on_time_ratio), (0.0, 0.0));
    assert!(fire_at.lateness_ms.p50 >= 60_000, "{fire_at:?}");
    assert!(jitter.lateness_ms.p99 > fire_at.lateness_ms.p50, "{jitter:?}");
    assert_eq!(ready_by.capacity, jitter.capacity);
    // Names are the newcomers', once.
    assert!((1..=12).contains(&ready_by.name_calls), "{ready_by:?}");
    assert!(ready_by.writer_calls < ready_by.naive_writer_calls, "{ready_by:?}");
}

#[tokio::test]
async fn providers_that_are_away_for_half_an_hour_lose_nobody_a_program() {
    let report = day(|trace| trace.outage = Some("06:20+30".parse().unwrap())).await;
    is_whole(&report);
    assert_eq!((report.failed, report.missed, report.skipped), (0, 0, 0), "{report:?}");
    let calm = day(|_| {}).await;
    assert_ne!(report.writer_calls, calm.writer_calls, "the outage was noticed");
}

#[tokio::test]
async fn a_planner_that_stands_still_over_the_morning_misses_what_is_too_old_and_doubles_nothing() {
    // At noon the crowd of seven o'clock is five hours late, and what is due after nine is made yet.
    let report = day(|trace| trace.planner_stopped = Some("05:00+420".parse().unwrap())).await;
    is_whole(&report);
    assert!(report.missed >= 10, "{report:?}");
    assert!(report.on_time_ratio < 0.8, "{report:?}");
    assert_eq!(report.failed, 0, "{report:?}");
}

#[tokio::test]
async fn what_killed_workers_held_is_made_by_the_next() {
    let report = day(|trace| trace.killed = Some("06:25".parse().unwrap())).await;
    is_whole(&report);
    assert_eq!((report.failed, report.missed), (0, 0), "{report:?}");
}

#[tokio::test]
async fn a_slot_has_one_program_though_its_feed_was_set_back_and_two_without_its_guard() {
    let rewound = |trace: &mut Trace| trace.rewound = Some("08:00".parse().unwrap());
    is_whole(&day(rewound).await);

    let mut trace = trace();
    rewound(&mut trace);
    let Place { simulation, _folder } = place(trace, config());
    let warm = simulation.warm_up().await.unwrap();
    let store = simulation.open("warm-up").await.unwrap();
    store.unguard_slots().await.unwrap();
    store.close().await;
    std::fs::rename(simulation.file("warm-up"), simulation.file(Policy::ReadyBy.name())).unwrap();
    let report = simulation.day(&warm, Policy::ReadyBy).await.unwrap();
    assert!(report.duplicates > 10, "{report:?}");
}

#[tokio::test]
async fn a_budget_is_never_overdrawn_and_what_it_does_not_pay_is_plain() {
    let mut config = config();
    let voice: Provider = serde_json::from_value(serde_json::json!({
        "usd_per_million_characters": 15.0, "daily_budget_usd": 0.05
    }))
    .unwrap();
    config.providers.insert("voice".to_owned(), voice);
    let report = place(trace(), config).simulation.run(&[Policy::ReadyBy]).await.unwrap().remove(0);
    is_whole(&report);
    // The day in Tokyo touches two days of the ledger; the writer is hardly worth mentioning.
    assert!(report.cost_micro_usd < 2 * 50_000 + 100_000, "{report:?}");
    assert!(report.plain_calls > 0, "{report:?}");
    assert_eq!(report.failed, 0, "{report:?}");
}
