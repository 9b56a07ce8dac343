//! The worker: claims jobs, runs their handlers, and records how they ended.
//!
//! Three tasks share a pool of slots. The *claimer* fills free slots in one claim after another; what
//! frees up during a claim is filled by the next, so batches grow with the load by themselves. The
//! *recorder* writes ends down in batches, grown the same way, and keeps the leases of long jobs alive;
//! a job counts as finished only when its end is durable. The *tender* promotes what is due and sweeps
//! up after the dead. Waiting is tokio's time; every instant that is written down is the [`Clock`]'s.

mod attempt;
mod claimer;
mod hand;
mod recorder;
mod tender;

pub use attempt::Context;

use crate::{
    Class, Clock, Entropy, Job, JobStore, Kind, Lane, Outcome, Policies, Ticket,
    lifecycle::{Ending, Record},
};
use attempt::Ended;
use hand::Hand;
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, watch};

/// How one worker works.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Names this worker in leases and attempts.
    pub owner: String,
    /// Only jobs of these kinds are claimed: a pool of one sort of slots.
    pub kinds: Vec<Kind>,
    /// Handlers that run at the same time.
    pub slots: u32,
    /// Lanes with their weights; a lane that is not named is not claimed.
    pub lanes: Vec<(Lane, u32)>,
    /// A lease is kept alive at a third of this; when it runs out, others take the job.
    pub lease: Duration,
    /// How long to wait for a wake-up before looking anyway.
    pub poll: Duration,
    /// How long running jobs get to finish after a stop.
    pub grace: Duration,
    /// Jobs in one claim or one record, at most.
    pub batch: u32,
    pub policies: Policies,
}

impl WorkerSettings {
    /// DESIGN's defaults: 30 s leases, a look every second, 20 s of grace.
    pub fn new(owner: impl Into<String>, kinds: Vec<Kind>, slots: u32) -> Self {
        Self {
            owner: owner.into(),
            kinds,
            slots,
            lanes: vec![(Lane(0), 1)],
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            batch: 500,
            policies: Policies::SHIPPED,
        }
    }
}

/// What a worker tells of itself, for metrics and logs.
#[derive(Clone, Debug)]
pub enum Notice<'a> {
    /// A claim was answered, in this time, with so many jobs.
    Claimed { jobs: usize, took: Duration },
    /// The end of an attempt is durable.
    Finished {
        kind: &'a Kind,
        lane: Lane,
        ending: Ending,
        /// Of what it failed, if it did.
        cause: Option<Cause<'a>>,
        waited: Duration,
        ran: Duration,
    },
    /// The end of an attempt was refused, or its handler stopped: somebody else has the job, or nobody
    /// any more.
    LeaseLost { kind: &'a Kind, ticket: Ticket },
    /// The lease of a dead or frozen holder was taken back, and how that is recorded.
    Swept { kind: &'a Kind, owner: &'a str, ending: Ending, cause: Option<Cause<'a>> },
    /// Slots in use.
    Busy { slots: u32 },
    /// The store did not answer; it is asked again.
    Trouble { doing: &'static str, error: &'a dyn std::error::Error },
}

/// Of what a job failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause<'a> {
    pub class: Class,
    pub message: &'a str,
}

impl<'a> Cause<'a> {
    fn of(record: Option<&'a Record>) -> Option<Self> {
        let record = record?;
        Some(Self { class: record.class?, message: record.message.as_deref()? })
    }
}

/// What a worker did until it stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub recorded: u64,
    pub lost: u64,
    pub given_back: u64,
}

/// What the tasks of one worker share.
struct Shared<S> {
    store: S,
    settings: WorkerSettings,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    tell: Box<dyn Fn(Notice<'_>) + Send + Sync>,
    hand: Hand,
    /// How many may run at the same time now.
    room: Box<dyn Fn() -> u32 + Send + Sync>,
}

/// A worker over a store; `run` works until it is told to stop.
pub struct Worker<S> {
    shared: Arc<Shared<S>>,
}

impl<S> std::fmt::Debug for Worker<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl<S: JobStore> Worker<S> {
    pub fn new(
        store: S,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: WorkerSettings,
        tell: impl Fn(Notice<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::within(store, clock, entropy, settings, tell, || u32::MAX)
    }

    /// One that asks before every claim how many of its slots there is room for: what it does not claim keeps its
    /// place and costs nothing.
    pub fn within(
        store: S,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: WorkerSettings,
        tell: impl Fn(Notice<'_>) + Send + Sync + 'static,
        room: impl Fn() -> u32 + Send + Sync + 'static,
    ) -> Self {
        let hand = Hand::new(settings.slots, settings.batch);
        let (tell, room) = (Box::new(tell), Box::new(room));
        Self { shared: Arc::new(Shared { store, settings, clock, entropy, tell, hand, room }) }
    }

    /// Works until `stop` resolves; then claims no more, lets running jobs finish within the grace, gives
    /// the rest back, and returns when all of that is durable.
    ///
    /// `decode` reads a job's work; what it cannot read is a dead letter of class bug, as is a panic of
    /// `handle`.
    pub async fn run<W, D, H, F>(self, decode: D, handle: H, stop: impl Future<Output = ()>) -> Summary
    where
        W: Send + 'static,
        D: Fn(&Job<String>) -> Result<W, String> + Send + Sync,
        H: Fn(Job<W>, Context) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let shared = self.shared;
        let (ended, endings) = mpsc::unbounded_channel::<Ended>();
        let (stopping, stopped) = watch::channel(Stage::Working);
        let recorder = tokio::spawn(recorder::run(shared.clone(), endings, stopped.clone()));
        let tender = tokio::spawn(tender::run(shared.clone(), stopped.clone()));
        let relay = {
            let shared = shared.clone();
            tokio::spawn(async move { shared.store.relay().await })
        };
        let start = |job: Job<String>| match decode(&job) {
            Ok(work) => {
                let (job, _) = job.with_work(work);
                attempt::start(&shared, job, handle.clone(), &ended, &stopped);
            }
            Err(cause) => attempt::refuse(&shared, job, &cause, &ended),
        };
        claimer::run(&shared, start, stop).await;
        relay.abort();
        claimer::wind_up(&shared, &stopping).await;
        drop(ended);
        // Both end by themselves: the tender between two steps, the recorder with the last handler.
        let _ = tender.await;
        recorder.await.unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Working,
    /// Nothing new is claimed; what runs may finish.
    Stopping,
    /// The grace is over: what still runs is given back.
    Leaving,
}

/// What a claim may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Free {
    Slots(u32),
    /// Every slot is in use.
    Full,
    /// Slots there are, but no room for what they would do.
    NoRoom,
}

impl<S> Shared<S> {
    fn lease_until(&self, now: crate::Micros) -> crate::Micros {
        now.saturating_add(micros(self.settings.lease))
    }

    /// How many jobs may be claimed now.
    fn free(&self) -> Free {
        match self.hand.free().min(self.settings.batch) {
            0 => Free::Full,
            slots => match slots.min((self.room)().saturating_sub(self.hand.running())) {
                0 => Free::NoRoom,
                free => Free::Slots(free),
            },
        }
    }

    /// Waits longer the longer a store does not answer.
    async fn back_off(&self, failures: u32) {
        let window = Duration::from_millis(100).saturating_mul(1 << failures.min(5));
        tokio::time::sleep(window.mul_f64(0.5 + self.entropy.fraction() / 2.0)).await;
    }
}

fn micros(duration: Duration) -> crate::Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn duration(from: crate::Micros, to: crate::Micros) -> Duration {
    Duration::from_micros(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}
