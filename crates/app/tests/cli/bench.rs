//! `bench dispatch`: the contract's document, on both databases, and nothing left behind.

use super::run::Home;
use queue::{JobStore, Kind, NewJob, OnDuplicate};
use serde_json::Value;
use store::Store;

const KEYS: [&str; 8] = [
    "claim_p50_ms",
    "claim_p99_ms",
    "database",
    "drain_per_s",
    "enqueue_per_s",
    "jobs",
    "peak_rss_mb",
    "reference_drain_per_s",
];

#[track_caller]
fn is_measured(figures: &Value, database: &str, jobs: u64) {
    let mut keys: Vec<&String> = figures.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, KEYS);
    assert_eq!((figures["database"].as_str(), figures["jobs"].as_u64()), (Some(database), Some(jobs)));
    for key in KEYS.into_iter().filter(|key| *key != "database") {
        assert!(figures[key].as_f64().unwrap() > 0.0, "{key}: {figures}");
    }
    assert!(figures["claim_p50_ms"].as_f64() <= figures["claim_p99_ms"].as_f64(), "{figures}");
}

fn in_store<T>(url: &str, work: impl AsyncFnOnce(&Store) -> T) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(url).await.unwrap();
        let done = work(&store).await;
        store.close().await;
        done
    })
}

#[test]
fn a_throw_away_file_is_measured_unless_a_database_is_named() {
    let home = Home::new();
    let ended = home.run(&["bench", "dispatch", "--jobs", "1200", "--json"]).succeeds();
    assert_eq!(ended.stderr, "");
    is_measured(&ended.json(), "sqlite", 1_200);
    assert_eq!(home.names_in("data"), [""; 0], "the file is gone");

    let shown = home.run(&["bench", "dispatch", "--jobs", "10"]).succeeds().stdout;
    assert!(shown.starts_with("sqlite, 10 jobs\n") && shown.contains(" of the reference\n"), "{shown}");
}

#[test]
fn a_database_that_is_named_is_left_as_it_was() {
    let cluster = testkit::Postgres::start().unwrap();
    let url = cluster.database().unwrap();
    let arguments = ["bench", "dispatch", "--jobs", "1200", "--json", "--database", &url];
    is_measured(&Home::new().run(&arguments).succeeds().json(), "postgres", 1_200);
    let (jobs, attempts) = in_store(&url, async |store| {
        (store.count_jobs().await.unwrap(), store.count_attempts(0).await.unwrap())
    });
    assert_eq!((jobs, attempts), (vec![], vec![]));
}

#[test]
fn unfinished_jobs_are_not_touched() {
    let home = Home::new();
    let url = format!("sqlite://{}", home.path("busy.db").display());
    let jobs: Vec<NewJob> = (0..3).map(|_| NewJob::new(Kind::new("narrate"), "{}", 0)).collect();
    in_store(&url, async |store| store.enqueue(&jobs, OnDuplicate::Keep, 0).await.unwrap());
    let line = home.run(&["bench", "dispatch", "--database", &url]).fails(2);
    assert!(line.contains("3 unfinished jobs") && line.contains("--database"), "{line}");
    let counts = in_store(&url, async |store| store.count_jobs().await.unwrap());
    assert_eq!(counts.iter().map(|count| count.total).sum::<u64>(), 3);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let home = Home::new();
    for (more, code, says) in [
        (["--jobs", "0"], 2, "--jobs"),
        (["--database", "mysql://localhost/x"], 2, "sqlite://"),
        (["--database", "postgres://postgres@127.0.0.1:1/x"], 6, "127.0.0.1:1"),
    ] {
        let line = home.run(&[&["bench", "dispatch"][..], &more].concat()).fails(code);
        assert!(line.contains(says), "{line}");
    }
}

#[test]
fn serving_is_measured_on_a_service_of_its_own() {
    let home = Home::new();
    let ended = home.run(&["bench", "serve", "--json"]).succeeds();
    assert_eq!(ended.stderr, "");
    let figures = ended.json();
    for key in ["bytes_per_s", "range_per_s", "feed_per_s", "feed_304_p99_ms", "feed_p99_ms", "feed_bytes"] {
        assert!(figures[key].as_f64().unwrap() > 0.0, "{key}: {figures}");
    }
    for key in ["nginx_bytes_per_s", "nginx_range_per_s"] {
        assert!(figures[key].is_null() || figures[key].as_f64().unwrap() > 0.0, "{key}: {figures}");
    }
    assert_eq!(home.names_in("data"), [""; 0], "nothing is left");
}
