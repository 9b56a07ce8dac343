//! What calls are made for.

use super::takes::{Leftovers, Takes};
use domain::ArtifactKey;
use queue::{JobId, Lane, Spent};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

tokio::task_local! {
    static ERRAND: Errand;
}

/// One piece of work whose calls are paid for together.
#[derive(Clone, Debug)]
pub struct Errand {
    pub lane: Lane,
    pub artifact: Option<ArtifactKey>,
    pub job: Option<JobId>,
    bill: Arc<Bill>,
    takes: Arc<Takes>,
    /// Where its lines are left for the attempt after it.
    leftovers: Arc<OnceLock<Arc<Leftovers>>>,
}

#[derive(Debug, Default)]
struct Bill {
    units: AtomicU64,
    cost_micro_usd: AtomicU64,
}

impl Errand {
    pub fn new(lane: Lane, artifact: Option<ArtifactKey>, job: Option<JobId>) -> Self {
        Self { lane, artifact, job, bill: Arc::default(), takes: Arc::default(), leftovers: Arc::default() }
    }

    /// Calls that `work` makes, in this task, are for this errand. However it ends, or if it is dropped on the way,
    /// lines that are in no artifact yet are left for the attempt after it.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        let _leaving = Leaving(self);
        ERRAND.scope(self.clone(), work).await
    }

    /// What its calls have used so far.
    pub fn spent(&self) -> Spent {
        Spent {
            units: self.bill.units.load(Ordering::Relaxed),
            cost_micro_usd: self.bill.cost_micro_usd.load(Ordering::Relaxed),
        }
    }

    /// The errand of this task; outside of any, somebody waits at a terminal.
    pub(crate) fn current() -> Self {
        ERRAND.try_with(Self::clone).unwrap_or_else(|_| Self::new(Lane(0), None, None))
    }

    /// The lines it has, with those that an attempt before it left.
    pub(super) fn takes(&self, leftovers: &Arc<Leftovers>) -> &Takes {
        if let Some(artifact) = self.artifact {
            self.leftovers.get_or_init(|| leftovers.clone());
            self.takes.add(leftovers.fetch(artifact));
        }
        &self.takes
    }

    /// Its artifact is stored: its lines are needed no more.
    pub fn delivered(&self) {
        self.takes.forget();
    }

    pub(crate) fn charge(&self, units: u64, cost_micro_usd: u64) {
        self.bill.units.fetch_add(units, Ordering::Relaxed);
        self.bill.cost_micro_usd.fetch_add(cost_micro_usd, Ordering::Relaxed);
    }
}

/// Leaves an errand's lines when its work is over.
struct Leaving<'a>(&'a Errand);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let (Some(artifact), Some(leftovers)) = (self.0.artifact, self.0.leftovers.get()) {
            leftovers.store(artifact, &self.0.takes);
        }
    }
}
