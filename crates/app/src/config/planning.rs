//! When programs are made.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheduler {
    /// After downtime, programs late by up to this are still made; older ones are missed.
    pub catch_up_minutes: u32,
    /// Longest time between the choice of articles and ready-by.
    pub freshness_minutes: u32,
    /// Shortest time between the choice of articles and ready-by.
    pub lead_minutes: u32,
    /// Taken off the latest start that still fits.
    pub margin_minutes: u32,
    pub tick_seconds: u32,
    /// Most feeds that one transaction plans.
    pub chunk: u32,
    /// Segments made at the same time on all nodes, for the forecast; 0: this node's CPU slots.
    pub capacity: u32,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self {
            catch_up_minutes: 180,
            freshness_minutes: 360,
            lead_minutes: 10,
            margin_minutes: 5,
            tick_seconds: 5,
            chunk: 800,
            capacity: 0,
        }
    }
}

impl Scheduler {
    pub(super) fn check(&self) -> Result<(), String> {
        self.leads_within(self.freshness_minutes, "scheduler.freshness_minutes")
    }

    /// Articles cannot be chosen so early that they would be too old by ready-by.
    pub(super) fn leads_within(&self, freshness_minutes: u32, key: &str) -> Result<(), String> {
        let lead = self.lead_minutes;
        if lead <= freshness_minutes {
            return Ok(());
        }
        Err(format!("{key}: is {freshness_minutes}, shorter than scheduler.lead_minutes, which is {lead}"))
    }
}
