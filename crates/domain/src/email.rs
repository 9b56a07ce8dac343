//! Addresses of listeners. One address is one listener, however it is typed; mail goes to it as it was
//! typed first, because upper and lower case are for the receiving server to tell apart (RFC 5321 §2.4).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use unicode_normalization::UnicodeNormalization;

/// Octets (RFC 5321 §4.5.3.1, and its erratum 1690 for the whole).
const MOST_LOCAL: usize = 64;
const MOST: usize = 254;

/// An address that mail can be sent to. Its serde form is the address as it is sent to.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    local: String,
    /// In lower case, and in ASCII (`xn--…`).
    domain: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEmail {
    #[error("an e-mail address has one @ with something on both sides, such as h@example.org")]
    NoAt,
    #[error("the part before the @ has a character that no e-mail address has there: {0:?}")]
    Character(char),
    #[error("the part before the @ begins or ends with a dot, or has two in a row")]
    Dots,
    #[error("what follows the @ is no domain that mail can be sent to, such as example.org")]
    Domain,
    #[error("no e-mail address is longer than {MOST} bytes, with {MOST_LOCAL} before the @")]
    TooLong,
}

impl Email {
    /// What mail is sent to.
    pub fn as_sent(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// What is unique among listeners: the same for every way to type the address.
    pub fn key(&self) -> String {
        let local: String = self.local.chars().flat_map(char::to_lowercase).nfc().collect();
        format!("{local}@{}", self.domain)
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        // An input method that is left in full width is no other address.
        let text: String = typed.trim().chars().map(narrow).nfc().collect();
        let (local, domain) = text.split_once('@').ok_or(NotAnEmail::NoAt)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(NotAnEmail::NoAt);
        }
        if let Some(odd) = local.chars().find(|c| !is_of_local(*c)) {
            return Err(NotAnEmail::Character(odd));
        }
        if local.split('.').any(str::is_empty) {
            return Err(NotAnEmail::Dots);
        }
        let domain = read_domain(domain).ok_or(NotAnEmail::Domain)?;
        if local.len() > MOST_LOCAL || local.len() + 1 + domain.len() > MOST {
            return Err(NotAnEmail::TooLong);
        }
        Ok(Self { local: local.to_owned(), domain })
    }
}

/// Full-width forms of ASCII as ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    }
}

/// What may stand there without quotes (RFC 5322 `atext` and the dot, RFC 6531 for other scripts). Quoted
/// parts are legal and never typed.
fn is_of_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || is_mark(c)
}

/// Signs that join letters of other scripts, such as vowels of Devanagari.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// A domain of several labels, or `localhost`, in lower-case ASCII.
fn read_domain(written: &str) -> Option<String> {
    let url::Host::Domain(domain) = url::Host::parse(written).ok()? else { return None };
    let is_label = |label: &str| {
        let within = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let edges = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && within && !edges
    };
    let top = domain.rsplit('.').next()?;
    let is_host = domain == "localhost" || domain.contains('.');
    let is_named = is_host && !top.bytes().all(|byte| byte.is_ascii_digit());
    (is_named && domain.len() <= 253 && domain.split('.').all(is_label)).then_some(domain)
}

/// Shown nowhere by accident: an address is a person.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email(…@{})", self.domain)
    }
}

impl TryFrom<String> for Email {
    type Error = NotAnEmail;

