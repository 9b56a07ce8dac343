//! Messages to browsers: encrypted for one of them (RFC 8291, in the coding of RFC 8188), and signed so that push
//! services know who sends (VAPID, RFC 8292). Curves by `p256`, ciphers by `ring`; nothing else is needed.

use base64::{
    Engine,
    engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD},
};
use p256::{
    PublicKey, SecretKey,
    ecdh::diffie_hellman,
    ecdsa::{Signature, SigningKey, signature::Signer},
    elliptic_curve::sec1::ToSec1Point,
};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::{SecureRandom, SystemRandom},
};
use std::fmt;
use url::Url;

/// Of a message, so that what is encrypted has the 4,096 bytes that every push service takes.
pub const MOST_BYTES: usize = 3_993;
/// A push service takes none that is good for more than a day.
const GOOD_FOR_S: i64 = 12 * 3_600;
/// One record holds all.
const RECORD: u32 = 4_096;
const AUTH_BYTES: usize = 16;
const SALT_BYTES: usize = 16;
/// Of the first byte of a point that is written out.
const POINT_BYTES: usize = 65;

/// By which push services know us. Never printed.
#[derive(Clone)]
pub struct Vapid {
    key: SigningKey,
    /// As browsers are given it.
    public: String,
    /// Where whoever runs a push service reaches whoever runs this one: a mailto: or https: address.
    contact: String,
}

/// What encrypts for one browser. Never printed.
#[derive(Clone)]
pub struct Subscriber {
    key: PublicKey,
    auth: [u8; AUTH_BYTES],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPush {
    #[error("p256dh is no point of P-256; give the key that the browser's subscription has")]
    Key,
    #[error("auth must be 16 bytes in base64url; give what the browser's subscription has")]
    Auth,
    #[error("a message has at most {MOST_BYTES} bytes")]
    TooLarge,
    #[error("it cannot be encrypted")]
    Cipher,
}

impl Vapid {
    /// The key pair that this secret makes: the same every time.
    pub fn derive(secret: &[u8; 32], contact: &str) -> Self {
        let mut bytes = *secret;
        let key = loop {
            // One secret in four thousand million is no number below the curve's order.
            match SigningKey::from_slice(&bytes) {
                Ok(key) => break key,
                Err(_) => bytes[0] = bytes[0].wrapping_add(1),
            }
        };
        let point = key.verifying_key().to_sec1_point(false);
        let public = URL_SAFE_NO_PAD.encode(point.as_bytes());
        Self { key, public, contact: contact.to_owned() }
    }

    /// What a browser subscribes with (`applicationServerKey`), in base64url.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// The header's value for a message to one push service.
    pub fn authorization(&self, endpoint: &Url, now_s: i64) -> String {
        let text = |text: &str| serde_text(text);
        let claims = format!(
            r#"{{"aud":{},"exp":{},"sub":{}}}"#,
            text(&endpoint.origin().ascii_serialization()),
            now_s.saturating_add(GOOD_FOR_S),
            text(&self.contact)
        );
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public)
    }
}

/// A JSON string; what it takes is an origin or a configured address.
fn serde_text(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    let escaped: String = plain
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c => vec![c],
        })
        .collect();
    format!("\"{escaped}\"")
}

impl Subscriber {
    /// Both as a browser gives them.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, BadPush> {
        let key = decoded(p256dh).filter(|bytes| bytes.len() == POINT_BYTES).ok_or(BadPush::Key)?;
        let key = PublicKey::from_sec1_bytes(&key).map_err(|_| BadPush::Key)?;
        let auth = decoded(auth).and_then(|auth| auth.try_into().ok()).ok_or(BadPush::Auth)?;
        Ok(Self { key, auth })
    }

    /// A message that only this browser reads; never twice the same.
    pub fn encrypt(&self, message: &[u8]) -> Result<Vec<u8>, BadPush> {
        let mut salt = [0; SALT_BYTES];
        SystemRandom::new().fill(&mut salt).map_err(|_| BadPush::Cipher)?;
        self.encrypt_with(message, &fresh_key()?, salt)
    }

    fn encrypt_with(
        &self,
        message: &[u8],
        ours: &SecretKey,
        salt: [u8; SALT_BYTES],
    ) -> Result<Vec<u8>, BadPush> {
        if message.len() > MOST_BYTES {
            return Err(BadPush::TooLarge);
        }
        let our_point = ours.public_key().to_sec1_point(false);
        let their_point = self.key.to_sec1_point(false);
        let shared = diffie_hellman(ours.to_nonzero_scalar(), self.key.as_affine());
        let info = [b"WebPush: info\0", their_point.as_bytes(), our_point.as_bytes()].concat();
        let secret: [u8; 32] = derived(&self.auth, shared.raw_secret_bytes(), &info)?;
        let key: [u8; 16] = derived(&salt, &secret, b"Content-Encoding: aes128gcm\0")?;
        let nonce: [u8; NONCE_LEN] = derived(&salt, &secret, b"Content-Encoding: nonce\0")?;
        // The byte that ends the last record.
        let mut record = [message, &[2]].concat();
        let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| BadPush::Cipher)?;
        LessSafeKey::new(key)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
            .map_err(|_| BadPush::Cipher)?;
        let mut body = salt.to_vec();
        body.extend(RECORD.to_be_bytes());
        body.push(POINT_BYTES as u8);
        body.extend(our_point.as_bytes());
        body.extend(record);
        Ok(body)
    }
}

