//! Occurrences move as the domain's rule says, and batches stay open while they have work.

use crate::harness::{
    FEED, HOUR, NOW, Place, SELECTED, SELECTION, TODAY, YESTERDAY, id, key, occurrence, on_both, parsed,
};
use domain::{
    ArtifactKind, BatchId, OccurrenceId, OccurrenceState, Recipe, Work, occurrence::Event, occurrence::next,
};
use queue::{JobStore, Kind, NewJob, OnDuplicate, State};
use store::{calling_off::CalledOff, demand::Demand};

on_both!(
    states_move_as_the_rule_says,
    a_job_is_called_off_with_what_it_alone_would_have_done,
    a_batch_is_extended_only_while_it_has_work,
    what_is_left_to_do_for_a_batch_is_postponed_with_it,
    an_artifact_is_tried_again_and_waited_for_where_somebody_still_can,
    a_batch_that_is_called_off_waits_for_nothing,
    what_only_a_batch_waited_for_is_not_wanted_once_it_is_called_off,
    lost_slots_are_the_missed_and_failed_ones,
);

const STATES: [(OccurrenceState, u32); 7] = [
    (OccurrenceState::Open, 20),
    (OccurrenceState::Selected, 21),
    (OccurrenceState::Published, 22),
    (OccurrenceState::Skipped, 23),
    (OccurrenceState::Missed, 24),
    (OccurrenceState::Failed, 25),
    (OccurrenceState::Cancelled, 26),
];

/// One occurrence of each state, chosen for or not.
async fn one_of_each(place: &Place, chosen: bool) {
    let all: String = STATES
        .iter()
        .map(|(state, number)| {
            let needs = matches!(state, OccurrenceState::Selected | OccurrenceState::Published);
            let selection = (needs || (chosen && *state != OccurrenceState::Open)).then_some(SELECTION);
            occurrence(*number, TODAY, &format!("2027-02-{number}"), state.name(), selection)
        })
        .collect();
    place.run(&all).await;
}

async fn forget(place: &Place) {
    place.run(&format!("DELETE FROM occurrences WHERE id >= '{}'", id(20))).await;
}

/// What an event did, beside what the rule says it does.
async fn assert_moved(place: &Place, event: Event, except: &[OccurrenceState]) {
    for (state, number) in STATES {
        let to = next(state, event).ok().filter(|_| !except.contains(&state)).unwrap_or(state);
        assert_eq!(place.state_of(number).await, to.name(), "{state} {event:?}");
    }
    forget(place).await;
}

async fn states_move_as_the_rule_says(place: Place) {
    let (first, last, batch) = (parsed(20), parsed(26), parsed(TODAY));
    let ids: Vec<domain::OccurrenceId> = STATES.iter().map(|(_, number)| parsed(*number)).collect();

    one_of_each(&place, false).await;
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.resume_occurrences(batch, first, last).await.unwrap(), 0, "nothing was chosen for it");
    assert_eq!(tx.reopen_occurrences(batch, first, last).await.unwrap(), 1);
    tx.commit().await.unwrap();
    // What was missed is backfilled, for it has no job.
    assert_moved(&place, Event::Reopen, &[OccurrenceState::Missed]).await;

    one_of_each(&place, true).await;
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(
        tx.reopen_occurrences(batch, first, last).await.unwrap(),
        0,
        "what was chosen is not thrown away"
    );
    assert_eq!(tx.resume_occurrences(batch, first, last).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_moved(&place, Event::Resume, &[]).await;

    one_of_each(&place, true).await;
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.backfill_occurrences(&ids, parsed(YESTERDAY), 2).await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_moved(&place, Event::Reopen, &[]).await;

    one_of_each(&place, true).await;
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.call_off(&ids, "nobody wants it", NOW).await.unwrap(), 3);
    tx.commit().await.unwrap();
    assert_moved(&place, Event::Cancel, &[]).await;

    one_of_each(&place, true).await;
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.call_off_batch(batch, "nobody wants it", NOW).await.unwrap(), 3, "with the world's own");
    tx.commit().await.unwrap();
    assert_moved(&place, Event::Cancel, &[OccurrenceState::Failed]).await;
}

