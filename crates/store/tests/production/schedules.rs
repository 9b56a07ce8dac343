//! A schedule that changes while its slot is being made: no date is lost and none is made twice.

use crate::harness::{MINUTE, NOW, Place, READY_BY, on_both, open_chunk};
use domain::{FeedId, OccurrenceState, schedule::Slot};

on_both!(
    an_open_slot_moves_with_its_schedule,
    a_slot_survives_two_changes_in_a_row,
    what_is_selected_does_not_move,
    a_pause_drops_what_is_open_and_a_resume_takes_it_up,
    a_change_waits_for_the_planner_that_has_the_feed,
);

async fn reschedule(place: &Place, feed: FeedId, ready_by: &str) -> Option<Slot> {
    let mut tx = place.store.begin().await.unwrap();
    let next =
        tx.reschedule(feed, |schedule| schedule.ready_by = ready_by.parse().unwrap(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    next.unwrap()
}

async fn an_open_slot_moves_with_its_schedule(place: Place) {
    let (feed, _, batch) = place.one_open().await;
    let next = reschedule(&place, feed.id, "09:00").await.unwrap();
    assert_eq!(next.local_date.to_string(), "2027-01-16");
    assert_eq!(place.state_of(batch).await, [], "its old occurrence is gone");
    assert_eq!(open_chunk(&place.store, READY_BY + 120 * MINUTE, 10).await, 1);
    assert_eq!(place.count("SELECT COUNT(*) FROM occurrences").await, 1);
}

async fn a_slot_survives_two_changes_in_a_row(place: Place) {
    let (feed, ..) = place.one_open().await;
    reschedule(&place, feed.id, "09:00").await.unwrap();
    let next = reschedule(&place, feed.id, "10:00").await.unwrap();
    assert_eq!(next.local_date.to_string(), "2027-01-16", "the date has no program yet");
    assert_eq!(open_chunk(&place.store, READY_BY + 180 * MINUTE, 10).await, 1);
    let standing = place.store.feed(feed.id).await.unwrap().unwrap().standing;
    assert_eq!(standing.settled, Some("2027-01-16".parse().unwrap()));
    assert_eq!(standing.promised, Some("2027-01-17".parse().unwrap()));
}

async fn what_is_selected_does_not_move(place: Place) {
    let (feed, _, batch, _) = place.one_selected().await;
    let next = reschedule(&place, feed.id, "09:00").await.unwrap();
    assert_eq!(next.local_date.to_string(), "2027-01-17", "today's is in the making");
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Selected, 1)]);
}

async fn a_pause_drops_what_is_open_and_a_resume_takes_it_up(place: Place) {
    let (feed, _, batch) = place.one_open().await;
    let paused = jiff::Timestamp::from_microsecond(NOW).unwrap();
    let mut tx = place.store.begin().await.unwrap();
    let next = tx.reschedule(feed.id, |schedule| schedule.paused_since = Some(paused), NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next, Some(None), "no slot is next");
    assert_eq!(place.state_of(batch).await, []);
    assert_eq!(place.store.due_minutes(i64::MAX).await.unwrap(), []);
    let mut tx = place.store.begin().await.unwrap();
    let next = tx.reschedule(feed.id, |schedule| schedule.paused_since = None, NOW + MINUTE).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(next.flatten().unwrap().local_date.to_string(), "2027-01-16");
}

/// The planner has read the feed and not committed; the listener changes the schedule meanwhile.
async fn a_change_waits_for_the_planner_that_has_the_feed(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    let mut planner = place.store.begin().await.unwrap();
    let due = planner.due_feeds(READY_BY, &[], None, 10).await.unwrap().rows.remove(0);
    let changing = {
        let place = Place { store: place.store.clone(), url: place.url.clone() };
        tokio::spawn(async move { reschedule(&place, feed.id, "09:00").await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!changing.is_finished());
    let batch = planner.open_batch(&crate::harness::batch(READY_BY)).await.unwrap();
    let new = crate::harness::occurrence(due.id, due.listener, batch, &due.date.to_string(), READY_BY);
    planner.open_occurrences(&[new], NOW).await.unwrap();
    let next = due.schedule.following(due.date).map(|slot| (slot.local_date, slot.ready_by.as_microsecond()));
    planner.advance_feeds(&[store::feeds::Advance { feed: due.id, settled: due.date, next }]).await.unwrap();
    planner.commit().await.unwrap();
    let next = changing.await.unwrap().unwrap();
    assert_eq!(next.local_date.to_string(), "2027-01-16", "the open slot is promised again, at its new time");
    assert_eq!(place.state_of(batch).await, []);
}
