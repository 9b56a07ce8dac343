//! The figures of `bench dispatch`: `cargo run --release --example dispatch -p mimiyori-store [URL [JOBS]]`.

#![expect(clippy::print_stdout, reason = "its figures are its output")]

use queue::{Clock, Seeded};
use std::{sync::Arc, time::UNIX_EPOCH};
use store::{Store, jobs::dispatch};

struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the rule points to")]
    fn now(&self) -> store::Micros {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| format!("sqlite://{}/bench.db", folder.path().display()));
    let jobs: u32 = arguments.next().map_or(Ok(50_000), |text| text.parse())?;
    let store = Store::open(&url).await?;
    let figures = dispatch::measure(&store, jobs, Arc::new(WallClock), Arc::new(Seeded::new(1))).await?;
    let document = serde_json::json!({
        "database": store.dialect(),
        "jobs": figures.jobs,
        "enqueue_per_s": figures.enqueue_per_s.round(),
        "drain_per_s": figures.drain_per_s.round(),
        "claim_p50_ms": figures.claim_p50.as_secs_f64() * 1e3,
        "claim_p99_ms": figures.claim_p99.as_secs_f64() * 1e3,
        "peak_rss_mb": peak_rss_mb(),
        "reference_drain_per_s": figures.reference_drain_per_s.round(),
    });
    println!("{document}");
    store.close().await;
    Ok(())
}

fn peak_rss_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok()? / 1024.0)
}
