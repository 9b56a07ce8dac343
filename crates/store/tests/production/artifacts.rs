//! What stands in for what failed, how long it is kept, and what was learned.

use crate::harness::{MINUTE, NOW, Place, key, on_both};
use domain::ArtifactKind;
use store::{
    Claim, Made,
    artifacts::{Fenced, Standing},
};

on_both!(
    what_is_given_up_says_what_stands_in_for_it,
    what_is_made_or_in_the_making_is_not_given_up,
    a_late_maker_neither_fails_nor_finishes_for_its_heir,
    what_is_kept_is_kept_for_the_longest,
    learners_at_once_lose_nothing,
);

const SEGMENT: ArtifactKind = ArtifactKind::Segment;

async fn give_up(place: &Place, name: &str, instead: Option<&str>, now: i64) {
    let instead = instead.map(key);
    place.store.give_up_artifact(key(name), SEGMENT, "no", instead, now + MINUTE, now).await.unwrap();
}

async fn standing(place: &Place, name: &str) -> Option<Standing> {
    place.store.standings(&[key(name)]).await.unwrap().remove(&key(name))
}

async fn what_is_given_up_says_what_stands_in_for_it(place: Place) {
    give_up(&place, "wanted", None, NOW).await;
    let failed = |instead| Some(Standing::Failed { retry_after: NOW + MINUTE, instead });
    assert_eq!(standing(&place, "wanted").await, failed(None));
    give_up(&place, "wanted", Some("plain"), NOW).await;
    assert_eq!(standing(&place, "wanted").await, failed(Some(key("plain"))));
    let claim = place.store.claim_artifact(key("wanted"), SEGMENT, "t", NOW, NOW + MINUTE).await.unwrap();
    assert!(matches!(claim, Claim::Failed { .. }), "nobody tries before its time");
    let later = NOW + MINUTE;
    let claim = place.store.claim_artifact(key("wanted"), SEGMENT, "t", later, later + MINUTE).await.unwrap();
    assert!(matches!(claim, Claim::Mine));
}

async fn what_is_made_or_in_the_making_is_not_given_up(place: Place) {
    let store = &place.store;
    store.claim_artifact(key("a"), SEGMENT, "t", NOW, NOW + MINUTE).await.unwrap();
    give_up(&place, "a", None, NOW).await;
    assert_eq!(standing(&place, "a").await, Some(Standing::Making));
    let made = Made { media: None, meta: "{}".into() };
    assert_eq!(store.finish_artifact(key("a"), "t", &made, NOW).await.unwrap(), Fenced::Recorded);
    give_up(&place, "a", None, NOW).await;
    assert_eq!(standing(&place, "a").await, Some(Standing::Ready { frames: 0 }));
}

async fn a_late_maker_neither_fails_nor_finishes_for_its_heir(place: Place) {
    let store = &place.store;
    store.claim_artifact(key("a"), SEGMENT, "late", NOW, NOW + 1).await.unwrap();
    let heir = store.claim_artifact(key("a"), SEGMENT, "heir", NOW + 1, NOW + MINUTE).await.unwrap();
    assert!(matches!(heir, Claim::Mine));
    let made = Made { media: None, meta: "{}".into() };
    assert_eq!(store.finish_artifact(key("a"), "late", &made, NOW).await.unwrap(), Fenced::LeaseLost);
    assert_eq!(store.fail_artifact(key("a"), "late", "no", NOW).await.unwrap(), Fenced::LeaseLost);
    assert_eq!(store.renew_artifact(key("a"), "late", NOW + MINUTE).await.unwrap(), Fenced::LeaseLost);
    assert_eq!(standing(&place, "a").await, Some(Standing::Making));
}

async fn what_is_kept_is_kept_for_the_longest(place: Place) {
    let store = &place.store;
    store.claim_artifact(key("a"), SEGMENT, "t", NOW, NOW + MINUTE).await.unwrap();
    for until in [NOW + 2 * MINUTE, NOW + MINUTE] {
        let mut tx = store.begin().await.unwrap();
        tx.keep_artifacts(&[key("a"), key("unknown")], until).await.unwrap();
        tx.commit().await.unwrap();
    }
    let kept = place.count("SELECT keep_until FROM artifacts").await;
    assert_eq!(kept, NOW + 2 * MINUTE);
}

/// Each of them adds one to what is known, twenty times.
async fn learners_at_once_lose_nothing(place: Place) {
    let learner = |store: store::Store| async move {
        for _ in 0..20 {
            let mut tx = store.begin().await.unwrap();
            let one_more = |known: Option<&str>| {
                (known.map_or(0, |known| known.parse::<u32>().unwrap()) + 1).to_string()
            };
            tx.learn("count", one_more).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    let other = store::Store::open(&place.url).await.unwrap();
    let both = [place.store.clone(), other.clone()].map(|store| tokio::spawn(learner(store)));
    for one in both {
        one.await.unwrap();
    }
    other.close().await;
    assert_eq!(place.store.learned().await.unwrap(), [("count".to_owned(), "40".to_owned())]);
}
