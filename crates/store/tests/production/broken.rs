//! A row that cannot be read is named, and keeps nobody else from a program.

use crate::harness::{NOW, Place, READY_BY, key, on_both};
use store::StoreError;

on_both!(
    a_broken_schedule_keeps_no_other_feed_from_its_slot,
    a_broken_filter_keeps_no_other_occurrence_from_being_selected,
    a_broken_selection_keeps_no_other_from_being_assembled,
    a_broken_article_is_left_out,
);

fn names(error: &StoreError, table: &str, column: &str) -> bool {
    matches!(error, StoreError::Inconsistent { table: at, column: of, .. } if (*at, *of) == (table, column))
}

async fn a_broken_schedule_keeps_no_other_feed_from_its_slot(place: Place) {
    let feeds = place.feeds(2).await;
    let broken = feeds[0].id;
    place.run(&format!("UPDATE feeds SET schedule = '[]' WHERE id = '{broken}'")).await;
    let mut tx = place.store.begin().await.unwrap();
    let due = tx.due_feeds(READY_BY, &[], None, 10).await.unwrap();
    assert_eq!(due.rows.iter().map(|feed| feed.id).collect::<Vec<_>>(), [feeds[1].id]);
    assert_eq!(due.broken.len(), 1);
    assert!(due.broken[0].0 == broken && names(&due.broken[0].1, "feeds", "schedule"), "{due:?}");
    tx.park_feeds(&[broken]).await.unwrap();
    let due = tx.due_feeds(READY_BY, &[], None, 10).await.unwrap();
    assert_eq!((due.rows.len(), due.broken.len()), (1, 0), "it is not met at every tick");
}

async fn a_broken_filter_keeps_no_other_occurrence_from_being_selected(place: Place) {
    let feeds = place.feeds(2).await;
    assert_eq!(place.open(10).await, 2);
    place.run(&format!("UPDATE feeds SET filter = 'nonsense' WHERE id = '{}'", feeds[0].id)).await;
    let batch = place.store.unclosed_batches(1).await.unwrap().remove(0).id;
    let mut ids: Vec<_> = place.store.unfinished(batch, 10).await.unwrap().iter().map(|one| one.0).collect();
    ids.sort();
    let open = domain::OccurrenceState::Open;
    let found = place.store.to_select(batch, ids[0], ids[1], open).await.unwrap();
    assert_eq!(found.rows.iter().map(|one| one.of.feed).collect::<Vec<_>>(), [feeds[1].id]);
    assert!(names(&found.broken[0].1, "occurrences", "filter"), "{found:?}");
}

async fn a_broken_selection_keeps_no_other_from_being_assembled(place: Place) {
    let (_, id, batch, _) = place.one_selected().await;
    place.run("UPDATE occurrences SET selection = 'nonsense'").await;
    let found = place.store.waiting(batch, None, 10).await.unwrap();
    assert!(found.rows.is_empty() && found.broken[0].0 == id, "{found:?}");
    place.run(&format!("UPDATE occurrences SET released_at = {NOW}")).await;
    let found = place.store.to_assemble(batch, id, id).await.unwrap();
    assert!(found.rows.is_empty() && names(&found.broken[0].1, "occurrences", "selection"), "{found:?}");
    assert_eq!(place.select(batch, id, &[key("other")]).await, 0);
}

async fn a_broken_article_is_left_out(place: Place) {
    let id = place.article().await;
    assert_eq!(place.store.articles_by_id(&[id]).await.unwrap().len(), 1);
    place.run("UPDATE articles SET tags = 'nonsense'").await;
    assert_eq!(place.store.articles_by_id(&[id]).await.unwrap().len(), 0);
}