async fn a_job_is_called_off_with_what_it_alone_would_have_done(place: Place) {
    let store = &place.store;
    let batch: BatchId = parsed(TODAY);
    one_of_each(&place, true).await;
    let [open, selected]: [OccurrenceId; 2] = [parsed(20), parsed(21)];
    let job = |work: &Work| NewJob::new(Kind::new(work.kind()), serde_json::to_string(work).unwrap(), NOW);
    let (first, last) = (open, selected);
    let works = [
        Work::Select { batch, first, last },
        Work::Assemble { batch, first, last },
        Work::Notify { batch },
        Work::Sweep { batch },
    ];
    let call_off = async |work: &Work| {
        store.enqueue(&[job(work)], OnDuplicate::Keep, NOW).await.unwrap();
        let listed = store.list_jobs(Some(work.kind()), Some(State::Available), 10).await.unwrap();
        let id = listed[0].id;
        let mut tx = store.begin().await.unwrap();
        let off = tx.call_off_jobs(&[id], "nobody wants it", NOW).await.unwrap();
        assert_eq!(tx.call_off_jobs(&[id], "again", NOW).await.unwrap(), CalledOff::default());
        tx.commit().await.unwrap();
        (off.jobs, off.occurrences)
    };
    let left = async || store.unfinished(batch, 10).await.unwrap().len();
    let before = left().await;
    assert_eq!(call_off(&works[0]).await, (1, 1), "what is open, not what is selected");
    place.run(&format!("UPDATE occurrences SET released_at = NULL WHERE id = '{selected}'")).await;
    assert_eq!(call_off(&works[1]).await, (1, 0), "it waits at the barrier: another job will make it");
    place.run(&format!("UPDATE occurrences SET released_at = {NOW} WHERE id = '{selected}'")).await;
    assert_eq!(call_off(&works[1]).await, (1, 1));
    assert_eq!(call_off(&works[2]).await, (1, 0), "it only tells");
    assert_eq!(left().await, before - 2);
    place.run(&occurrence(27, TODAY, "2027-02-27", "selected", Some(SELECTION))).await;
    place.run(&format!("UPDATE occurrences SET released_at = {NOW} WHERE id = '{}'", id(27))).await;
    assert_eq!(call_off(&works[3]).await, (1, before as u64 - 2), "nobody else would release them");
    let all = store.unfinished(batch, 10).await.unwrap();
    assert_eq!(all, [(parsed(27), OccurrenceState::Selected)], "it has a job of its own");
}

