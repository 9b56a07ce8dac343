//! A real mail server on loopback, which is not ours.

use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

pub struct PostOffice {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub port: u64,
}

impl PostOffice {
    /// Puts the first so many letters off.
    pub fn open(put_off: u32) -> Self {
        Self::with(&[put_off.to_string().as_ref()])
    }

    /// Takes letters of radio alone, whose password is "letter box", by STARTTLS; the folder gets `ca.pem`, whom to
    /// believe.
    pub fn guarded(folder: &Path) -> Self {
        Self::with(&["0".as_ref(), folder.as_os_str()])
    }

    fn with(args: &[&OsStr]) -> Self {
        let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("peers");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/smtp.py");
        let mut child = Command::new(tools.join("python/bin/python"))
            .arg(script)
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("aiosmtpd; cargo xtask test --install installs it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        Self { child, lines, port: first["port"].as_u64().unwrap() }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next letter, or that one was put off; waited for.
    pub fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
