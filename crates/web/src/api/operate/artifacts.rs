//! What has been made once: how much there is of it, how often it is used again, and what one of it costs.

use crate::api::Api;
use std::{collections::HashSet, sync::Arc};
use store::{Micros, Store, StoreError, artifacts::Weight, ledger::Called};

/// The latest programs and calls tell how it goes now, however many there have been.
const PROGRAMS: u32 = 500;
const CALLS: u32 = 500;
const DAY: Micros = 24 * 3_600 * 1_000_000;

#[derive(Debug)]
pub struct Artifacts {
    pub weights: Vec<Weight>,
    pub reuse: Reuse,
}

/// What the latest programs are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reuse {
    pub programs: usize,
    pub parts: usize,
    pub distinct: usize,
    /// Of one artifact, by what providers were paid for the latest.
    pub cost_micro_usd: u64,
}

impl Reuse {
    /// Parts that did not have to be made for the program they are in.
    pub const fn again(&self) -> usize {
        self.parts - self.distinct
    }

    pub const fn saved_micro_usd(&self) -> u64 {
        self.cost_micro_usd.saturating_mul(self.again() as u64)
    }
}

/// As it was seen a moment ago.
pub async fn seen(api: &Api) -> Result<Arc<Artifacts>, StoreError> {
    let (store, now) = (api.store.clone(), api.now());
    let count = async move {
        let weights = store.weigh_artifacts().await?;
        Ok(Artifacts { weights, reuse: reuse(&store, now).await? })
    };
    api.tallies.artifacts.read(count).await
}

async fn reuse(store: &Store, now: Micros) -> Result<Reuse, StoreError> {
    let programs = store.latest_parts(PROGRAMS).await?;
    let mut calls = Vec::new();
    for provider in store.providers(now).await? {
        calls.extend(store.latest_calls(&provider.name, now - DAY, CALLS).await?);
    }
    Ok(Reuse {
        programs: programs.len(),
        parts: programs.iter().map(Vec::len).sum(),
        distinct: programs.iter().flatten().collect::<HashSet<_>>().len(),
        cost_micro_usd: cost_of_one(&calls),
    })
}

/// What one artifact was paid for on average; it may take several calls.
fn cost_of_one(calls: &[Called]) -> u64 {
    let paid: u64 = calls.iter().map(|call| call.cost_micro_usd).sum();
    let made = calls.iter().filter_map(|call| call.artifact.as_ref()).collect::<HashSet<_>>().len();
    paid.checked_div(made as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_artifact_costs_is_the_mean_of_those_that_were_paid_for() {
        let call = |artifact: &str, cost_micro_usd| Called {
            outcome: Some("answered".into()),
            artifact: Some(artifact.into()),
            took: 1,
            cost_micro_usd,
        };
        assert_eq!(cost_of_one(&[call("a", 300), call("a", 100), call("b", 200)]), 300);
        assert_eq!(cost_of_one(&[]), 0);
        let reuse = Reuse { programs: 2, parts: 10, distinct: 4, cost_micro_usd: 300 };
        assert_eq!((reuse.again(), reuse.saved_micro_usd()), (6, 1_800));
    }
}
