//! Tokens of the API: 256 bits of chance that are shown once. Prefix and checksum let a scanner of leaked secrets
//! find one, and a mistyped one be told from a revoked one without asking anybody. Tokens of podcast feeds are
//! another kind, [`FeedToken`]: they can be shown again. What browsers and mails carry are [`Ticket`]s.

mod base62;
mod channel;
mod feed;
mod keyed;
mod ticket;

pub use channel::ChannelKey;
pub use feed::{FeedKey, FeedToken};
pub use ticket::Ticket;

use base62::base62;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const PREFIX: &str = "mimi_";
/// Of base 62: 256 bits, and the 32 bits of the checksum.
const SECRET_LEN: usize = 43;
const CHECK_LEN: usize = 6;

/// What a token lets its holder do; each scope holds those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read programs.
    Listen,
    /// Change the listener's own feeds.
    Manage,
    /// Run the service.
    Operate,
}

/// A token whose form is right; whether it is good, the database knows. Never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What is kept of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no token; tokens begin with {PREFIX} and are copied whole, see `mimiyori admin token create`"
)]
pub struct NotAToken;

impl Scope {
    pub const ALL: [Self; 3] = [Self::Listen, Self::Manage, Self::Operate];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Manage => "manage",
            Self::Operate => "operate",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    pub fn allows(self, wanted: Self) -> bool {
        self >= wanted
    }
}

impl Token {
    /// Of chance that nobody else has.
    pub fn new(chance: [u64; 4]) -> Self {
        let body = format!("{PREFIX}{}", digits(chance));
        let check = check(&body);
        Self(body + &check)
    }

    /// For the one who is to have it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash(*blake3::hash(self.0.as_bytes()).as_bytes())
    }
}

/// 256 bits of chance as digits.
fn digits(chance: [u64; 4]) -> String {
    let mut secret = [0; 32];
    for (to, from) in secret.chunks_exact_mut(8).zip(chance) {
        to.copy_from_slice(&from.to_be_bytes());
    }
    base62::<SECRET_LEN>(&mut secret)
}

/// The last digits of a token, over all before them.
fn check(body: &str) -> String {
    let hash = blake3::hash(body.as_bytes());
    let mut bits = [0; 4];
    bits.copy_from_slice(&hash.as_bytes()[..4]);
    base62::<CHECK_LEN>(&mut bits)
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let split = PREFIX.len() + SECRET_LEN;
        let is_whole = text.len() == split + CHECK_LEN && text.is_ascii() && text.starts_with(PREFIX);
        if is_whole && check(&text[..split]) == text[split..] {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAToken)
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_a_mistyped_one_does_not() {
        for chance in [[0; 4], [u64::MAX; 4], [1, 2, 3, 4]] {
            let token = Token::new(chance);
            assert_eq!(token.reveal().len(), 54);
            assert_eq!(token.reveal().parse().as_ref(), Ok(&token));
            assert_eq!(format!("{token:?}"), "Token(…)");
            for at in 0..54 {
                let mut mistyped = token.reveal().to_owned().into_bytes();
                mistyped[at] = if mistyped[at] == b'x' { b'y' } else { b'x' };
                let mistyped = String::from_utf8(mistyped).unwrap();
                assert_eq!(mistyped.parse::<Token>(), Err(NotAToken), "{mistyped}");
            }
        }
        for wrong in ["", "mimi_", "mimi_耳耳耳耳耳耳耳耳耳耳耳耳耳耳耳耳x"] {
            assert_eq!(wrong.parse::<Token>(), Err(NotAToken));
        }
    }

    #[test]
    fn no_bit_of_chance_is_lost() {
        let tokens = (0..256).map(|bit| {
            let mut chance = [0; 4];
            chance[bit / 64] = 1 << (bit % 64);
            Token::new(chance).hash().to_string()
        });
        let distinct: std::collections::HashSet<String> = tokens.collect();
        assert_eq!(distinct.len(), 256);
        assert!(distinct.iter().all(|hash| hash.len() == 64));
    }

    #[test]
    fn a_scope_holds_those_before_it() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
            assert!(scope.allows(Scope::Listen) && Scope::Operate.allows(scope));
        }
        assert!(!Scope::Listen.allows(Scope::Manage) && !Scope::Manage.allows(Scope::Operate));
    }
}
