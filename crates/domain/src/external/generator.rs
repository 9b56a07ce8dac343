//! Who makes a feed's programs instead of us.

use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// Secrets in use at a time: the one in force and the one it replaces.
const SECRETS: usize = 2;

/// Its serde form is what `feeds.external` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    pub url: Url,
    pub set_by: SetBy,
    /// All sign what we send, and each is believed in what comes back.
    pub secrets: Vec<SigningSecret>,
}

/// Whose word an address is: it decides what may be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetBy {
    /// Trusted: a service on the operator's own network works.
    Operator,
    /// Vetted, as every address of a listener.
    Listener,
}

/// `whsec_…`; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGenerator {
    #[error("external generator is malformed: {0}")]
    Form(String),
    #[error("external generator's address must be http or https, with a host and without a user name")]
    Address,
    #[error("external generator has {0} signing secrets; give one, or two while one replaces the other")]
    Secrets(usize),
}

impl Generator {
    /// Reads the stored form.
    pub fn read(json: &str) -> Result<Self, BadGenerator> {
        let generator: Self =
            serde_json::from_str(json).map_err(|cause| BadGenerator::Form(cause.to_string()))?;
        generator.checked()
    }

    pub fn new(url: Url, set_by: SetBy, secrets: Vec<SigningSecret>) -> Result<Self, BadGenerator> {
        Self { url, set_by, secrets }.checked()
    }

    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(|secret| secret.0.as_str())
    }

    fn checked(self) -> Result<Self, BadGenerator> {
        if !is_web(&self.url) {
            return Err(BadGenerator::Address);
        }
        match self.secrets.len() {
            1..=SECRETS => Ok(self),
            count => Err(BadGenerator::Secrets(count)),
        }
    }
}

/// An address that can be fetched and holds no secret.
pub(super) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
}

impl SigningSecret {
    pub fn new(written: impl Into<String>) -> Self {
        Self(written.into())
    }

    /// For whoever signs, and for whoever is to have it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_reads_back_and_hides_its_secret() {
        let json = r#"{"url":"https://maker.example/programs","set_by":"listener","secrets":["whsec_abc"]}"#;
        let generator = Generator::read(json).unwrap();
        assert_eq!(serde_json::to_string(&generator).unwrap(), json);
        assert_eq!(generator.secrets().collect::<Vec<_>>(), ["whsec_abc"]);
        assert!(!format!("{generator:?}").contains("abc"));
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        let with = |url: &str, secrets: &str| {
            Generator::read(&format!(r#"{{"url":"{url}","set_by":"operator","secrets":{secrets}}}"#))
        };
        for url in ["ftp://maker.example/", "https://me@maker.example/", "https://me:it@maker.example/"] {
            assert_eq!(with(url, r#"["a"]"#), Err(BadGenerator::Address), "{url}");
        }
        for (secrets, count) in [("[]", 0), (r#"["a","b","c"]"#, 3)] {
            assert_eq!(with("https://maker.example/", secrets), Err(BadGenerator::Secrets(count)));
        }
        for json in ["", "{}", r#"{"url":"here","set_by":"operator","secrets":["a"]}"#] {
            assert!(matches!(Generator::read(json), Err(BadGenerator::Form(_))), "{json}");
        }
    }
}
