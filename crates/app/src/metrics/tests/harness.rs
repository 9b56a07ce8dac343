//! A server with the real routes, what a scrape of it holds, and Prometheus' own tool.

use crate::{
    clock::SystemClock,
    metrics::{Known, sample::Sampler, scraper},
};
use metrics_exporter_prometheus::PrometheusRecorder;
use queue::Lane;
use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};
use store::Store;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub fn known() -> Known {
    Known {
        lanes: vec![(Lane(0), "premium".to_owned()), (Lane(1), "free".to_owned())],
        pools: vec!["narrate".to_owned()],
        providers: vec!["openai".to_owned(), "embedded".to_owned()],
        routes: web::health::ROUTES.to_vec(),
    }
}

/// A server with the real routes, on loopback. It lives on the test's one thread, for which alone the
/// recorder records.
pub struct Server {
    pub store: Store,
    address: String,
    _folder: TempDir,
}

impl Server {
    pub async fn start(recorder: &PrometheusRecorder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", folder.path().display());
        let store = Store::open(&url).await.unwrap();
        let media = media::Media::in_folder(folder.path().join("media")).unwrap();
        let metrics = scraper(recorder.handle(), Sampler::new(store.clone(), SystemClock, &known()));
        let health = web::health::Health { store: store.clone(), media, metrics };
        let router = web::measure::measured(web::health::router(health));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(web::serve(listener, router));
        Self { store, address, _folder: folder }
    }

    pub async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (_head, body) = answer.split_once("\r\n\r\n").unwrap();
        body.to_owned()
    }

    pub async fn scrape(&self) -> Scrape {
        Scrape::of(&self.get("/metrics").await)
    }
}

/// Series and their values.
pub struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    pub fn of(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let series = lines.map(|line| line.rsplit_once(' ').unwrap());
        Self(series.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect())
    }

    /// The value of a series, named without the prefix.
    #[track_caller]
    pub fn at(&self, series: &str) -> f64 {
        *self.0.get(&format!("mimiyori_{series}")).unwrap_or_else(|| panic!("no series {series}"))
    }

    /// Every series of a metric, by its labels; histograms by their counts.
    pub fn of_metric(&self, name: &str) -> Vec<(Vec<String>, f64)> {
        let series = |suffix: &str| -> Vec<_> {
            let full = format!("mimiyori_{name}{suffix}");
            let named = self.0.iter().filter(|(series, _)| series.split('{').next() == Some(&*full));
            named.map(|(series, value)| (labels(series), *value)).collect()
        };
        let plain = series("");
        if plain.is_empty() { series("_count") } else { plain }
    }
}

fn labels(series: &str) -> Vec<String> {
    let inside = series.split_once('{').map_or("", |(_, rest)| rest.trim_end_matches('}'));
    let pairs = inside.split(',').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split('=').next().unwrap().to_owned()).collect()
}

/// Whether it finds no fault with its input, and what it says.
pub fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut tool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, of the Debian package prometheus; cargo xtask test --install installs it");
    tool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let said = tool.wait_with_output().unwrap();
    let text = [said.stdout, said.stderr].concat();
    (said.status.success(), String::from_utf8(text).unwrap())
}
