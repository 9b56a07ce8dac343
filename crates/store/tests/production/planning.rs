//! Opening: each slot once, whoever plans it and how often.

use crate::harness::{MINUTE, NOW, Place, READY_BY, batch, feed, listener, occurrence, on_both, open_chunk};
use domain::OccurrenceState;
use queue::{JobStore, Kind, NewJob, OnDuplicate};
use std::time::Duration;

on_both!(
    a_slot_that_is_opened_twice_is_opened_once,
    two_planners_at_once_open_every_slot_once,
    planners_that_have_read_the_same_feeds_open_them_once,
    a_planner_that_dies_leaves_nothing_half_done,
    what_is_missed_is_on_record_and_needs_no_work,
    feeds_of_later_plans_wait,
    a_batch_whose_planner_died_at_the_end_is_planned,
    a_request_is_opened_once,
);

async fn a_slot_that_is_opened_twice_is_opened_once(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    for expected in [1, 0] {
        let mut tx = place.store.begin().await.unwrap();
        let batch = tx.open_batch(&batch(READY_BY)).await.unwrap();
        let again = occurrence(feed.id, feed.listener, batch, "2027-01-16", READY_BY);
        assert_eq!(tx.open_occurrences(&[again], NOW).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    assert_eq!(place.count("SELECT COUNT(*) FROM occurrences").await, 1);
    assert_eq!(place.count("SELECT COUNT(*) FROM batches").await, 1, "a minute has one batch");
}

/// Chunks of two planners, begun at the same time until nothing is due.
async fn two_planners_at_once_open_every_slot_once(place: Place) {
    place.feeds(90).await;
    let planner = |store: store::Store| async move {
        let mut opened = 0;
        loop {
            match open_chunk(&store, READY_BY, 7).await {
                // What the other has in hand may be all there is.
                0 if store.due_minutes(READY_BY).await.unwrap().is_empty() => return opened,
                new => opened += new,
            }
        }
    };
    let other = store::Store::open(&place.url).await.unwrap();
    let (one, two) =
        tokio::join!(tokio::spawn(planner(place.store.clone())), tokio::spawn(planner(other.clone())));
    other.close().await;
    assert_eq!(one.unwrap() + two.unwrap(), 90);
    assert_eq!(place.count("SELECT COUNT(DISTINCT feed_id) FROM occurrences").await, 90);
    assert_eq!(place.count("SELECT COUNT(*) FROM occurrences").await, 90);
    assert_eq!(
        place
            .count(
                "SELECT COUNT(*) FROM feeds WHERE next_date = '2027-01-17' AND settled_date = '2027-01-16'"
            )
            .await,
        90
    );
}

/// Even a planner that was not kept from reading what another had read, and comes later.
async fn planners_that_have_read_the_same_feeds_open_them_once(place: Place) {
    let feeds = place.feeds(3).await;
    assert_eq!(place.open(10).await, 3);
    // The feeds as they were before: as after a restore, or for a reader of old rows.
    place.run(&format!("UPDATE feeds SET next_date = '2027-01-16', next_ready_by = {READY_BY}")).await;
    assert_eq!(place.open(10).await, 0, "the slots have their occurrences");
    assert_eq!(place.count("SELECT COUNT(*) FROM occurrences").await, 3);
    let next = place.store.feed(feeds[0].id).await.unwrap().unwrap().standing.promised;
    assert_eq!(next, Some("2027-01-17".parse().unwrap()), "and the feeds go on");
}

async fn a_planner_that_dies_leaves_nothing_half_done(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    {
        let mut tx = place.store.begin().await.unwrap();
        let due = tx.due_feeds(READY_BY, &[], None, 10).await.unwrap().rows;
        assert_eq!(due.len(), 1);
        let batch = tx.open_batch(&batch(READY_BY)).await.unwrap();
        let new = occurrence(feed.id, feed.listener, batch, "2027-01-16", READY_BY);
        tx.open_occurrences(&[new], NOW).await.unwrap();
        let job = NewJob { key: Some("select:1".into()), ..NewJob::new(Kind::new("select"), "{}", READY_BY) };
        tx.enqueue(&[job], OnDuplicate::Keep, NOW).await.unwrap();
        // Dropped: the process is gone.
    }
    // PostgreSQL rolls back when the server hears of it.
    let opened = async {
        while place.open(10).await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), opened)
        .await
        .expect("the slot is there for the next planner");
    assert_eq!(place.count("SELECT COUNT(*) FROM occurrences").await, 1);
    assert_eq!(place.store.find_job("select:1").await.unwrap(), None);
    let promoted = place.store.promote_due(NOW, 10).await.unwrap();
    assert_eq!(promoted.count, 0);
}

async fn what_is_missed_is_on_record_and_needs_no_work(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    let mut tx = place.store.begin().await.unwrap();
    let batch = tx.open_batch(&batch(READY_BY)).await.unwrap();
    let mut missed = occurrence(feed.id, feed.listener, batch, "2027-01-16", READY_BY);
    missed.missed = Some("due 5 hours ago".into());
    tx.open_occurrences(&[missed], READY_BY + 300 * MINUTE).await.unwrap();
    tx.commit().await.unwrap();
    place.run("UPDATE feeds SET next_date = NULL, next_ready_by = NULL").await;
    assert_eq!(place.store.batches_planned(NOW).await.unwrap(), 1);
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.close_batch(batch, READY_BY + 300 * MINUTE).await.unwrap(), "nothing is left to do");
    tx.commit().await.unwrap();
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Missed, 1)]);
    let outcomes = place.store.batch_outcomes(batch).await.unwrap();
    assert_eq!(outcomes, [(OccurrenceState::Missed, false, 1)]);
}

