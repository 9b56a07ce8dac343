//! Whoever gives up waiting for the store leaves nothing behind: no connection inside a transaction, no lock.

use crate::harness::{NOW, Place, key, on_both};
use domain::ArtifactKind;
use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};
use store::{Claim, Store};

on_both!(a_transaction_that_nobody_waits_for_is_none, a_statement_that_nobody_waits_for_is_whole_or_none);

/// Polls so often, then drops; whether it came to its end.
async fn give_up_after<F: Future>(polls: u32, future: F) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            // There is no later poll to wait for.
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// What is written afterwards, by whichever connection, is there for others.
async fn check(place: &Place, other: &Store, name: &str) {
    for copy in 0..12 {
        let key = key(&format!("{name} {copy}"));
        let claim =
            place.store.claim_artifact(key, ArtifactKind::Segment, "token", NOW, NOW + 1).await.unwrap();
        assert!(matches!(claim, Claim::Mine));
        let seen = tokio::time::timeout(Duration::from_secs(5), other.find_artifact(key)).await.unwrap();
        assert!(seen.unwrap().is_some(), "{name}: what was written is not committed");
    }
}

async fn a_transaction_that_nobody_waits_for_is_none(place: Place) {
    let other = Store::open(&place.url).await.unwrap();
    for polls in 1..12 {
        // As many as there are connections: each may be left in a bad state.
        let given_up = (0..10).map(|_| {
            let store = place.store.clone();
            tokio::spawn(async move { give_up_after(polls, store.begin()).await })
        });
        for one in given_up.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        check(&place, &other, &format!("begin {polls}")).await;
    }
    other.close().await;
}

async fn a_statement_that_nobody_waits_for_is_whole_or_none(place: Place) {
    let other = Store::open(&place.url).await.unwrap();
    for polls in 1..12 {
        for copy in 0..10 {
            let wanted = key(&format!("lost {polls} {copy}"));
            let claim = place.store.claim_artifact(wanted, ArtifactKind::Segment, "lost", NOW, NOW + 1);
            give_up_after(polls, claim).await;
        }
        check(&place, &other, &format!("claim {polls}")).await;
    }
    other.close().await;
}
