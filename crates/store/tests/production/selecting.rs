//! Selecting: fenced by the state an occurrence is in.

use crate::harness::{MINUTE, NOW, Place, key, on_both};
use domain::{OccurrenceId, OccurrenceState};
use store::occurrences::Ended;

on_both!(
    what_is_selected_is_selected_once,
    who_comes_late_skips_nothing_that_is_selected,
    what_has_ended_is_not_selected,
    what_is_released_is_chosen_anew_and_waits_again,
);

async fn skip(place: &Place, id: OccurrenceId) -> u64 {
    let mut tx = place.store.begin().await.unwrap();
    let skipped = tx.skip_occurrences(&[(id, "nothing new".into())], NOW + MINUTE).await.unwrap();
    tx.commit().await.unwrap();
    skipped
}

async fn what_is_selected_is_selected_once(place: Place) {
    let (_, id, batch) = place.one_open().await;
    assert_eq!(place.select(batch, id, &[key("first")]).await, 1);
    assert_eq!(place.select(batch, id, &[key("second")]).await, 0);
    let waiting = place.store.waiting(batch, None, 10).await.unwrap().rows;
    let keys: Vec<_> = waiting.iter().flat_map(|one| one.selection.needs().copied()).collect();
    assert_eq!(keys, [key("first")], "the first choice stands");
}

async fn who_comes_late_skips_nothing_that_is_selected(place: Place) {
    let (_, id, batch) = place.one_open().await;
    place.select(batch, id, &[key("first")]).await;
    assert_eq!(skip(&place, id).await, 0);
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Selected, 1)]);
}

async fn what_has_ended_is_not_selected(place: Place) {
    let (_, id, batch) = place.one_open().await;
    assert_eq!(skip(&place, id).await, 1);
    assert_eq!(skip(&place, id).await, 0);
    assert_eq!(place.select(batch, id, &[key("first")]).await, 0);
    let mut tx = place.store.begin().await.unwrap();
    let failed = Ended { id, state: OccurrenceState::Failed, reason: "late".into() };
    assert_eq!(tx.end_occurrences(&[failed], NOW).await.unwrap(), 0, "an outcome stays");
    tx.commit().await.unwrap();
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Skipped, 1)]);
}

async fn what_is_released_is_chosen_anew_and_waits_again(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    let again = |keys: &'static [&'static str]| {
        let selection = crate::harness::selection(&keys.iter().map(|name| key(name)).collect::<Vec<_>>());
        let store = place.store.clone();
        async move {
            let mut tx = store.begin().await.unwrap();
            let changed = tx.reselect_occurrences(&[(id, selection)]).await.unwrap();
            tx.commit().await.unwrap();
            changed
        }
    };
    assert_eq!(again(&["early"]).await, 0, "it is not released yet");
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(tx.release_occurrences(&[id], NOW).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(again(&["better"]).await, 1);
    assert_eq!(place.store.to_assemble(batch, id, id).await.unwrap().rows.len(), 0);
    assert_eq!(place.store.waiting(batch, None, 10).await.unwrap().rows.len(), 1);
    assert!(place.publish(&feed, id, &[]).await);
    assert_eq!(again(&["late"]).await, 0, "it has its program");
}
