//! What the service's loops do with a room whose database is real and whose voice is a model.

use super::*;
use crate::{
    backfill,
    config::Queue,
    office::Office,
    trials::stage::{DAY, HOUR, MINUTE, Stage},
};
use domain::{ArtifactKind, OccurrenceState, Recipe, Scope, Work, artifact::KeyBuilder};
use queue::{OnDuplicate, State};
use std::path::Path;

/// For what happens in moments.
const PATIENCE: Duration = Duration::from_secs(30);

async fn stage(folder: &Path) -> Stage {
    Stage::set(&format!("sqlite://{}/test.db", folder.display()), folder).await
}

async fn until(mut happened: impl AsyncFnMut() -> bool) {
    let waited = async {
        while !happened().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("it happens in moments");
}

#[tokio::test]
async fn without_room_no_narration_is_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path()).await;
    let full = Queue { memory_limit_mb: 1, ..Queue::default() };
    Arc::get_mut(&mut stage.room).unwrap().pressure = Pressure::new(&full, None);
    let room = stage.room.clone();
    let told = Stop::new();
    told.now();
    watch_room(&room, told.clone()).await;
    assert_eq!(room.alerts.told(), [], "nothing waits for room");
    let key = KeyBuilder::new(ArtifactKind::Jingle, Scope::Shared).finish();
    let work_of = Work::Narrate { key, recipe: Recipe::Jingle { name: "opening".into() } };
    let narrate = jobs::job(&work_of, "narrate:1".into(), queue::Lane(0), stage.now() + 1);
    room.store.enqueue(&[narrate], OnDuplicate::Keep, stage.now()).await.unwrap();
    let stop = Stop::new();
    let working = {
        let (room, stop) = (room.clone(), stop.clone());
        tokio::spawn(async move { work(room, &Config::default(), stop).await })
    };
    until(async || room.alerts.told() == [("no_room", NARRATE.to_owned())]).await;
    stop.now();
    working.await.unwrap();
    let states: Vec<_> = room.store.count_jobs().await.unwrap().iter().map(|one| one.state).collect();
    assert_eq!(states, [State::Available]);
    assert_eq!(
        room.store.count_attempts(0).await.unwrap(),
        [],
        "it waits, and nothing is written about that"
    );
}

/// Its process is gone, and by the rules here once is enough to take the job for the cause.
#[tokio::test]
async fn a_job_that_was_the_end_of_its_process_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path()).await;
    Arc::get_mut(&mut stage.room).unwrap().rules.policies.crashes = 1;
    let room = stage.room.clone();
    let batch = domain::BatchId::born(stage.now(), room.chance());
    let notify = jobs::notify_job(batch, stage.now());
    room.store.enqueue(&[notify], OnDuplicate::Keep, stage.now()).await.unwrap();
    assert!(stage.claim().await.is_some());
    stage.clock.advance(31 * jobs::SECOND);
    let stop = Stop::new();
    let working = {
        let (room, stop) = (room.clone(), stop.clone());
        tokio::spawn(async move { work(room, &Config::default(), stop).await })
    };
    let is_told = |(kind, subject): &(&str, String)| *kind == "dead_letter" && subject.starts_with("notify ");
    until(async || matches!(room.alerts.told().as_slice(), [one] if is_told(one))).await;
    stop.now();
    working.await.unwrap();
}

