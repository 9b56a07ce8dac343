//! Who has a token reads; who has none learns nothing.

use crate::harness::{HOUR, NOW, PUBLIC, Stage, Wish, id, on_both};
use axum::http::{Method, StatusCode};
use domain::{FeedTokenId, token::FeedKey};
use store::feed_tokens::NewFeedToken;

on_both!(
    a_token_is_good_until_it_is_replaced_revoked_or_over,
    wrong_tokens_all_get_the_same_answer,
    a_use_is_noted_once_an_hour,
    a_feed_without_a_token_gets_one_once,
);

async fn status(stage: &Stage, token: FeedTokenId) -> u16 {
    stage.get(&stage.path_of(token, "feed.xml")).await.status.as_u16()
}

async fn a_token_is_good_until_it_is_replaced_revoked_or_over(stage: Stage) {
    let (over, new) = (id(3, 2), id(3, 3));
    let expiring = NewFeedToken {
        id: over,
        listener: stage.listener,
        feed: Some(stage.feed),
        label: "phone".into(),
        expires_at: Some(NOW + HOUR),
    };
    let mut tx = stage.store.begin().await.unwrap();
    tx.add_feed_token(&expiring, NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((status(&stage, stage.token).await, status(&stage, over).await), (200, 200));
    assert_eq!(status(&stage, new).await, 404, "a right MAC of a row that is not there");
    stage.clock.set(NOW + HOUR);
    assert_eq!(status(&stage, over).await, 404);

    let mut tx = stage.store.begin().await.unwrap();
    assert!(tx.rotate_feed_token(over, new, NOW + HOUR).await.unwrap());
    assert!(!tx.rotate_feed_token(over, id(3, 4), NOW + HOUR).await.unwrap(), "once");
    assert!(!tx.rotate_feed_token(id(3, 9), id(3, 5), NOW + HOUR).await.unwrap(), "there is none");
    tx.commit().await.unwrap();
    let rows = stage.store.feed_tokens_of_feed(stage.feed).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.id, row.label.as_str(), row.revoked_at)).collect();
    assert_eq!(rows, [(stage.token, "", None), (over, "phone", Some(NOW + HOUR)), (new, "phone", None)]);

    let mut tx = stage.store.begin().await.unwrap();
    assert!(tx.revoke_feed_token(stage.token, NOW + HOUR).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(status(&stage, stage.token).await, 404);
}

async fn wrong_tokens_all_get_the_same_answer(stage: Stage) {
    let program = stage.publish(Wish::default()).await;
    let (right, elsewhere) =
        (stage.addresses.feed(stage.token), FeedKey::derive(b"the secret of another service"));
    let right = right.strip_prefix(&format!("{PUBLIC}f/")).unwrap().strip_suffix("/feed.xml").unwrap();
    let mut wrong: Vec<String> = (0..10_000_u64)
        .map(|n| match n % 3 {
            0 => elsewhere.token_for(stage.token).reveal().to_owned(),
            1 => elsewhere.token_for(FeedTokenId::born(NOW, [n, 0])).reveal().to_owned(),
            // Right but for one character.
            _ => {
                let (at, other) = (n as usize % right.len(), [b'0', b'z'][n as usize / 3 % 2]);
                let mut bytes = right.as_bytes().to_vec();
                bytes[at] = if bytes[at] == other { b'7' } else { other };
                String::from_utf8(bytes).unwrap()
            }
        })
        .collect();
    wrong.extend([
        "x".into(),
        "%00".into(),
        "a%2Fb".into(),
        "耳".repeat(44).bytes().map(|b| format!("%{b:02x}")).collect(),
    ]);
    // A token that was right looks like one that never was.
    let revoked = id(3, 2);
    stage.add_token(revoked, Some(stage.feed), stage.listener).await;
    let mut tx = stage.store.begin().await.unwrap();
    tx.revoke_feed_token(revoked, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let expected = stage.get(&stage.path_of(revoked, "feed.xml")).await;
    assert_eq!(expected.status, StatusCode::NOT_FOUND);
    let files = [
        "feed.xml".to_owned(),
        format!("{program}.mp3"),
        format!("{program}/chapters.json"),
        format!("{program}/transcript.vtt"),
        "cover-0123456789abcdef.jpg".to_owned(),
    ];
    for (n, token) in wrong.iter().enumerate() {
        let path = format!("/f/{token}/{}", files[n % files.len()]);
        let answer = stage.get(&path).await;
        assert_eq!(answer.status, expected.status, "{path}");
        assert_eq!((&answer.headers, &answer.body), (&expected.headers, &expected.body), "{path}");
    }
    assert_eq!(status(&stage, stage.token).await, 200, "the right one is as good as before");
}

async fn a_use_is_noted_once_an_hour(stage: Stage) {
    let used = async |at: i64| {
        stage.clock.set(at);
        assert_eq!(status(&stage, stage.token).await, 200);
        // Nobody waits for the note: it is looked for until it is there, or would have been long since.
        for _ in 0..200 {
            let noted = stage.store.feed_tokens_of_feed(stage.feed).await.unwrap()[0].last_used_at;
            if noted == Some(at) {
                return noted;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        stage.store.feed_tokens_of_feed(stage.feed).await.unwrap()[0].last_used_at
    };
    assert_eq!(used(NOW).await, Some(NOW));
    assert_eq!(used(NOW + HOUR).await, Some(NOW), "not again within the hour");
    assert_eq!(used(NOW + HOUR + 1).await, Some(NOW + HOUR + 1));
    let wrong = stage.ask(Method::GET, "/f/wrong/feed.xml", &[]).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

async fn a_feed_without_a_token_gets_one_once(stage: Stage) {
    let feed = id(2, 2);
    stage.add_feed(feed, stage.listener, "New", domain::Language::En).await;
    let first = stage.store.feed_token(feed, id(3, 10), NOW).await.unwrap();
    assert_eq!(first, Some(id(3, 10)));
    assert_eq!(stage.store.feed_token(feed, id(3, 11), NOW).await.unwrap(), first);
    let mut tx = stage.store.begin().await.unwrap();
    tx.revoke_feed_token(id(3, 10), NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        stage.store.feed_token(feed, id(3, 12), NOW).await.unwrap(),
        None,
        "it was revoked on purpose"
    );
    assert_eq!(
        stage.store.feed_token(id(2, 77), id(3, 13), NOW).await.unwrap(),
        None,
        "there is no such feed"
    );
}
