//! What is read when, and how that is recorded.

use crate::harness::{DAY, HOUR, NOW, Place, SECOND, article, asked, on_both};
use domain::source::{Rhythm, State};
use std::time::Duration;
use store::{Asked, Fenced, StoreError};

on_both!(
    an_address_is_one_source,
    only_what_is_due_and_followed_is_read,
    those_that_have_waited_longest_come_first,
    the_next_morning_is_told,
    an_answer_is_kept_verbatim,
    a_failure_keeps_what_was_known,
    what_is_gone_rests_until_somebody_resumes_it,
    only_one_of_two_readers_is_recorded,
    only_one_of_two_readers_begins,
    feeds_say_what_they_follow,
    a_broken_source_keeps_no_other_from_being_read,
    a_refusal_is_told_from_trouble,
);

async fn an_address_is_one_source(place: Place) {
    let first = place.add("https://a.example/feed", "a.example").await;
    let second = place.add("https://a.example/feed", "a.example").await;
    assert_eq!(first, second);
    assert_eq!((first.rhythm, first.next_fetch_at, first.fetched_at), (Rhythm::NEW, NOW, None));
    assert_ne!(first.id, place.add("https://a.example/other", "a.example").await.id);
}

async fn only_what_is_due_and_followed_is_read(place: Place) {
    let source = place.followed("a.example").await;
    place.add("https://nobody.example/feed", "nobody.example").await;
    assert!(place.store.due_hosts(NOW - 1, 9).await.unwrap().is_empty());
    assert_eq!(place.store.due_hosts(NOW, 9).await.unwrap(), ["a.example"]);
    assert!(place.store.due_sources("nobody.example", NOW, 9).await.unwrap().rows.is_empty());
    place.read(&source, &[], NOW).await;
    assert!(place.store.due_hosts(NOW, 9).await.unwrap().is_empty());
    assert!(place.store.due_sources("a.example", NOW, 9).await.unwrap().rows.is_empty());
    assert_eq!(place.store.due_sources("a.example", NOW + HOUR, 9).await.unwrap().rows.len(), 1);
}

async fn those_that_have_waited_longest_come_first(place: Place) {
    let feed = place.feed(NOW + DAY).await;
    for (number, host) in ["b.example", "a.example", "a.example", "c.example"].into_iter().enumerate() {
        let source = place.add(&format!("https://{host}/{number}"), host).await;
        place.follow(feed, &[&source]).await;
        let again = NOW - i64::try_from(number).unwrap() * SECOND;
        assert_eq!(place.store.record_asked(&source, &asked(again), NOW).await.unwrap(), Fenced::Recorded);
    }
    assert_eq!(place.store.due_hosts(NOW, 9).await.unwrap(), ["c.example", "a.example", "b.example"]);
    assert_eq!(place.store.due_hosts(NOW, 2).await.unwrap(), ["c.example", "a.example"]);
    let due = place.store.due_sources("a.example", NOW, 9).await.unwrap().rows;
    let addresses: Vec<_> = due.iter().map(|due| due.source.address.as_str()).collect();
    assert_eq!(addresses, ["https://a.example/2", "https://a.example/1"]);
    assert_eq!(place.store.due_sources("a.example", NOW, 1).await.unwrap().rows.len(), 1);
}

async fn the_next_morning_is_told(place: Place) {
    let source = place.followed("a.example").await;
    for ready_by in [NOW - HOUR, NOW + 3 * HOUR, NOW + 2 * HOUR] {
        place.follow(place.feed(ready_by).await, &[&source]).await;
    }
    let due = place.store.due_sources("a.example", NOW, 9).await.unwrap().rows;
    assert_eq!(due[0].wanted_by, Some(NOW + 2 * HOUR));
    place.run("UPDATE feeds SET next_date = NULL, next_ready_by = NULL").await;
    assert_eq!(place.store.due_sources("a.example", NOW, 9).await.unwrap().rows[0].wanted_by, None);
}

