//! The system's programs that tests need, and the Debian packages they come in.

use crate::run;
use std::{path::Path, process::Command};

struct Need {
    package: &'static str,
    what_for: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: [Need; 10] = [
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
        package: "newsboat",
        what_for: "a podcast client that is not ours",
        is_there: || in_path("newsboat") && in_path("podboat"),
    },
    Need {
        package: "python3-venv",
        what_for: "programs that judge podcast feeds and the API",
        is_there: || {
            let asked = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
            asked.is_ok_and(|output| output.status.success())
        },
    },
    Need { package: "chromium", what_for: "journeys through the pages", is_there: || in_path("chromium") },
    Need {
        package: "chromium-driver",
        what_for: "driving the browser",
        is_there: || in_path("chromedriver"),
    },
    Need {
        package: "fonts-noto-cjk",
        what_for: "Japanese in the browser",
        is_there: || Path::new("/usr/share/fonts/opentype/noto").exists(),
    },
    Need { package: "nodejs", what_for: "readers of podcast feeds", is_there: || in_path("node") },
    Need { package: "npm", what_for: "readers of podcast feeds", is_there: || in_path("npm") },
];

/// Makes sure of every need, or says which package is missing.
pub fn ensure(install: bool) -> anyhow::Result<()> {
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