/// Two dates of each of three feeds are lost; the second follows when the first is made.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_begin_all_waves_of_a_backfill_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path()).await;
    stage.publish_news().await;
    let morning = stage.next_morning();
    stage.clock.set(morning + DAY + 4 * HOUR);
    for _ in 0..3 {
        stage.tick().await;
    }
    let room = stage.room.clone();
    assert_eq!(room.store.count_occurrences().await.unwrap(), [(OccurrenceState::Missed, 6)]);
    let office = Office {
        store: &room.store,
        rules: &room.rules,
        learning: &room.learning,
        clock: &*room.clock,
        entropy: &*room.entropy,
    };
    let date = |at| timestamp(at).to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let wish = backfill::Wish {
        from: date(morning),
        to: date(morning + DAY),
        feed: None,
        per_minute: None,
        lane: queue::Lane(2),
        by: "ann".into(),
    };
    let plan = backfill::plan(office, &wish).await.unwrap();
    assert_eq!(backfill::open(office, &wish, &plan).await.unwrap(), 6);
    wake_waiting(&room).await;
    let mut selections = 0;
    while let Some(job) = stage.claim().await {
        selections += u32::from(matches!(job.work, Work::Select { .. }));
        match job.work {
            Work::Select { .. } => stage.run(job).await,
            // What is chosen stays as it is here.
            _ => drop(stage.settle(&job, &queue::Outcome::Snooze(stage.now() + DAY)).await),
        }
    }
    assert_eq!(selections, 2, "both were woken");
    let states = room.store.count_occurrences().await.unwrap();
    assert_eq!(states, [(OccurrenceState::Open, 3), (OccurrenceState::Selected, 3)]);
    stage.clock.set(plan.parts[1].begin);
    let second = stage.claim().await.unwrap();
    assert!(matches!(second.work, Work::Select { .. }) && second.counts.tries == 0, "{second:?}");
    stage.run(second).await;
    assert_eq!(room.store.count_occurrences().await.unwrap(), [(OccurrenceState::Selected, 6)]);
}

#[tokio::test]
async fn what_an_outage_has_left_gets_its_time_before_it_is_worked_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path()).await;
    let morning = stage.next_morning();
    stage.clock.set(morning - 10 * MINUTE);
    stage.tick().await;
    let back = morning + 90 * MINUTE;
    stage.clock.set(back);
    let store = &stage.room.store;
    assert!(store.unclosed_batches(9).await.unwrap()[0].due_at < back);
    let stop = Stop::new();
    stop.now();
    work(stage.room.clone(), &Config::default(), stop).await;
    assert!(store.unclosed_batches(9).await.unwrap()[0].due_at > back);
}

/// Somebody has found out that an article takes an hour: production has to open early, from the first tick on.
#[tokio::test]
async fn nothing_is_planned_before_it_is_known_how_long_things_take() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path()).await;
    let mut other = stage.another().await;
    for room in [&mut stage.room, &mut other] {
        Arc::get_mut(room).unwrap().rules.window.lead = jiff::SignedDuration::from_mins(10);
    }
    stage.clock.set(stage.next_morning() - 3 * HOUR);
    planner::tick(&other).await.unwrap();
    let room = stage.room.clone();
    assert_eq!(room.store.count_occurrences().await.unwrap(), [], "it is early, for all that is known yet");
    for _ in 0..20 {
        other.learning.took(domain::forecast::Step::Segment, Duration::from_secs(3_600), other.now());
    }
    other.learning.exchange(&other.store).await.unwrap();
    let stop = Stop::new();
    // One tick, if it is not told to stop before.
    let planning = tokio::spawn(schedule(room.clone(), Duration::from_secs(3_600), stop.clone()));
    until(async || !room.store.count_occurrences().await.unwrap().is_empty()).await;
    stop.now();
    planning.await.unwrap();
}

#[test]
fn jobs_that_die_of_different_things_are_told_of_apart() {
    let alerts = Alerts::silent();
    let narrate = Kind::new("narrate");
    let die = |class, message| tell_of_death(&alerts, &narrate, Some(Cause { class, message }));
    die(queue::Class::Permanent, "speech refused: 401");
    die(queue::Class::Permanent, "speech refused: 403");
    assert_eq!(alerts.told().len(), 1, "the same but for its number");
    die(queue::Class::Permanent, "script refused: 401");
    die(queue::Class::Bug, "speech refused: 401");
    assert_eq!(alerts.told().len(), 3);
}

#[test]
fn an_outage_is_said_once_and_its_end_once() {
    let outage = Outage::default();
    let error = std::io::Error::other("connection refused");
    let trouble = || Notice::Trouble { doing: "claim jobs", error: &error };
    let claimed = || Notice::Claimed { jobs: 0, took: Duration::ZERO };
    assert_eq!(outage.hear(&claimed()), None);
    assert!(outage.hear(&trouble()).unwrap().contains("cannot claim jobs"));
    assert_eq!(outage.hear(&trouble()), None);
    assert_eq!(outage.hear(&claimed()).unwrap(), "the queue answers again");
    assert_eq!(outage.hear(&claimed()), None);
    assert!(outage.hear(&trouble()).is_some(), "another outage");
}
