//! The long form of what CI has no time for: crash rounds of the real binary, and every step of the trials.

use crate::{cargo, install};
use testkit::{CLUSTER_VARIABLE, Postgres};

pub fn run(may_install: bool, rounds: u32, lanes: u32, seed: Option<u64>) -> anyhow::Result<()> {
    install::ensure(may_install)?;
    let cluster = Postgres::start_new()?;
    let mut chaos = cargo();
    chaos.env(CLUSTER_VARIABLE, cluster.folder());
    chaos.env("MIMIYORI_ROUNDS", rounds.to_string()).env("MIMIYORI_LANES", lanes.to_string());
    if let Some(seed) = seed {
        chaos.env("MIMIYORI_SEED", seed.to_string());
    }
    chaos.args(["test", "--workspace", "--test", "chaos", "--locked", "--", "--nocapture"]);
    crate::run(&mut chaos)?;
    let mut trials = cargo();
    trials.env(CLUSTER_VARIABLE, cluster.folder()).env("MIMIYORI_SOAK", "1");
    trials.args(["test", "--workspace", "--bin", "mimiyori", "--locked", "trials::"]);
    crate::run(&mut trials)
}