async fn an_answer_is_kept_verbatim(place: Place) {
    let source = place.followed("a.example").await;
    for (number, etag, last_modified) in [
        (1, Some("W/\"a b\""), Some("Mon, 23 Nov 2026 00:00:00 GMT")),
        (2, None, None),
        (3, Some("\"\""), None),
    ] {
        let (now, before) = (NOW + number, place.again(&source).await);
        let mut tx = place.store.begin().await.unwrap();
        let taken_in = tx.take_in(source.id, &[], now).await.unwrap();
        let slow = Rhythm { interval: Duration::from_secs(7_200), failures: 0 };
        let answer = Asked { rhythm: slow, notice: Some("it has moved"), ..asked(now) };
        assert_eq!(tx.record_asked(&before, &answer, now).await.unwrap(), Fenced::Recorded);
        let told = store::Told { title: "題", etag, last_modified };
        tx.record_told(source.id, &told, taken_in).await.unwrap();
        tx.commit().await.unwrap();
        let after = place.again(&source).await;
        assert_eq!((after.etag.as_deref(), after.last_modified.as_deref()), (etag, last_modified));
        assert_eq!((after.title.as_str(), after.notice.as_deref()), ("題", Some("it has moved")));
        assert_eq!((after.rhythm, after.fetched_at, after.changed_at), (slow, Some(now), None));
    }
}

async fn a_failure_keeps_what_was_known(place: Place) {
    let source = place.followed("a.example").await;
    place.read(&source, &[article("1", "one")], NOW).await;
    let before = place.again(&source).await;
    let failed = Asked {
        rhythm: Rhythm { failures: 3, ..before.rhythm },
        notice: Some("it answered 500"),
        ..asked(NOW + 9 * HOUR)
    };
    assert_eq!(place.store.record_asked(&before, &failed, NOW + HOUR).await.unwrap(), Fenced::Recorded);
    let after = place.again(&source).await;
    assert_eq!((after.rhythm.failures, after.notice.as_deref()), (3, Some("it answered 500")));
    assert_eq!((after.etag, after.title, after.changed_at), (before.etag, before.title, before.changed_at));
    assert_eq!((after.state, after.next_fetch_at), (State::Active, NOW + 9 * HOUR));
    assert_eq!(place.standing(&source).await.len(), 1);
}

async fn what_is_gone_rests_until_somebody_resumes_it(place: Place) {
    let source = place.followed("a.example").await;
    let gone = Asked { state: State::Gone, notice: Some("it is gone"), ..asked(NOW) };
    assert_eq!(place.store.record_asked(&source, &gone, NOW).await.unwrap(), Fenced::Recorded);
    assert!(place.store.due_hosts(NOW + 9 * DAY, 9).await.unwrap().is_empty());
    assert!(place.store.due_sources("a.example", NOW + 9 * DAY, 9).await.unwrap().rows.is_empty());
    assert_eq!(place.again(&source).await.state, State::Gone);
    place.store.resume_source(source.id, NOW + DAY).await.unwrap();
    let resumed = place.again(&source).await;
    assert_eq!((resumed.state, resumed.notice, resumed.next_fetch_at), (State::Active, None, NOW + DAY));
}

async fn only_one_of_two_readers_is_recorded(place: Place) {
    let source = place.followed("a.example").await;
    place.read(&source, &[article("1", "new")], NOW + SECOND).await;
    // Somebody who looked before that, and was held up.
    let mut tx = place.store.begin().await.unwrap();
    let old = [(domain::ArticleId::born(NOW, [77, 77]), article("1", "old"))];
    tx.take_in(source.id, &old, NOW + 2 * SECOND).await.unwrap();
    let late = tx.record_asked(&source, &asked(NOW), NOW + 2 * SECOND).await.unwrap();
    assert_eq!(late, Fenced::LeaseLost);
    drop(tx);
    assert_eq!(place.standing(&source).await[0].article.text, "new");
    assert_eq!(place.again(&source).await.fetched_at, Some(NOW + SECOND));
}

async fn feeds_say_what_they_follow(place: Place) {
    let (a, b) = (place.followed("a.example").await, place.followed("b.example").await);
    let (one, two) = (place.feed(NOW).await, place.feed(NOW).await);
    place.follow(one, &[&a, &b, &a]).await;
    place.follow(one, &[&a]).await;
    place.follow(two, &[&b]).await;
    let mut followed = place.store.followed_by(&[one, two]).await.unwrap();
    followed.sort_unstable();
    let mut expected = vec![(one, a.id), (one, b.id), (two, b.id)];
    expected.sort_unstable();
    assert_eq!(followed, expected);
    let mut tx = place.store.begin().await.unwrap();
    tx.unfollow(one, &[a.id]).await.unwrap();
    tx.commit().await.unwrap();
    let left = place.store.sources_of(one).await.unwrap();
    assert_eq!(left.iter().map(|source| source.id).collect::<Vec<_>>(), [b.id]);
}

