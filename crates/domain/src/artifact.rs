//! Content addresses of what is made once and shared.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// BLAKE3 of everything an artifact depends on, as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArtifactKey([u8; 32]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArtifactKind {
    /// What a writer made of an article: JSON of `Script`.
    Script,
    /// One article, voiced: MP3 frames.
    Segment,
    /// A short voiced text: MP3 frames.
    Phrase,
    /// Synthesised music: MP3 frames.
    Jingle,
}

impl ArtifactKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Segment => "segment",
            Self::Phrase => "phrase",
            Self::Jingle => "jingle",
        }
    }
}

/// Who may share an artifact. What comes from a source with credentials, or names a person, is
/// keyed by the listener too, so that a cache hit tells nobody anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    Shared,
    Listener(&'a str),
}

/// Builds a key from named fields. Lengths are hashed before contents, so no two lists of fields
/// run together.
#[derive(Debug)]
pub struct KeyBuilder(blake3::Hasher);

impl KeyBuilder {
    pub fn new(kind: ArtifactKind, scope: Scope<'_>) -> Self {
        let builder = Self(blake3::Hasher::new()).field("kind", kind.name());
        match scope {
            Scope::Shared => builder,
            Scope::Listener(id) => builder.field("listener", id),
        }
    }

    #[must_use]
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        for bytes in [name.as_bytes(), value.as_ref()] {
            self.0.update(&(bytes.len() as u64).to_le_bytes());
            self.0.update(bytes);
        }
        self
    }

    pub fn finish(self) -> ArtifactKey {
        ArtifactKey(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for ArtifactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ArtifactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArtifactKey({self})")
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an artifact key; it has 64 hex digits")]
pub struct NotAKey(String);

impl FromStr for ArtifactKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hash = blake3::Hash::from_hex(text).map_err(|_| NotAKey(text.to_owned()))?;
        Ok(Self(*hash.as_bytes()))
    }
}

impl Serialize for ArtifactKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArtifactKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scope: Scope<'_>, fields: &[(&str, &str)]) -> ArtifactKey {
        fields
            .iter()
            .fold(KeyBuilder::new(ArtifactKind::Script, scope), |key, (name, value)| key.field(name, value))
            .finish()
    }

    #[test]
    fn fields_never_run_together() {
        assert_ne!(key(Scope::Shared, &[("a", "bc")]), key(Scope::Shared, &[("ab", "c")]));
        assert_ne!(key(Scope::Shared, &[("a", "b"), ("c", "d")]), key(Scope::Shared, &[("a", "bcd")]));
    }

    #[test]
    fn a_listener_shares_with_nobody() {
        let shared = key(Scope::Shared, &[("a", "b")]);
        let mine = key(Scope::Listener("l1"), &[("a", "b")]);
        assert_ne!(shared, mine);
        assert_ne!(mine, key(Scope::Listener("l2"), &[("a", "b")]));
    }

    #[test]
    fn text_form_reads_back() {
        let key = key(Scope::Shared, &[]);
        assert_eq!(key.to_string().parse::<ArtifactKey>().unwrap(), key);
        assert!("zz".parse::<ArtifactKey>().is_err());
    }
}
