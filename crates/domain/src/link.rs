//! Links that are good once: what each is for, and for how long.

use serde::{Deserialize, Serialize};

/// Microseconds.
type Micros = i64;

const HOUR: Micros = 3_600 * 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Choose the first password; one without a listener makes the first operator.
    SetUp,
    /// Say that an address is theirs.
    Verify,
    /// Choose another password, having forgotten the last one.
    Reset,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::SetUp, Self::Verify, Self::Reset];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::Verify => "verify",
            Self::Reset => "reset",
        }
    }

    /// How long a link is good. One that opens an account is not to lie about in a mailbox.
    pub const fn lifetime(self) -> Micros {
        match self {
            Self::SetUp | Self::Verify => 72 * HOUR,
            Self::Reset => HOUR,
        }
    }

    /// The page that takes it, below the service's address.
    pub const fn page(self) -> &'static str {
        match self {
            Self::SetUp => "account/set-up",
            Self::Verify => "account/verify",
            Self::Reset => "account/reset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_database() {
        for purpose in Purpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.name());
            assert!(purpose.lifetime() >= HOUR && purpose.page().starts_with("account/"));
        }
    }
}