async fn a_broken_source_keeps_no_other_from_being_read(place: Place) {
    let broken = place.followed("a.example").await;
    let sound = place.add("https://a.example/other", "a.example").await;
    place.follow(place.feed(NOW + DAY).await, &[&sound]).await;
    place.run(&format!("UPDATE sources SET failures = -1 WHERE id = '{}'", broken.id)).await;
    let due = place.store.due_sources("a.example", NOW, 9).await.unwrap();
    assert_eq!(due.rows.iter().map(|due| due.source.id).collect::<Vec<_>>(), [sound.id]);
    let [(id, StoreError::Inconsistent { table: "sources", column: "failures", .. })] = &due.broken[..]
    else {
        panic!("{due:?}")
    };
    assert_eq!(*id, broken.id);
    place.store.set_source_aside(broken.id, NOW + DAY, "why").await.unwrap();
    assert!(place.store.due_sources("a.example", NOW, 9).await.unwrap().broken.is_empty());
    place.run("UPDATE sources SET failures = 0").await;
    let mended = place.again(&broken).await;
    assert_eq!((mended.next_fetch_at, mended.notice.as_deref()), (NOW + DAY, Some("why")));
}

async fn a_refusal_is_told_from_trouble(place: Place) {
    let nobody = domain::SourceId::born(NOW, [5, 5]);
    let listed = [(domain::ArticleId::born(NOW, [6, 6]), article("1", "one"))];
    let mut tx = place.store.begin().await.unwrap();
    let refused = tx.take_in(nobody, &listed, NOW).await.unwrap_err();
    assert!(refused.is_refusal(), "{refused}");
    drop(tx);
    if place.store.dialect() == "postgres" {
        let source = place.followed("a.example").await;
        let listed = [(domain::ArticleId::born(NOW, [7, 7]), article("1", "a character it has none of: \0"))];
        let refused = place.store.begin().await.unwrap().take_in(source.id, &listed, NOW).await.unwrap_err();
        assert!(refused.is_refusal(), "{refused}");
    }
    place.store.close().await;
    let trouble = place.store.due_hosts(NOW, 9).await.unwrap_err();
    assert!(!trouble.is_refusal(), "{trouble}");
}

/// Both have found it due; and what it is asked for now is not due for anybody else.
async fn only_one_of_two_readers_begins(place: Place) {
    let source = place.followed("a.example").await;
    let (rhythm, until) = (Rhythm { failures: 1, ..Rhythm::NEW }, NOW + HOUR);
    assert_eq!(place.store.begin_asking(&source, rhythm, until).await.unwrap(), Fenced::Recorded);
    assert_eq!(place.store.begin_asking(&source, rhythm, until).await.unwrap(), Fenced::LeaseLost);
    let begun = place.again(&source).await;
    assert_eq!((begun.rhythm, begun.next_fetch_at, begun.fetched_at), (rhythm, until, None));
    assert!(place.store.due_hosts(until - 1, 9).await.unwrap().is_empty());
    let unread = async || !place.store.unread_sources(&[source.id]).await.unwrap().is_empty();
    assert!(unread().await, "it may be known in a moment what it has");
    let again = |failures| Rhythm { failures, ..Rhythm::NEW };
    assert_eq!(place.store.begin_asking(&begun, again(2), until).await.unwrap(), Fenced::Recorded);
    assert!(unread().await, "whoever asked it first did not come back, and it is asked again");
    assert_eq!(place.store.begin_asking(&begun, again(4), until).await.unwrap(), Fenced::Recorded);
    assert!(!unread().await, "three did not come back");
    assert_eq!(place.store.begin_asking(&begun, rhythm, until).await.unwrap(), Fenced::Recorded);
    place.store.set_source_aside(source.id, until, "an error of our own").await.unwrap();
    assert!(!unread().await, "nobody asks it for now");
    // It was seen due by whoever has begun, and it is they who say how it went.
    assert_eq!(place.store.record_asked(&source, &asked(until), NOW).await.unwrap(), Fenced::Recorded);
    assert_eq!(place.store.begin_asking(&begun, rhythm, until).await.unwrap(), Fenced::LeaseLost);
}
