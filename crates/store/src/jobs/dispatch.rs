//! `bench dispatch`: how fast no-op jobs go through the whole queue, and a bare claim beside it.

use super::drain_bare;
use crate::{Store, StoreError};
use queue::{
    Clock, Entropy, JobStore, Kind, Lane, NewJob, OnDuplicate, Outcome, Worker, WorkerSettings,
    worker::Notice,
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// Jobs of one enqueue, claim and record.
const BATCH: u32 = 500;
const KIND: Kind = Kind::new("bench");

/// What was measured; rates are jobs a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub jobs: u64,
    pub enqueue_per_s: f64,
    pub drain_per_s: f64,
    pub claim_p50: Duration,
    pub claim_p99: Duration,
    pub reference_drain_per_s: f64,
}

/// Enqueues and drains `jobs` jobs twice: by a worker with lanes, leases and attempts, and bare. The store
/// should have nothing else to do.
pub async fn measure(
    store: &Store,
    jobs: u32,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Figures, StoreError> {
    enqueue(store, jobs, &*clock).await?;
    let started = Instant::now();
    let drained = drain_bare(store, BATCH, clock.now()).await?;
    let reference_drain_per_s = rate(drained, started.elapsed());

    let started = Instant::now();
    enqueue(store, jobs, &*clock).await?;
    let enqueue_per_s = rate(u64::from(jobs), started.elapsed());
    let claims = Arc::new(Claims::new(jobs));
    let started = Instant::now();
    drain(store, clock, entropy, claims.clone()).await;
    let drain_per_s = rate(u64::from(jobs), started.elapsed());
    let (claim_p50, claim_p99) = claims.percentiles();
    Ok(Figures {
        jobs: u64::from(jobs),
        enqueue_per_s,
        drain_per_s,
        claim_p50,
        claim_p99,
        reference_drain_per_s,
    })
}

async fn enqueue(store: &Store, jobs: u32, clock: &dyn Clock) -> Result<(), StoreError> {
    let mut left = jobs;
    while left > 0 {
        let count = left.min(BATCH);
        let now = clock.now();
        let due_at = now + 3_600_000_000;
        // The bare claim knows one lane only; the worker is not told.
        let batch = vec![NewJob::new(KIND, "{}", due_at); count as usize];
        store.enqueue(&batch, OnDuplicate::Keep, now).await?;
        left -= count;
    }
    Ok(())
}

/// Works until as many jobs as were enqueued are durably done.
async fn drain(store: &Store, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, claims: Arc<Claims>) {
    let mut settings = WorkerSettings::new("bench", vec![KIND], 6 * BATCH);
    settings.lanes = vec![(Lane(0), 8), (Lane(1), 4), (Lane(2), 1)];
    settings.batch = BATCH;
    let heard = claims.clone();
    let worker =
        Worker::new(store.clone(), clock, entropy, settings, move |notice: Notice<'_>| heard.hear(&notice));
    let all_done = async { claims.all_done.notified().await };
    worker.run(|_| Ok(()), |_, _| async { Outcome::Done }, all_done).await;
}

/// What the worker told.
#[derive(Debug)]
struct Claims {
    took: Mutex<Vec<Duration>>,
    left: AtomicU64,
    all_done: Notify,
}

impl Claims {
    fn new(jobs: u32) -> Self {
        Self { took: Mutex::default(), left: AtomicU64::new(u64::from(jobs)), all_done: Notify::new() }
    }

    fn hear(&self, notice: &Notice<'_>) {
        match notice {
            Notice::Claimed { jobs: 1.., took } => {
                self.took.lock().unwrap_or_else(PoisonError::into_inner).push(*took);
            }
            Notice::Finished { .. } if self.left.fetch_sub(1, Ordering::Relaxed) == 1 => {
                self.all_done.notify_one();
            }
            _ => {}
        }
    }

    fn percentiles(&self) -> (Duration, Duration) {
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner).clone();
        took.sort_unstable();
        let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1)));
        (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or_default())
    }
}

fn rate(jobs: u64, took: Duration) -> f64 {
    jobs as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE)
}
