//! Money that a listener pays, in the currency it is asked in.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const MICROS: u64 = 1_000_000;

/// Currencies of which nothing smaller than one is paid (ISO 4217, as payment providers charge them).
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];

/// The three capital letters of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Text form: `980 JPY`, `9.80 USD`; serde form the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Price {
    /// Millionths of the currency's unit (of a dollar, of a yen), like all money here.
    amount_micro: u64,
    currency: Currency,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no price; write an amount and a currency, such as \"980 JPY\" or \"9.80 USD\"")]
pub struct NotAPrice(String);

impl Currency {
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits behind the point.
    fn digits(self) -> usize {
        if WHOLE.contains(&self.code()) { 0 } else { 2 }
    }

    fn micros_of_minor(self) -> u64 {
        if self.digits() == 0 { MICROS } else { MICROS / 100 }
    }
}

impl Price {
    pub const fn amount_micro(self) -> u64 {
        self.amount_micro
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Cents, or whole yen: how payment providers count.
    pub fn minor_units(self) -> u64 {
        self.amount_micro / self.currency.micros_of_minor()
    }
}

impl FromStr for Price {
    type Err = NotAPrice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| NotAPrice(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Price> {
    let (amount, code) = text.split_once(' ')?;
    let currency: [u8; 3] = code.as_bytes().try_into().ok()?;
    let currency = currency.iter().all(u8::is_ascii_uppercase).then_some(Currency(currency))?;
    let (whole, minor) = match amount.split_once('.') {
        Some((whole, minor)) if minor.len() == currency.digits() && !minor.is_empty() => (whole, minor),
        Some(_) => return None,
        None => (amount, "0"),
    };
    // `u64` would take a sign.
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(minor) {
        return None;
    }
    let minor = minor.parse::<u64>().ok()?.checked_mul(currency.micros_of_minor())?;
    let amount_micro = whole.parse::<u64>().ok()?.checked_mul(MICROS)?.checked_add(minor)?;
    Some(Price { amount_micro, currency })
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount_micro, currency } = self;
        match currency.digits() {
            0 => write!(f, "{} {}", amount_micro / MICROS, currency.code()),
            _ => {
                let cents = amount_micro % MICROS / currency.micros_of_minor();
                write!(f, "{}.{cents:02} {}", amount_micro / MICROS, currency.code())
            }
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

impl TryFrom<String> for Price {
    type Error = NotAPrice;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Price> for String {
    fn from(price: Price) -> Self {
        price.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_asked_for() {
        for (text, micro, minor, written) in [
            ("980 JPY", 980_000_000, 980, "980 JPY"),
            ("9.80 USD", 9_800_000, 980, "9.80 USD"),
            ("9 USD", 9_000_000, 900, "9.00 USD"),
            ("0.05 EUR", 50_000, 5, "0.05 EUR"),
            ("0 JPY", 0, 0, "0 JPY"),
        ] {
            let price: Price = text.parse().unwrap();
            assert_eq!((price.amount_micro(), price.minor_units()), (micro, minor), "{text}");
            assert_eq!(price.to_string(), written);
            assert_eq!(written.parse(), Ok(price));
        }
    }

    #[test]
    fn refuses_what_cannot_be_paid() {
        for text in [
            "",
            "980",
            "JPY",
            "980JPY",
            "980 jpy",
            "980 YEN!",
            "9.8 USD",
            "9.800 USD",
            "9.80 JPY",
            "-1 USD",
            "+1 USD",
            "9. USD",
            ".5 USD",
            "1,000 JPY",
            "980  JPY",
            "99999999999999999999 JPY",
            "99999999999999999 USD",
            "980 円",
        ] {
            assert_eq!(text.parse::<Price>(), Err(NotAPrice(text.to_owned())), "{text}");
        }
    }
}
