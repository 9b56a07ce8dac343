//! Amounts of money as people write them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

const MICRO: f64 = 1e6;
/// A thousand million dollars: more is a slip of the pen, and every product of it with calls fits.
const MOST: f64 = 1e9;

/// US dollars, kept as whole millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd {
    micro: u64,
}

impl Usd {
    pub const fn micro(self) -> u64 {
        self.micro
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.micro as f64 / MICRO)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        if !(0.0..=MOST).contains(&dollars) {
            return Err(D::Error::custom(format!("{dollars} is no amount of dollars from 0 to {MOST}")));
        }
        Ok(Self { micro: (dollars * MICRO).round() as u64 })
    }
}
