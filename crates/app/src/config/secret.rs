//! Secrets of the configuration.

use super::ConfigError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A secret, or a `file:` or `env:` reference to one. It is never shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself; `None` when it is empty.
    pub fn reveal(&self) -> Result<Option<String>, ConfigError> {
        let cannot = |cause: &dyn fmt::Display| ConfigError::Secret {
            reference: self.0.clone(),
            cause: cause.to_string(),
        };
        let secret = if let Some(path) = self.0.strip_prefix("file:") {
            std::fs::read_to_string(path).map_err(|cause| cannot(&cause))?.trim().to_owned()
        } else if let Some(name) = self.0.strip_prefix("env:") {
            std::env::var(name).map_err(|cause| cannot(&cause))?
        } else {
            self.0.clone()
        };
        Ok(Some(secret).filter(|secret| !secret.is_empty()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(…)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "…" })
    }
}
