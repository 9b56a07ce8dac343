//! What the operator has configured of a provider.

use super::Units;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// 0 is no limit. Its serde form is JSON text in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub requests_per_minute: u32,
    /// Tokens, or characters.
    pub units_per_minute: u64,
    /// Calls at the same time.
    pub parallel: u32,
    pub prices: Prices,
    pub daily_budget_micro_usd: u64,
    pub monthly_budget_micro_usd: u64,
    /// Lane → per cent of both budgets that only this lane may spend; together at most 100.
    pub reserved_percent: BTreeMap<u8, u8>,
}

/// What an operator has set while the service runs; what is `None` is as configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// 0 is no limit.
    pub daily_micro_usd: Option<u64>,
    pub monthly_micro_usd: Option<u64>,
}

impl Settings {
    pub fn with(self, budgets: &Budgets) -> Self {
        Self {
            daily_budget_micro_usd: budgets.daily_micro_usd.unwrap_or(self.daily_budget_micro_usd),
            monthly_budget_micro_usd: budgets.monthly_micro_usd.unwrap_or(self.monthly_budget_micro_usd),
            ..self
        }
    }
}

/// Millionths of a US dollar for a million units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub characters: u64,
}

impl Prices {
    /// Rounded up: nothing that has a price is free.
    pub fn cost_micro_usd(&self, units: &Units) -> u64 {
        let of = |count: u64, price: u64| u128::from(count) * u128::from(price);
        let sum = of(units.input_tokens, self.input_tokens)
            + of(units.output_tokens, self.output_tokens)
            + of(units.characters, self.characters);
        // A database counts up to this.
        u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX).min(i64::MAX.unsigned_abs())
    }
}
