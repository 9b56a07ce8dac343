//! How many at most.

use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, str::FromStr};

/// A number, or none. Its serde form is the number, or `"unlimited"`; a number written as text (as an
/// environment variable gives it) is read too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Limit(Option<u32>);

const WORD: &str = "unlimited";

impl Limit {
    /// As many as there are.
    pub const NONE: Self = Self(None);

    pub const fn of(most: u32) -> Self {
        Self(Some(most))
    }

    pub const fn get(self) -> Option<u32> {
        self.0
    }

    pub fn allows(self, asked: u32) -> bool {
        self.0.is_none_or(|most| asked <= most)
    }

    /// What of so many is allowed.
    pub fn fit(self, asked: u32) -> u32 {
        self.0.map_or(asked, |most| asked.min(most))
    }
}

/// No limit is more than any number.
impl Ord for Limit {
    fn cmp(&self, other: &Self) -> Ordering {
        let most = |limit: &Self| limit.0.map_or(u64::MAX, u64::from);
        most(self).cmp(&most(other))
    }
}

impl PartialOrd for Limit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no limit; write a whole number, or \"{WORD}\"")]
pub struct NotALimit(String);

impl FromStr for Limit {
    type Err = NotALimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(most) => Ok(Self::of(most)),
            Err(_) if text == WORD => Ok(Self::NONE),
            Err(_) => Err(NotALimit(text.to_owned())),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(most) => most.fmt(f),
            None => f.write_str(WORD),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(i64),
    Word(String),
}

impl TryFrom<Written> for Limit {
    type Error = NotALimit;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Number(number) => number.to_string().parse(),
            Written::Word(word) => word.parse(),
        }
    }
}

impl From<Limit> for Written {
    fn from(limit: Limit) -> Self {
        match limit.0 {
            Some(most) => Self::Number(i64::from(most)),
            None => Self::Word(WORD.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_a_number_or_a_word() {
        for (json, limit, written) in [
            ("3", Limit::of(3), "3"),
            ("0", Limit::of(0), "0"),
            (r#""unlimited""#, Limit::NONE, r#""unlimited""#),
            (r#""12""#, Limit::of(12), "12"),
        ] {
            let read: Limit = serde_json::from_str(json).unwrap();
            assert_eq!(read, limit, "{json}");
            assert_eq!(serde_json::to_string(&read).unwrap(), written);
            assert_eq!(limit.to_string().parse(), Ok(limit));
        }
        for json in ["-1", "1.5", r#""""#, r#""Unlimited""#, r#""many""#, "null", "4294967296", "true"] {
            assert!(serde_json::from_str::<Limit>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn no_limit_is_more_than_any() {
        assert!(Limit::NONE > Limit::of(u32::MAX) && Limit::of(2) > Limit::of(1));
        assert!(Limit::NONE.allows(u32::MAX) && Limit::of(2).allows(2) && !Limit::of(2).allows(3));
        assert_eq!((Limit::of(2).fit(7), Limit::of(2).fit(1), Limit::NONE.fit(7)), (2, 1, 7));
    }
}
