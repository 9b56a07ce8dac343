//! The binary: reads the command line, wires the rooms, and runs one command to its end.

mod accounts;
mod alerts;
mod backfill;
mod billing;
mod bug;
mod cli;
mod clock;
mod command;
mod config;
mod delivery;
mod entitlement;
mod failure;
mod farewell;
mod gift;
mod herald;
mod jobs;
mod learning;
mod making;
mod metered;
mod metrics;
mod narrate;
mod office;
mod planner;
mod podcasts;
mod pressure;
mod production;
mod program;
mod progress;
mod redrive;
mod replay;
mod reports;
mod request;
mod retention;
mod secret;
mod service;
mod simulate;
mod table;
mod telemetry;
mod terminal;
#[cfg(test)]
mod trials;
mod upkeep;
mod workshop;

use clap::{Parser, error::ErrorKind};
use cli::{Cli, Command};
use config::Config;
use failure::{Failure, Kind};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match bug::survive(|| read_command_line().and_then(run)) {
        Ok(code) => code,
        Err(failure) => {
            terminal::note(format_args!("error: {failure}"));
            failure.exit_code()
        }
    }
}

fn run(cli: Option<Cli>) -> Result<ExitCode, Failure> {
    let Some(cli) = cli else { return Ok(ExitCode::SUCCESS) };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Other, format!("threads cannot be started: {error}")))?;
    runtime.block_on(dispatch(cli))
}

async fn dispatch(Cli { place, command }: Cli) -> Result<ExitCode, Failure> {
    telemetry::start(&Config::load(place.config.as_deref())?.telemetry)?;
    match command {
        Command::Demo(wish) => command::demo::run(&place, wish).await,
        Command::Serve(wish) => command::serve::run(&place, wish).await,
        Command::Generate(wish) => command::generate::run(&place, wish).await,
        Command::Feed(wish) => command::feed::run(&place, wish).await,
        Command::Schedule(wish) => command::schedule::run(wish),
        Command::Simulate(wish) => command::simulate::run(&place, wish).await,
        Command::Doctor(wish) => command::doctor::run(&place, wish).await,
        Command::Migrate => command::migrate::run(&place).await,
        Command::Admin(wish) => command::admin::run(&place, wish).await,
        Command::Bench(wish) => command::bench::run(&place, wish).await,
    }
    .map(|()| ExitCode::SUCCESS)
}

/// `None` when help or the version was asked for, and has been shown.
fn read_command_line() -> Result<Option<Cli>, Failure> {
    let error = match Cli::try_parse() {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe, as with `| head`, is no failure.
        let _ = error.print();
        return Ok(None);
    }
    let text = error.to_string();
    // What follows the first paragraph is usage, which `--help` shows whole.
    let what = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    Err(Failure::new(Kind::Usage, format!("{what}; see mimiyori --help")))
}
