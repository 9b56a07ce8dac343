//! The clients for other languages, tried by their own tests against the real binary. Their packages are installed by
//! `cargo xtask test --install` into a folder beside what is built; their code is laid there, too, so that nothing is
//! written into the source tree.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Made by installing and building.
const NOT_OURS: [&str; 2] = ["node_modules", "dist"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Where the packages are.
fn workshop() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("clients");
    let is_there = folder.join("node_modules/.bin/tsc").exists();
    assert!(is_there, "the clients' packages are not installed; cargo xtask test --install installs them");
    folder
}

/// What was laid here before goes, but for what was installed.
fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        if name == "node_modules" || name == "installed" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            clear(&path);
        } else {
            fs::remove_file(path).unwrap();
        }
    }
}

fn lay(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if NOT_OURS.iter().any(|not_ours| name == *not_ours) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            lay(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&said));
}

#[test]
fn the_clients_pass_their_own_tests() {
    let workshop = workshop();
    clear(&workshop);
    lay(&root().join("clients"), &workshop);
    succeeds(
        Command::new("npm")
            .args(["test", "--silent"])
            .env("MIMIYORI_BIN", env!("CARGO_BIN_EXE_mimiyori"))
            .env("MIMIYORI_DOCS", root().join("docs"))
            .current_dir(workshop),
    );
}

#[test]
fn their_types_are_those_of_the_document() {
    succeeds(
        Command::new(workshop().join("node_modules/.bin/openapi-typescript"))
            .arg(root().join("docs/reference/openapi.json"))
            .arg("--check")
            .arg("--output")
            .arg(root().join("clients/typescript/src/schema.ts")),
    );
}
