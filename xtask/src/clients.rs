//! What the clients in `clients` need from npm's registry. It comes by their lock file, into a folder beside what is
//! built, where a test of the app puts their code, too, and runs it.

use crate::{root, run, target};
use anyhow::Context;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const LOCK: &str = "package-lock.json";
/// What npm reads of us.
const MANIFESTS: [&str; 7] = [
    LOCK,
    ".npmrc",
    "package.json",
    "typescript/package.json",
    "testkit/package.json",
    "nestjs/package.json",
    "nestjs/example/package.json",
];
/// Holds the lock file that was installed by.
const INSTALLED: &str = "installed";
/// The oldest Node that they run on.
const NODE: (u32, u32) = (20, 19);

/// Makes sure of all of it, or says how to get it.
pub fn ensure(install: bool) -> anyhow::Result<()> {
    let (source, folder) = (source(), folder()?);
    let wanted = fs::read_to_string(source.join(LOCK)).context("clients have no lock file")?;
    if fs::read_to_string(folder.join(INSTALLED)).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("missing: npm packages of the clients");
    anyhow::ensure!(install, "install them first: cargo xtask test --install does it");
    is_node_new()?;
    for manifest in MANIFESTS {
        copy(&source.join(manifest), &folder.join(manifest))?;
    }
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--loglevel=error"]).current_dir(&folder))?;
    // Last, so that an installation that was cut off is begun again.
    fs::write(folder.join(INSTALLED), wanted).context("the clients' packages cannot be noted as installed")
}

/// The types of the TypeScript client, from `docs/reference/openapi.json`.
pub fn write_types() -> anyhow::Result<()> {
    let types = root().join("clients/typescript/src/schema.ts");
    let tool = folder()?.join("node_modules/.bin/openapi-typescript");
    let document = root().join("docs/reference/openapi.json");
    run(Command::new(tool).arg(document).arg("--output").arg(types))
}

fn source() -> PathBuf {
    root().join("clients")
}

fn folder() -> anyhow::Result<PathBuf> {
    Ok(target()?.join("clients"))
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let folder = to.parent().context("a manifest lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn is_node_new() -> anyhow::Result<()> {
    let output = Command::new("node").arg("--version").output().context("cannot run node")?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut parts = version.trim_start_matches('v').split('.').map_while(|part| part.parse().ok());
    let found: (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let (major, minor) = NODE;
    anyhow::ensure!(found >= NODE, "node is {version}; the clients need {major}.{minor} or later");
    Ok(())
}
