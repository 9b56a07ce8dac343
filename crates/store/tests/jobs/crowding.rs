//! Claims of several processes at the same moment, on PostgreSQL; SQLite has one writer at a time. The
//! other process is a transaction that a test keeps open in the middle of its claim.

use crate::harness::{KIND, NOW, claim, enqueue, jobs, works};
use queue::Limits;
use sqlx::{Connection, PgConnection, Row};
use std::{collections::BTreeMap, time::Duration};
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

async fn waiting_for_locks(connection: &mut PgConnection) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query(sql).fetch_one(connection).await.unwrap().get(0)
}
