//! The handler of each kind of job, over what they share. `enum Work` is matched here and nowhere else.

mod assemble;
mod deliver;
mod desk;
pub mod external;
pub mod fetch;
mod halves;
mod mail;
mod narrate;
mod newsstand;
mod notify;
mod select;
mod sweep;
mod trouble;

pub use crate::learning::Learning;
use crate::{
    alerts::Alerts,
    billing::{self, Stripe},
    clock::{Time, chance, timestamp},
    herald::Herald,
    metered::Errand,
    narrate::Narrator,
    office::Office,
    planner::{Lookout, Opening},
    pressure::Pressure,
};
use domain::{
    ArtifactKey, ArtifactKind, BatchId, OccurrenceId, OccurrenceState, Recipe, Work,
    entitlement::Offer,
    forecast::{Durations, Step, Window},
};
use halves::{Range, Stage};
use jiff::{SignedDuration, Timestamp};
pub use newsstand::Newsstand;
use queue::{Context, Entropy, Job, Kind, Lane, Micros, NewJob, Outcome, Policies};
pub use select::select;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};
use store::{Store, StoreError, batches::Batch, occurrences::Ended};
use studio::notify::Post;
use trouble::Storage;
pub use trouble::{Away, Trouble};

/// What all handlers work with.
pub struct Room {
    pub store: Store,
    pub clock: Arc<dyn Time>,
    pub entropy: Arc<dyn Entropy>,
    pub narrator: Narrator,
    pub fetching: fetch::Fetching,
    pub outside: external::Outside,
    /// The last rung: a writer and a voice that cost nothing and depend on nobody. `None` where the
    /// configured ones are these.
    pub plain: Option<Narrator>,
    /// Who is paid; `None` where nothing is sold.
    pub billing: Option<Stripe>,
    pub rules: Rules,
    pub learning: Learning,
    /// What selections read a moment ago.
    pub newsstand: Newsstand,
    /// How the planner saw what is to come when it last looked.
    pub lookout: Lookout,
    pub pressure: Pressure,
    pub alerts: Alerts,
    /// How letters go out; `None`: none do.
    pub post: Option<Post>,
    /// Where listeners are told, and how.
    pub herald: Herald,
    pub away: Away,
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
    /// What listeners may have.
    pub offer: Offer,
    /// Slots that narrate, on all nodes.
    pub capacity: f64,
    /// Feeds in one planning transaction.
    pub chunk: u32,
    /// When browsers are signed out.
    pub sessions: domain::session::Limits,
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

    /// When a batch is waited for no more: long after it was due, and not before what is opened late would be made.
    pub fn given_up_at(&self, batch: &Batch) -> Micros {
        let late = batch.ready_by.max(batch.opened_at).saturating_add(self.catch_up.as_micros() as i64);
        batch.due_at.saturating_add(self.policies.grace).max(late)
    }
}

/// Where an article that nobody could narrate is left alone.
pub const RETRY_AFTER: Micros = 6 * 3_600 * SECOND;
pub const SECOND: Micros = 1_000_000;

/// A job without its work.
pub type Facts = Job<()>;

/// Runs one job to its outcome.
pub async fn handle(room: Arc<Room>, job: Job<Work>, context: Context) -> Outcome {
    let (facts, work) = job.with_work(());
    let uses_media = matches!(work, Work::Narrate { .. } | Work::Assemble { .. } | Work::External { .. });
    let outcome = match work {
        Work::Select { batch, first, last } => {
            halves::run(&room, &facts, Range { stage: Stage::Select, batch, first, last }).await
        }
        Work::Narrate { key, recipe } => {
            let errand = Errand::new(facts.lane, Some(key), Some(facts.ticket.id));
            let outcome = errand.run(narrate::narrate(&room, &facts, &context, key, &recipe)).await;
            context.spend(errand.spent());
            outcome
        }
        Work::Sweep { batch } => sweep::sweep(&room, batch).await,
        Work::Assemble { batch, first, last } => {
            halves::run(&room, &facts, Range { stage: Stage::Assemble, batch, first, last }).await
        }
        Work::Notify { batch } => notify::notify(&room, batch).await,
        Work::Deliver { delivery } => deliver::deliver(&room, &facts, delivery).await,
        Work::Mail { letter } => mail::mail(&room, &facts, letter).await,
        Work::Fetch { host } => fetch::fetch(&room.fetching, &context, &host).await,
        Work::External { occurrence } => external::external(&room, &facts, occurrence).await,
        Work::Subscription { id } => billing::learn(&room, &id).await,
    };
    match outcome {
        Ok(outcome) => {
            room.away.is_back(Storage::Database);
            if uses_media {
                room.away.is_back(Storage::Media);
            }
            outcome
        }
        Err(trouble) => trouble.outcome(&room, &facts),
    }
}

