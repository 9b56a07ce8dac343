//! The real service, as somebody runs it at home: one process, one listener, nothing set up.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Whoever comes from this machine is its listener, and sites of this machine may be read.
const CONFIG: &str = "auth.single_listener = true\nsources.allow_private = [\"127.0.0.0/8\"]\n";

pub struct House {
    process: Child,
    pub base: String,
    _folder: TempDir,
}

impl House {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("mimiyori.toml");
        std::fs::write(&config, CONFIG).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_mimiyori"))
            .env_clear()
            .env("HOME", folder.path())
            .arg("--config")
            .arg(config)
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line =
            lines.find(|line| line.contains("listening at http://")).expect("it says where it listens");
        let base = line.split("http://").nth(1).unwrap().split(' ').next().unwrap();
        let base = format!("http://{base}");
        // Whatever else it says is read, or it would wait for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, base, _folder: folder }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
