//! What the queue tells, through real workers and the real store.

use super::{
    super::{Fetched, listener, recorder, render, source_fetched, start, worker},
    harness::{Scrape, Server, known},
};
use crate::clock::SystemClock;
use queue::{
    Class, Job, JobError, JobId, JobStore, Kind, NewJob, OnDuplicate, Outcome, Seeded, SetClock, Ticket,
    Worker, WorkerSettings, lifecycle::Ending, worker::Notice,
};
use std::sync::Arc;
use store::Store;
use tokio::sync::Semaphore;

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
        move |notice: Notice<'_>| {
            let is_end = matches!(notice, Notice::Finished { .. });
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
    let recorder = recorder(&known()).unwrap();
    let text = ::metrics::with_local_recorder(&recorder, || {
        let listener = listener("narrate", 1);
        let (kind, later) = (Kind::new("assemble"), Kind::new("embroider"));
        for ending in Ending::ALL {
            listener(Notice::Swept { kind: &kind, owner: "gone", ending, cause: None });
        }
        listener(Notice::Swept { kind: &later, owner: "gone", ending: Ending::Lapsed, cause: None });
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
