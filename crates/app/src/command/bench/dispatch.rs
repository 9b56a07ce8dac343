//! No-op jobs through the whole queue, durably, and a bare claim doing the same row writes beside it.

use super::{peak_rss_mb, thousandths};
use crate::{
    cli::Place,
    clock::SystemClock,
    command::thrown_away::ThrownAway,
    failure::{Failure, Kind as FailureKind},
    terminal::answer,
};
use queue::{
    JobStore, Kind, Lane, NewJob, OnDuplicate, Outcome, Seeded, Worker, WorkerSettings, worker::Notice,
};
use serde::Serialize;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{
    Store,
    jobs::{drain_bare, forget_bench},
};
use tokio::sync::Notify;

/// Jobs of one enqueue, claim and record.
pub(super) const BATCH: u32 = 500;
const KIND: Kind = Kind::new("bench");

/// What was measured. The names are a contract.
#[derive(Debug, Serialize)]
struct Figures {
    database: &'static str,
    jobs: u32,
    enqueue_per_s: f64,
    drain_per_s: f64,
    claim_p50_ms: f64,
    claim_p99_ms: f64,
    /// Of the whole process; `null` where the system does not tell.
    peak_rss_mb: Option<f64>,
    reference_drain_per_s: f64,
}

pub async fn run(place: &Place, database: Option<String>, jobs: u32, json: bool) -> Result<(), Failure> {
    let (url, _thrown_away) = match database {
        Some(url) => (url, None),
        None => {
            let own = ThrownAway::choose(place)?;
            (format!("sqlite://{}", own.path("dispatch.db").display()), Some(own))
        }
    };
    let store = Store::open(&url).await?;
    let measured = match refuse_work(&store).await {
        Ok(()) => measure(&store, jobs).await,
        Err(refusal) => Err(refusal),
    };
    store.close().await;
    show(&measured?, json)
}

/// The measurement drains what there is, and its figures would be of something else.
async fn refuse_work(store: &Store) -> Result<(), Failure> {
    let counts = store.count_jobs().await?;
    match counts.iter().filter(|count| !count.state.is_finished()).map(|count| count.total).sum::<u64>() {
        0 => Ok(()),
        unfinished => Err(Failure::new(
            FailureKind::Usage,
            format!("the database holds {unfinished} unfinished jobs; give --database one that has none"),
        )),
    }
}

/// Enqueues and drains the jobs twice: bare, then by a worker with lanes, leases and attempts.
async fn measure(store: &Store, jobs: u32) -> Result<Figures, Failure> {
    enqueue(store, jobs).await?;
    let started = Instant::now();
    let drained = drain_bare(store, BATCH, SystemClock.micros()).await?;
    let reference_drain_per_s = rate(drained, started);

    let started = Instant::now();
    enqueue(store, jobs).await?;
    let enqueue_per_s = rate(u64::from(jobs), started);
    let claims = Arc::new(Claims::new(jobs));
    let started = Instant::now();
    drain(store, claims.clone()).await;
    let drain_per_s = rate(u64::from(jobs), started);
    let peak_rss_mb = peak_rss_mb();
    forget_bench(store).await?;
    let (claim_p50_ms, claim_p99_ms) = claims.percentiles_ms();
    Ok(Figures {
        database: store.dialect(),
        jobs,
        enqueue_per_s,
        drain_per_s,
        claim_p50_ms,
        claim_p99_ms,
        peak_rss_mb,
        reference_drain_per_s,
    })
}

pub(super) async fn enqueue(store: &Store, jobs: u32) -> Result<(), Failure> {
    let mut left = jobs;
    while left > 0 {
        let count = left.min(BATCH);
        let now = SystemClock.micros();
        let due_at = now + 3_600_000_000;
        // The bare claim knows one lane only; the worker is not told.
        let batch = vec![NewJob::new(KIND, "{}", due_at); count as usize];
        store.enqueue(&batch, OnDuplicate::Keep, now).await?;
        left -= count;
    }
    Ok(())
}

/// Works until as many jobs as were enqueued are durably done.
async fn drain(store: &Store, claims: Arc<Claims>) {
    let mut settings = WorkerSettings::new("bench", vec![KIND], 6 * BATCH);
    settings.lanes = vec![(Lane(0), 8), (Lane(1), 4), (Lane(2), 1)];
    settings.batch = BATCH;
    let heard = claims.clone();
    let tell = move |notice: Notice<'_>| heard.hear(&notice);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(Seeded::new(1)));
    let worker = Worker::new(store.clone(), clock, entropy, settings, tell);
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

    fn percentiles_ms(&self) -> (f64, f64) {
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner).clone();
        took.sort_unstable();
        let at = |percent: usize| {
            let place = (took.len() * percent / 100).min(took.len().saturating_sub(1));
            thousandths(took.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3)
        };
        (at(50), at(99))
    }
}

/// Jobs a second since then.
fn rate(jobs: u64, since: Instant) -> f64 {
    (jobs as f64 / since.elapsed().as_secs_f64().max(f64::MIN_POSITIVE)).round()
}

fn show(figures: &Figures, json: bool) -> Result<(), Failure> {
    if json {
        return answer(serde_json::json!(figures));
    }
    let Figures { database, jobs, claim_p50_ms, claim_p99_ms, reference_drain_per_s, .. } = figures;
    let of_reference = figures.drain_per_s / reference_drain_per_s;
    answer(format_args!("{database}, {jobs} jobs"))?;
    answer(format_args!("enqueued     {:>10.0}/s", figures.enqueue_per_s))?;
    answer(format_args!("drained      {:>10.0}/s  {of_reference:.2} of the reference", figures.drain_per_s))?;
    answer(format_args!("reference    {reference_drain_per_s:>10.0}/s  a bare batch claim"))?;
    answer(format_args!("claim        {claim_p50_ms:>10.1} ms  median, {claim_p99_ms:.1} ms at 99 %"))?;
    match figures.peak_rss_mb {
        Some(peak_rss_mb) => answer(format_args!("peak memory  {peak_rss_mb:>10.0} MB")),
        None => Ok(()),
    }
}
