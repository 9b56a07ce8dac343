//! Single flight, on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use domain::{ArtifactKey, ArtifactKind, Scope, artifact::KeyBuilder};
use store::{
    Claim, Made, Store,
    artifacts::{Fenced, Media},
};

const SECOND: i64 = 1_000_000;

/// Runs a test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/deep/test.db", folder.path().display());
                super::$name(super::Store::open(&url).await.unwrap()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let store = super::Store::open(&cluster.database().unwrap()).await.unwrap();
                super::$name(store.clone()).await;
                store.close().await;
            })+
        }
    };
}

on_both!(
    one_maker_and_everybody_else_waits,
    a_lost_lease_is_taken_over_and_the_first_maker_is_refused,
    a_failure_waits_for_its_time,
    what_lost_its_media_is_made_again,
    many_at_once_make_it_once,
    what_nobody_goes_on_with_is_abandoned,
);

fn key(name: &str) -> ArtifactKey {
    KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).field("name", name).finish()
}

fn made() -> Made {
    let media = Media { media_key: "segment/ab/ab-1.mp3".into(), bytes: 288, frames: 1 };
    Made { media: Some(media), meta: "{}".into() }
}

async fn claim(store: &Store, token: &str, now: i64) -> Claim {
    store.claim_artifact(key("a"), ArtifactKind::Segment, token, now, now + 30 * SECOND).await.unwrap()
}

async fn one_maker_and_everybody_else_waits(store: Store) {
    assert!(store.find_artifact(key("a")).await.unwrap().is_none());
    assert!(matches!(claim(&store, "first", 0).await, Claim::Mine));
    assert!(matches!(claim(&store, "second", SECOND).await, Claim::Making { until } if until == 30 * SECOND));
    assert_eq!(store.finish_artifact(key("a"), "first", &made(), SECOND).await.unwrap(), Fenced::Recorded);
    let Claim::Ready(artifact) = claim(&store, "third", 2 * SECOND).await else { panic!("not ready") };
    assert_eq!(artifact.media, made().media);
    assert_eq!(artifact.key, key("a"));
}

async fn a_lost_lease_is_taken_over_and_the_first_maker_is_refused(store: Store) {
    assert!(matches!(claim(&store, "first", 0).await, Claim::Mine));
    assert_eq!(
        store.renew_artifact(key("a"), "first", 40 * SECOND).await.unwrap(),
        Fenced::Recorded,
        "a live lease can be renewed"
    );
    assert!(matches!(claim(&store, "second", 39 * SECOND).await, Claim::Making { .. }));
    assert!(matches!(claim(&store, "second", 41 * SECOND).await, Claim::Mine));
    for refused in [
        store.renew_artifact(key("a"), "first", 90 * SECOND).await.unwrap(),
        store.finish_artifact(key("a"), "first", &made(), 42 * SECOND).await.unwrap(),
        store.fail_artifact(key("a"), "first", "late", 99 * SECOND).await.unwrap(),
    ] {
        assert_eq!(refused, Fenced::LeaseLost);
    }
    assert_eq!(
        store.finish_artifact(key("a"), "second", &made(), 43 * SECOND).await.unwrap(),
        Fenced::Recorded
    );
}

async fn a_failure_waits_for_its_time(store: Store) {
    assert!(matches!(claim(&store, "first", 0).await, Claim::Mine));
    let failed = store.fail_artifact(key("a"), "first", "voice: no answer", 60 * SECOND).await.unwrap();
    assert_eq!(failed, Fenced::Recorded);
    let Claim::Failed { error, retry_after } = claim(&store, "second", SECOND).await else {
        panic!("not failed")
    };
    assert_eq!((error.as_str(), retry_after), ("voice: no answer", 60 * SECOND));
    assert!(matches!(claim(&store, "second", 60 * SECOND).await, Claim::Mine));
}

async fn what_lost_its_media_is_made_again(store: Store) {
    assert!(matches!(claim(&store, "first", 0).await, Claim::Mine));
    assert_eq!(store.finish_artifact(key("a"), "first", &made(), SECOND).await.unwrap(), Fenced::Recorded);
    store.forget_artifact(key("a"), "another/object.mp3").await.unwrap();
    assert!(matches!(claim(&store, "second", SECOND).await, Claim::Ready(_)));
    store.forget_artifact(key("a"), "segment/ab/ab-1.mp3").await.unwrap();
    assert!(matches!(claim(&store, "second", SECOND).await, Claim::Mine));
}

async fn many_at_once_make_it_once(store: Store) {
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { claim(&store, &format!("token {n}"), 0).await })
        })
        .collect();
    let mut makers = 0;
    for task in tasks {
        makers += usize::from(matches!(task.await.unwrap(), Claim::Mine));
    }
    assert_eq!(makers, 1);
}

async fn what_nobody_goes_on_with_is_abandoned(store: Store) {
    assert!(matches!(claim(&store, "gone", 0).await, Claim::Mine));
    assert_eq!(store.abandon_artifacts(30 * SECOND).await.unwrap(), 0, "its lease is not over before then");
    assert_eq!(store.abandon_artifacts(31 * SECOND).await.unwrap(), 1);
    assert!(store.find_artifact(key("a")).await.unwrap().is_none());
    let late = store.finish_artifact(key("a"), "gone", &made(), 39 * SECOND).await.unwrap();
    assert!(matches!(late, Fenced::LeaseLost), "{late:?}");
    assert!(matches!(claim(&store, "next", 40 * SECOND).await, Claim::Mine));
    assert!(matches!(
        store.finish_artifact(key("a"), "next", &made(), 41 * SECOND).await.unwrap(),
        Fenced::Recorded
    ));
    assert_eq!(store.abandon_artifacts(i64::MAX).await.unwrap(), 0, "what is made stays");
}