impl Room {
    /// Ends occurrences whose rows cannot be read, so that they keep no other from its program.
    async fn end_broken(&self, broken: Vec<(OccurrenceId, StoreError)>) -> Result<(), Trouble> {
        if broken.is_empty() {
            return Ok(());
        }
        let ended = broken.into_iter().map(|(id, error)| {
            self.alerts.raise("broken_occurrence", &id.to_string(), &format!("occurrence {id}: {error}"));
            Ended { id, state: OccurrenceState::Failed, reason: error.to_string() }
        });
        let ended: Vec<Ended> = ended.collect();
        let mut tx = self.store.begin().await?;
        tx.end_occurrences(&ended, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    pub fn now(&self) -> Timestamp {
        timestamp(self.clock.now())
    }

    pub fn chance(&self) -> [u64; 2] {
        chance(&*self.entropy)
    }

    /// For those who decide on production here without taking part in it.
    pub fn office(&self) -> Office<'_> {
        Office {
            store: &self.store,
            rules: &self.rules,
            learning: &self.learning,
            clock: &*self.clock,
            entropy: &*self.entropy,
        }
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
    work(&job.work)
}

/// Work as it was written.
pub fn work(text: &str) -> Result<Work, String> {
    serde_json::from_str(text).map_err(|cause| cause.to_string())
}

fn written(work: &Work) -> String {
    serde_json::to_string(work).expect("ids, numbers and text always make JSON")
}

/// Chooses for what is open between two occurrences of a batch.
pub fn select_job(
    batch: BatchId,
    first: OccurrenceId,
    last: OccurrenceId,
    lane: Lane,
    due_at: Micros,
) -> NewJob {
    job(&Work::Select { batch, first, last }, format!("select:{first}:{last}"), lane, due_at)
}

/// Makes one artifact for whoever waits for it, so early that it is there when it is due.
pub fn narrate_job(
    key: ArtifactKey,
    recipe: Recipe,
    lane: Lane,
    due_at: Micros,
    durations: &Durations,
) -> NewJob {
    let step = if recipe.kind() == ArtifactKind::Segment { Step::Segment } else { Step::Phrase };
    let takes = (durations.seconds(step) * SECOND as f64) as Micros;
    let group = recipe.owner().map(|owner| owner.to_string());
    let made = job(&Work::Narrate { key, recipe }, format!("narrate:{key}"), lane, due_at);
    NewJob { start_by: due_at - takes, group, ..made }
}

/// Composes for what is released between two occurrences of a batch. One that runs already has read before these were
/// released, and what was chosen anew is released again: every release has a job of its own.
pub fn assemble_job(
    batch: BatchId,
    first: OccurrenceId,
    last: OccurrenceId,
    lane: Lane,
    due_at: Micros,
    now: Micros,
) -> NewJob {
    let key = format!("assemble:{first}:{last}:{now}");
    job(&Work::Assemble { batch, first, last }, key, lane, due_at)
}

pub fn sweep_job(batch: BatchId, due_at: Micros) -> NewJob {
    job(&Work::Sweep { batch }, format!("sweep:{batch}"), Lane(0), due_at)
}

pub fn notify_job(batch: BatchId, ready_by: Micros) -> NewJob {
    let job = job(&Work::Notify { batch }, format!("notify:{batch}"), Lane(0), ready_by);
    NewJob { begin: queue::Begin::At(ready_by), ..job }
}

/// Tells of what is published now, where the batch's own notice may have looked already: it runs at ready-by, and a
/// transaction that began before that may be seen after it.
pub fn late_notice(batch: BatchId, ready_by: Micros, now: Micros) -> Option<NewJob> {
    if now < ready_by.saturating_sub(60 * SECOND) {
        return None;
    }
    let job = job(&Work::Notify { batch }, format!("notify:{batch}:{now}"), Lane(0), ready_by.max(now));
    let begin = if now < ready_by { queue::Begin::At(ready_by) } else { queue::Begin::Now };
    Some(NewJob { begin, ..job })
}
