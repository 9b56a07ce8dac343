//! Formatting and lints; the layers are checked by a test of the app.

use crate::cargo;

pub fn run(fix: bool) -> anyhow::Result<()> {
    format(fix)?;
    crate::run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn format(fix: bool) -> anyhow::Result<()> {
    let mut command = cargo();
    command.args(["fmt", "--all"]);
    if !fix {
        command.arg("--check");
    }
    crate::run(&mut command)
}
