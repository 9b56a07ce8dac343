//! The handler of each kind of job, over what they share. `enum Work` is matched here and nowhere else.

mod assemble;
mod desk;
mod narrate;
mod notify;
mod select;
mod sweep;

pub use crate::learning::Learning;
use crate::{
    alerts::Alerts,
    clock::{Time, chance, timestamp},
    narrate::Narrator,
    planner::Opening,
    pressure::Pressure,
};
use domain::{BatchId, Work, forecast::Window};
use jiff::{SignedDuration, Timestamp};
use queue::{Class, Context, Entropy, Job, JobError, Kind, Lane, Micros, NewJob, Outcome, Policies};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};
use store::{Store, StoreError};

/// What all handlers work with.
pub struct Room {
    pub store: Store,
    pub clock: Arc<dyn Time>,
    pub entropy: Arc<dyn Entropy>,
    pub narrator: Narrator,
    /// The last rung: a writer and a voice that cost nothing and depend on nobody. `None` where the
    /// configured ones are these.
    pub plain: Option<Narrator>,
    pub rules: Rules,
    pub learning: Learning,
    pub pressure: Pressure,
    pub alerts: Alerts,
    /// How much each batch still waited for when it was last passed over.
    pub swept: Mutex<HashMap<BatchId, usize>>,
}

/// How production is to be run; configuration, read.
#[derive(Clone, Debug)]
pub struct Rules {
    pub opening: Opening,
    pub window: Window,
    pub catch_up: SignedDuration,
    pub policies: Policies,
    pub plans: BTreeMap<String, Plan>,
    /// Of those whose plan has no entry.
    pub default_plan: Plan,
    /// Slots that narrate, on all nodes.
    pub capacity: f64,
    /// Feeds in one planning transaction.
    pub chunk: u32,
    /// How long programs can be heard.
    pub lifetime: SignedDuration,
    /// Weeks in which nothing is told to a listener twice.
    pub memory: SignedDuration,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub lane: Lane,
    pub freshness: SignedDuration,
}

impl Rules {
    pub fn plan(&self, name: &str) -> &Plan {
        self.plans.get(name).unwrap_or(&self.default_plan)
    }
}

/// Where an article that nobody could narrate is left alone.
pub const RETRY_AFTER: Micros = 6 * 3_600 * SECOND;
pub const SECOND: Micros = 1_000_000;

/// Why a handler could not go on. What it says of its work is an outcome, not this.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Media(#[from] media::MediaError),
    #[error("{0}")]
    Work(JobError),
}

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        let class = match &trouble {
            Trouble::Store(StoreError::Inconsistent { .. }) => Class::Bug,
            Trouble::Store(_) | Trouble::Media(_) => Class::Transient,
            Trouble::Work(error) => return Self::Retry(error.clone()),
        };
        Self::Retry(JobError::new(class, trouble))
    }
}

/// A job without its work.
pub type Facts = Job<()>;

/// Runs one job to its outcome.
pub async fn handle(room: Arc<Room>, job: Job<Work>, context: Context) -> Outcome {
    let (facts, work) = job.with_work(());
    let outcome = match work {
        Work::Select { batch, first, last } => select::select(&room, batch, first, last).await,
        Work::Narrate { key, recipe } => narrate::narrate(&room, &facts, &context, key, &recipe).await,
        Work::Sweep { batch } => sweep::sweep(&room, batch).await,
        Work::Assemble { batch, first, last } => assemble::assemble(&room, batch, first, last).await,
        Work::Notify { batch } => notify::notify(&room, batch).await,
        Work::Fetch { .. } | Work::External { .. } => Ok(Outcome::Skip("nobody does this yet".into())),
    };
    outcome.unwrap_or_else(Outcome::from)
}

impl Room {
    pub fn now(&self) -> Timestamp {
        timestamp(self.clock.now())
    }

    pub fn chance(&self) -> [u64; 2] {
        chance(&*self.entropy)
    }
}

/// A new job for a piece of work, with a key of its own.
pub fn job(work: &Work, key: String, lane: Lane, due_at: Micros) -> NewJob {
    NewJob { key: Some(key), lane, ..NewJob::new(kind(work), written(work), due_at) }
}

pub const fn kind(work: &Work) -> Kind {
    Kind::new(work.kind())
}

/// Reads a job's work back.
pub fn read(job: &Job<String>) -> Result<Work, String> {
    serde_json::from_str(&job.work).map_err(|cause| cause.to_string())
}

fn written(work: &Work) -> String {
    serde_json::to_string(work).expect("ids, numbers and text always make JSON")
}

pub fn sweep_job(batch: BatchId, due_at: Micros) -> NewJob {
    job(&Work::Sweep { batch }, format!("sweep:{batch}"), Lane(0), due_at)
}

pub fn notify_job(batch: BatchId, ready_by: Micros) -> NewJob {
    let job = job(&Work::Notify { batch }, format!("notify:{batch}"), Lane(0), ready_by);
    NewJob { begin: queue::Begin::At(ready_by), ..job }
}
