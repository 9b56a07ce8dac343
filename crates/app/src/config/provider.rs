//! What a provider allows, what it costs, and what may be spent on it.

use super::Usd;
use domain::provider::{Prices, Settings};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Limits and budget of one provider, for all nodes together. 0 is no limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Provider {
    pub requests_per_minute: u32,
    /// Tokens of a writer, characters of a voice.
    pub units_per_minute: u64,
    /// Calls at the same time.
    pub parallel: u32,
    pub usd_per_million_input_tokens: Usd,
    pub usd_per_million_output_tokens: Usd,
    pub usd_per_million_characters: Usd,
    /// A day and a month end at midnight, UTC.
    pub daily_budget_usd: Usd,
    pub monthly_budget_usd: Usd,
    /// Lane → per cent of both budgets that only this lane may spend.
    pub reserved_percent: BTreeMap<String, u8>,
}

impl Provider {
    /// As the rules take it, with lanes by their number.
    pub(super) fn settings(&self, lane: impl Fn(&str) -> Option<u8>) -> Settings {
        let reserved = self.reserved_percent.iter();
        Settings {
            requests_per_minute: self.requests_per_minute,
            units_per_minute: self.units_per_minute,
            parallel: self.parallel,
            prices: Prices {
                input_tokens: self.usd_per_million_input_tokens.micro(),
                output_tokens: self.usd_per_million_output_tokens.micro(),
                characters: self.usd_per_million_characters.micro(),
            },
            daily_budget_micro_usd: self.daily_budget_usd.micro(),
            monthly_budget_micro_usd: self.monthly_budget_usd.micro(),
            reserved_percent: reserved.filter_map(|(name, &percent)| Some((lane(name)?, percent))).collect(),
        }
    }

    pub(super) fn check(&self, is_lane: impl Fn(&str) -> bool) -> Result<(), String> {
        if let Some(lane) = self.reserved_percent.keys().find(|lane| !is_lane(lane)) {
            return Err(format!("reserved_percent: queue.lanes has no lane {lane:?}"));
        }
        let sum: u32 = self.reserved_percent.values().map(|&percent| u32::from(percent)).sum();
        if sum > 100 {
            return Err(format!("reserved_percent: the shares add up to {sum}, over 100"));
        }
        Ok(())
    }
}
