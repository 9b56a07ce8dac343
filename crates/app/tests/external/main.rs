//! The whole service with an external generator: asked, killed, called back, published, once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

/// As the handler's own tests have them.
#[path = "../../src/jobs/external/tests/peer.rs"]
#[expect(dead_code, reason = "what only the handler's own tests need")]
mod peer;
#[path = "../../src/jobs/external/tests/seed.rs"]
mod seed;

use domain::{
    OccurrenceId, Work,
    external::{Generator, SetBy, SigningSecret, job_key},
};
use net::Url;
use peer::{Peer, SECRET, Say, call, mp3, now_s};
use queue::{JobStore, Kind, NewJob, OnDuplicate};
use seed::{HOUR, SECOND, seed};
use serde_json::json;
use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use store::Store;

/// A process that is killed, not asked, when it goes out of scope.
struct Service(Child);

impl Service {
    fn start(folder: &Path, port: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_mimiyori"))
            .env_clear()
            .env("HOME", folder)
            // So that what a killed process held is soon taken up again.
            .env("MIMIYORI_QUEUE__LEASE_SECONDS", "3")
            .arg("--data-dir")
            .arg(folder)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks again until there is something; a machine may be slow, but not for ever.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited a minute for {what}");
}

async fn prepared(folder: &Path, peer: &Peer) -> (Store, OccurrenceId) {
    let store = Store::open(&format!("sqlite://{}/mimiyori.db", folder.display())).await.unwrap();
    let now = now_s() * SECOND;
    let url: Url = peer.url.join("programs").unwrap();
    let generator = Generator::new(url, SetBy::Operator, vec![SigningSecret::new(SECRET)]).unwrap();
    let occurrence = seed(&store, &generator, now).await;
    let work = serde_json::to_string(&Work::External { occurrence }).unwrap();
    let job =
        NewJob { key: Some(job_key(occurrence)), ..NewJob::new(Kind::new("external"), work, now + HOUR) };
    store.enqueue(&[job], OnDuplicate::Keep, now).await.unwrap();
    (store, occurrence)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_killed_while_it_waits_still_publishes_once() {
    let folder = tempfile::tempdir().unwrap();
    let peer = Peer::start().await;
    peer.says([Say::Status(202, None)]);
    let (store, occurrence) = prepared(folder.path(), &peer).await;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();

    let service = Service::start(folder.path(), port);
    let asked = until("the request", async || peer.seen().into_iter().next()).await;
    service.kill();
    assert_eq!(asked.id(), occurrence.to_string());

    let _service = Service::start(folder.path(), port);
    until("the service", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
    let callback: Url = asked.document["callback_url"].as_str().unwrap().parse().unwrap();
    let program = json!({
        "occurrence": occurrence,
        "title": "Today",
        "audio_url": peer.at("audio/good.mp3"),
        "chapters": [{"start_ms": 0, "title": "Opening"}, {"start_ms": 60_000, "title": "Rust"}],
    });
    assert_eq!(call(&callback, &program).await.0, 202);
    let published =
        until("the program", async || store.latest_programs(9).await.unwrap().into_iter().next()).await;
    assert_eq!((published.occurrence, published.title.as_str()), (occurrence, "Today"));
    assert_eq!((published.duration_ms, published.bytes), (120_000, mp3().len() as u64));
    let ends: Vec<u64> = published.document.segments.iter().map(|segment| segment.end_ms).collect();
    assert_eq!(ends, [60_000, 120_000]);

    assert_eq!(call(&callback, &program).await.0, 200);
    let mut other = program;
    other["title"] = "Tomorrow".into();
    assert_eq!(call(&callback, &other).await.0, 409);
    let external = Kind::new("external");
    let left = async || store.count_jobs().await.unwrap().into_iter().any(|count| count.kind == external);
    until("the job's end", async || (!left().await).then_some(())).await;
    assert_eq!(store.latest_programs(9).await.unwrap().len(), 1);
    assert!(peer.seen().iter().all(|seen| seen.id() == occurrence.to_string()));
    assert_eq!(peer.fetched(), ["good.mp3"]);
}
