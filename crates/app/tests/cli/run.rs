//! Running the binary, in a home of the test's own.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;

/// A data folder and whatever else a test needs, thrown away with it.
pub struct Home {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// A variable for every run from here on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; its path as an argument.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Nothing of the surroundings gets in.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mimiyori"));
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TZ", noon())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .arg("--data-dir")
            .arg(self.path("data"))
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.start(arguments))
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// `generate` of a one-minute program into the folder `out`.
    pub fn generate(&self, source: &str, more: &[&str]) -> Ended {
        let arguments = ["generate", "--source", source, "--minutes", "1", "--articles", "2", "--out", "out"];
        self.run(&[&arguments, more].concat())
    }

    /// Whatever a folder holds, hidden names too; nothing when it is not there.
    pub fn names_in(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).into_iter().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Every object of the media store, by its key.
    pub fn media(&self) -> BTreeMap<String, Vec<u8>> {
        let mut objects = BTreeMap::new();
        collect(&self.path("data/media"), &mut objects);
        objects
    }

    /// From the findings of `doctor`.
    pub fn artifacts_ready(&self) -> String {
        let findings = self.run(&["doctor", "--json"]).json();
        let checks = findings["checks"].as_array().unwrap();
        let database = checks.iter().find(|check| check["name"] == "database").unwrap();
        database["detail"].as_str().unwrap().to_owned()
    }
}

fn collect(folder: &Path, objects: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, objects);
        } else if !path.ends_with("mimiyori-media") {
            objects.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
}

/// A zone where it is about noon: no two runs of a test are on different days.
fn noon() -> String {
    #[expect(clippy::disallowed_methods, reason = "it is the real clock that the binary will read")]
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let hour = (since_epoch.as_secs() / 3_600 % 24).cast_signed();
    format!("<noon>{:+}", hour - 12)
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert!(!self.stderr.contains("error:") && !self.stderr.contains("panicked"), "{self:?}");
        self
    }

    /// With the contract's exit code, one line on standard error and nothing else; the line.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        self.error_line()
    }

    #[track_caller]
    pub fn error_line(&self) -> String {
        let line = self.stderr.strip_suffix('\n').unwrap_or_default();
        assert!(line.starts_with("error: ") && !line.contains(char::is_control), "{self:?}");
        assert!(!line.contains("panicked") && !line.contains("a bug in"), "{self:?}");
        line.to_owned()
    }

    /// The one document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
