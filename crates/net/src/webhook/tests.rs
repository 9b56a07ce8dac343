use super::*;
use proptest::prelude::*;
use reqwest::header::{HeaderName, HeaderValue};
use standardwebhooks::Webhook;
use std::time::{SystemTime, UNIX_EPOCH};

/// The example of the Standard Webhooks libraries' own tests.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NOW: i64 = 1_614_265_330;

fn secrets(written: &[&str]) -> Secrets {
    Secrets::parse(written.iter().copied()).unwrap()
}

fn received(signed: &Signed) -> HeaderMap {
    let header = |(name, value): (&'static str, String)| {
        (HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap())
    };
    signed.headers().into_iter().map(header).collect()
}

#[test]
fn the_published_vector_is_met() {
    let body = br#"{"test": 2432232314}"#;
    let signed = secrets(&[SECRET]).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", NOW, body);
    assert_eq!(signed.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(secrets(&[SECRET]).verify(&received(&signed), body, NOW), Ok(()));
}

/// RFC 4231 §4.2–§4.3 prove the primitive; this proves what it is laid over.
#[test]
fn the_public_library_believes_us_and_we_believe_it() {
    let theirs = Webhook::new(SECRET).unwrap();
    // It reads the clock itself.
    #[expect(clippy::disallowed_methods, reason = "the library under comparison takes no other time")]
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let body = "{\"題\":\"朝\"}".as_bytes();
    let ours = secrets(&[OTHER, SECRET]).sign("0193a5c0", now_s, body);
    assert!(theirs.verify(body, &received(&ours)).is_ok());
    assert!(theirs.verify(b"{}", &received(&ours)).is_err());

    let signature = theirs.sign("msg_1", now_s, body).unwrap();
    let theirs = Signed { id: "msg_1".into(), timestamp_s: now_s, signature };
    assert_eq!(secrets(&[SECRET]).verify(&received(&theirs), body, now_s), Ok(()));
}

#[test]
fn any_of_several_signatures_by_any_of_several_secrets_is_enough() {
    let body = b"{}";
    let old = secrets(&[OTHER]).sign("m", NOW, body);
    assert_eq!(secrets(&[SECRET, OTHER]).verify(&received(&old), body, NOW), Ok(()));
    let mixed = Signed { signature: format!("v1a,AAAA v1,!! {} v2,x", old.signature), ..old.clone() };
    assert_eq!(secrets(&[SECRET, OTHER]).verify(&received(&mixed), body, NOW), Ok(()));
    assert_eq!(secrets(&[SECRET]).verify(&received(&mixed), body, NOW), Err(Unverified::Forged));
    let late = Signed { signature: format!("{}{}", "v1,AAAA ".repeat(8), old.signature), ..old };
    assert_eq!(secrets(&[OTHER]).verify(&received(&late), body, NOW), Err(Unverified::Forged));
}

#[test]
fn a_message_is_good_for_five_minutes_either_way() {
    let secrets = secrets(&[SECRET]);
    let headers = received(&secrets.sign("m", NOW, b""));
    for off_s in [-TOLERANCE_S, 0, TOLERANCE_S] {
        assert_eq!(secrets.verify(&headers, b"", NOW + off_s), Ok(()), "{off_s}");
    }
    for off_s in [-TOLERANCE_S - 1, TOLERANCE_S + 1, i64::MAX - NOW] {
        let refused = secrets.verify(&headers, b"", NOW + off_s);
        assert_eq!(refused, Err(Unverified::Untimely { by_s: off_s.unsigned_abs() }));
    }
}

#[test]
fn headers_that_are_missing_doubled_or_odd_are_refused() {
    let secrets = secrets(&[SECRET]);
    let good = received(&secrets.sign("m", NOW, b""));
    for name in [ID, TIMESTAMP, SIGNATURE] {
        let mut without = good.clone();
        without.remove(name);
        assert_eq!(secrets.verify(&without, b"", NOW), Err(Unverified::Header(name)));
        let mut doubled = good.clone();
        doubled.append(name, good.get(name).unwrap().clone());
        assert_eq!(secrets.verify(&doubled, b"", NOW), Err(Unverified::Header(name)));
    }
    for (name, value) in
        [(ID, ""), (ID, "a.b"), (TIMESTAMP, "-5"), (TIMESTAMP, "1e9"), (TIMESTAMP, "99999999999999999999")]
    {
        let mut odd = good.clone();
        odd.insert(name, HeaderValue::from_static(value));
        assert_eq!(secrets.verify(&odd, b"", NOW), Err(Unverified::Header(name)), "{value}");
    }
}

#[test]
fn secrets_are_whole_or_refused_and_never_shown() {
    assert!(matches!(Secrets::parse([]), Err(BadSecret::None)));
    for bad in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_!!"] {
        assert!(matches!(Secrets::parse([bad]), Err(BadSecret::Malformed)), "{bad}");
    }
    assert!(Secrets::parse([written(&[7; 32]).as_str()]).is_ok());
    assert!(!format!("{:?}", secrets(&[SECRET])).contains("MfKQ"));
}

#[test]
fn a_tag_fits_what_it_was_made_for() {
    let now = secrets(&[SECRET, OTHER]);
    let before = secrets(&[OTHER]);
    let tag = before.tag("callback of 1");
    assert_eq!(tag.len(), 43);
    assert!(now.made_tag("callback of 1", &tag), "an older secret still counts");
    for (what, tag) in [("callback of 2", tag.as_str()), ("callback of 1", ""), ("callback of 1", "?")] {
        assert!(!now.made_tag(what, tag), "{what} {tag}");
    }
    assert!(!secrets(&[SECRET]).made_tag("callback of 1", &tag));
}

proptest! {
    #[test]
    fn whatever_is_changed_breaks_the_signature(
        id in "[a-z0-9-]{1,36}", body in prop::collection::vec(any::<u8>(), 0..200),
        at in 0_usize..200, flip in 1_u8..=255,
    ) {
        let secrets = secrets(&[SECRET]);
        let headers = received(&secrets.sign(&id, NOW, &body));
        prop_assert_eq!(secrets.verify(&headers, &body, NOW), Ok(()));
        let mut changed = body.clone();
        match changed.get_mut(at) {
            Some(byte) => *byte ^= flip,
            None => changed.push(flip),
        }
        prop_assert_eq!(secrets.verify(&headers, &changed, NOW), Err(Unverified::Forged));
        let mut renamed = headers;
        renamed.insert(ID, HeaderValue::from_static("another"));
        prop_assert_eq!(secrets.verify(&renamed, &body, NOW), Err(Unverified::Forged));
    }
}
