//! An authenticator in software, after the letter of WebAuthn Level 3 §6: it makes one passkey, and its owner always
//! puts a finger on it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

/// User present, user verified.
const SEEN: u8 = 0b101;
/// With the new credential in it.
const WITH_CREDENTIAL: u8 = 0b100_0000;

#[derive(Clone)]
pub struct Device {
    key: Vec<u8>,
    id: [u8; 16],
    user: Value,
    count: u32,
    /// Of the page it is asked by.
    pub origin: String,
}

impl Device {
    pub fn new(number: u8) -> Self {
        let key =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let key = key.as_ref().to_vec();
        Self { key, id: [number; 16], user: Value::Null, count: 0, origin: "https://radio.example".into() }
    }

    /// A passkey, as `navigator.credentials.create` gives it.
    pub fn make(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        self.user = options["user"]["id"].clone();
        let algorithms = options["pubKeyCredParams"].as_array().unwrap();
        assert!(algorithms.iter().any(|one| one["alg"] == -7), "ES256 is what it knows");
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), SEEN | WITH_CREDENTIAL);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        data.extend(self.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        let client = self.client("webauthn.create", options);
        self.credential(&json!({
            "attestationObject": BASE64.encode(attestation),
            "clientDataJSON": BASE64.encode(client),
        }))
    }

    /// Proof of having it, as `navigator.credentials.get` gives it.
    pub fn show(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        let data = self.data(options["rpId"].as_str().unwrap(), SEEN);
        let client = self.client("webauthn.get", options);
        let message = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.pair().sign(&SystemRandom::new(), &message).unwrap();
        self.credential(&json!({
            "authenticatorData": BASE64.encode(data),
            "clientDataJSON": BASE64.encode(client),
            "signature": BASE64.encode(signature),
            "userHandle": self.user,
        }))
    }

    fn pair(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key, &SystemRandom::new()).unwrap()
    }

    fn credential(&self, response: &Value) -> Value {
        let id = BASE64.encode(self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {}})
    }

    /// Authenticator data as far as all have it: whose site, what was seen, how often.
    fn data(&mut self, site: &str, flags: u8) -> Vec<u8> {
        self.count += 1;
        let mut data = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        let Self { origin, .. } = self;
        json!({"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false})
            .to_string()
    }

    /// {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}
    fn cose_key(&self) -> Vec<u8> {
        let pair = self.pair();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }
}
