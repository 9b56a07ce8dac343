//! What listeners do with their programs: where they stopped, thumbs, and their own readings.

use crate::harness::{FEED, LISTENER, NOW, PROGRAM, Place, SOURCE, id, key, on_both, parsed};
use domain::{
    Article, ArticleDraft, ArticleId, Language, ListenerId, ProgramId, ReadingId,
    select::{Tastes, Thumb},
};
use std::collections::HashMap;
use store::hearing::{Position, ReadingRow};

on_both!(
    a_place_is_the_latest_and_the_listeners_own,
    thumbs_are_for_what_was_told_and_become_tastes,
    a_dictionary_has_one_reading_for_a_word,
);

async fn a_place_is_the_latest_and_the_listeners_own(place: Place) {
    let (me, other): (ListenerId, ListenerId) = (parsed(LISTENER), parsed(77));
    let program: ProgramId = parsed(PROGRAM);
    let at = |at_ms, is_ended| Position { at_ms, is_ended };
    let store = &place.store;
    assert!(store.put_position(me, program, at(5_000, false), NOW).await.unwrap());
    assert!(store.put_position(me, program, at(9_000, true), NOW + 2).await.unwrap());
    assert!(!store.put_position(me, program, at(6_000, false), NOW + 1).await.unwrap(), "it came late");
    assert!(store.put_position(me, program, at(100, false), NOW + 3).await.unwrap());
    assert!(!store.put_position(other, program, at(1, false), NOW).await.unwrap(), "it is not theirs");
    let found = store.positions(me, &[program, parsed(78)]).await.unwrap();
    assert_eq!(found, HashMap::from([(program, at(100, true))]), "what was heard to its end stays so");
    assert!(store.positions(other, &[program]).await.unwrap().is_empty());
}

async fn thumbs_are_for_what_was_told_and_become_tastes(place: Place) {
    let me: ListenerId = parsed(LISTENER);
    let (told, untold): (ArticleId, ArticleId) = (parsed(50), parsed(51));
    place
        .run(&format!(
            "INSERT INTO articles (id, source_id, guid, revision, title, author, tags, text, private, language, simhash,
                 seen_at)
                 VALUES ('{told}', '{source}', 'g', '{r}', 't', 'Kit', '[]', 'x', 0, 'en', 0, 0),
                     ('{untold}', '{source}', 'h', '{r}', 't', NULL, '[]', 'x', 0, 'en', 0, 0);
             INSERT INTO heard (listener_id, article_id, feed_id, at) VALUES ('{me}', '{told}', '{feed}', 1);",
            source = id(SOURCE),
            feed = id(FEED),
            r = key('e'),
        ))
        .await;
    let put = async |article, thumb| {
        let mut tx = place.store.begin().await.unwrap();
        let is_put = tx.put_thumb(me, article, thumb, NOW).await.unwrap();
        tx.commit().await.unwrap();
        is_put
    };
    assert!(put(told, Thumb::Up).await && put(told, Thumb::Down).await);
    assert!(!put(untold, Thumb::Up).await);
    assert_eq!(place.store.thumbs(me, &[told, untold]).await.unwrap(), HashMap::from([(told, Thumb::Down)]));
    let tastes: HashMap<ListenerId, Tastes> = place.store.tastes(&[me]).await.unwrap();
    let source = place.store.find_source(parsed(SOURCE)).await.unwrap().unwrap().address;
    let draft = ArticleDraft { source, author: Some("Kit".into()), ..ArticleDraft::default() };
    assert!(tastes[&me].factor(&Article::new(draft)) < 1.0);
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.take_thumb_back(me, told).await.unwrap());
    assert!(!tx.take_thumb_back(me, told).await.unwrap());
    tx.commit().await.unwrap();
    assert!(place.store.tastes(&[me]).await.unwrap().is_empty());
}

async fn a_dictionary_has_one_reading_for_a_word(place: Place) {
    let (me, other): (ListenerId, ListenerId) = (parsed(LISTENER), parsed(77));
    let entry = |number, language, surface: &str, reading: &str| ReadingRow {
        id: parsed::<ReadingId>(number),
        language,
        surface: surface.into(),
        reading: reading.into(),
    };
    let mut tx = place.store.begin().await.unwrap();
    for one in [
        entry(60, Language::Ja, "Cargo", "カーゴ"),
        entry(61, Language::En, "Cargo", "car go"),
        entry(62, Language::Ja, "Cargo", "カルゴ"),
    ] {
        tx.put_reading(me, &one, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mine = place.store.readings(me).await.unwrap();
    let said: Vec<_> = mine.iter().map(|row| (row.language, row.reading.as_str())).collect();
    assert!(
        said.len() == 2
            && said.contains(&(Language::Ja, "カルゴ"))
            && said.contains(&(Language::En, "car go"))
    );
    let of_both = place.store.readings_of(&[me, other]).await.unwrap();
    assert!(of_both.len() == 2 && of_both.iter().all(|(whose, _)| *whose == me));
    let mut tx = place.store.begin().await.unwrap();
    assert!(!tx.remove_reading(mine[0].id, other).await.unwrap());
    assert!(tx.remove_reading(mine[0].id, me).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(place.store.readings(me).await.unwrap().len(), 1);
}
