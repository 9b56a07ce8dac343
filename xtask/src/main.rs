//! The project's chores, for CI and for people: `cargo xtask test`, `soak`, `lighthouse`, `lint`, `docs`, `quality`.

mod clients;
mod docs;
mod install;
mod lighthouse;
mod lint;
mod peers;
mod quality;
mod soak;
mod test;

use anyhow::Context;
use clap::{Parser, Subcommand};
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

#[derive(Parser)]
#[command(name = "xtask", about = "The project's chores")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every test: unit, integration and documentation
    Test {
        /// Let apt-get, pip and npm install what is missing
        #[arg(long)]
        install: bool,
        /// Passed on to the test runner
        #[arg(last = true)]
        runner_args: Vec<String>,
    },
    /// Kill processes for many rounds on each database, and try every step of production
    Soak {
        #[arg(long)]
        install: bool,
        /// Crash rounds on each database
        #[arg(long, default_value_t = 200)]
        rounds: u32,
        /// Rounds that go on side by side
        #[arg(long, default_value_t = 4)]
        lanes: u32,
        /// Of the first round; the others follow [default: by the clock]
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Let Lighthouse judge the pages that are looked at most
    Lighthouse {
        /// Let apt-get, pip and npm install what is missing
        #[arg(long)]
        install: bool,
    },
    /// Check formatting and lints
    Lint {
        /// Write the formatting instead of checking it
        #[arg(long)]
        fix: bool,
    },
    /// Write what is made from the code: pages of docs/reference, and the types of clients/typescript
    Docs {
        #[arg(long)]
        install: bool,
    },
    /// Measure the quality of the sample programs and write docs/reference/quality.md
    Quality {
        #[arg(long)]
        install: bool,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test { install, runner_args } => test::run(install, &runner_args),
        Chore::Soak { install, rounds, lanes, seed } => soak::run(install, rounds, lanes, seed),
        Chore::Lighthouse { install } => lighthouse::judge(install),
        Chore::Lint { fix } => lint::run(fix),
        Chore::Docs { install } => docs::run(install),
        Chore::Quality { install } => quality::run(install),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where cargo builds to.
fn target() -> anyhow::Result<PathBuf> {
    let output = cargo().args(["metadata", "--no-deps", "--format-version", "1", "--locked"]).output()?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata says nothing")?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
    Ok(PathBuf::from(target))
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command to its end; failing is an error that names it.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.status().map_err(|error| anyhow::anyhow!("cannot run {shown}: {error}"))?;
    anyhow::ensure!(status.success(), "{shown} ended with {status}");
    Ok(())
}
