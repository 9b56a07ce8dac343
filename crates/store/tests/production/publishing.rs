//! Publishing: a program and its occurrence's last state are one change, made once.

use crate::harness::{MINUTE, NOW, Place, on_both, program};
use domain::OccurrenceState;
use store::occurrences::Ended;

on_both!(
    a_program_that_is_published_twice_is_published_once,
    two_that_publish_at_once_make_one_program,
    what_was_called_off_gets_no_program,
    a_program_that_is_not_committed_never_was,
);

async fn a_program_that_is_published_twice_is_published_once(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    let article = place.article().await;
    assert!(place.publish(&feed, id, &[article]).await);
    assert!(!place.publish(&feed, id, &[article]).await);
    assert_eq!(place.count("SELECT COUNT(*) FROM programs").await, 1);
    assert_eq!(place.count("SELECT COUNT(*) FROM heard").await, 1);
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Published, 1)]);
    let latest = place.store.latest_program_of(feed.id).await.unwrap().unwrap();
    assert_eq!((latest.occurrence, latest.listener), (id, feed.listener));
}

async fn two_that_publish_at_once_make_one_program(place: Place) {
    let (feed, id, ..) = place.one_selected().await;
    let publish = |store: store::Store, program: store::programs::Program| async move {
        let mut tx = store.begin().await.unwrap();
        let published = tx.publish(&program, &[], NOW).await.unwrap();
        tx.commit().await.unwrap();
        published
    };
    let other = store::Store::open(&place.url).await.unwrap();
    let (one, two) = tokio::join!(
        tokio::spawn(publish(place.store.clone(), program(&feed, id))),
        tokio::spawn(publish(other.clone(), program(&feed, id))),
    );
    other.close().await;
    assert!(one.unwrap() != two.unwrap(), "one of them");
    assert_eq!(place.count("SELECT COUNT(*) FROM programs").await, 1);
}

async fn what_was_called_off_gets_no_program(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    let mut tx = place.store.begin().await.unwrap();
    let cancelled = Ended { id, state: OccurrenceState::Cancelled, reason: "by its listener".into() };
    assert_eq!(tx.end_occurrences(&[cancelled], NOW).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(!place.publish(&feed, id, &[place.article().await]).await);
    assert_eq!(place.count("SELECT COUNT(*) FROM programs").await, 0);
    assert_eq!(place.count("SELECT COUNT(*) FROM heard").await, 0, "nor was anything heard");
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Cancelled, 1)]);
}

async fn a_program_that_is_not_committed_never_was(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    {
        let mut tx = place.store.begin().await.unwrap();
        assert!(tx.publish(&program(&feed, id), &[], NOW + MINUTE).await.unwrap());
    }
    assert_eq!(place.state_of(batch).await, [(OccurrenceState::Selected, 1)]);
    assert_eq!(place.count("SELECT COUNT(*) FROM programs").await, 0);
    assert!(place.publish(&feed, id, &[]).await);
}