async fn feeds_of_later_plans_wait(place: Place) {
    let early = place.feeds(1).await.remove(0);
    let mut tx = place.store.begin().await.unwrap();
    let mut patient = listener();
    patient.plan = "fresh".into();
    tx.add_listener(&patient, NOW).await.unwrap();
    let late = feed(patient.id);
    tx.add_feed(&late, NOW).await.unwrap();
    let due = tx.due_feeds(READY_BY, &["fresh"], None, 10).await.unwrap().rows;
    assert_eq!(due.iter().map(|feed| feed.id).collect::<Vec<_>>(), [early.id]);
    let due = tx.due_feeds(READY_BY, &[], None, 10).await.unwrap().rows;
    assert_eq!(due.len(), 2);
    assert_eq!(due.iter().filter(|feed| feed.plan == "fresh").count(), 1);
}

/// A planner killed after its last feeds and before it could say so; one whose feeds went elsewhere.
async fn a_batch_whose_planner_died_at_the_end_is_planned(place: Place) {
    let feeds = place.feeds(2).await;
    assert_eq!(place.open(1).await, 1);
    assert_eq!(place.store.batches_planned(NOW).await.unwrap(), 0, "one feed is still to come");
    let batch = place.store.unclosed_batches(10).await.unwrap().remove(0).id;
    let mut tx = place.store.begin().await.unwrap();
    for feed in &feeds {
        tx.reschedule(feed.id, |schedule| schedule.ready_by = "08:00".parse().unwrap(), NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(place.store.batches_planned(NOW).await.unwrap(), 1);
    assert_eq!(place.store.batches_planned(NOW).await.unwrap(), 0);
    assert_eq!(place.store.batch(batch).await.unwrap().unwrap().planned_at, Some(NOW));
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.close_batch(batch, NOW).await.unwrap());
    // Somebody joins late: it is open again, and not planned.
    assert_eq!(tx.open_batch(&crate::harness::batch(READY_BY)).await.unwrap(), batch);
    tx.commit().await.unwrap();
    let batch = place.store.batch(batch).await.unwrap().unwrap();
    assert_eq!((batch.planned_at, batch.closed_at), (None, None));
}

async fn a_request_is_opened_once(place: Place) {
    let (feed, _, daily) = place.one_open().await;
    let mut asked = batch(NOW);
    asked.request = Some("request 1".into());
    for first in [true, false] {
        let mut tx = place.store.begin().await.unwrap();
        asked.id = domain::BatchId::born(NOW, crate::harness::chance());
        assert_eq!(tx.open_request(&asked).await.unwrap(), first);
        if first {
            let mut new = occurrence(feed.id, feed.listener, asked.id, "2027-01-16", NOW);
            new.request = Some("request 1".into());
            assert_eq!(tx.open_occurrences(&[new], NOW).await.unwrap(), 1, "beside the daily slot");
        }
        tx.commit().await.unwrap();
    }
    assert_eq!(place.state_of(daily).await, [(OccurrenceState::Open, 1)]);
    assert_eq!(place.count("SELECT COUNT(*) FROM occurrences").await, 2);
}
