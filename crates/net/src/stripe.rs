//! Stripe's signatures: HMAC-SHA256, in hex, over `timestamp.body`, the body byte for byte as it came. A message may
//! carry several, for a secret that is being replaced.
//!
//! Nothing here reads a clock: the moment of receiving is a value, in seconds since the epoch.

use reqwest::header::HeaderMap;
use ring::hmac::{self, HMAC_SHA256, Key};
use std::fmt;

pub const HEADER: &str = "stripe-signature";

/// How far a message's clock may be from ours, either way.
pub const TOLERANCE_S: i64 = 5 * 60;

/// Parts of one header that are looked at.
const PARTS: usize = 16;
const HEADER_BYTES: usize = 2_048;

/// The endpoint's secrets that are good now, at least one; never printed.
#[derive(Clone)]
pub struct Secrets(Vec<Key>);

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    #[error("header {HEADER} is missing, doubled or malformed")]
    Header,
    #[error("the timestamp is {by_s} s off; it may be {TOLERANCE_S} s off: check the clock")]
    Untimely { by_s: u64 },
    #[error("no signature fits; check stripe.webhook_secret against the endpoint's signing secret")]
    Forged,
}

impl Secrets {
    /// Each as Stripe shows it, `whsec_…`; `None` when there is none.
    pub fn new<'a>(written: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let keys: Vec<Key> =
            written.into_iter().map(|secret| Key::new(HMAC_SHA256, secret.as_bytes())).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The header of a message, signed by every secret.
    pub fn sign(&self, now_s: i64, body: &[u8]) -> String {
        let content = content(now_s, body);
        let one = |key: &Key| format!(",v1={}", hex(hmac::sign(key, &content).as_ref()));
        format!("t={now_s}{}", self.0.iter().map(one).collect::<String>())
    }

    /// Believes a message that any of the secrets signed, within [`TOLERANCE_S`] of `now_s`. Takes the same time
    /// whichever secret it was, and however much of a forged signature is right.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now_s: i64) -> Result<(), Unverified> {
        let parts = header(headers).ok_or(Unverified::Header)?.split(',').take(PARTS);
        let parts: Vec<(&str, &str)> = parts.filter_map(|part| part.trim().split_once('=')).collect();
        let mut timestamps = parts.iter().filter(|(name, _)| *name == "t");
        let timestamp_s = match (timestamps.next(), timestamps.next()) {
            (Some((_, digits)), None) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| Unverified::Header)?
            }
            _ => return Err(Unverified::Header),
        };
        let by_s = now_s.abs_diff(timestamp_s);
        if by_s > TOLERANCE_S.unsigned_abs() {
            return Err(Unverified::Untimely { by_s });
        }
        let content = content(timestamp_s, body);
        let offered = parts.iter().filter(|(scheme, _)| *scheme == "v1");
        let offered = offered.filter_map(|(_, signature)| bytes(signature));
        let fits = offered
            .flat_map(|signature| self.0.iter().map(move |key| (key, signature.clone())))
            .fold(false, |fits, (key, signature)| fits | hmac::verify(key, &content, &signature).is_ok());
        if fits { Ok(()) } else { Err(Unverified::Forged) }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} of them)", self.0.len())
    }
}

fn content(timestamp_s: i64, body: &[u8]) -> Vec<u8> {
    [format!("{timestamp_s}.").as_bytes(), body].concat()
}

fn header(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HEADER).into_iter();
    match (values.next()?.to_str(), values.next()) {
        (Ok(value), None) if value.len() <= HEADER_BYTES => Some(value),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Of hex digits; `None` of anything else.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some((digit(&pair[0])? << 4) | digit(&pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    const NOW: i64 = 1_800_000_000;
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn secrets(written: &[&'static str]) -> Secrets {
        Secrets::new(written.iter().copied()).unwrap()
    }

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(
            reqwest::header::HeaderName::from_static(HEADER),
            HeaderValue::from_str(value).unwrap(),
        )])
    }

    /// Made with another's tool: `printf '1800000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
    #[test]
    fn a_signature_made_elsewhere_is_believed() {
        let known = "45705be2a45ab5acdd1395cc695e9e7073125385ec24194921c401dff44176f8";
        let header = format!("t={NOW},v1={known},v0=00");
        assert_eq!(secrets(&["whsec_test"]).verify(&headers(&header), BODY, NOW), Ok(()));
    }

    #[test]
    fn any_of_several_signatures_and_secrets_is_good() {
        let (old, new) = (secrets(&["whsec_old"]), secrets(&["whsec_new"]));
        let both = secrets(&["whsec_old", "whsec_new"]);
        for signed in [old.sign(NOW, BODY), new.sign(NOW, BODY), both.sign(NOW, BODY)] {
            assert_eq!(both.verify(&headers(&signed), BODY, NOW), Ok(()), "{signed}");
        }
        assert_eq!(new.verify(&headers(&both.sign(NOW, BODY)), BODY, NOW), Ok(()));
        assert_eq!(new.verify(&headers(&old.sign(NOW, BODY)), BODY, NOW), Err(Unverified::Forged));
    }

    #[test]
    fn what_is_forged_or_stale_is_not_believed() {
        let secrets = secrets(&["whsec_test"]);
        let signed = secrets.sign(NOW, BODY);
        for by in [-TOLERANCE_S, 0, TOLERANCE_S] {
            assert_eq!(secrets.verify(&headers(&signed), BODY, NOW + by), Ok(()), "{by}");
        }
        for by in [-TOLERANCE_S - 1, TOLERANCE_S + 1] {
            let by_s = by.unsigned_abs();
            assert_eq!(secrets.verify(&headers(&signed), BODY, NOW + by), Err(Unverified::Untimely { by_s }));
        }
        assert_eq!(secrets.verify(&headers(&signed), br#"{"id":"evt_2"}"#, NOW), Err(Unverified::Forged));
        // The signature is of its own time alone.
        let moved = signed.replace("t=1800000000", "t=1800000001");
        assert_eq!(secrets.verify(&headers(&moved), BODY, NOW), Err(Unverified::Forged));
        for header in ["", "t=,v1=", "v1=00", "t=x,v1=00", "t=-1,v1=00", "t=1800000000,t=1800000000,v1=00"] {
            assert_eq!(secrets.verify(&headers(header), BODY, NOW), Err(Unverified::Header), "{header}");
        }
        for header in ["t=1800000000", "t=1800000000,v1=zz", "t=1800000000,v1=0", "t=1800000000,v0=00"] {
            assert_eq!(secrets.verify(&headers(header), BODY, NOW), Err(Unverified::Forged), "{header}");
        }
        assert_eq!(secrets.verify(&HeaderMap::new(), BODY, NOW), Err(Unverified::Header));
        let mut doubled = headers(&signed);
        doubled.append(HEADER, HeaderValue::from_str(&signed).unwrap());
        assert_eq!(secrets.verify(&doubled, BODY, NOW), Err(Unverified::Header));
    }

    #[test]
    fn without_a_secret_nothing_is_believed() {
        assert!(Secrets::new([]).is_none());
        assert!(!format!("{:?}", secrets(&["whsec_test"])).contains("whsec"));
    }
}
