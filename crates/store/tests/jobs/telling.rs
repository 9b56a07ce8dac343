//! What a store tells of itself.

use crate::{
    harness::{HOUR, NOW, Place, job, on_both},
    working::PATIENCE,
};
use queue::{Kind, NewJob, OnDuplicate};
use std::sync::{Arc, Mutex};
use store::Connections;

on_both!(new_jobs_are_told_by_kind_when_they_are_there, it_answers_until_it_is_closed);

async fn new_jobs_are_told_by_kind_when_they_are_there(place: Place) {
    let Place { store, .. } = place;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = heard.clone();
    store.listen_to_enqueued(move |kind, count| hears.lock().unwrap().push((kind.to_string(), count)));
    let fetch =
        |key: &str| NewJob { key: Some(key.to_owned()), ..NewJob::new(Kind::new("fetch"), key, NOW + HOUR) };
    let wishes = [fetch("a"), fetch("b"), fetch("a"), job("one"), job("two"), fetch("b"), fetch("c")];

    let mut undone = store.begin().await.unwrap();
    undone.enqueue(&wishes, OnDuplicate::Keep, NOW).await.unwrap();
    drop(undone);
    for on_duplicate in [OnDuplicate::Keep, OnDuplicate::Join] {
        let mut tx = store.clone().begin().await.unwrap();
        tx.enqueue(&wishes, on_duplicate, NOW).await.unwrap();
        assert_eq!(heard.lock().unwrap().len(), 0, "nothing is committed yet");
        tx.commit().await.unwrap();
        let told = std::mem::take(&mut *heard.lock().unwrap());
        let told: Vec<_> = told.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        match on_duplicate {
            OnDuplicate::Keep => assert_eq!(told, [("fetch", 3), ("narrate", 2)]),
            OnDuplicate::Join => assert_eq!(told, [("narrate", 2)], "those with a key are there already"),
        }
    }
}

async fn it_answers_until_it_is_closed(place: Place) {
    let Place { store, .. } = place;
    store.answers().await.unwrap();
    let tx = store.begin().await.unwrap();
    let only_the_transaction = async {
        // The pool takes back in a task of its own what the question used.
        while store.connections().busy != 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, only_the_transaction).await.unwrap();
    drop(tx);
    store.close().await;
    assert!(store.answers().await.is_err());
    assert_eq!(store.connections(), Connections::default());
}
