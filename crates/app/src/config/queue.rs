//! How jobs share this node, and how they are tried again.

use queue::{Lane, Policies, retry::Policy};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeMap, num::NonZero};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Voices and encoders that compute here at the same time; 0: as many as cores.
    pub cpu_slots: u32,
    /// Narrations at the same time; 0: what the providers or the CPU slots allow.
    pub narrate_slots: u32,
    /// Jobs of each other kind at the same time.
    pub other_slots: u32,
    /// How long a job stays with a node that is silent.
    pub lease_seconds: u32,
    /// How long running jobs may go on at shutdown.
    pub grace_seconds: u32,
    /// Jobs of one listener at the same time, on all nodes together; 0: no limit.
    pub per_listener: u32,
    /// Memory above which no new work is begun; 0: no limit.
    pub memory_limit_mb: u64,
    /// Free space of the media folder below which no new work is begun.
    pub disk_min_free_mb: u64,
    /// Name → weight. The heaviest lane is the best; one with weight 0 is not there.
    pub lanes: BTreeMap<String, u32>,
    pub retries: Retries,
}

impl Default for Queue {
    fn default() -> Self {
        let lanes = [("first", 8), ("standard", 4), ("background", 1)];
        Self {
            cpu_slots: 0,
            narrate_slots: 0,
            other_slots: 4,
            lease_seconds: 30,
            grace_seconds: 20,
            per_listener: 4,
            memory_limit_mb: 0,
            disk_min_free_mb: 500,
            lanes: lanes.map(|(name, weight)| (name.to_owned(), weight)).into(),
            retries: Retries::shipped(),
        }
    }
}

/// Lanes up to this number are served although the configuration does not name them.
const FORMER_LANES: u8 = 8;

/// What one narration with its dictionary takes; under less, nothing would ever be begun.
const LEAST_MEMORY_MB: u64 = 256;

impl Queue {
    /// Name, number and weight of every lane, the best first.
    pub fn ranked_lanes(&self) -> Vec<(&str, Lane, u32)> {
        let mut lanes: Vec<(&str, u32)> = self
            .lanes
            .iter()
            .filter(|&(_, &weight)| weight > 0)
            .map(|(name, &weight)| (name.as_str(), weight))
            .collect();
        lanes.sort_by_key(|&(_, weight)| Reverse(weight));
        (0..=u8::MAX).zip(lanes).map(|(number, (name, weight))| (name, Lane(number), weight)).collect()
    }

    /// Number and weight of the lanes that workers serve: the configured ones, and those that an earlier
    /// configuration may have left jobs in.
    pub fn served_lanes(&self) -> Vec<(Lane, u32)> {
        let configured: Vec<(Lane, u32)> =
            self.ranked_lanes().into_iter().map(|(_, lane, weight)| (lane, weight)).collect();
        let first_former = u8::try_from(configured.len()).unwrap_or(u8::MAX);
        let former = (first_former..FORMER_LANES).map(|number| (Lane(number), 1));
        configured.into_iter().chain(former).collect()
    }

    /// The number of a lane; `None` when there is none of that name.
    pub fn lane(&self, name: &str) -> Option<Lane> {
        self.ranked_lanes().into_iter().find(|(known, ..)| *known == name).map(|(_, lane, _)| lane)
    }

    /// How many engines may compute here at the same time.
    pub fn cpu_slots(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
        if self.cpu_slots == 0 { cores() } else { self.cpu_slots as usize }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if (1..LEAST_MEMORY_MB).contains(&self.memory_limit_mb) {
            return Err(format!(
                "queue.memory_limit_mb: must be 0, for no limit, or {LEAST_MEMORY_MB} or more, it is {}",
                self.memory_limit_mb
            ));
        }
        match self.ranked_lanes().len() {
            0 => Err("queue.lanes: at least one lane needs a weight above 0".to_owned()),
            _ if self.lanes.len() > 256 => Err("queue.lanes: at most 256 lanes".to_owned()),
            _ => Ok(()),
        }
    }
}

/// How one class of failure is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Attempts in all, the first included.
    pub tries: u32,
    /// The widest wait before the second attempt; doubles with every further one.
    pub base_seconds: u32,
    /// No wait is wider than this.
    pub cap_seconds: u32,
}

/// One for each class of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retries {
    pub transient: Retry,
    pub throttled: Retry,
    pub permanent: Retry,
    pub budget: Retry,
    pub input: Retry,
    pub bug: Retry,
}

const SECOND: i64 = 1_000_000;

impl Retries {
    fn shipped() -> Self {
        let seconds = |micros: i64| u32::try_from(micros / SECOND).unwrap_or(u32::MAX);
        let retry = |policy: Policy| Retry {
            tries: policy.tries,
            base_seconds: seconds(policy.base),
            cap_seconds: seconds(policy.cap),
        };
        let Policies { transient, throttled, permanent, budget, input, bug, .. } = Policies::SHIPPED;
        Self {
            transient: retry(transient),
            throttled: retry(throttled),
            permanent: retry(permanent),
            budget: retry(budget),
            input: retry(input),
            bug: retry(bug),
        }
    }

    pub fn policies(&self) -> Policies {
        let policy = |retry: Retry| Policy {
            tries: retry.tries,
            base: i64::from(retry.base_seconds) * SECOND,
            cap: i64::from(retry.cap_seconds) * SECOND,
        };
        Policies {
            transient: policy(self.transient),
            throttled: policy(self.throttled),
            permanent: policy(self.permanent),
            budget: policy(self.budget),
            input: policy(self.input),
            bug: policy(self.bug),
            ..Policies::SHIPPED
        }
    }
}
