//! The worker over real stores: nothing lost, nothing twice, whatever stops.

use crate::harness::{HOUR, KIND, LEASE, NOW, Place, claim, enqueue, job, jobs, on_both};
use queue::{
    Begin, Class, Context, Job, JobError, JobStore, NewJob, OnDuplicate, Outcome, Seeded, SetClock, State,
    Worker, WorkerSettings, dead::DeadFilter, lifecycle::Ending, worker::Notice,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};
use store::Store;
use tokio::sync::{Semaphore, oneshot};

on_both!(
    two_workers_do_every_job_once,
    counts_tell_what_is_there,
    a_crash_is_recovered_from,
    panics_and_unreadable_work_are_dead_letters,
    a_wake_up_comes_from_another_store,
    a_failed_job_comes_again_in_its_time,
);

/// Long enough that only a wake-up can be in time, and that a test that fails ends.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn settings(owner: &str) -> WorkerSettings {
    WorkerSettings { poll: Duration::from_millis(20), ..WorkerSettings::new(owner, vec![KIND], 16) }
}

pub fn worker(store: &Store, clock: &SetClock, settings: WorkerSettings) -> Worker<Store> {
    heard(store, clock, settings, |_| {})
}

pub fn heard(
    store: &Store,
    clock: &SetClock,
    settings: WorkerSettings,
    tell: impl Fn(Notice<'_>) + Send + Sync + 'static,
) -> Worker<Store> {
    Worker::new(store.clone(), Arc::new(clock.clone()), Arc::new(Seeded::new(1)), settings, tell)
}

pub fn text(job: &Job<String>) -> Result<String, String> {
    Ok(job.work.clone())
}

/// Rings once so many ends were recorded.
fn count_ends() -> (impl Fn(Notice<'_>) + Send + Sync + Clone + 'static, Arc<Semaphore>) {
    let ends = Arc::new(Semaphore::new(0));
    let counted = ends.clone();
    let tell = move |notice: Notice<'_>| {
        if let Notice::Finished { .. } = notice {
            counted.add_permits(1);
        }
    };
    (tell, ends)
}

async fn reached(ends: &Semaphore, target: u32) {
    let all = tokio::time::timeout(PATIENCE, ends.acquire_many(target)).await;
    assert!(all.is_ok(), "only {} of {target} ended", ends.available_permits());
}

async fn two_workers_do_every_job_once(place: Place) {
    const JOBS: u32 = 2_000;
    let Place { store, .. } = place;
    enqueue(&store, &jobs(JOBS as usize)).await;
    let clock = SetClock::at(NOW);
    let running = Arc::new(Mutex::new(HashSet::new()));
    let done = Arc::new(Mutex::new(HashMap::<i64, u32>::new()));
    let handle = {
        let (running, done) = (running.clone(), done.clone());
        move |job: Job<String>, _: Context| {
            let (running, done) = (running.clone(), done.clone());
            async move {
                let id = job.ticket.id.0;
                assert!(running.lock().unwrap().insert(id), "two run {id} at the same time");
                tokio::task::yield_now().await;
                running.lock().unwrap().remove(&id);
                *done.lock().unwrap().entry(id).or_default() += 1;
                Outcome::Done
            }
        }
    };
    let (tell, ends) = count_ends();
    let run = |owner| {
        let worker = heard(&store, &clock, settings(owner), tell.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        (stop, tokio::spawn(worker.run(text, handle.clone(), stopped)))
    };
    let (stop_a, a) = run("a");
    let (stop_b, b) = run("b");
    reached(&ends, JOBS).await;
    drop((stop_a, stop_b));
    let (a, b) = (a.await.unwrap(), b.await.unwrap());
    assert_eq!((a.recorded + b.recorded, a.lost + b.lost), (u64::from(JOBS), 0));
    let done = std::mem::take(&mut *done.lock().unwrap());
    assert!(done.len() == JOBS as usize && done.values().all(|&times| times == 1));
    assert!(store.count_jobs().await.unwrap().is_empty());
}

/// The first worker's whole runtime goes away in the middle of a job, as in a killed process.
async fn a_crash_is_recovered_from(place: Place) {
    let Place { store, url } = place;
    enqueue(&store, &jobs(3)).await;
    let (begun, has_begun) = mpsc::channel::<()>();
    let crashing = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (all_run, wait) = oneshot::channel();
        runtime.spawn(async move {
            let store = Store::open(&url).await.unwrap();
            let handle = move |_, _| {
                begun.send(()).unwrap();
                std::future::pending::<Outcome>()
            };
            all_run.send(()).unwrap();
            worker(&store, &SetClock::at(NOW), settings("crashing"))
                .run(text, handle, std::future::pending())
                .await
        });
        runtime.block_on(wait).unwrap();
        for _ in 0..3 {
            has_begun.recv_timeout(PATIENCE).unwrap();
        }
        runtime.shutdown_background();
    });
    tokio::task::spawn_blocking(move || crashing.join()).await.unwrap().unwrap();

    let clock = SetClock::at(NOW + LEASE - 1);
    let (tell, ends) = count_ends();
    let swept = Arc::new(Semaphore::new(0));
    let tell = {
        let swept = swept.clone();
        move |notice: Notice<'_>| {
            if let Notice::Swept { owner, ending, .. } = notice {
                assert_eq!((owner, ending), ("crashing", Ending::Lapsed));
                swept.add_permits(1);
            }
            tell(notice);
        }
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = heard(&store, &clock, settings("heir"), tell);
    let work = tokio::spawn(worker.run(text, |_, _| async { Outcome::Done }, async { drop(stopped.await) }));
    clock.advance(1);
    reached(&ends, 3).await;
    drop(stop);
    assert_eq!(work.await.unwrap().recorded, 3);
    assert_eq!(swept.available_permits(), 3);
}

