//! Publishing: a program and its occurrence's last state are one change, made once.

use crate::harness::{MINUTE, NOW, Place, on_both, program};
use domain::OccurrenceState;
use store::occurrences::Ended;

on_both!(
    a_program_that_is_published_twice_is_published_once,
    two_that_publish_at_once_make_one_program,
    what_was_called_off_gets_no_program,
    of_many_that_are_published_those_that_may_are,
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

async fn of_many_that_are_published_those_that_may_are(place: Place) {
    let feeds = place.feeds(3).await;
    assert_eq!(place.open(10).await, 3);
    let batch = place.store.unclosed_batches(10).await.unwrap().remove(0).id;
    let mut programs = Vec::new();
    for (id, _) in place.store.unfinished(batch, 10).await.unwrap() {
        assert_eq!(place.select(batch, id, &[]).await, 1);
        let feed = place
            .store
            .to_select(batch, id, id, OccurrenceState::Selected)
            .await
            .unwrap()
            .rows
            .remove(0)
            .of
            .feed;
        programs.push(program(feeds.iter().find(|one| one.id == feed).unwrap(), id));
    }
    let (first, second, third) = (&programs[0], &programs[1], &programs[2]);
    let article = place.article().await;
    let mut tx = place.store.begin().await.unwrap();
    let cancelled =
        Ended { id: second.occurrence, state: OccurrenceState::Cancelled, reason: "by its listener".into() };
    tx.end_occurrences(&[cancelled], NOW).await.unwrap();
    let all = [(first, &[article][..]), (second, &[article][..]), (third, &[][..])];
    let published = tx.publish_all(&all, NOW + MINUTE).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(published, [first.occurrence, third.occurrence].into());
    assert_eq!(place.count("SELECT COUNT(*) FROM programs").await, 2);
    assert_eq!(place.count("SELECT COUNT(*) FROM heard").await, 1, "nor is what was called off heard");
    assert_eq!(place.store.program(first.id).await.unwrap().as_ref(), Some(first));
    assert_eq!(place.store.program(second.id).await.unwrap(), None);
}
