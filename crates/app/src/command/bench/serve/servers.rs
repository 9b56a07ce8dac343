//! The two servers, each in a process of its own that ends with the measurement.

use crate::failure::{Failure, Kind};
use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    os::unix::fs::MetadataExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// To be up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It is ours, and has nothing to lose.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// This program, serving what was seeded.
pub struct Service {
    pub address: String,
    _running: Running,
}

impl Service {
    /// Without settings it is configured as it comes: what is measured is not to depend on where.
    pub fn start(data_dir: &Path, settings: Option<&Path>) -> Result<Self, Failure> {
        let cannot = |cause: std::io::Error| {
            Failure::new(Kind::Other, format!("the service cannot be started: {cause}"))
        };
        let mut command = Command::new(std::env::current_exe().map_err(cannot)?);
        command.env_clear().arg("--data-dir").arg(data_dir);
        if let Some(settings) = settings {
            command.arg("--config").arg(settings);
        }
        command.args(["serve", "--role", "web", "--listen", "127.0.0.1:0"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut running = Running(child.map_err(cannot)?);
        let said =
            running.0.stderr.take().ok_or_else(|| Failure::new(Kind::Other, "the service says nothing"))?;
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        let mut last = String::new();
        let address = lines.by_ref().find_map(|line| {
            let address =
                line.split_once("http://").and_then(|(_, rest)| rest.split(' ').next()).map(str::to_owned);
            last = line;
            address
        });
        let address =
            address.ok_or_else(|| Failure::new(Kind::Other, format!("the service has ended: {last}")))?;
        // Whatever else it says is read, or it would wait for us.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { address, _running: running })
    }
}

/// nginx, sending one file.
pub struct Nginx {
    pub address: String,
    pub path: String,
    /// What tells its master to end, and its workers with it: killed, it would leave them behind.
    stop: Command,
    _running: Running,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.stop.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let began = Instant::now();
        while TcpStream::connect(&self.address).is_ok() && began.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Nginx {
    /// `None` where it is not installed.
    pub fn start(folder: &Path, file: &Path) -> Result<Option<Self>, Failure> {
        let programs = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"];
        let Some(program) = programs.into_iter().find(|program| Path::new(program).exists()) else {
            return Ok(None);
        };
        let cannot =
            |cause: std::io::Error| Failure::new(Kind::Other, format!("nginx cannot be started: {cause}"));
        // A port that is free now; between here and there hardly anybody takes it.
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(cannot)?;
        let (Some(root), Some(name)) = (file.parent(), file.file_name()) else { return Ok(None) };
        let place = folder.join("nginx");
        std::fs::create_dir_all(&place).map_err(cannot)?;
        let settings = place.join("nginx.conf");
        // What root has made its workers could not read as nobody.
        let user = if place.metadata().map_err(cannot)?.uid() == 0 { "user root;" } else { "" };
        let text = configuration(user, &place, root, &address.to_string());
        std::fs::write(&settings, text).map_err(cannot)?;
        let command = || {
            let mut command = Command::new(program);
            command.arg("-p").arg(&place).arg("-c").arg(&settings);
            command
        };
        let mut stop = command();
        stop.args(["-s", "stop"]);
        let child = command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let running = Running(child.map_err(cannot)?);
        let address = address.to_string();
        let began = Instant::now();
        while let Err(cause) = TcpStream::connect(&address) {
            if began.elapsed() > PATIENCE {
                return Err(cannot(cause));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(Self { address, path: format!("/{}", name.to_string_lossy()), stop, _running: running }))
    }
}

/// As many workers as processors, as a package configures it, and files sent by the kernel.
fn configuration(user: &str, place: &Path, root: &Path, address: &str) -> String {
    let (place, root) = (place.display(), root.display());
    format!(
        "{user} daemon off; worker_processes auto; pid {place}/pid; error_log {place}/error.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; default_type audio/mpeg;
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
  server {{ listen {address}; root {root}; }}
}}
"
    )
}
