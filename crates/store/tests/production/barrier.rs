//! Demand, release, and the end of a batch.

use crate::harness::{MINUTE, NOW, Place, READY_BY, key, on_both, wanted};
use domain::{ArtifactKey, BatchId};
use queue::{JobStore, Kind, NewJob, OnDuplicate};

on_both!(
    what_is_released_leaves_the_barrier_once,
    a_key_is_wanted_once_by_each_batch_and_settled_for_all,
    what_no_job_is_left_to_make_is_an_orphan,
    what_somebody_joins_is_no_orphan,
    a_batch_closes_when_nothing_of_it_is_left_and_once,
    a_batch_is_counted_once,
);

async fn what_is_released_leaves_the_barrier_once(place: Place) {
    let (_, id, batch, _) = place.one_selected().await;
    for expected in [1, 0] {
        let mut tx = place.store.begin().await.unwrap();
        assert_eq!(tx.release_occurrences(&[id], NOW).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    assert_eq!(place.store.waiting(batch, None, 10).await.unwrap().rows.len(), 0);
    let progress = place.store.batch_progress(batch).await.unwrap();
    assert_eq!(progress.released, 1);
    let to_assemble = place.store.to_assemble(batch, id, id).await.unwrap().rows;
    assert_eq!(to_assemble.iter().map(|one| one.id).collect::<Vec<_>>(), [id]);
}

async fn a_key_is_wanted_once_by_each_batch_and_settled_for_all(place: Place) {
    let (_, id, batch, key) = place.one_selected().await;
    assert_eq!(place.select(batch, id, &[key]).await, 0, "demand is added again, the selection is not");
    assert_eq!(place.store.unsettled(batch).await.unwrap(), [(key, false)]);
    let mut tx = place.store.begin().await.unwrap();
    let other = tx.open_batch(&crate::harness::batch(READY_BY + MINUTE)).await.unwrap();
    tx.add_demand(other, &[wanted(key)]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(place.store.is_wanted(key, NOW).await.unwrap());
    place.store.settle_demand(key, NOW).await.unwrap();
    assert!(!place.store.is_wanted(key, NOW).await.unwrap());
    assert_eq!(place.store.unsettled(batch).await.unwrap(), []);
    assert_eq!(place.store.unsettled(other).await.unwrap(), []);
    let demand = place.store.batch_progress(batch).await.unwrap().demand;
    assert_eq!(demand.get("jingle"), Some(&(1, 1)));
    // Its object was lost, say: it is wanted again, by one of them.
    place.select(batch, id, &[key]).await;
    assert_eq!(place.store.unsettled(batch).await.unwrap(), [(key, false)]);
    assert_eq!(place.store.unsettled(other).await.unwrap(), []);
}

async fn what_no_job_is_left_to_make_is_an_orphan(place: Place) {
    let (_, id, batch, made) = place.one_selected().await;
    let lost = key("lost");
    place.select(batch, id, &[lost]).await;
    let job = |key| NewJob {
        key: Some(format!("narrate:{key}")),
        ..NewJob::new(Kind::new("narrate"), "{}", READY_BY)
    };
    place.store.enqueue(&[job(made)], OnDuplicate::Keep, NOW).await.unwrap();
    let orphan = place.orphans(batch, NOW).await;
    assert_eq!(orphan, [(lost, None)], "somebody is still to make the other");

    let (running, _) = place.store.find_job(&format!("narrate:{made}")).await.unwrap().unwrap();
    place.store.cancel(&[running], NOW).await.unwrap();
    place.store.enqueue(&[job(lost)], OnDuplicate::Keep, NOW).await.unwrap();
    let why = Some("its job was called off".to_owned());
    assert_eq!(place.orphans(batch, NOW).await, [(made, why)]);
    assert_eq!(place.orphans(batch, NOW + 1).await, [(made, None)], "that was before the batch was opened");

    place
        .run(
            "UPDATE jobs SET state = 'dead', ended_at = 7, class = 'bug', message = 'it crashed', fingerprint = 'f',
                gave_up = 'final' WHERE state = 'available'",
        )
        .await;
    assert_eq!(place.ended(batch, 7, lost).await.as_deref(), Some("it crashed"));
    assert_eq!(place.ended(batch, 8, lost).await, None);
}

/// Somebody wants it too and enqueues its job, while a sweep looks for what no job is left to make.
async fn what_somebody_joins_is_no_orphan(place: Place) {
    let (_, _, batch, key) = place.one_selected().await;
    let mut joining = place.store.begin().await.unwrap();
    joining.add_demand(batch, &[wanted(key)]).await.unwrap();
    let job =
        NewJob { key: Some(format!("narrate:{key}")), ..NewJob::new(Kind::new("narrate"), "{}", READY_BY) };
    joining.enqueue(&[job], OnDuplicate::Join, NOW).await.unwrap();
    let sweep = {
        let store = place.store.clone();
        tokio::spawn(async move { store.begin().await.unwrap().orphans(batch, NOW).await.unwrap().len() })
    };
    place.until_somebody_waits(&sweep).await;
    joining.commit().await.unwrap();
    assert_eq!(sweep.await.unwrap(), 0);
    assert_eq!(place.store.unsettled(batch).await.unwrap(), [(key, false)]);
    assert!(place.store.is_wanted(key, NOW).await.unwrap(), "its job has something to do");
}

async fn a_batch_closes_when_nothing_of_it_is_left_and_once(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    let close = || async {
        let mut tx = place.store.begin().await.unwrap();
        let closed = tx.close_batch(batch, NOW).await.unwrap();
        tx.commit().await.unwrap();
        closed
    };
    place.store.batches_planned(NOW).await.unwrap();
    assert!(!close().await, "one program is still to come");
    assert!(place.publish(&feed, id, &[]).await);
    place.run("UPDATE batches SET planned_at = NULL").await;
    assert!(!close().await, "somebody may still join");
    place.store.batches_planned(NOW).await.unwrap();
    assert!(close().await);
    assert!(!close().await);
}

async fn a_batch_is_counted_once(place: Place) {
    let (.., batch) = place.one_open().await;
    let count = || async {
        let mut tx = place.store.begin().await.unwrap();
        let first = tx.count_batch(batch, READY_BY).await.unwrap();
        tx.commit().await.unwrap();
        first
    };
    let (one, two) = (count().await, count().await);
    assert_eq!((one, two), (true, false));
}

impl Place {
    /// What no job is left to make for a batch, with how it ended.
    async fn orphans(&self, batch: BatchId, opened_at: i64) -> Vec<(ArtifactKey, Option<String>)> {
        let mut tx = self.store.begin().await.unwrap();
        let orphans = tx.orphans(batch, opened_at).await.unwrap();
        assert!(orphans.iter().all(|orphan| orphan.recipe.is_some()));
        orphans.into_iter().map(|orphan| (orphan.key, orphan.ended)).collect()
    }

    async fn ended(&self, batch: BatchId, opened_at: i64, key: ArtifactKey) -> Option<String> {
        let mut orphans = self.orphans(batch, opened_at).await.into_iter();
        orphans.find_map(|(orphan, ended)| (orphan == key).then_some(ended)).flatten()
    }
}
