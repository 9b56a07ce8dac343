//! Tokens let in who has them, until they are revoked or over.

use crate::harness::{HOUR, LISTENER, NOW, Place, SECOND, on_both, parsed};
use domain::{
    TokenId,
    token::{Scope, Token},
};
use store::tokens::NewToken;

on_both!(a_token_is_good_until_it_is_revoked_or_over, a_use_is_noted_once_a_minute);

async fn add(place: &Place, chance: u64, expires_at: Option<i64>) -> (TokenId, Token) {
    let (id, token) = (TokenId::born(NOW, [chance, 0]), Token::new([chance; 4]));
    let listener = parsed(LISTENER);
    let new = NewToken { id, listener, scope: Scope::Manage, hash: token.hash(), expires_at };
    let mut tx = place.store.begin().await.unwrap();
    tx.add_token(&new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    (id, token)
}

async fn a_token_is_good_until_it_is_revoked_or_over(place: Place) {
    let (id, token) = add(&place, 1, None).await;
    let (_, short) = add(&place, 2, Some(NOW + HOUR)).await;
    let access = place.store.access(token.hash(), NOW).await.unwrap().unwrap();
    assert_eq!((access.token, access.listener, access.scope), (id, parsed(LISTENER), Scope::Manage));
    assert!(place.store.access(short.hash(), NOW + HOUR - 1).await.unwrap().is_some());
    assert_eq!(place.store.access(short.hash(), NOW + HOUR).await.unwrap(), None);
    assert_eq!(place.store.access(Token::new([3; 4]).hash(), NOW).await.unwrap(), None);

    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.revoke_token(id, NOW + 1).await.unwrap());
    assert!(!tx.revoke_token(id, NOW + 2).await.unwrap(), "once");
    tx.commit().await.unwrap();
    assert_eq!(place.store.access(token.hash(), NOW + 1).await.unwrap(), None);
    let listed = place.store.tokens(Some(parsed(LISTENER))).await.unwrap();
    let revoked: Vec<Option<i64>> = listed.iter().map(|token| token.revoked_at).collect();
    assert_eq!(revoked, [Some(NOW + 1), None]);
    assert_eq!(place.store.tokens(Some(parsed(99))).await.unwrap(), []);
    assert_eq!(place.store.tokens(None).await.unwrap().len(), 2);
    let kept = place.text("SELECT MIN(hash) FROM api_tokens").await.unwrap();
    assert!(!kept.contains("mimi_") && kept.len() == 64, "the token itself is not kept");
}

async fn a_use_is_noted_once_a_minute(place: Place) {
    let (id, _) = add(&place, 1, None).await;
    for (at, noted) in [(0, 0), (60, 0), (61, 61), (62, 61)] {
        place.store.token_used(id, NOW + at * SECOND).await.unwrap();
        let last = place.store.tokens(None).await.unwrap()[0].last_used_at;
        assert_eq!(last, Some(NOW + noted * SECOND), "at {at}");
    }
}
