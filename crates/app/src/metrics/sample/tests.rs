//! What the database holds is what a scrape shows, and no more often than it should.

use super::*;
use crate::metrics::{recorder, render};
use domain::provider::{Account, Budgets, Open, Settings};
use metrics_exporter_prometheus::PrometheusRecorder;
use queue::{Begin, Claim, JobStore, Kind, Lanes, NewJob, OnDuplicate};

fn known() -> Known {
    Known { lanes: vec![(Lane(0), "premium".to_owned())], ..Known::default() }
}

/// The lines that tell of the queue and are not at 0.
fn shown(recorder: &PrometheusRecorder) -> Vec<String> {
    let text = render::text(&recorder.handle().render());
    let of_queue = text.lines().filter(|line| line.starts_with("mimiyori_queue_") && !line.ends_with(" 0"));
    of_queue.map(|line| line.trim_start_matches("mimiyori_queue_").to_owned()).collect()
}

impl Sampler {
    /// As a scrape finds it that comes later.
    async fn refresh_later(&self) {
        self.last.lock().await.next = Instant::now();
        self.refresh().await;
    }
}

#[tokio::test]
async fn lanes_are_shown_as_they_are_and_emptied_ones_as_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    let sampler = Sampler::new(store.clone(), SystemClock, &known());
    let now = SystemClock.micros();
    let (hour, kind) = (3_600_000_000, Kind::new("narrate"));
    let job = |lane, begin| NewJob { lane: Lane(lane), begin, ..NewJob::new(kind.clone(), "{}", now) };
    // By a clock that runs ahead: the age of the oldest stays 0.
    let jobs = [job(0, Begin::At(now + hour)), job(0, Begin::Now), job(7, Begin::Held("batch".into()))];
    store.enqueue(&jobs, OnDuplicate::Keep, now + hour / 2).await.unwrap();

    sampler.refresh().await;
    let full = [
        "jobs{lane=\"7\",state=\"held\"} 1",
        "jobs{lane=\"premium\",state=\"available\"} 1",
        "jobs{lane=\"premium\",state=\"waiting\"} 1",
    ];
    assert_eq!(shown(&recorder), full);

    store.promote_held("batch", now, 9).await.unwrap();
    let claim = Claim {
        owner: "tester".to_owned(),
        kinds: vec![kind],
        offers: Lanes::new([(Lane(0), 1), (Lane(7), 1)]).offers(9),
        free: 9,
        now,
        lease_until: now + hour,
    };
    let claimed = store.claim(&claim).await.unwrap();
    let ids: Vec<_> = claimed.iter().map(|job| job.ticket.id).collect();
    assert_eq!(store.cancel(&ids, now).await.unwrap(), 2);
    store.prune_jobs(now + 1, 9).await.unwrap();
    sampler.refresh().await;
    assert_eq!(shown(&recorder), full, "too soon to look again");
    sampler.refresh_later().await;
    assert_eq!(shown(&recorder), ["jobs{lane=\"premium\",state=\"waiting\"} 1"]);

    store.close().await;
    sampler.refresh_later().await;
    assert_eq!(shown(&recorder), ["jobs{lane=\"premium\",state=\"waiting\"} 1"], "as it was last seen");
}

/// The series of a metric with their values.
fn values(text: &str, name: &str) -> Vec<String> {
    let prefix = format!("mimiyori_{name}{{");
    text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
}

#[tokio::test]
async fn budgets_are_shown_as_configured() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
    let settings = Settings { daily_budget_micro_usd: 2_500_000, ..Settings::default() };
    store.configure_provider("openai", &settings).await.unwrap();
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    Sampler::new(store, SystemClock, &known()).refresh().await;
    let text = render::text(&recorder.handle().render());
    let of_openai = |period, value| format!("provider=\"openai\",period=\"{period}\"}} {value}");
    assert_eq!(values(&text, "budget_limit_usd"), [of_openai("day", "2.5"), of_openai("month", "+Inf")]);
    assert_eq!(values(&text, "budget_spent_usd"), [of_openai("day", "0"), of_openai("month", "0")]);
    assert_eq!(values(&text, "breaker_open"), ["provider=\"openai\"} 0"]);
}

#[test]
fn spending_and_breakers_are_shown_as_they_stand() {
    let recorder = recorder(&known()).unwrap();
    let settings = Settings { daily_budget_micro_usd: 2_500_000, ..Settings::default() };
    let account = Account { settings: settings.clone(), ..Account::default() };
    let mut standing = account.standing(&Open::default(), 0);
    (standing.breaker, standing.spent_month_micro_usd) = (BreakerState::Open, 1_000_001);
    let row = ProviderRow {
        name: "openai".to_owned(),
        settings,
        standing,
        killed: None,
        budgets: Budgets::default(),
    };
    ::metrics::with_local_recorder(&recorder, || providers(&[row]));
    let text = render::text(&recorder.handle().render());
    assert_eq!(values(&text, "breaker_open"), ["provider=\"openai\"} 1"]);
    let spent = values(&text, "budget_spent_usd");
    assert_eq!(spent[1], "provider=\"openai\",period=\"month\"} 1.000001", "{spent:?}");
}

#[test]
fn a_batch_is_as_far_as_its_stages() {
    let recorder = recorder(&known()).unwrap();
    let shown = |progress: &Progress| {
        ::metrics::with_local_recorder(&recorder, || batch(progress));
        values(&render::text(&recorder.handle().render()), "batch_progress_ratio").join(", ")
    };
    let stages = |assemble, narrate, select| {
        format!("stage=\"assemble\"}} {assemble}, stage=\"narrate\"}} {narrate}, stage=\"select\"}} {select}")
    };
    let states =
        [(OccurrenceState::Open, 2), (OccurrenceState::Selected, 1), (OccurrenceState::Published, 1)];
    let mut progress = Progress { states: states.into(), ..Progress::default() };
    assert_eq!(shown(&progress), stages("0.25", "0.5", "0.5"), "nothing was to be made");
    progress.demand = [("segment".to_owned(), (3, 1)), ("phrase".to_owned(), (1, 0))].into();
    assert_eq!(shown(&progress), stages("0.25", "0.25", "0.5"));
    assert_eq!(shown(&Progress::default()), stages("0", "0", "0"));
}

/// All connections are taken, as when the server hangs: a scrape gives what there is.
#[tokio::test]
async fn a_database_that_hangs_does_not_hold_up_a_scrape() {
    let cluster = testkit::Postgres::start().unwrap();
    let store = Store::open(&cluster.database().unwrap()).await.unwrap();
    let mut held = Vec::new();
    while let Ok(tx) = timeout(Duration::from_millis(300), store.begin()).await {
        held.push(tx.unwrap());
    }
    let recorder = recorder(&known()).unwrap();
    let _here = ::metrics::set_default_local_recorder(&recorder);
    let sampler = Sampler::new(store.clone(), SystemClock, &known());
    timeout(2 * PATIENCE, sampler.refresh()).await.expect("it gives up in time");
    let text = render::text(&recorder.handle().render());
    let busy = format!("mimiyori_db_pool_connections{{state=\"busy\"}} {}", held.len());
    assert!(text.lines().any(|line| line == busy), "{text}");
    drop(held);
    store.close().await;
}
