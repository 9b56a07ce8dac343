//! Programs that judge ours: readers of podcast feeds, one that tries an API by its description, a mail server, what
//! decrypts for browsers, a judge of how accessible pages are. They come from the registries they are published in, into
//! a folder beside what is built: nothing is installed into the system, and removing the target folder removes them.

use crate::{run, target};
use anyhow::Context;
use std::{path::Path, process::Command};

/// Of Python's registry.
const PYTHON: [&str; 6] = [
    "podcastparser==0.6.11",
    "feedparser==6.0.14",
    "schemathesis==4.32.5",
    "aiosmtpd==1.4.6",
    "http_ece==1.2.1",
    "cryptography==50.0.2",
];
/// Of Node's.
const NODE: [&str; 2] = ["podcast-partytime@5.0.0", "axe-core@4.14.1"];
/// Named by what is in it: other versions are another installation.
const INSTALLED: &str = "installed";

/// Makes sure of all of them, or says how to get them.
pub fn ensure(install: bool) -> anyhow::Result<()> {
    let folder = target()?.join("peers");
    let wanted = [PYTHON.as_slice(), &NODE].concat().join("\n");
    if std::fs::read_to_string(folder.join(INSTALLED)).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("missing: {} (programs that judge ours)", wanted.replace('\n', ", "));
    anyhow::ensure!(install, "install them first: cargo xtask test --install does it");
    std::fs::create_dir_all(&folder)?;
    put(&folder)?;
    // Last, so that an installation that was cut off is begun again.
    std::fs::write(folder.join(INSTALLED), wanted)
        .context("the programs that judge ours cannot be noted as installed")
}

fn put(folder: &Path) -> anyhow::Result<()> {
    let python = folder.join("python");
    run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(python.join("bin/python")).args(pip).args(PYTHON))?;
    let npm = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"];
    run(Command::new("npm").args(npm).arg(folder).args(NODE))
}
