//! Google's judge of web pages, which takes a minute a page: it runs at night. It comes from npm, into a folder beside
//! what is built.

use crate::{cargo, install, run, target};
use std::process::Command;

/// The last that runs on Node 20.
const PACKAGE: &str = "lighthouse@12.8.2";

pub fn judge(may_install: bool) -> anyhow::Result<()> {
    install::ensure(may_install)?;
    let folder = target()?.join("lighthouse");
    let program = folder.join("node_modules/.bin/lighthouse");
    if !program.exists() {
        anyhow::ensure!(may_install, "missing: {PACKAGE}; cargo xtask lighthouse --install installs it");
        let npm = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"];
        run(Command::new("npm").args(npm).arg(&folder).arg(PACKAGE))?;
    }
    let mut judged = cargo();
    judged.env("MIMIYORI_LIGHTHOUSE", program).env("CHROME_PATH", "/usr/bin/chromium");
    judged.args([
        "test",
        "--workspace",
        "--test",
        "journeys",
        "--locked",
        "lighthouse::",
        "--",
        "--nocapture",
    ]);
    run(&mut judged)
}
