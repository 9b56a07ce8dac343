//! The workers of a simulation: what they claim, how it runs, and how it ends.

use super::{Driver, Event};
use crate::{
    jobs::{self, SECOND},
    simulate::time::Run,
};
use domain::{Recipe, Work, forecast::Step};
use futures::future::{BoxFuture, FutureExt};
use queue::{
    Circumstances, Claim, Clock, Context, Job, JobStore, Kind, Lanes, Micros, Outcome, Settlement, Spent,
    Ticket,
    lifecycle::{Next, finish, lapse},
    store::SettledBy,
};
use std::time::Instant;
use store::StoreError;

/// How long a lease lasts.
const LEASE: Micros = 180 * SECOND;
/// Jobs of one claim, at most, as of a worker.
const CLAIMED_TOGETHER: u32 = 500;

/// Jobs that share slots.
pub(super) struct Pool {
    pub(super) kinds: Vec<Kind>,
    pub(super) slots: u32,
    pub(super) busy: u32,
    pub(super) lanes: Lanes,
    /// There may be more to claim.
    pub(super) hungry: bool,
}

pub(super) struct Running {
    pool: usize,
    pub(super) ticket: Ticket,
    job: Job<()>,
    step: Option<Step>,
    began: Micros,
    context: Context,
    work: BoxFuture<'static, Outcome>,
}

impl Driver {
    /// Whether anything was claimed.
    pub(super) async fn claim(&mut self, at: usize) -> Result<bool, StoreError> {
        let now = self.time.now();
        let Some(pool) = self.pools.get_mut(at).filter(|pool| self.workers_live && pool.hungry) else {
            return Ok(false);
        };
        let free = (pool.slots - pool.busy).min(CLAIMED_TOGETHER);
        if free == 0 {
            return Ok(false);
        }
        let offers = pool.lanes.offers(free);
        let claim = Claim {
            owner: "simulated".to_owned(),
            kinds: pool.kinds.clone(),
            offers,
            free,
            now,
            lease_until: now + LEASE,
        };
        let started = Instant::now();
        let jobs = self.room.store.claim(&claim).await?;
        pool.lanes.book(free, &claim.offers, jobs.iter().map(|job| job.lane));
        pool.hungry = jobs.len() == free as usize;
        pool.busy += jobs.len() as u32;
        let begun = !jobs.is_empty();
        self.spend("claim", started);
        for job in jobs {
            self.begin(at, job).await;
        }
        Ok(begun)
    }

    async fn begin(&mut self, pool: usize, job: Job<String>) {
        let context = Context::detached(job.counts);
        let began = self.time.now();
        let read = jobs::read(&job);
        let (job, _) = job.with_work(());
        let (step, work) = match read {
            Ok(work) => {
                let step = step(&work);
                let (job, ()) = job.clone().with_work(work);
                (step, jobs::handle(self.room.clone(), job, context.clone()).boxed())
            }
            Err(cause) => {
                let error = queue::JobError::new(queue::Class::Bug, cause);
                (None, futures::future::ready(Outcome::Fail(error)).boxed())
            }
        };
        self.numbered += 1;
        let running = Running { pool, ticket: job.ticket, job, step, began, context, work };
        self.running.insert(self.numbered, running);
        self.go_on(self.numbered).await;
    }

    /// Runs a handler until it ends or sleeps. One that was killed meanwhile is not there any more.
    pub(super) async fn go_on(&mut self, number: u64) {
        let Some(mut running) = self.running.remove(&number) else { return };
        let began = Instant::now();
        let run = self.time.run(&mut running.work).await;
        self.spend(running.job.kind.name(), began);
        match run {
            Run::Asleep { until } => {
                self.running.insert(number, running);
                self.at(until, Event::Woken(number));
            }
            Run::Ended(outcome) => self.end(running, &outcome),
        }
    }

    fn end(&mut self, running: Running, outcome: &Outcome) {
        let now = self.time.now();
        let Running { pool, ticket, job, step, began, context, .. } = running;
        if let Some(pool) = self.pools.get_mut(pool) {
            pool.busy = pool.busy.saturating_sub(1);
        }
        if let (Some(step), Outcome::Done) = (step, outcome) {
            let took = self.took.entry(step).or_default();
            took.pieces += 1;
            took.micros += now - began;
        }
        let step = finish(job.counts, outcome, &self.circumstances(job.due_at, now));
        let spent = context.spent();
        self.ended.push(Settlement { ticket, kind: job.kind, step, at: now, by: SettledBy::Holder, spent });
    }

    fn circumstances(&self, due_at: Micros, now: Micros) -> Circumstances<'_> {
        let policies = &self.room.rules.policies;
        Circumstances { policies, due_at, fraction: self.room.entropy.fraction(), now }
    }

    /// Writes down what has ended; whether anything had.
    pub(super) async fn record(&mut self) -> Result<bool, StoreError> {
        let mut ended = std::mem::take(&mut self.ended);
        if ended.is_empty() {
            return Ok(false);
        }
        ended.sort_unstable_by_key(|settlement| settlement.ticket);
        let began = Instant::now();
        self.room.store.settle(&ended).await?;
        self.spend("settle", began);
        for settlement in &ended {
            if let Next::Available { ready_at } = settlement.step.to {
                self.promote_at = Some(self.promote_at.map_or(ready_at, |at| at.min(ready_at)));
            }
        }
        Ok(true)
    }

    /// Keeps the leases of what runs, and takes back those of the dead.
    pub(super) async fn tend(&mut self, now: Micros) -> Result<(), StoreError> {
        // Whatever waits, by whomever.
        self.promote_at = Some(now);
        let mut held: Vec<Ticket> = self.running.values().map(|running| running.ticket).collect();
        held.sort_unstable();
        if !held.is_empty() {
            self.room.store.heartbeat(&held, now + LEASE).await?;
        }
        let lapsed = self.room.store.lapsed(now, 1_000).await?;
        let settlements: Vec<Settlement> = lapsed
            .into_iter()
            .map(|job| Settlement {
                ticket: job.ticket,
                step: lapse(job.counts, &self.circumstances(job.due_at, now)),
                kind: job.kind,
                at: now,
                by: SettledBy::Time,
                spent: Spent::default(),
            })
            .collect();
        if !settlements.is_empty() {
            self.room.store.settle(&settlements).await?;
        }
        Ok(())
    }
}

/// What of production a job is, if it is narration.
const fn step(work: &Work) -> Option<Step> {
    match work {
        Work::Narrate { recipe: Recipe::Segment { .. }, .. } => Some(Step::Segment),
        Work::Narrate { recipe: Recipe::Phrase { .. }, .. } => Some(Step::Phrase),
        _ => None,
    }
}
