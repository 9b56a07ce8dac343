//! Names of rows: UUIDs of version 7 (RFC 9562 §5.7), which sort by their birth. Time and chance come in
//! as values, so that a seed repeats them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no id; ids look like 0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27")]
pub struct NotAnId(String);

/// A name born at an instant (microseconds since the epoch), with 128 bits of chance of which 74 are used.
fn born(at_us: i64, chance: [u64; 2]) -> Uuid {
    let ms = u64::try_from(at_us / 1_000).unwrap_or(0);
    let mut random = [0; 10];
    let bytes = chance[0].to_le_bytes().into_iter().chain(chance[1].to_le_bytes());
    random.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub fn born(at_us: i64, chance: [u64; 2]) -> Self {
                Self(born(at_us, chance))
            }

            pub const fn bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId(text.to_owned()))
            }
        }
    )+};
}

ids! {
    ListenerId
    SourceId
    /// One revision of an item.
    ArticleId
    FeedId
    OccurrenceId
    BatchId
    ProgramId
    /// One call of a provider.
    CallId
    TokenId
    /// One device's or app's access to podcast feeds.
    FeedTokenId
    SubscriptionId
    SessionId
    PasskeyId
    /// Where somebody is told.
    ChannelId
    /// One message on one channel.
    DeliveryId
    /// An entry of a listener's dictionary.
    ReadingId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_their_birth_and_read_back() {
        let early = FeedId::born(1_700_000_000_000_000, [u64::MAX; 2]);
        let late = FeedId::born(1_700_000_000_001_000, [0; 2]);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.to_string().as_bytes()[14], b'7');
        assert_eq!(FeedId::from_bytes(early.bytes()), early);
        assert!("feed".parse::<FeedId>().is_err());
        assert_ne!(late, FeedId::born(1_700_000_000_001_000, [1, 0]));
    }
}
