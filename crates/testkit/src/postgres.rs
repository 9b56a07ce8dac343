//! A PostgreSQL cluster of a test's own, made from the system's server programs and thrown away.
//!
//! `MIMIYORI_TEST_POSTGRES` names a cluster that already runs (the test command starts one for the
//! whole run): then only a database is made in it. Without it, a cluster is started and stopped here.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

/// Names a running cluster by its socket folder.
pub const CLUSTER_VARIABLE: &str = "MIMIYORI_TEST_POSTGRES";

#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error("no PostgreSQL server programs found; install the Debian package postgresql")]
    Missing,
    #[error("{program} failed: {output}")]
    Program { program: String, output: String },
    #[error("cannot prepare a folder for PostgreSQL: {0}")]
    Folder(#[from] std::io::Error),
}

/// A cluster that is stopped and deleted when dropped.
#[derive(Debug)]
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    owned: Option<TempDir>,
}

impl Postgres {
    /// The run's cluster where there is one, else a new one.
    pub fn start() -> Result<Self, PostgresError> {
        match std::env::var_os(CLUSTER_VARIABLE) {
            Some(folder) => Ok(Self { bin: server_programs()?, folder: folder.into(), owned: None }),
            None => Self::start_new(),
        }
    }

    pub fn start_new() -> Result<Self, PostgresError> {
        let bin = server_programs()?;
        let temp = tempfile::Builder::new().prefix("mimiyori-pg-").tempdir()?;
        let folder = temp.path().to_owned();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let data = folder.join("data");
        run(as_server_user(&bin.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data))?;
        let cluster = Self { bin, folder, owned: Some(temp) };
        cluster.start_server()?;
        Ok(cluster)
    }

    /// Starts the server of a cluster of one's own, after it was stopped.
    pub fn start_server(&self) -> Result<(), PostgresError> {
        let settings = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c max_connections=200",
            self.folder.display()
        );
        run(as_server_user(&self.bin.join("pg_ctl"))
            .args(["start", "--wait", "--silent", "-D"])
            .arg(self.folder.join("data"))
            .arg("-o")
            .arg(settings)
            .arg("-l")
            .arg(self.folder.join("log")))
    }

    /// Stops the server of a cluster of one's own as a crash does: nothing is written back, nobody is told.
    pub fn crash_server(&self) -> Result<(), PostgresError> {
        run(as_server_user(&self.bin.join("pg_ctl"))
            .args(["stop", "--mode=immediate", "--silent", "-D"])
            .arg(self.folder.join("data")))
    }

    /// Hangs up on everybody who is connected to a database that [`Self::database`] made.
    pub fn hang_up(&self, url: &str) -> Result<(), PostgresError> {
        let name = url.rsplit('/').next().unwrap_or_default();
        let sql = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        );
        run(Command::new(self.bin.join("psql")).arg("--host").arg(&self.folder).args([
            "--username=postgres",
            "--dbname=postgres",
            "--command",
            &sql,
        ]))
    }

    /// The folder of the cluster's socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new, empty database; its URL.
    pub fn database(&self) -> Result<String, PostgresError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(Command::new(self.bin.join("createdb"))
            .arg("--host")
            .arg(&self.folder)
            .args(["--username=postgres", &name]))?;
        let host: String = self.folder.display().to_string().replace('/', "%2F");
        Ok(format!("postgres://postgres@{host}/{name}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.owned.is_some()
            && let Err(error) = self.crash_server()
        {
            eprintln!("a throw-away PostgreSQL is left in {}: {error}", self.folder.display());
        }
    }
}

/// Debian keeps them out of the path, one folder a version; the newest wins.
fn server_programs() -> Result<PathBuf, PostgresError> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().ok_or(PostgresError::Missing)
}

/// PostgreSQL refuses to run as root.
fn as_server_user(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<(), PostgresError> {
    let program = format!("{:?}", command.get_program());
    // To files, not pipes: the server keeps its parent's descriptors open.
    let log = tempfile::NamedTempFile::new()?;
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.reopen()?)
        .stderr(log.reopen()?)
        .status()
        .map_err(|error| PostgresError::Program { program: program.clone(), output: error.to_string() })?;
    if status.success() {
        return Ok(());
    }
    let output = std::fs::read_to_string(log.path()).unwrap_or_default();
    Err(PostgresError::Program { program, output: output.trim().to_owned() })
}
