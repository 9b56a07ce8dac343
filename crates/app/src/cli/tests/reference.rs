//! `docs/reference/commands.md`, made from the command line's own help.

use crate::cli::Cli;
use clap::{Command, CommandFactory};
use std::{fmt::Write, path::Path};

/// Set by `cargo xtask docs`: then the file is written instead of compared.
const WRITE: &str = "MIMIYORI_WRITE_REFERENCE";

#[test]
fn the_reference_is_the_help() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/commands.md");
    let made = reference();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/reference/commands.md is not what --help says; run cargo xtask docs");
}

fn reference() -> String {
    let mut text = String::from(
        "# Commands\n\n<!-- Made from crates/app/src/cli.rs by `cargo xtask docs`. -->\n\n\
         Exit codes: 0 done; 2 wrong usage or configuration; 3 nothing to say; 4 input cannot be read; 5 a provider \
         failed;\n6 the database or media store cannot be reached; 1 anything else.\n",
    );
    let mut command = Cli::command();
    command.build();
    describe(&mut command, &mut text);
    text
}

/// A command, then those below it.
fn describe(command: &mut Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or("mimiyori").to_owned();
    let help = command.render_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(text, "\n## {name}\n\n```\n{}\n```\n", lines.join("\n").trim_end()).unwrap();
    for below in command.get_subcommands_mut() {
        describe(below, text);
    }
}
