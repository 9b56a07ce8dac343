//! What hangs on a dead letter comes back with it, and nothing else does.

use super::*;
use crate::jobs::{job, notify_job, select_job};
use domain::{
    ArtifactKey, ArtifactKind, FeedId, Language, ListenerId, OccurrenceId, OccurrenceState, Recipe, Schedule,
    Selection, Style,
    schedule::{Days, Standing},
    select::Filter,
};
use queue::{
    Claim, Class, JobError, JobStore, Kind, Lane, Lanes, Outcome, Policies, Settlement, Spent, lifecycle,
    store::SettledBy,
};
use store::{
    artifacts::Standing as Stands,
    batches::Batch,
    feeds::Feed,
    listeners::{Listener, Role},
    occurrences::{Chosen, Ended, NewOccurrence},
};
use tempfile::TempDir;

const NOW: Micros = 1_800_000_000 * SECOND;
const HOUR: Micros = 3_600 * SECOND;

/// A batch of yesterday whose occurrences all failed, closed long ago.
struct World {
    store: Store,
    batch: BatchId,
    _folder: TempDir,
}

fn occurrence(number: u64) -> OccurrenceId {
    OccurrenceId::born(NOW, [number << 8, number])
}

impl World {
    /// Occurrences 1 to 3 were never chosen for, 4 to 6 were.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let (listener, feed) = (ListenerId::born(NOW, [1, 1]), FeedId::born(NOW, [2, 2]));
        let batch = Batch {
            id: BatchId::born(NOW, [3, 3]),
            ready_by: NOW - 24 * HOUR,
            request: None,
            due_at: NOW - 24 * HOUR,
            opened_at: NOW - 25 * HOUR,
            predicted_ms: 1,
            planned_at: None,
            counted_at: None,
            closed_at: None,
        };
        let mut tx = store.begin().await.unwrap();
        tx.add_listener(&some_listener(listener), NOW).await.unwrap();
        tx.add_feed(&some_feed(feed, listener), NOW).await.unwrap();
        let id = tx.open_batch(&batch).await.unwrap();
        let new: Vec<NewOccurrence> = (1..=6)
            .map(|number| NewOccurrence {
                id: occurrence(number),
                feed,
                listener,
                batch: id,
                local_date: format!("2027-01-0{number}").parse().unwrap(),
                request: None,
                lane: 0,
                ready_by: batch.ready_by,
                missed: None,
            })
            .collect();
        tx.open_occurrences(&new, NOW).await.unwrap();
        let chosen: Vec<Chosen> = (4..=6)
            .map(|number| Chosen {
                id: occurrence(number),
                selection: Selection::default(),
                released_at: Some(NOW),
            })
            .collect();
        tx.select_occurrences(&chosen).await.unwrap();
        let ended: Vec<Ended> = (1..=6)
            .map(|number| Ended {
                id: occurrence(number),
                state: OccurrenceState::Failed,
                reason: "could not be made in time".into(),
            })
            .collect();
        tx.end_occurrences(&ended, NOW - 20 * HOUR).await.unwrap();
        tx.commit().await.unwrap();
        store.batches_planned(NOW).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert!(tx.close_batch(id, NOW - 20 * HOUR).await.unwrap());
        tx.commit().await.unwrap();
        Self { store, batch: id, _folder: folder }
    }

    /// Enqueues jobs and has them die.
    async fn bury(&self, jobs: &[NewJob]) {
        self.store.enqueue(jobs, OnDuplicate::Keep, NOW - HOUR).await.unwrap();
        let kinds: BTreeSet<&str> = jobs.iter().map(|job| job.kind.name()).collect();
        let claim = Claim {
            owner: "tester".into(),
            kinds: kinds.into_iter().map(|kind| Kind::from(kind.to_owned())).collect(),
            offers: Lanes::new([(Lane(0), 1)]).offers(99),
            free: 99,
            now: NOW,
            lease_until: NOW + HOUR,
        };
        let outcome = Outcome::Fail(JobError::new(Class::Bug, "it was to fail"));
        let circumstances =
            queue::Circumstances { policies: &Policies::SHIPPED, due_at: NOW, fraction: 0.5, now: NOW };
        let claimed = self.store.claim(&claim).await.unwrap();
        assert_eq!(claimed.len(), jobs.len());
        let settlements: Vec<Settlement> = claimed
            .into_iter()
            .map(|job| Settlement {
                ticket: job.ticket,
                step: lifecycle::finish(job.counts, &outcome, &circumstances),
                kind: job.kind,
                at: NOW - 10 * SECOND,
                by: SettledBy::Holder,
                spent: Spent::default(),
            })
            .collect();
        assert!(self.store.settle(&settlements).await.unwrap().is_empty());
    }

    async fn redrive(&self) -> Redriven {
        let wish = Wish {
            filter: DeadFilter::default(),
            first: None,
            per_minute: None,
            by: queue::dead::Decided::by("tester"),
        };
        redrive(&self.store, &wish, NOW).await.unwrap()
    }

    async fn in_state(&self, state: OccurrenceState) -> u64 {
        self.store.batch_progress(self.batch).await.unwrap().in_state(state)
    }

    async fn has_sweep(&self) -> bool {
        self.store.find_job(&format!("sweep:{}", self.batch)).await.unwrap().is_some()
    }

    async fn batch(&self) -> Batch {
        self.store.batch(self.batch).await.unwrap().unwrap()
    }
}