    fn try_from(typed: String) -> Result<Self, Self::Error> {
        typed.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.as_sent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_address_is_one_listener() {
        for (typed, sent, key) in [
            ("h@e.org", "h@e.org", "h@e.org"),
            ("H@E.org", "H@e.org", "h@e.org"),
            (
                "  Hanako.Yamada+news@Example.ORG\n",
                "Hanako.Yamada+news@example.org",
                "hanako.yamada+news@example.org",
            ),
            ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp", "hanako@example.jp"),
            ("花子@例え。jp", "花子@xn--r8jz45g.jp", "花子@xn--r8jz45g.jp"),
            ("花子@XN--R8JZ45G.jp", "花子@xn--r8jz45g.jp", "花子@xn--r8jz45g.jp"),
            ("e\u{301}@e.org", "é@e.org", "é@e.org"),
            ("É@e.org", "É@e.org", "é@e.org"),
            ("me@localhost", "me@localhost", "me@localhost"),
            (
                "o'neil!#$%&*+-/=?^_`{|}~@e-f.org",
                "o'neil!#$%&*+-/=?^_`{|}~@e-f.org",
                "o'neil!#$%&*+-/=?^_`{|}~@e-f.org",
            ),
        ] {
            let email: Email = typed.parse().unwrap();
            assert_eq!((email.as_sent().as_str(), email.key().as_str()), (sent, key), "{typed}");
            assert_eq!(sent.parse(), Ok(email));
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        let long = "a".repeat(65);
        let labels = format!("h@{}.org", "a.".repeat(125));
        for (typed, error) in [
            ("", NotAnEmail::NoAt),
            ("h", NotAnEmail::NoAt),
            ("@e.org", NotAnEmail::NoAt),
            ("h@", NotAnEmail::NoAt),
            ("h@e@e.org", NotAnEmail::NoAt),
            ("h h@e.org", NotAnEmail::Character(' ')),
            ("\"h\"@e.org", NotAnEmail::Character('"')),
            ("Hanako <h@e.org>", NotAnEmail::Character(' ')),
            ("h\r\nBcc:x@e.org", NotAnEmail::Character('\r')),
            ("h\0@e.org", NotAnEmail::Character('\0')),
            ("a,b@e.org", NotAnEmail::Character(',')),
            ("\u{202e}h@e.org", NotAnEmail::Character('\u{202e}')),
            (".h@e.org", NotAnEmail::Dots),
            ("h.@e.org", NotAnEmail::Dots),
            ("h..h@e.org", NotAnEmail::Dots),
            ("h@e", NotAnEmail::Domain),
            ("h@e..org", NotAnEmail::Domain),
            ("h@.e.org", NotAnEmail::Domain),
            ("h@e.org.", NotAnEmail::Domain),
            ("h@-e.org", NotAnEmail::Domain),
            ("h@e_f.org", NotAnEmail::Domain),
            ("h@127.0.0.1", NotAnEmail::Domain),
            ("h@[::1]", NotAnEmail::Domain),
            ("h@e.org\r\nx", NotAnEmail::Domain),
            ("h@e.org/x", NotAnEmail::Domain),
            ("h@e.org?x", NotAnEmail::Domain),
            (&labels, NotAnEmail::Domain),
            (&format!("{long}@e.org"), NotAnEmail::TooLong),
            (
                &format!(
                    "{}@{}.org",
                    "a".repeat(64),
                    ["b".repeat(62), "b".repeat(62), "b".repeat(62)].join(".")
                ),
                NotAnEmail::TooLong,
            ),
        ] {
            assert_eq!(typed.parse::<Email>(), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn an_address_is_not_shown_by_accident() {
        let email: Email = "hanako@e.org".parse().unwrap();
        assert_eq!(format!("{email:?}"), "Email(…@e.org)");
        assert_eq!(serde_json::to_string(&email).unwrap(), r#""hanako@e.org""#);
        assert!(serde_json::from_str::<Email>(r#""hanako""#).is_err());
    }

    proptest! {
        #[test]
        fn what_is_an_address_stays_the_same_one(typed in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(email) = typed.parse::<Email>() {
                prop_assert_eq!(email.as_sent().parse(), Ok(email.clone()));
                prop_assert!(!email.as_sent().contains(|c: char| c.is_control() || c.is_whitespace()));
                let key: Email = email.key().parse().unwrap();
                prop_assert_eq!(key.key(), email.key(), "the key of a key is itself");
            }
        }

        #[test]
        fn case_makes_no_other_listener(local in "[a-zA-Z]{1,9}(\\.[a-zA-Z0-9+]{1,5}){0,2}", domain in "[a-zA-Z]{1,9}\\.(org|JP)") {
            let typed = format!("{local}@{domain}");
            let (upper, lower) = (typed.to_uppercase(), typed.to_lowercase());
            let key = |text: &str| text.parse::<Email>().unwrap().key();
            prop_assert_eq!(key(&typed), key(&upper));
            prop_assert_eq!(key(&typed), key(&lower));
        }
    }
}