fn fresh_key() -> Result<SecretKey, BadPush> {
    let mut bytes = [0; 32];
    loop {
        SystemRandom::new().fill(&mut bytes).map_err(|_| BadPush::Cipher)?;
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return Ok(key);
        }
    }
}

/// HKDF-SHA-256 (RFC 5869) of so many bytes.
fn derived<const BYTES: usize>(salt: &[u8], of: &[u8], info: &[u8]) -> Result<[u8; BYTES], BadPush> {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut bytes = [0; BYTES];
    let secret = Salt::new(HKDF_SHA256, salt).extract(of);
    let expanded = secret.expand(&[info], Length(BYTES)).and_then(|made| made.fill(&mut bytes));
    expanded.map(|()| bytes).map_err(|_| BadPush::Cipher)
}

/// With or without padding: browsers' own forms differ.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vapid").field("public", &self.public).finish_non_exhaustive()
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscriber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::{VerifyingKey, signature::Verifier};

    const KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291 §5 and its appendix A.
    #[test]
    fn the_standards_own_message_comes_out() {
        let browser = Subscriber::parse(KEY, AUTH).unwrap();
        let ours =
            SecretKey::from_slice(&bytes::<32>("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let message = b"When I grow up, I want to be a watermelon";
        let body = browser.encrypt_with(message, &ours, salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T\
                        lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(&body), expected);
        assert_ne!(browser.encrypt(message).unwrap(), browser.encrypt(message).unwrap());
        assert_eq!(browser.encrypt(&[b'x'; MOST_BYTES]).unwrap().len(), 4_096);
        assert_eq!(browser.encrypt(&[b'x'; MOST_BYTES + 1]), Err(BadPush::TooLarge));
    }

    #[test]
    fn what_a_browser_does_not_give_is_refused() {
        assert!(Subscriber::parse(&format!("{KEY}="), &format!("{AUTH}==")).is_ok(), "padding does no harm");
        let off_the_curve = KEY.replace("iw4", "iw8");
        for key in ["", "AAAA", &KEY[4..], off_the_curve.as_str(), "耳"] {
            assert_eq!(Subscriber::parse(key, AUTH).map(drop), Err(BadPush::Key), "{key}");
        }
        for auth in ["", "AAAA", KEY, "耳"] {
            assert_eq!(Subscriber::parse(KEY, auth).map(drop), Err(BadPush::Auth), "{auth}");
        }
    }

    #[test]
    fn push_services_are_shown_a_signature_for_them_alone() {
        let vapid = Vapid::derive(&[7; 32], "https://radio.example/");
        assert_eq!(vapid.public_key(), Vapid::derive(&[7; 32], "").public_key(), "it is the same every time");
        assert_ne!(vapid.public_key(), Vapid::derive(&[8; 32], "").public_key());
        let endpoint = "https://push.example:8443/send/abc".parse().unwrap();
        let header = vapid.authorization(&endpoint, 1_800_000_000);
        let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, vapid.public_key());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        key.verify(signed.as_bytes(), &signature).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split('.').nth(1).unwrap()).unwrap();
        assert_eq!(
            String::from_utf8(claims).unwrap(),
            r#"{"aud":"https://push.example:8443","exp":1800043200,"sub":"https://radio.example/"}"#
        );
        let odd = Vapid::derive(&[0xFF; 32], "x");
        assert_eq!(odd.public_key().len(), 87, "a secret above the order makes a key, too");
        assert!(!format!("{vapid:?}").contains("key:"));
    }
}
