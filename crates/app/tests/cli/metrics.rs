//! `serve` as a monitor meets it: probes and metrics of the real process.

use super::run::Home;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread::JoinHandle,
};

/// A running service, stopped when dropped.
pub struct Service {
    child: Child,
    pub address: String,
    said: Arc<(Mutex<String>, Condvar)>,
    reader: Option<JoinHandle<()>>,
}

impl Service {
    pub fn start(home: &Home, more: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut child =
            home.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("http://")).expect("it says where it listens");
        let address = line.split("http://").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        // Whatever else it says is read, or it would wait for us.
        let said = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let heard = said.clone();
        let reader = std::thread::spawn(move || {
            for line in lines {
                *heard.0.lock().unwrap() += &(line + "\n");
                heard.1.notify_all();
            }
        });
        Self { child, address, said, reader: Some(reader) }
    }

    /// Its log, since it has been listening.
    pub fn said(&self) -> String {
        self.said.0.lock().unwrap().clone()
    }

    /// The line of its log with such words, waited for.
    pub fn hears(&self, words: &str) -> String {
        let (said, more) = &*self.said;
        let silent = |said: &mut String| !said.contains(words);
        let said = more.wait_while(said.lock().unwrap(), silent).unwrap();
        said.lines().find(|line| line.contains(words)).unwrap().to_owned()
    }

    /// All it has said, when it has been stopped and has nothing more to say.
    pub fn hears_all(mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.said()
    }

    /// Status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_service_is_alive_ready_and_measured_from_its_first_moment() {
    let home = Home::new();
    let service = Service::start(&home, &[]);
    assert_eq!(service.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(service.get("/readyz"), (200, "ready\n".to_owned()));
    let (status, metrics) = service.get("/metrics");
    assert_eq!(status, 200);
    for series in [
        "mimiyori_occurrences_due_total{outcome=\"missed\"} 0",
        "mimiyori_jobs_finished_total{kind=\"narrate\",outcome=\"failed\"} 0",
        "mimiyori_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1",
        "mimiyori_http_requests_total{route=\"/readyz\",method=\"GET\",status=\"503\"} 0",
    ] {
        assert!(metrics.lines().any(|line| line == series), "no {series} in\n{metrics}");
    }
    let judged = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .and_then(|mut tool| {
            tool.stdin.take().unwrap().write_all(metrics.as_bytes())?;
            tool.wait_with_output()
        })
        .expect("promtool, of the Debian package prometheus; cargo xtask test --install installs it");
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));

    std::fs::remove_dir_all(home.path("data/media")).unwrap();
    let (status, problem) = service.get("/readyz");
    assert_eq!(status, 503);
    assert!(problem.contains("no answer from media store"), "{problem}");
    assert_eq!(service.get("/healthz").0, 200);
}

#[test]
fn a_process_without_pages_answers_where_it_is_told_to_listen() {
    let home = Home::new();
    let service = Service::start(&home, &["--role", "worker"]);
    assert_eq!(service.get("/readyz").0, 200);
    let (status, metrics) = service.get("/metrics");
    assert!(status == 200 && metrics.contains("mimiyori_worker_slots{pool=\"narrate\"}"), "{metrics}");
}
