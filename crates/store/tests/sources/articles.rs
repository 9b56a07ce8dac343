//! Every revision is kept, the latest stands, and comes back as it was.

use crate::harness::{HOUR, NOW, Place, article, chance, draft, on_both, texts};
use domain::{Article, ArticleId};
use store::TakenIn;

on_both!(
    an_article_comes_back_as_it_was,
    a_changed_item_supersedes_its_former_revision,
    a_revision_that_comes_back_stands_again,
    what_is_no_revision_follows_the_source,
    the_same_reading_twice_is_one,
    a_thousand_items_are_taken_in,
    each_source_gives_its_latest,
    a_broken_article_keeps_no_other_from_being_read,
);

const NEW: fn(u64) -> TakenIn = |new| TakenIn { new, revised: 0 };
const NOTHING: TakenIn = TakenIn { new: 0, revised: 0 };

async fn an_article_comes_back_as_it_was(place: Place) {
    let source = place.followed("a.example").await;
    let whole = Article::new(domain::ArticleDraft {
        author: Some("青空 \"花子\"".to_owned()),
        published: "2026-11-23T06:00:00.123456Z".parse().ok(),
        tags: vec!["rust".to_owned(), "非同期, 処理".to_owned()],
        likes: Some(7),
        private: true,
        ..draft("whole", "所有権は、値がいつ解放されるかを決める仕組みです。\n二段落目です。")
    });
    let bare = Article::new(domain::ArticleDraft { url: None, title: String::new(), ..draft("bare", "") });
    assert_eq!(place.read(&source, &[whole.clone(), bare.clone()], NOW).await, NEW(2));
    let mut kept = place.standing(&source).await;
    kept.sort_by(|a, b| b.article.id.cmp(&a.article.id));
    for (kept, given) in kept.iter().zip([whole, bare]) {
        assert_eq!(format!("{:?}", kept.article), format!("{given:?}"));
        assert_eq!((kept.source_id, kept.seen_at), (source.id, NOW));
    }
    let ids: Vec<ArticleId> = kept.iter().map(|kept| kept.id).collect();
    let unknown = ArticleId::born(NOW, chance());
    let found = place.store.articles_by_id(&[ids[0], unknown, ids[1]]).await.unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|one| ids.contains(&one.id)));
}

async fn a_changed_item_supersedes_its_former_revision(place: Place) {
    let source = place.followed("a.example").await;
    let other = place.add("https://b.example/feed", "b.example").await;
    assert_eq!(place.read(&source, &[article("1", "one"), article("2", "two")], NOW).await, NEW(2));
    assert_eq!(place.read(&other, &[article("1", "theirs")], NOW).await, NEW(1));
    let former = place.standing(&source).await;
    let taken_in =
        place.read(&source, &[article("3", "three"), article("1", "one, changed")], NOW + HOUR).await;
    assert_eq!(taken_in, TakenIn { new: 1, revised: 1 });
    let standing = place.standing(&source).await;
    let mut texts_now = texts(&standing);
    texts_now.sort_unstable();
    assert_eq!(texts_now, [("1", "one, changed"), ("2", "two"), ("3", "three")]);
    assert_eq!(texts(&place.standing(&other).await), [("1", "theirs")], "another source's item of that name");
    let ids: Vec<ArticleId> = former.iter().map(|kept| kept.id).collect();
    assert_eq!(place.store.articles_by_id(&ids).await.unwrap().len(), 2, "what was chosen can still be told");
}

async fn a_revision_that_comes_back_stands_again(place: Place) {
    let source = place.followed("a.example").await;
    place.read(&source, &[article("1", "one")], NOW).await;
    let first = place.standing(&source).await;
    place.read(&source, &[article("1", "two")], NOW + HOUR).await;
    assert_eq!(place.read(&source, &[article("1", "one")], NOW + 2 * HOUR).await, NOTHING);
    let standing = place.standing(&source).await;
    assert_eq!(texts(&standing), [("1", "one")]);
    assert_eq!((standing[0].id, standing[0].seen_at), (first[0].id, NOW));
    assert_eq!(place.again(&source).await.changed_at, Some(NOW + HOUR), "nothing new came with it");
}

