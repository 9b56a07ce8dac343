//! The one test command: makes sure of what tests need, starts one PostgreSQL for the whole run, runs
//! unit and integration tests, then the documentation's.

use crate::{cargo, clients, install, peers};
use testkit::{CLUSTER_VARIABLE, Postgres};

pub fn run(may_install: bool, runner_args: &[String]) -> anyhow::Result<()> {
    install::ensure(may_install)?;
    peers::ensure(may_install)?;
    clients::ensure(may_install)?;
    let cluster = Postgres::start_new()?;
    let with_cluster = |mut command: std::process::Command| {
        command.env(CLUSTER_VARIABLE, cluster.folder());
        command
    };
    let mut tests = with_cluster(cargo());
    if has_nextest() {
        tests.args(["nextest", "run", "--workspace", "--locked"]).args(runner_args);
    } else {
        tests.args(["test", "--workspace", "--locked", "--lib", "--bins", "--tests", "--examples"]);
        tests.arg("--").args(runner_args);
    }
    crate::run(&mut tests)?;
    crate::run(with_cluster(cargo()).args(["test", "--workspace", "--locked", "--doc", "--quiet"]))
}

fn has_nextest() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("cargo-nextest").exists())
}
