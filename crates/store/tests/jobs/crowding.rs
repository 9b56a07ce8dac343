//! Claims of several processes at the same moment, on PostgreSQL; SQLite has one writer at a time. The
//! other process is a transaction that a test keeps open in the middle of its claim.

use crate::harness::{KIND, LEASE, NOW, claim, enqueue, jobs, works};
use queue::{
    Limits, Outcome, Policies, Seeded, SetClock, Worker, WorkerSettings, lifecycle::Ending, worker::Notice,
};
use sqlx::{Connection, PgConnection, Row};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use store::Store;

/// A test that fails ends.
const PATIENCE: Duration = Duration::from_secs(30);
const LOCK: &str = include_str!("../../sql/jobs/claim.lock.postgres.sql");

async fn open(cluster: &testkit::Postgres) -> (Store, String) {
    let url = cluster.database().unwrap();
    (Store::open(&url).await.unwrap(), url)
}

#[tokio::test]
async fn what_another_is_claiming_is_passed_by() {
    let cluster = testkit::Postgres::start().unwrap();
    let (store, url) = open(&cluster).await;
    enqueue(&store, &jobs(3)).await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut half_way = other.begin().await.unwrap();
    sqlx::query("SELECT id FROM jobs ORDER BY id LIMIT 1 FOR UPDATE").execute(&mut *half_way).await.unwrap();
    let claimed = tokio::time::timeout(PATIENCE, claim(&store, 3, NOW)).await;
    assert_eq!(works(&claimed.expect("nobody waits for another's claim")), ["job 1", "job 2"]);
    half_way.rollback().await.unwrap();
    assert_eq!(works(&claim(&store, 3, NOW).await), ["job 0"]);
    store.close().await;
}

#[tokio::test]
async fn a_limit_counts_what_another_is_claiming() {
    let cluster = testkit::Postgres::start().unwrap();
    let (store, url) = open(&cluster).await;
    enqueue(&store, &jobs(9)).await;
    let limits = Limits { per_kind: BTreeMap::from([(KIND, 2)]), ..Limits::default() };
    store.set_limits(&limits).await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut half_way = other.begin().await.unwrap();
    sqlx::query(LOCK).execute(&mut *half_way).await.unwrap();
    let lease = "UPDATE jobs SET state = 'leased', owner = 'other', leased_at = 0, lease_until = 0, fence = 1
        WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT 2)";
    sqlx::query(lease).execute(&mut *half_way).await.unwrap();
    let claiming = tokio::spawn({
        let store = store.clone();
        async move { claim(&store, 9, NOW).await.len() }
    });
    // Until it waits, or has not waited.
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    while !claiming.is_finished() && waiting_for_locks(&mut watcher).await == 0 {
        tokio::task::yield_now().await;
    }
    half_way.commit().await.unwrap();
    assert_eq!(claiming.await.unwrap(), 0, "two run already");
    store.close().await;
}

/// Two nodes begin at once, and both set what is configured.
#[tokio::test]
async fn two_nodes_may_set_the_same_limits_at_once() {
    let cluster = testkit::Postgres::start().unwrap();
    let (store, url) = open(&cluster).await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut half_way = other.begin().await.unwrap();
    let limit = "INSERT INTO job_limits (scope, name, max_running) VALUES ('group', '', 3)";
    sqlx::query(limit).execute(&mut *half_way).await.unwrap();
    let limits = Limits { per_group: Some(4), ..Limits::default() };
    let setting = tokio::spawn({
        let (store, limits) = (store.clone(), limits.clone());
        async move { store.set_limits(&limits).await }
    });
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    while !setting.is_finished() && waiting_for_locks(&mut watcher).await == 0 {
        tokio::task::yield_now().await;
    }
    half_way.commit().await.unwrap();
    setting.await.unwrap().unwrap();
    assert_eq!(store.limits().await.unwrap(), limits, "the later word holds");
    store.close().await;
}

/// Claims and records whose answer never comes: leases that nobody knows of, ends that were recorded.
#[tokio::test]
async fn cut_connections_lose_nothing_and_record_nothing_twice() {
    const JOBS: u32 = 600;
    const ROUNDS: u32 = 15;
    let cluster = testkit::Postgres::start().unwrap();
    let (store, url) = open(&cluster).await;
    enqueue(&store, &jobs(JOBS as usize)).await;
    let clock = SetClock::at(NOW);
    let settings = WorkerSettings {
        poll: Duration::from_millis(5),
        batch: 20,
        // Unknown leases lapse again and again here: none of the jobs is the cause.
        policies: Policies { crashes: u32::MAX, ..Policies::SHIPPED },
        ..WorkerSettings::new("cut off", vec![KIND], 20)
    };
    let (told_done, troubles) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let tell = {
        let (told_done, troubles) = (told_done.clone(), troubles.clone());
        move |notice: Notice<'_>| match notice {
            Notice::Finished { ending: Ending::Done, .. } => drop(told_done.fetch_add(1, Ordering::Relaxed)),
            Notice::Trouble { .. } => drop(troubles.fetch_add(1, Ordering::Relaxed)),
            _ => {}
        }
    };
    let worker = Worker::new(store, Arc::new(clock.clone()), Arc::new(Seeded::new(1)), settings, tell);
    let mut cutter = PgConnection::connect(&url).await.unwrap();
    let all_done = async {
        let mut left: i64 = 1;
        for round in 0.. {
            if round < ROUNDS {
                let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
                sqlx::query(cut).execute(&mut cutter).await.unwrap();
            }
            if left == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(7)).await;
            clock.advance(LEASE / 3);
            left = sqlx::query("SELECT COUNT(*) FROM jobs").fetch_one(&mut cutter).await.unwrap().get(0);
        }
    };
    let work = worker.run(|_| Ok(()), |_, _| async { Outcome::Done }, all_done);
    tokio::time::timeout(2 * PATIENCE, work).await.expect("every job comes to its end");
    assert!(troubles.load(Ordering::Relaxed) > 0, "connections were cut");
    let sql = "SELECT COUNT(*), COUNT(DISTINCT job) FROM attempts WHERE outcome = 'done'";
    let row = sqlx::query(sql).fetch_one(&mut cutter).await.unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (JOBS.into(), JOBS.into()));
    assert_eq!(told_done.load(Ordering::Relaxed), JOBS, "and as many were told");
}

async fn waiting_for_locks(connection: &mut PgConnection) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query(sql).fetch_one(connection).await.unwrap().get(0)
}
