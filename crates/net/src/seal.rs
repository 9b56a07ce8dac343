//! What is kept sealed: secrets of others that we must show again to use them. AES-256-GCM under a key that is not
//! where the sealed text is, bound to what it belongs to, so that it fits nowhere else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use std::fmt;

/// Says how it is sealed; another way would be another.
const PREFIX: &str = "s1.";

/// Cheap to clone; never printed.
#[derive(Clone)]
pub struct Seal(LessSafeKey);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    #[error("there is no good chance to be had from the system")]
    NoChance,
    #[error("the seal does not open with this service's secret; set it anew, or put the secret back")]
    Broken,
}

impl Seal {
    #[expect(clippy::missing_panics_doc, reason = "the length of the key is right")]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are a key of AES-256")))
    }

    /// `of` is what it belongs to: it opens for nothing else.
    pub fn close(&self, text: &str, of: &str) -> Result<String, Unsealed> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| Unsealed::NoChance)?;
        let mut sealed = text.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(of), &mut sealed)
            .map_err(|_| Unsealed::Broken)?;
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    pub fn open(&self, sealed: &str, of: &str) -> Result<String, Unsealed> {
        let bytes = sealed.strip_prefix(PREFIX).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let mut bytes = bytes.filter(|bytes| bytes.len() > NONCE_LEN).ok_or(Unsealed::Broken)?;
        let mut text = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| Unsealed::Broken)?;
        let opened = self.0.open_in_place(nonce, Aad::from(of), &mut text).map_err(|_| Unsealed::Broken)?;
        String::from_utf8(opened.to_vec()).map_err(|_| Unsealed::Broken)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_for_what_it_is_of_and_hides_the_rest() {
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.close("https://hooks.example/canary", "one").unwrap();
        assert_eq!(seal.open(&sealed, "one").unwrap(), "https://hooks.example/canary");
        assert_ne!(
            seal.close("https://hooks.example/canary", "one").unwrap(),
            sealed,
            "never twice the same"
        );
        assert_eq!(seal.open(&sealed, "two"), Err(Unsealed::Broken));
        assert_eq!(Seal::new(&[8; 32]).open(&sealed, "one"), Err(Unsealed::Broken));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let opened = seal.open(&String::from_utf8(changed).unwrap(), "one");
            assert_eq!(opened, Err(Unsealed::Broken), "{at}");
        }
        for wrong in ["", "s1.", "s1.AAAA", "https://hooks.example/canary"] {
            assert_eq!(seal.open(wrong, "one"), Err(Unsealed::Broken), "{wrong}");
        }
        assert_eq!(format!("{seal:?}"), "Seal(…)");
    }
}
