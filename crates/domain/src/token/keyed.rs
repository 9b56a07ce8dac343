//! Tokens that name a row and prove that we gave them out: its id, and a keyed MAC of it.

use super::base62::{base62, number};

/// Of base 62, for 128 bits each.
const ID_LEN: usize = 22;
const MAC_LEN: usize = 22;
const MAC_BYTES: usize = 16;

/// Makes tokens and knows them; one a purpose. Never printed.
#[derive(Clone)]
pub(super) struct Keyed([u8; 32]);

impl Keyed {
    /// Another purpose is another key.
    pub fn derive(purpose: &str, secret: &[u8]) -> Self {
        Self(blake3::derive_key(purpose, secret))
    }

    /// The token of a row: the same every time.
    pub fn token(&self, mut id: [u8; 16]) -> String {
        let mut mac = self.mac(&id);
        base62::<ID_LEN>(&mut id) + &base62::<MAC_LEN>(&mut mac)
    }

    /// The row that a token is of, if it is one of ours. The comparison takes the same time for every token
    /// of the right form.
    pub fn verify(&self, token: &str) -> Option<[u8; 16]> {
        let is_whole = token.len() == ID_LEN + MAC_LEN && token.is_ascii();
        let (id, mac) = is_whole.then(|| token.split_at(ID_LEN))?;
        let (id, mac) = (number(id)?, number(mac)?);
        (padded(mac) == padded(self.mac(&id))).then_some(id)
    }

    fn mac(&self, id: &[u8; 16]) -> [u8; MAC_BYTES] {
        let hash = blake3::keyed_hash(&self.0, id);
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&hash.as_bytes()[..MAC_BYTES]);
        mac
    }
}

/// As the type whose equality takes constant time.
fn padded(mac: [u8; MAC_BYTES]) -> blake3::Hash {
    let mut bytes = [0; 32];
    bytes[..MAC_BYTES].copy_from_slice(&mac);
    blake3::Hash::from_bytes(bytes)
}
