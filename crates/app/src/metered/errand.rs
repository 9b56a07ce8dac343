//! What calls are made for.

use super::takes::{Leftovers, Takes};
use domain::ArtifactKey;
use queue::{JobId, Lane, Spent};
use std::sync::{
    Arc, Once,
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
    /// Lines of an attempt before were asked for.
    fetched: Arc<Once>,
}

#[derive(Debug, Default)]
struct Bill {
    units: AtomicU64,
    cost_micro_usd: AtomicU64,
}

impl Errand {
    pub fn new(lane: Lane, artifact: Option<ArtifactKey>, job: Option<JobId>) -> Self {
        Self {
            lane,
            artifact,
            job,
            bill: Arc::default(),
            takes: Arc::default(),
            fetched: Arc::new(Once::new()),
        }
    }

    /// Calls that `work` makes, in this task, are for this errand.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
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
    pub(super) fn takes(&self, leftovers: &Leftovers) -> &Takes {
        if let Some(artifact) = self.artifact {
            self.fetched.call_once(|| self.takes.add(leftovers.fetch(artifact)));
        }
        &self.takes
    }

    /// Leaves its lines for the attempt after it.
    pub(super) fn leave(&self, leftovers: &Leftovers) {
        if let Some(artifact) = self.artifact {
            leftovers.store(artifact, &self.takes);
        }
    }

    pub(crate) fn charge(&self, units: u64, cost_micro_usd: u64) {
        self.bill.units.fetch_add(units, Ordering::Relaxed);
        self.bill.cost_micro_usd.fetch_add(cost_micro_usd, Ordering::Relaxed);
    }
}
