//! The contract, from outside: what a scrape of the real routes holds, judged by Prometheus' own tool.

mod reference;
mod sources;

use super::*;
use domain::ArtifactKind;
use jiff::{SignedDuration, Timestamp};
use metrics_exporter_prometheus::PrometheusRecorder;
use queue::{
    Class, Job, JobError, JobStore, Kind, NewJob, OnDuplicate, Outcome, Seeded, SetClock, Worker,
    WorkerSettings,
};
use std::{collections::BTreeMap, io::Write, process::Command, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

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
    ("jobs_enqueued_total", &["kind"], 7),
    ("jobs_finished_total", &["kind", "outcome"], 7 * 7),
    ("job_seconds", &["kind"], 7),
    ("job_wait_seconds", &["kind"], 7),
    ("queue_jobs", &["lane", "state"], 2 * 6),
    ("queue_oldest_ready_age_seconds", &["lane"], 2),
    ("worker_slots", &["pool"], 1),
    ("worker_slots_busy", &["pool"], 1),
    ("leases_lost_total", &["kind"], 7),
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
    ("http_requests_total", &["route", "method", "status"], 4 * 4),
    ("http_request_seconds", &["route", "method"], 4),
    ("db_pool_connections", &["state"], 2),
    ("backup_last_success_timestamp_seconds", &[], 1),
    ("build_info", &["version", "commit"], 1),
];

fn known() -> Known {
    Known {
        lanes: vec![(Lane(0), "premium".to_owned()), (Lane(1), "free".to_owned())],
        pools: vec!["narrate".to_owned()],
        providers: vec!["openai".to_owned(), "embedded".to_owned()],
        routes: web::health::ROUTES.to_vec(),
    }
}

/// A server with the real routes, on loopback. It lives on the test's one thread, for which alone the
/// recorder records.
struct Server {
    store: Store,
    address: String,
    _folder: TempDir,
}

impl Server {
    async fn start(recorder: &PrometheusRecorder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |scheme, name| format!("{scheme}://{}/{name}", folder.path().display());
        let store = Store::open(&url("sqlite", "test.db")).await.unwrap();
        let media = media::Media::open(&url("file", "media")).unwrap();
        let metrics = scraper(recorder.handle(), Sampler::new(store.clone(), SystemClock, &known()));
        let health = web::health::Health { store: store.clone(), media, metrics };
        let router = web::measure::measured(web::health::router(health));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(web::serve(listener, router));
        Self { store, address, _folder: folder }
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (_head, body) = answer.split_once("\r\n\r\n").unwrap();
        body.to_owned()
    }

    async fn scrape(&self) -> Scrape {
        Scrape::of(&self.get("/metrics").await)
    }
}

/// Series and their values.
struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    fn of(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let series = lines.map(|line| line.rsplit_once(' ').unwrap());
        Self(series.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect())
    }

    /// The value of a series, named without the prefix.
    #[track_caller]
    fn at(&self, series: &str) -> f64 {
        *self.0.get(&format!("mimiyori_{series}")).unwrap_or_else(|| panic!("no series {series}"))
    }

    /// Every series of a metric, by its labels; histograms by their counts.
    fn of_metric(&self, name: &str) -> Vec<(Vec<String>, f64)> {
        let series = |suffix: &str| -> Vec<_> {
            let full = format!("mimiyori_{name}{suffix}");
            let named = self.0.iter().filter(|(series, _)| series.split('{').next() == Some(&*full));
            named.map(|(series, value)| (labels(series), *value)).collect()
        };
        let plain = series("");
        if plain.is_empty() { series("_count") } else { plain }
    }
}

fn labels(series: &str) -> Vec<String> {
    let inside = series.split_once('{').map_or("", |(_, rest)| rest.trim_end_matches('}'));
    let pairs = inside.split(',').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split('=').next().unwrap().to_owned()).collect()
}

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
    let mut tool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, of the Debian package prometheus; cargo xtask test --install installs it");
    tool.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    let said = tool.wait_with_output().unwrap();
    let complaints =
        format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success() && complaints.is_empty(), "{complaints}");
}

