//! One attempt: a handler at work on a leased job, and what became of it.

use super::{Shared, Stage, duration};
use crate::{
    Class, Counts, Job, JobError, JobStore, Kind, Lane, Micros, Outcome, Settlement, Spent, Ticket,
    lifecycle::{Circumstances, finish, give_back},
    store::SettledBy,
};
use futures::FutureExt;
use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{mpsc, watch};

/// What a handler may know of its attempt besides the work.
#[derive(Clone, Debug)]
pub struct Context {
    /// What came of it before this attempt.
    pub counts: Counts,
    spent: Arc<Used>,
    stage: watch::Receiver<Stage>,
}

#[derive(Debug, Default)]
struct Used {
    units: AtomicU64,
    cost_micro_usd: AtomicU64,
}

impl Context {
    /// Of an attempt that no worker makes: a driver of its own runs the handler, and settles.
    pub fn detached(counts: Counts) -> Self {
        // Without its sender the stage stays as it is.
        let (_, stage) = watch::channel(Stage::Working);
        Self { counts, spent: Arc::default(), stage }
    }

    /// What its handler has said it used.
    pub fn spent(&self) -> Spent {
        self.spent.total()
    }

    /// Adds to what the attempt's record says it used up.
    pub fn spend(&self, spent: Spent) {
        self.spent.units.fetch_add(spent.units, Ordering::Relaxed);
        self.spent.cost_micro_usd.fetch_add(spent.cost_micro_usd, Ordering::Relaxed);
    }

    /// The worker wants to stop: a long handler ends at its next good place, with a snooze.
    pub fn is_stopping(&self) -> bool {
        *self.stage.borrow() != Stage::Working
    }
}

/// An attempt that ended and is to be recorded.
pub(super) struct Ended {
    pub(super) settlement: Settlement,
    pub(super) told: Told,
}

/// What is told of it once it is recorded, besides what is recorded.
pub(super) struct Told {
    pub(super) lane: Lane,
    pub(super) waited: Duration,
    pub(super) ran: Duration,
}

/// What is left of a job while its handler has the work.
struct Facts {
    ticket: Ticket,
    kind: Kind,
    lane: Lane,
    due_at: Micros,
    ready_at: Micros,
    counts: Counts,
    started_at: Micros,
}

/// Runs the handler in a task of its own. A lost lease aborts it; then nothing is recorded.
pub(super) fn start<S, W, H, F>(
    shared: &Arc<Shared<S>>,
    job: Job<W>,
    handle: H,
    ended: &mpsc::UnboundedSender<Ended>,
    stage: &watch::Receiver<Stage>,
) where
    S: JobStore,
    W: Send + 'static,
    H: Fn(Job<W>, Context) -> F + Send + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let facts = Facts::of(&job, shared.clock.now());
    let ticket = facts.ticket;
    let spent = Arc::new(Used::default());
    let context = Context { counts: job.counts, spent: spent.clone(), stage: stage.clone() };
    let task = {
        let (shared, ended, mut stage) = (shared.clone(), ended.clone(), stage.clone());
        tokio::spawn(async move {
            // The call itself may panic too, hence the block.
            let handler = AssertUnwindSafe(async move { handle(job, context).await }).catch_unwind();
            let outcome = tokio::select! {
                biased;
                outcome = handler => Some(outcome.unwrap_or_else(|panic| panicked(panic.as_ref()))),
                _ = stage.wait_for(|stage| *stage == Stage::Leaving) => None,
            };
            let end = facts.end(&shared, outcome.as_ref(), spent.total());
            shared.hand.end(ticket);
            // The recorder outlives every handler, and without it nothing can be recorded.
            let _ = ended.send(end);
        })
    };
    shared.hand.attach(ticket, task.abort_handle());
}

/// Ends an attempt whose work cannot be read.
pub(super) fn refuse<S: JobStore>(
    shared: &Shared<S>,
    job: Job<String>,
    cause: &str,
    ended: &mpsc::UnboundedSender<Ended>,
) {
    let facts = Facts::of(&job, shared.clock.now());
    let error = JobError::new(Class::Bug, format!("the work cannot be read: {cause}"));
    let end = facts.end(shared, Some(&Outcome::Fail(error)), Spent::default());
    shared.hand.end(end.settlement.ticket);
    let _ = ended.send(end);
}

impl Facts {
    fn of<W>(job: &Job<W>, started_at: Micros) -> Self {
        Self {
            ticket: job.ticket,
            kind: job.kind.clone(),
            lane: job.lane,
            due_at: job.due_at,
            ready_at: job.ready_at,
            counts: job.counts,
            started_at,
        }
    }

    fn end<S: JobStore>(self, shared: &Shared<S>, outcome: Option<&Outcome>, spent: Spent) -> Ended {
        let now = shared.clock.now();
        let circumstances = Circumstances {
            policies: &shared.settings.policies,
            due_at: self.due_at,
            fraction: shared.entropy.fraction(),
            now,
        };
        let step = match outcome {
            Some(outcome) => finish(self.counts, outcome, &circumstances),
            None => give_back(self.counts, now),
        };
        Ended {
            told: Told {
                lane: self.lane,
                waited: duration(self.ready_at, self.started_at),
                ran: duration(self.started_at, now),
            },
            settlement: Settlement {
                ticket: self.ticket,
                kind: self.kind,
                step,
                at: now,
                by: SettledBy::Holder,
                spent,
            },
        }
    }
}

impl Used {
    fn total(&self) -> Spent {
        Spent {
            units: self.units.load(Ordering::Relaxed),
            cost_micro_usd: self.cost_micro_usd.load(Ordering::Relaxed),
        }
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Outcome {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("without a message").lines().next().unwrap_or_default();
    Outcome::Retry(JobError::new(Class::Bug, format!("the handler panicked: {text}")))
}