async fn what_is_no_revision_follows_the_source(place: Place) {
    let source = place.followed("a.example").await;
    place.read(&source, &[article("1", "one"), article("2", "two")], NOW).await;
    let liked = Article::new(domain::ArticleDraft {
        likes: Some(12),
        tags: vec!["new".to_owned()],
        private: true,
        ..draft("1", "one")
    });
    assert_eq!(place.read(&source, &[liked], NOW + HOUR).await, NOTHING);
    let standing = place.standing(&source).await;
    let one = standing.iter().find(|kept| kept.article.id == "1").unwrap();
    assert_eq!((one.article.likes, one.article.tags.len(), one.article.private), (Some(12), 1, true));
    assert_eq!(one.seen_at, NOW);
    assert_eq!(standing.len(), 2, "what the source does not list any more stands");
}

async fn the_same_reading_twice_is_one(place: Place) {
    let source = place.followed("a.example").await;
    let items = [article("1", "one"), article("1", "one again"), article("2", "two")];
    assert_eq!(place.read(&source, &items, NOW).await, NEW(2));
    let first = place.standing(&source).await;
    assert_eq!(place.read(&source, &items, NOW + HOUR).await, NOTHING);
    let again = place.standing(&source).await;
    assert_eq!(texts(&again), texts(&first));
    assert!(again.iter().zip(&first).all(|(again, first)| again.id == first.id));
}

async fn a_thousand_items_are_taken_in(place: Place) {
    let source = place.followed("a.example").await;
    let items: Vec<Article> = (0..1_000).map(|n| article(&format!("{n}"), &format!("text {n}"))).collect();
    assert_eq!(place.read(&source, &items, NOW).await, NEW(1_000));
    assert_eq!(place.read(&source, &items, NOW).await, NOTHING);
    assert_eq!(place.standing(&source).await.len(), 1_000);
}

async fn each_source_gives_its_latest(place: Place) {
    let (a, b) = (place.followed("a.example").await, place.followed("b.example").await);
    for hour in 0..5 {
        let at = NOW + hour * HOUR;
        place.read(&a, &[article(&format!("{hour}"), "of a")], at).await;
        place.read(&b, &[article(&format!("{hour}"), "of b")], at).await;
    }
    let latest = place.store.standing_articles(&[b.id, a.id], NOW + HOUR, 2).await.unwrap();
    let told: Vec<_> = latest.iter().map(|kept| (kept.source_id, kept.article.id.as_str())).collect();
    assert_eq!(told, [(b.id, "4"), (b.id, "3"), (a.id, "4"), (a.id, "3")]);
    assert_eq!(latest[0].article.source, "https://b.example/feed");
    let since = place.store.standing_articles(&[a.id, b.id], NOW + 4 * HOUR, 9).await.unwrap();
    assert_eq!(since.len(), 2);
    assert!(place.store.standing_articles(&[], 0, 9).await.unwrap().is_empty());
}

async fn a_broken_article_keeps_no_other_from_being_read(place: Place) {
    let source = place.followed("a.example").await;
    place.read(&source, &[article("1", "one"), article("2", "two")], NOW).await;
    let ids: Vec<ArticleId> = place.standing(&source).await.iter().map(|kept| kept.id).collect();
    for (column, broken, mended) in [
        ("revision", "'xyz'", format!("'{}'", article("1", "one").revision)),
        ("tags", "'[1'", "'[]'".to_owned()),
        ("url", "'no address'", "NULL".to_owned()),
        ("likes", "-1", "NULL".to_owned()),
        ("published_at", "9223372036854775807", "NULL".to_owned()),
    ] {
        let set = async |value: &str| {
            place.run(&format!("UPDATE articles SET {column} = {value} WHERE guid = '1'")).await;
        };
        set(broken).await;
        let left = place.store.articles_by_id(&ids).await.unwrap();
        assert_eq!(texts(&left), [("2", "two")], "{column}");
        assert_eq!(texts(&place.standing(&source).await), [("2", "two")], "{column}");
        set(&mended).await;
    }
    assert_eq!(place.store.articles_by_id(&ids).await.unwrap().len(), 2);
}
