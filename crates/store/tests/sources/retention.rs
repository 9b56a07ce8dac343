//! What is forgotten, and what is not.

use crate::harness::{DAY, NOW, Place, article, on_both, texts};

on_both!(
    what_a_source_lists_no_more_is_forgotten_in_time,
    superseded_revisions_are_forgotten_in_time,
    what_nobody_follows_is_forgotten_in_time,
);

async fn forget(place: &Place, source: &store::Source, listed: &[&str], before: i64) -> u64 {
    let mut tx = place.store.begin().await.unwrap();
    let forgotten = tx.forget_unlisted(source.id, listed, before).await.unwrap();
    tx.commit().await.unwrap();
    forgotten
}

/// Somebody had the article of this name.
async fn hear(place: &Place, source: &store::Source, guid: &str) {
    let feed = place.feed(NOW).await;
    let id = place.standing(source).await.iter().find(|kept| kept.article.id == guid).unwrap().id;
    place.run(&format!("INSERT INTO heard VALUES ('{feed}', '{id}', '{feed}', 0)")).await;
}

async fn what_a_source_lists_no_more_is_forgotten_in_time(place: Place) {
    let source = place.followed("a.example").await;
    let items = ["listed", "heard", "old"].map(|id| article(id, "old"));
    place.read(&source, &items, NOW).await;
    place.read(&source, &[article("young", "young")], NOW + 2 * DAY).await;
    hear(&place, &source, "heard").await;
    assert_eq!(forget(&place, &source, &["listed"], NOW).await, 0);
    assert_eq!(forget(&place, &source, &["listed"], NOW + DAY).await, 1);
    let mut left: Vec<String> =
        place.standing(&source).await.into_iter().map(|kept| kept.article.id).collect();
    left.sort_unstable();
    assert_eq!(left, ["heard", "listed", "young"]);
}

async fn superseded_revisions_are_forgotten_in_time(place: Place) {
    let source = place.followed("a.example").await;
    place.read(&source, &[article("1", "first"), article("2", "first")], NOW).await;
    hear(&place, &source, "1").await;
    place.read(&source, &[article("1", "second"), article("2", "second")], NOW + DAY).await;
    assert_eq!(place.store.prune_articles(NOW + DAY, 9).await.unwrap(), 0);
    assert_eq!(place.store.prune_articles(NOW + 2 * DAY, 9).await.unwrap(), 1, "one of the two was heard");
    assert_eq!(place.standing(&source).await.len(), 2);
}

async fn what_nobody_follows_is_forgotten_in_time(place: Place) {
    let kept = place.followed("a.example").await;
    let left = place.add("https://b.example/feed", "b.example").await;
    for source in [&kept, &left] {
        let items: Vec<_> = (0..5).map(|n| article(&n.to_string(), "text")).collect();
        place.read(source, &items, NOW).await;
    }
    hear(&place, &left, "0").await;
    assert_eq!(place.store.prune_articles(NOW, 9).await.unwrap(), 0);
    assert_eq!(place.store.prune_articles(NOW + DAY, 3).await.unwrap(), 3, "a step is bounded");
    assert_eq!(place.store.prune_articles(NOW + DAY, 3).await.unwrap(), 1);
    assert_eq!(texts(&place.standing(&left).await), [("0", "text")]);
    assert_eq!(place.store.prune_sources(NOW + DAY, 9).await.unwrap(), 0, "somebody heard of it");
    place.run("DELETE FROM heard").await;
    assert_eq!(place.store.prune_articles(NOW + DAY, 3).await.unwrap(), 1);
    assert_eq!(place.store.prune_sources(NOW + DAY, 9).await.unwrap(), 1);
    assert!(place.store.find_source(left.id).await.unwrap().is_none());
    assert_eq!(place.standing(&kept).await.len(), 5);
}
