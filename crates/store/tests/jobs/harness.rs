//! Throw-away stores, and jobs to put into them.

use queue::{
    Circumstances, Claim, Enqueued, Job, JobError, JobId, JobStore, Kind, Lane, Lanes, NewJob, Offer,
    OnDuplicate, Outcome, Policies, Settlement, Spent, Ticket, lifecycle, store::SettledBy,
};
use store::Store;

pub const SECOND: i64 = 1_000_000;
pub const LEASE: i64 = 30 * SECOND;
pub const NOW: i64 = 1_800_000_000 * SECOND;
pub const HOUR: i64 = 3_600 * SECOND;
pub const KIND: Kind = Kind::new("narrate");

/// A store, and where others find the same database.
pub struct Place {
    pub store: Store,
    pub url: String,
}

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                let store = store::Store::open(&url).await.unwrap();
                super::$name(crate::harness::Place { store, url }).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let url = cluster.database().unwrap();
                let store = store::Store::open(&url).await.unwrap();
                super::$name(crate::harness::Place { store: store.clone(), url }).await;
                store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

/// A job whose work is its name.
pub fn job(name: &str) -> NewJob {
    NewJob::new(KIND, name, NOW + HOUR)
}

pub fn jobs(count: usize) -> Vec<NewJob> {
    (0..count).map(|n| job(&format!("job {n}"))).collect()
}

pub async fn enqueue(store: &Store, jobs: &[NewJob]) -> Enqueued {
    store.enqueue(jobs, OnDuplicate::Keep, NOW).await.unwrap()
}

pub fn claim_of(offers: Vec<Offer>, free: u32, now: i64) -> Claim {
    Claim { owner: "tester".into(), kinds: vec![KIND], offers, free, now, lease_until: now + LEASE }
}

/// Claims up to `free` jobs of lane 0.
pub async fn claim<S: JobStore>(store: &S, free: u32, now: i64) -> Vec<Job<String>> {
    let offers = Lanes::new([(Lane(0), 1)]).offers(free);
    store.claim(&claim_of(offers, free, now)).await.unwrap()
}

pub async fn claim_one<S: JobStore>(store: &S, now: i64) -> Job<String> {
    let mut claimed = claim(store, 1, now).await;
    assert_eq!(claimed.len(), 1, "there is a job to claim");
    claimed.remove(0)
}

pub fn works(jobs: &[Job<String>]) -> Vec<&str> {
    jobs.iter().map(|job| job.work.as_str()).collect()
}

pub fn circumstances(due_at: i64, now: i64) -> Circumstances<'static> {
    Circumstances { policies: &Policies::SHIPPED, due_at, fraction: 0.5, now }
}

/// What a worker records when a handler said this.
pub fn settlement(job: &Job<String>, outcome: &Outcome, now: i64) -> Settlement {
    Settlement {
        ticket: job.ticket,
        kind: job.kind.clone(),
        step: lifecycle::finish(job.counts, outcome, &circumstances(job.due_at, now)),
        at: now,
        by: SettledBy::Holder,
        spent: Spent::default(),
    }
}

/// Settles; whether it was recorded.
pub async fn settle<S: JobStore>(store: &S, job: &Job<String>, outcome: &Outcome, now: i64) -> bool {
    store.settle(&[settlement(job, outcome, now)]).await.unwrap().is_empty()
}

/// Takes back every lease that is over; how many.
pub async fn sweep<S: JobStore>(store: &S, now: i64) -> usize {
    let lapsed = store.lapsed(now, 100).await.unwrap();
    let settlements: Vec<Settlement> = lapsed
        .iter()
        .map(|job| Settlement {
            ticket: job.ticket,
            kind: job.kind.clone(),
            step: lifecycle::lapse(job.counts, &circumstances(job.due_at, now)),
            at: now,
            by: SettledBy::Time,
            spent: Spent::default(),
        })
        .collect();
    let refused = store.settle(&settlements).await.unwrap();
    settlements.len() - refused.len()
}

/// Enqueues a job and has it fail for good; its id.
pub async fn bury(store: &Store, job: &NewJob, error: JobError, now: i64) -> JobId {
    enqueue(store, std::slice::from_ref(job)).await;
    let claimed = claim_one(store, now).await;
    assert!(settle(store, &claimed, &Outcome::Fail(error), now).await);
    claimed.ticket.id
}

pub fn tickets(jobs: &[Job<String>]) -> Vec<Ticket> {
    jobs.iter().map(|job| job.ticket).collect()
}