fn some_listener(id: ListenerId) -> Listener {
    Listener {
        id,
        email: "a@example.org".into(),
        name: String::new(),
        role: Role::Listener,
        zone: "Etc/UTC".parse().unwrap(),
        language: Language::En,
        plan: "unlimited".into(),
    }
}

fn some_feed(id: FeedId, listener: ListenerId) -> Feed {
    Feed {
        id,
        listener,
        name: "News".into(),
        language: Language::En,
        style: Style::Single,
        minutes: 5,
        max_articles: None,
        filter: Filter::everything(),
        schedule: Schedule::new(Days::DAILY, "07:00".parse().unwrap(), "Etc/UTC".parse().unwrap()),
        external: None,
        standing: Standing::default(),
    }
}

#[tokio::test]
async fn a_selection_that_died_opens_what_nothing_was_chosen_for() {
    let world = World::new().await;
    let lane = Lane(0);
    world.bury(&[select_job(world.batch, occurrence(1), occurrence(2), lane, NOW)]).await;
    assert_eq!(world.redrive().await, Redriven { jobs: 1, occurrences: 2, batches: 1 });
    assert_eq!(world.in_state(OccurrenceState::Open).await, 2, "the third was another job's");
    assert_eq!(world.in_state(OccurrenceState::Failed).await, 4);
    let batch = world.batch().await;
    // Were it due as before, its sweep would give it up at once.
    assert_eq!((batch.closed_at, batch.due_at), (None, NOW + PATIENCE));
    assert!(world.has_sweep().await);
    assert_eq!(world.redrive().await, Redriven::default(), "it lives again: there is nothing to redrive");
}

#[tokio::test]
async fn an_assembly_or_a_generator_that_died_goes_on_with_what_was_chosen() {
    let world = World::new().await;
    let assemble = Work::Assemble { batch: world.batch, first: occurrence(4), last: occurrence(5) };
    let external = Work::External { occurrence: occurrence(6) };
    let dead =
        [job(&assemble, "assemble".into(), Lane(0), NOW), job(&external, "external".into(), Lane(0), NOW)];
    world.bury(&dead).await;
    assert_eq!(world.redrive().await, Redriven { jobs: 2, occurrences: 3, batches: 1 });
    assert_eq!(world.in_state(OccurrenceState::Selected).await, 3);
    assert_eq!(world.in_state(OccurrenceState::Failed).await, 3);
    let released = world.store.to_assemble(world.batch, occurrence(4), occurrence(6)).await.unwrap();
    assert_eq!(released.rows.len(), 3, "they are still released, or nothing would assemble them");
}

