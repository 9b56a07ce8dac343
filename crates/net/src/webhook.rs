//! Signed messages over HTTP, as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`, in
//! three headers, under one secret or, while it is being replaced, under several.
//!
//! Nothing here reads a clock: the moment of signing or receiving is a value, in seconds since the epoch.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::header::HeaderMap;
use ring::hmac::{self, HMAC_SHA256, Key};
use std::fmt;

pub const ID: &str = "webhook-id";
pub const TIMESTAMP: &str = "webhook-timestamp";
pub const SIGNATURE: &str = "webhook-signature";

/// How far a message's clock may be from ours, either way.
pub const TOLERANCE_S: i64 = 5 * 60;

const PREFIX: &str = "whsec_";
/// The only scheme with a shared secret.
const SCHEME: &str = "v1,";
/// Signatures in one header that are looked at: nobody rotates more secrets at a time.
const SIGNATURES: usize = 8;
const HEADER_BYTES: usize = 2_048;

/// The secrets that are good now, at least one; never printed.
#[derive(Clone)]
pub struct Secrets(Vec<Key>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    #[error("no signing secret is set; give one that begins with whsec_")]
    None,
    #[error("a signing secret is malformed; write whsec_ and base64 of 24 to 64 bytes")]
    Malformed,
}

/// The three headers of a signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub id: String,
    pub timestamp_s: i64,
    pub signature: String,
}

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    #[error("header {0} is missing, doubled or malformed")]
    Header(&'static str),
    #[error("the timestamp is {by_s} s off; it may be {TOLERANCE_S} s off: check the clock")]
    Untimely { by_s: u64 },
    #[error("no signature fits; sign \"id.timestamp.body\", the body byte for byte, with the shared secret")]
    Forged,
}

impl Secrets {
    /// Reads `whsec_…` secrets. All of them sign, and each of them is believed.
    pub fn parse<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, BadSecret> {
        let keys: Vec<Key> = written.into_iter().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(BadSecret::None) } else { Ok(Self(keys)) }
    }

    /// `id` names the message, the same on every repetition, and holds no full stop.
    pub fn sign(&self, id: &str, now_s: i64, body: &[u8]) -> Signed {
        let content = content(id, now_s, body);
        let one = |key: &Key| format!("{SCHEME}{}", STANDARD.encode(hmac::sign(key, &content)));
        let signature = self.0.iter().map(one).collect::<Vec<_>>().join(" ");
        Signed { id: id.to_owned(), timestamp_s: now_s, signature }
    }

    /// Believes a message that any of the secrets signed, within [`TOLERANCE_S`] of `now_s`. Takes the
    /// same time whichever secret it was, and however much of a forged signature is right.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now_s: i64) -> Result<(), Unverified> {
        let id = header(headers, ID)?;
        // With a stop in its name, one message could pass for another that begins elsewhere.
        if id.is_empty() || id.contains('.') {
            return Err(Unverified::Header(ID));
        }
        let timestamp_s = seconds(header(headers, TIMESTAMP)?).ok_or(Unverified::Header(TIMESTAMP))?;
        let by_s = now_s.abs_diff(timestamp_s);
        if by_s > TOLERANCE_S.unsigned_abs() {
            return Err(Unverified::Untimely { by_s });
        }
        let content = content(id, timestamp_s, body);
        let offered = header(headers, SIGNATURE)?.split(' ').take(SIGNATURES);
        let offered = offered.filter_map(|one| STANDARD.decode(one.strip_prefix(SCHEME)?).ok());
        let fits = offered
            .flat_map(|signature| self.0.iter().map(move |key| (key, signature.clone())))
            .fold(false, |fits, (key, signature)| fits | hmac::verify(key, &content, &signature).is_ok());
        if fits { Ok(()) } else { Err(Unverified::Forged) }
    }

    /// A tag for addresses: whoever shows it was given it. 43 characters that need no escaping.
    pub fn tag(&self, what: &str) -> String {
        let made = self.0.first().map(|key| URL_SAFE_NO_PAD.encode(hmac::sign(key, &tagged(what))));
        made.unwrap_or_default()
    }

    /// Whether any of the secrets made that tag; in constant time.
    pub fn made_tag(&self, what: &str, tag: &str) -> bool {
        let tag = URL_SAFE_NO_PAD.decode(tag).unwrap_or_default();
        let content = tagged(what);
        self.0.iter().fold(false, |made, key| made | hmac::verify(key, &content, &tag).is_ok())
    }
}

/// A secret as it is handed over, from 32 bytes of good chance.
pub fn written(secret: &[u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret))
}

impl Signed {
    /// Names and values, as they are sent.
    pub fn headers(&self) -> [(&'static str, String); 3] {
        [
            (ID, self.id.clone()),
            (TIMESTAMP, self.timestamp_s.to_string()),
            (SIGNATURE, self.signature.clone()),
        ]
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} of them)", self.0.len())
    }
}

fn key(written: &str) -> Result<Key, BadSecret> {
    let bytes = written.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
    match bytes {
        Some(bytes) if (24..=64).contains(&bytes.len()) => Ok(Key::new(HMAC_SHA256, &bytes)),
        _ => Err(BadSecret::Malformed),
    }
}

fn content(id: &str, timestamp_s: i64, body: &[u8]) -> Vec<u8> {
    [format!("{id}.{timestamp_s}.").as_bytes(), body].concat()
}

/// No message begins so: its second part would not be a time.
fn tagged(what: &str) -> Vec<u8> {
    format!("tag.of.{what}").into_bytes()
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Unverified> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if value.len() <= HEADER_BYTES => Ok(value.trim()),
        _ => Err(Unverified::Header(name)),
    }
}

fn seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;
