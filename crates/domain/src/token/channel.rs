//! Keys of all that notices need of the service's own secret: the links that end mails, the seal over what channels
//! hold, and the name by which push services know the service. The same secret gives the same keys on every node.

use super::keyed::Keyed;
use crate::id::ChannelId;
use std::fmt;

const LINKS: &str = "mimiyori 2026-11 link that ends mails of a channel";
const SEAL: &str = "mimiyori 2026-11 seal over targets of channels";
const PUSH: &str = "mimiyori 2026-11 identity towards push services";

/// Never printed.
#[derive(Clone)]
pub struct ChannelKey {
    links: Keyed,
    seal: [u8; 32],
    push: [u8; 32],
}

impl ChannelKey {
    /// From the service's secret, which is not in the database.
    pub fn derive(secret: &[u8]) -> Self {
        Self {
            links: Keyed::derive(LINKS, secret),
            seal: blake3::derive_key(SEAL, secret),
            push: blake3::derive_key(PUSH, secret),
        }
    }

    /// What a mail carries, so that whoever has it can say that they want no more.
    pub fn link_for(&self, id: ChannelId) -> String {
        self.links.token(id.bytes())
    }

    /// The channel that a link is of, if it is one of ours.
    pub fn channel_of(&self, link: &str) -> Option<ChannelId> {
        self.links.verify(link).map(ChannelId::from_bytes)
    }

    pub const fn seal(&self) -> &[u8; 32] {
        &self.seal
    }

    /// What the key pair is made of that signs to push services.
    pub const fn push(&self) -> &[u8; 32] {
        &self.push
    }
}

impl fmt::Debug for ChannelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChannelKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::FeedTokenId, token::FeedKey};

    #[test]
    fn a_link_is_of_its_channel_and_good_for_nothing_else() {
        let (key, other) = (ChannelKey::derive(b"secret"), ChannelKey::derive(b"other"));
        let id = ChannelId::born(1_700_000_000_000_000, [7, 8]);
        let link = key.link_for(id);
        assert_eq!(key.channel_of(&link), Some(id));
        assert_eq!(other.channel_of(&link), None);
        assert_eq!(key.channel_of(&link[1..]), None);
        let podcast = FeedKey::derive(b"secret").token_for(FeedTokenId::from_bytes(id.bytes()));
        assert_eq!(key.channel_of(podcast.reveal()), None);
        assert!(key.seal() != key.push() && key.seal() != other.seal());
        assert_eq!(format!("{key:?}"), "ChannelKey(…)");
    }
}
