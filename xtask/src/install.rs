//! The programs that tests need, and what they come in: packages of Debian, and of Python in a folder of the project's
//! own.

use crate::{root, run};
use std::{path::Path, process::Command};

struct Need {
    package: &'static str,
    what_for: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: [Need; 4] = [
    Need {
        package: "postgresql",
        what_for: "throw-away databases",
        is_there: || {
            std::fs::read_dir("/usr/lib/postgresql")
                .into_iter()
                .flatten()
                .flatten()
                .any(|entry| entry.path().join("bin/initdb").exists())
        },
    },
    Need {
        package: "ffmpeg",
        what_for: "judging sound by a decoder and a meter that are not ours",
        is_there: || in_path("ffmpeg") && in_path("ffprobe"),
    },
    Need {
        package: "prometheus",
        what_for: "judging the metrics by Prometheus' own promtool",
        is_there: || in_path("promtool"),
    },
    Need {
        package: "python3-venv",
        what_for: "a program of Python that judges the API",
        is_there: || {
            let asked = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
            asked.is_ok_and(|output| output.status.success())
        },
    },
];

/// Where Python's programs are, from the workspace's folder.
const PYTHON: &str = ".tools/python";
/// What is installed there, and the program by which it is known to be.
const PYTHON_NEEDS: [(&str, &str); 1] = [("schemathesis==4.*", "schemathesis")];

/// Makes sure of every need, or says which package is missing.
pub fn ensure(install: bool) -> anyhow::Result<()> {
    debian(install)?;
    python(install)
}

fn python(install: bool) -> anyhow::Result<()> {
    let folder = root().join(PYTHON);
    let missing: Vec<&str> = PYTHON_NEEDS
        .iter()
        .filter(|(_, program)| !folder.join("bin").join(program).exists())
        .map(|(package, _)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    anyhow::ensure!(
        install,
        "install {packages} first: python3 -m venv {PYTHON} && {PYTHON}/bin/pip install '{packages}' (or let --install do it)"
    );
    eprintln!("installing into {PYTHON}: {packages}");
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(&missing))
}

fn debian(install: bool) -> anyhow::Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    for need in &missing {
        eprintln!("missing: Debian package {} ({})", need.package, need.what_for);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    anyhow::ensure!(
        install,
        "install {0} first: sudo apt-get install {0} (or let --install do it)",
        packages.join(" ")
    );
    eprintln!("installing: {}", packages.join(" "));
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(&packages))
}

fn in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: std::path::PathBuf| Path::new(&folder).join(program).exists())
}
