//! Tokens in the addresses of podcast feeds: a row's id, and a keyed MAC of it. So a token can be shown
//! again, one row has one token for ever, the database alone reveals none, and a wrong one is known for
//! wrong without asking the database. Whether the row is revoked, the database knows.

use super::keyed::Keyed;
use crate::id::FeedTokenId;
use std::fmt;

/// What the key is derived for; another purpose would be another key.
const PURPOSE: &str = "mimiyori 2026-11 token of a podcast feed";

/// What makes tokens and knows them. Never printed.
#[derive(Clone)]
pub struct FeedKey(Keyed);

/// A token in an address. Never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedToken(String);

impl FeedKey {
    /// From the service's secret, which is not in the database.
    pub fn derive(secret: &[u8]) -> Self {
        Self(Keyed::derive(PURPOSE, secret))
    }

    /// The token of a row: the same every time.
    pub fn token_for(&self, id: FeedTokenId) -> FeedToken {
        FeedToken(self.0.token(id.bytes()))
    }

    /// The row that a token is of, if it is one of ours. The comparison takes the same time for every token
    /// of the right form.
    pub fn verify(&self, token: &str) -> Option<FeedTokenId> {
        self.0.verify(token).map(FeedTokenId::from_bytes)
    }
}

impl FeedToken {
    /// For an address of its listener.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedKey(…)")
    }
}

impl fmt::Debug for FeedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(chance: u64) -> FeedTokenId {
        FeedTokenId::born(1_700_000_000_000_000, [chance, 1])
    }

    #[test]
    fn a_row_has_one_token_for_ever() {
        let key = FeedKey::derive(b"a secret of the service");
        let token = key.token_for(id(7));
        let frozen = "02usyDNX9SMKMNE1ANvE4e67rLDdGftDtFPiVbzv4NKC";
        assert_eq!(token.reveal(), frozen, "addresses that podcast apps hold must not change");
        assert_eq!(key.verify(token.reveal()), Some(id(7)));
        assert_ne!(key.token_for(id(8)), token);
        assert_eq!(format!("{token:?} {key:?}"), "FeedToken(…) FeedKey(…)");
    }

    #[test]
    fn another_secret_knows_none_of_them() {
        let (one, other) = (FeedKey::derive(b"one"), FeedKey::derive(b"other"));
        assert_eq!(other.verify(one.token_for(id(1)).reveal()), None);
        assert_ne!(one.token_for(id(1)), other.token_for(id(1)));
    }

    #[test]
    fn one_wrong_character_makes_a_wrong_token() {
        let key = FeedKey::derive(b"secret");
        let token = key.token_for(id(3)).reveal().to_owned();
        for at in 0..token.len() {
            for other in ["0", "Z", "z", "-", "/", "%"] {
                let mut mistyped = token.clone();
                mistyped.replace_range(at..=at, other);
                let expected = (mistyped == token).then(|| id(3));
                assert_eq!(key.verify(&mistyped), expected, "{mistyped}");
            }
        }
        for wrong in ["", "feed", &token[1..], &(token.clone() + "0"), &"耳".repeat(14), &"é".repeat(22)] {
            assert_eq!(key.verify(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_tried_is_no_token(text in "\\PC{0,50}", digits in "[0-9A-Za-z]{44}", chance in any::<[u64; 2]>()) {
            let key = FeedKey::derive(b"secret");
            prop_assert_eq!(key.verify(&text), None);
            prop_assert_eq!(key.verify(&digits), None);
            let id = FeedTokenId::born(0, chance);
            let token = key.token_for(id);
            prop_assert!(token.reveal().bytes().all(|byte| byte.is_ascii_alphanumeric()));
            prop_assert_eq!(key.verify(token.reveal()), Some(id));
        }
    }
}