#[tokio::test]
async fn a_narration_that_died_may_be_tried_at_once_and_moves_no_occurrence() {
    let world = World::new().await;
    let key: ArtifactKey = "a".repeat(64).parse().unwrap();
    let (kind, later) = (ArtifactKind::Jingle, NOW + 5 * HOUR);
    world.store.give_up_artifact(key, kind, "a server was down", None, later, NOW - HOUR).await.unwrap();
    let work = Work::Narrate { key, recipe: Recipe::Jingle { name: "opening".into() } };
    world.bury(&[job(&work, format!("narrate:{key}"), Lane(0), NOW)]).await;
    assert!(!world.store.is_wanted(key, NOW).await.unwrap());
    assert_eq!(world.redrive().await, Redriven { jobs: 1, occurrences: 0, batches: 0 });
    assert!(world.store.is_wanted(key, NOW).await.unwrap(), "its handler would skip it otherwise");
    let standing = world.store.standings(&[key]).await.unwrap();
    assert_eq!(standing.get(&key), Some(&Stands::Failed { retry_after: NOW, instead: None }));
    assert_eq!(world.in_state(OccurrenceState::Failed).await, 6);
    assert!(world.batch().await.closed_at.is_some());
}

#[tokio::test]
async fn what_nothing_hangs_on_only_runs_again() {
    let world = World::new().await;
    let fetch = Work::Fetch { host: "a.example".into() };
    let notify = NewJob { begin: queue::Begin::Now, ..notify_job(world.batch, NOW) };
    let unreadable = NewJob::new(Kind::new("select"), "no JSON", NOW);
    let dead = [job(&fetch, "fetch".into(), Lane(0), NOW), notify, sweep_job(world.batch, NOW), unreadable];
    world.bury(&dead).await;
    assert_eq!(world.redrive().await, Redriven { jobs: 4, occurrences: 0, batches: 0 });
    assert!(world.batch().await.closed_at.is_some(), "it has no work left");
}

#[tokio::test]
async fn a_pace_goes_on_from_chunk_to_chunk_and_a_canary_leaves_the_rest() {
    let world = World::new().await;
    let many: Vec<NewJob> = (0..CHUNK + 50)
        .map(|n| job(&Work::Fetch { host: format!("{n}.example") }, format!("fetch:{n}"), Lane(0), NOW))
        .collect();
    for chunk in many.chunks(90) {
        world.bury(chunk).await;
    }
    let wish = |first, per_minute| Wish {
        filter: DeadFilter::default(),
        first,
        per_minute,
        by: queue::dead::Decided::by("tester"),
    };
    assert_eq!(redrive(&world.store, &wish(Some(5), None), NOW).await.unwrap().jobs, 5);
    let all = redrive(&world.store, &wish(None, Some(60)), NOW).await.unwrap();
    assert_eq!(all.jobs, u64::from(CHUNK) + 45);
    let jobs = world.store.list_jobs(None, None, 1_000).await.unwrap();
    let mut ready: Vec<i64> = jobs
        .iter()
        .filter_map(|job| match &job.stands {
            store::jobs::Stands::Queued(queued) => Some((queued.ready_at - NOW) / SECOND),
            store::jobs::Stands::Done { .. } => None,
        })
        .collect();
    ready.sort_unstable();
    let paced: Vec<i64> = (0..i64::from(CHUNK) + 45).collect();
    assert_eq!(ready[..5], [0; 5], "the canary");
    assert_eq!(ready[5..], paced, "one a second, through all chunks");
    let audit = world.store.audited(9).await.unwrap();
    assert!(audit.iter().all(|entry| entry.actor == "tester" && entry.action == "redrive"));
    assert_eq!(audit.len(), 3);
}