fn record_everything() {
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
    let later = now + SignedDuration::from_secs(90);
    occurrences_due(Due::Late, 2);
    occurrence_ready(now, later);
    occurrence_ready(later, now);
    predicted_late(Horizon::Hour, 3);
    batch_progress(BatchStage::Narrate, 1, 4);
    stage_took(Stage::Assemble, Duration::from_millis(30));
    scheduler_ticked(now, later, later);
    canary_succeeded(now);
    backup_succeeded(later);
    provider_called("openai", Operation::Write, None, Duration::from_secs(2));
    provider_called("openai", Operation::Speak, Some(Class::Throttled), Duration::from_secs(1));
    provider_spent("openai", Unit::Tokens, 1_200, 2_500_001);
    budgets([Budget {
        provider: "openai",
        period: Period::Day,
        spent_micro_usd: 1_500_000,
        limit_micro_usd: None,
    }]);
    breakers([("openai", true), ("embedded", false)]);
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
        ("batch_progress_ratio{stage=\"narrate\"}", 0.25),
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
        ("budget_spent_usd{provider=\"openai\",period=\"day\"}", 1.5),
        ("budget_limit_usd{provider=\"openai\",period=\"day\"}", f64::INFINITY),
        ("breaker_open{provider=\"openai\"}", 1.0),
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

/// A worker does three jobs, one of them in vain, and lets a fourth wait.
#[tokio::test]
async fn the_queue_is_counted_as_it_is_worked() {
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    let server = Server::start(&recorder).await;
    worker::count_enqueued(&server.store);
    let now = SystemClock.micros();
    let job = |kind, work: &str| NewJob::new(Kind::new(kind), work, now);
    let jobs = [job("fetch", "good"), job("narrate", "good"), job("narrate", "bad"), job("sweep", "good")];
    server.store.enqueue(&jobs, OnDuplicate::Keep, now - 9_000_000).await.unwrap();

    let ended = Arc::new(Semaphore::new(0));
    let tell = {
        let (listener, ended) = (listener("narrate", 4), ended.clone());
        move |notice: queue::worker::Notice<'_>| {
            let is_end = matches!(notice, queue::worker::Notice::Finished { .. });
            listener(notice);
            ended.add_permits(usize::from(is_end));
        }
    };
    let settings = WorkerSettings::new("tester", vec![Kind::new("fetch"), Kind::new("narrate")], 4);
    let clock = Arc::new(SetClock::at(now));
    let worker = Worker::new(server.store.clone(), clock, Arc::new(Seeded::new(1)), settings, tell);
    let handle = |job: Job<String>, _| async move {
        match job.work.as_str() {
            "good" => Outcome::Done,
            _ => Outcome::Fail(JobError::new(Class::Input, "it cannot be read")),
        }
    };
    worker.run(|job| Ok(job.work.clone()), handle, async { drop(ended.acquire_many(3).await) }).await;

    let scrape = server.scrape().await;
    let expected = [
        ("jobs_enqueued_total{kind=\"narrate\"}", 2.0),
        ("jobs_enqueued_total{kind=\"sweep\"}", 1.0),
        ("jobs_finished_total{kind=\"fetch\",outcome=\"done\"}", 1.0),
        ("jobs_finished_total{kind=\"narrate\",outcome=\"done\"}", 1.0),
        ("jobs_finished_total{kind=\"narrate\",outcome=\"failed\"}", 1.0),
        ("jobs_finished_total{kind=\"sweep\",outcome=\"done\"}", 0.0),
        ("job_seconds_count{kind=\"narrate\"}", 2.0),
        ("job_wait_seconds_sum{kind=\"narrate\"}", 18.0),
        ("worker_slots{pool=\"narrate\"}", 4.0),
        ("queue_jobs{lane=\"premium\",state=\"available\"}", 1.0),
        ("queue_jobs{lane=\"premium\",state=\"dead\"}", 1.0),
        ("queue_jobs{lane=\"free\",state=\"available\"}", 0.0),
    ];
    for (series, value) in expected {
        assert_eq!(scrape.at(series), value, "{series}");
    }
    assert!(scrape.at("queue_oldest_ready_age_seconds{lane=\"premium\"}") >= 9.0);
    assert_eq!(scrape.at("queue_oldest_ready_age_seconds{lane=\"free\"}"), 0.0);
}

/// Whatever a worker may be told of is counted, of kinds that this release does not know too.
#[test]
fn every_end_of_a_lease_is_counted() {
    use queue::{JobId, Ticket, lifecycle::Ending, worker::Notice};
    let recorder = recorder(&known()).unwrap();
    let text = ::metrics::with_local_recorder(&recorder, || {
        let listener = listener("narrate", 1);
        let (kind, later) = (Kind::new("assemble"), Kind::new("embroider"));
        for ending in Ending::ALL {
            listener(Notice::Swept { kind: &kind, owner: "gone", ending });
        }
        listener(Notice::Swept { kind: &later, owner: "gone", ending: Ending::Lapsed });
        listener(Notice::LeaseLost { kind: &kind, ticket: Ticket { id: JobId(1), fence: 1 } });
        listener(Notice::Busy { slots: 1 });
        render::text(&recorder.handle().render())
    });
    let scrape = Scrape::of(&text);
    for ending in Ending::ALL.into_iter().filter(|ending| *ending != Ending::Cancelled) {
        let name = ending.name();
        assert_eq!(scrape.at(&format!("jobs_finished_total{{kind=\"assemble\",outcome=\"{name}\"}}")), 1.0);
    }
    assert_eq!(scrape.at("jobs_finished_total{kind=\"embroider\",outcome=\"lapsed\"}"), 1.0);
    assert_eq!(scrape.at("leases_lost_total{kind=\"assemble\"}"), 1.0);
    assert_eq!(scrape.at("worker_slots_busy{pool=\"narrate\"}"), 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_started_the_whole_process_records() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
    let render = start(&known(), &store, SystemClock).unwrap();
    let now = SystemClock.micros();
    let job = NewJob::new(Kind::new("notify"), "{}", now);
    store.enqueue(&[job], OnDuplicate::Keep, now).await.unwrap();
    std::thread::spawn(|| source_fetched(Fetched::Gone)).join().unwrap();
    let scrape = Scrape::of(&render().await);
    assert_eq!(scrape.at("jobs_enqueued_total{kind=\"notify\"}"), 1.0);
    assert_eq!(scrape.at("source_fetch_total{outcome=\"gone\"}"), 1.0);
    assert!(start(&known(), &store, SystemClock).is_err(), "nobody is to record twice");
}
