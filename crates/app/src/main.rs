//! The binary: reads the command line, wires the rooms, and runs one command to its end.

mod cli;
mod clock;
mod command;
mod config;
mod delivery;
mod failure;
mod making;
mod narrate;
mod program;
mod progress;
mod workshop;

use clap::{Parser, error::ErrorKind};
use cli::{Cli, Command};
use failure::{Failure, Kind};
use std::process::ExitCode;

fn main() -> ExitCode {
    report_bugs_in_one_line();
    let done = read_command_line().and_then(run);
    match done {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
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
    match command {
        Command::Demo(wish) => command::demo::run(&place, wish).await,
        Command::Generate(wish) => command::generate::run(&place, wish).await,
        Command::Feed(wish) => command::feed::run(&place, wish).await,
        Command::Doctor(wish) => command::doctor::run(&place, wish).await,
        Command::Migrate => command::migrate::run(&place).await,
        Command::Bench(wish) => command::bench::run(&wish),
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

/// A panic is a bug of ours; even so, people get one line that says what to do.
fn report_bugs_in_one_line() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let what = panic.payload_as_str().unwrap_or("unknown");
        let what = what.replace('\n', " ");
        eprintln!("error: a bug in mimiyori at {place}: {what}; please report it with the command you ran");
    }));
}