async fn a_batch_is_extended_only_while_it_has_work(place: Place) {
    let due = |batch: u32| format!("SELECT CAST(due_at AS TEXT) FROM batches WHERE id = '{}'", id(batch));
    let mut tx = place.store.begin().await.unwrap();
    assert!(!tx.extend_batch(parsed(YESTERDAY), NOW + HOUR).await.unwrap());
    assert!(tx.extend_batch(parsed(TODAY), NOW + HOUR).await.unwrap());
    assert!(tx.extend_batch(parsed(TODAY), NOW).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(place.text(&due(TODAY)).await.unwrap(), (NOW + HOUR).to_string(), "never shortened");
    assert_eq!(place.text(&due(YESTERDAY)).await.unwrap(), (NOW - 24 * HOUR).to_string());
}

async fn what_is_left_to_do_for_a_batch_is_postponed_with_it(place: Place) {
    let later = NOW + 9 * HOUR;
    let store = &place.store;
    let of_batch: BatchId = parsed(TODAY);
    let mut tx = store.begin().await.unwrap();
    let recipe = Recipe::Jingle { name: "opening".into() };
    let wanted = |name| Demand { key: key(name).parse().unwrap(), recipe: recipe.clone(), common: false };
    tx.add_demand(of_batch, &[wanted('a'), wanted('b')]).await.unwrap();
    tx.commit().await.unwrap();
    store.settle_demand(key('b').parse().unwrap(), NOW).await.unwrap();
    let open = store.unfinished(of_batch, 1).await.unwrap()[0].0;
    let job = |key: String, work: String| NewJob {
        key: Some(key),
        start_by: NOW - 10,
        ..NewJob::new(Kind::new("any"), work, NOW)
    };
    let sweep = |key: &str, batch: u32| NewJob {
        kind: Kind::new("sweep"),
        ..job(key.to_owned(), format!(r#"{{"do":"sweep","batch":"{}"}}"#, id(batch)))
    };
    let jobs = [
        job(format!("narrate:{}", key('a')), "{}".into()),
        job(format!("narrate:{}", key('b')), "{}".into()),
        job(format!("narrate:{}", key('c')), "{}".into()),
        job(format!("external:{open}"), "{}".into()),
        sweep("sweep", TODAY),
        sweep("other", YESTERDAY),
    ];
    store.enqueue(&jobs, OnDuplicate::Keep, NOW).await.unwrap();
    for expected in [3, 0] {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.postpone_batch(of_batch, later).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.postpone_batch(of_batch, NOW).await.unwrap(), 0, "never sooner");
    tx.commit().await.unwrap();
    let moved = format!(
        "SELECT string_agg(key, ' ' ORDER BY key) FROM jobs WHERE due_at = {later} AND start_by = {}",
        later - 10
    );
    let expected = format!("external:{open} narrate:{} sweep", key('a'));
    assert_eq!(place.text(&moved).await, Some(expected));
}

async fn an_artifact_is_tried_again_and_waited_for_where_somebody_still_can(place: Place) {
    let wanted = key('a').parse().unwrap();
    place
        .run(&format!(
            "INSERT INTO artifacts (key, kind, state, error, retry_after)
                 VALUES ('{key}', 'segment', 'failed', 'a server was down', {later});
             INSERT INTO demand (batch_id, key, kind, common, settled_at)
                 VALUES ('{today}', '{key}', 'segment', 0, 1), ('{yesterday}', '{key}', 'segment', 0, 1);
             UPDATE batches SET due_at = {later} WHERE id = '{today}'",
            key = key('a'),
            later = NOW + HOUR,
            today = id(TODAY),
            yesterday = id(YESTERDAY),
        ))
        .await;
    assert!(!place.store.is_wanted(wanted, NOW).await.unwrap());
    let mut tx = place.store.begin().await.unwrap();
    tx.try_artifact_again(wanted, ArtifactKind::Segment, "redriven", NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert!(place.store.is_wanted(wanted, NOW).await.unwrap());
    assert_eq!(place.store.unsettled(parsed(TODAY)).await.unwrap(), [(wanted, false)]);
    assert_eq!(place.store.unsettled(parsed(YESTERDAY)).await.unwrap(), []);
    let claim =
        place.store.claim_artifact(wanted, ArtifactKind::Segment, "t", NOW, NOW + HOUR).await.unwrap();
    assert!(matches!(claim, store::Claim::Mine), "{claim:?}");

    // One of which there is no row yet, and one that is made.
    let unknown = key('b').parse().unwrap();
    let mut tx = place.store.begin().await.unwrap();
    tx.try_artifact_again(unknown, ArtifactKind::Phrase, "redriven", NOW).await.unwrap();
    tx.try_artifact_again(wanted, ArtifactKind::Segment, "redriven", NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert!(place.store.is_wanted(unknown, NOW).await.unwrap());
    let state = format!("SELECT state FROM artifacts WHERE key = '{}'", key('a'));
    assert_eq!(place.text(&state).await.unwrap(), "making", "who is at it is left alone");
}

async fn what_only_a_batch_waited_for_is_not_wanted_once_it_is_called_off(place: Place) {
    let waits = |batch: u32, of: char| {
        format!(
            "INSERT INTO demand (batch_id, key, kind, common) VALUES ('{}', '{}', 'segment', 0);",
            id(batch),
            key(of)
        )
    };
    place.run(&(waits(TODAY, 'a') + &waits(TODAY, 'b') + &waits(YESTERDAY, 'b'))).await;
    let mut tx = place.store.begin().await.unwrap();
    tx.call_off_batch(parsed(TODAY), "holiday", NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!place.store.is_wanted(key('a').parse().unwrap(), NOW).await.unwrap(), "its job will find so");
    assert!(
        place.store.is_wanted(key('b').parse().unwrap(), NOW).await.unwrap(),
        "another batch waits for it"
    );
}

async fn a_batch_that_is_called_off_waits_for_nothing(place: Place) {
    let demand = |of: char, settled_at: &str| {
        format!(
            "INSERT INTO demand (batch_id, key, kind, common, settled_at)
            VALUES ('{}', '{}', 'segment', 0, {settled_at});",
            id(TODAY),
            key(of)
        )
    };
    place.run(&(demand('a', "NULL") + &demand('b', &NOW.to_string()))).await;
    let mut tx = place.store.begin().await.unwrap();
    tx.withdraw_demand(parsed(TODAY)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.unsettled(parsed(TODAY)).await.unwrap().len(), 1, "it has work left");
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.call_off_batch(parsed(TODAY), "holiday", NOW).await.unwrap(), 1);
    assert!(tx.close_batch(parsed(TODAY), NOW).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(place.state_of(SELECTED).await, "cancelled");
    assert_eq!(place.store.unsettled(parsed(TODAY)).await.unwrap(), []);
    let progress = place.store.batch_progress(parsed(TODAY)).await.unwrap();
    assert_eq!(progress.demand.get("segment"), Some(&(1, 1)), "what was not made counts as nothing");
    let pace = place.store.batch_pace(parsed(TODAY), NOW - 1).await.unwrap();
    assert_eq!((pace.settled, pace.ended), (1, 1));
    let pace = place.store.batch_pace(parsed(TODAY), NOW).await.unwrap();
    assert_eq!((pace.settled, pace.ended), (0, 0));
}

async fn lost_slots_are_the_missed_and_failed_ones(place: Place) {
    one_of_each(&place, false).await;
    let lost = |from: &str, to: &str, feed: Option<u32>| {
        let (from, to, feed) = (from.parse().unwrap(), to.parse().unwrap(), feed.map(parsed));
        let store = place.store.clone();
        async move {
            let lost = store.lost_occurrences(from, to, feed).await.unwrap();
            lost.iter().map(|one| (one.local_date.to_string(), one.state.name())).collect::<Vec<_>>()
        }
    };
    let both = [("2027-02-24".to_owned(), "missed"), ("2027-02-25".to_owned(), "failed")];
    assert_eq!(lost("2027-02-01", "2027-02-28", None).await, both);
    assert_eq!(lost("2027-02-25", "2027-02-25", Some(FEED)).await, both[1..]);
    assert_eq!(lost("2027-02-01", "2027-02-28", Some(99)).await, []);
    place.run(&format!("UPDATE occurrences SET request = 'r' WHERE id = '{}'", id(24))).await;
    assert_eq!(lost("2027-02-01", "2027-02-28", None).await, both[1..], "no daily slot");
    place.run("UPDATE feeds SET deleted_at = 1, next_date = NULL, next_ready_by = NULL").await;
    assert_eq!(lost("2027-02-01", "2027-02-28", None).await, [], "nobody wants it any more");
}