async fn panics_and_unreadable_work_are_dead_letters(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &[job("panics"), job("early"), job("unreadable"), job("fine")]).await;
    let decode = |job: &Job<String>| match job.work.as_str() {
        "unreadable" => Err("no such work".to_owned()),
        work => Ok(work.to_owned()),
    };
    let handle = |job: Job<String>, _: Context| {
        assert!(job.work != "early", "before the first await");
        async move {
            assert!(job.work != "panics", "in {}", job.work);
            Outcome::Done
        }
    };
    let (tell, ends) = count_ends();
    let worker = heard(&store, &SetClock::at(NOW), settings("steady"), tell);
    worker.run(decode, handle, reached(&ends, 4)).await;
    let mut dead = store.dead_letters(&DeadFilter::default(), 9).await.unwrap();
    dead.sort_by(|a, b| a.message.cmp(&b.message));
    let messages: Vec<&str> = dead.iter().map(|letter| letter.message.as_str()).collect();
    let expected = [
        "the handler panicked: before the first await",
        "the handler panicked: in panics",
        "the work cannot be read: no such work",
    ];
    assert_eq!(messages, expected);
    assert!(dead.iter().all(|letter| letter.class == Class::Bug));
}

async fn a_wake_up_comes_from_another_store(place: Place) {
    let Place { store, url } = place;
    let never = WorkerSettings { poll: Duration::from_secs(3_600), ..settings("sleeper") };
    let (tell, ends) = count_ends();
    let claims = Arc::new(Semaphore::new(0));
    let tell = {
        let claims = claims.clone();
        move |notice: Notice<'_>| {
            if let Notice::Claimed { .. } = notice {
                claims.add_permits(1);
            }
            tell(notice);
        }
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = heard(&store, &SetClock::at(NOW), never, tell);
    let work = tokio::spawn(worker.run(text, |_, _| async { Outcome::Done }, async { drop(stopped.await) }));
    reached(&claims, 1).await;
    // On SQLite all workers share the process and its store; on PostgreSQL another process has its own.
    let other = if store.dialect() == "postgres" { Store::open(&url).await.unwrap() } else { store.clone() };
    // A wake-up before the listener is there is missed by design, so it is rung until it is heard.
    tokio::time::timeout(PATIENCE, async {
        while ends.available_permits() == 0 {
            other.enqueue(&jobs(1), OnDuplicate::Keep, NOW).await.unwrap();
            let _ = tokio::time::timeout(Duration::from_millis(100), ends.acquire()).await;
        }
    })
    .await
    .unwrap();
    drop(stop);
    work.await.unwrap();
}

async fn a_failed_job_comes_again_in_its_time(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(1)).await;
    let clock = SetClock::at(NOW);
    let handle = |_: Job<String>, context: Context| async move {
        match context.counts.tries {
            0 | 1 => Outcome::Retry(JobError::new(Class::Transient, "no answer")),
            _ => Outcome::Done,
        }
    };
    let (tell, ends) = count_ends();
    let worker = heard(&store, &clock, settings("patient"), tell);
    let (stop, stopped) = oneshot::channel::<()>();
    let work = tokio::spawn(worker.run(text, handle, async { drop(stopped.await) }));
    for end in 1..=3 {
        reached(&ends, end).await;
        clock.advance(HOUR / 12);
    }
    drop(stop);
    work.await.unwrap();
    let done = store.count_attempts(0).await.unwrap();
    let ends: Vec<_> = done.iter().map(|count| (count.ending, count.total)).collect();
    assert_eq!(ends, [(Ending::Done, 1), (Ending::Retried, 2)]);
}

async fn counts_tell_what_is_there(place: Place) {
    let Place { store, .. } = place;
    let later = NewJob { begin: Begin::At(NOW + 5), ..job("later") };
    let held = NewJob { begin: Begin::Held("batch".into()), ..job("held") };
    enqueue(&store, &[job("running"), job("ready"), job("ready too"), later, held]).await;
    assert_eq!(claim(&store, 1, NOW).await.len(), 1);
    let counts = store.count_jobs().await.unwrap();
    let shape: Vec<_> =
        counts.iter().map(|count| (count.state, count.total, count.waiting, count.oldest_ready_at)).collect();
    let expected =
        [(State::Available, 3, 1, Some(NOW)), (State::Held, 1, 0, None), (State::Leased, 1, 0, None)];
    assert_eq!(shape, expected);
}
