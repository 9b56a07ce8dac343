//! What listeners' apps ask of a service, over loopback: whole programs, ranges of them, feeds, and feeds that they
//! have already. The service is this program, in a process of its own; where nginx is installed it sends the same
//! bytes as one file, to the same client.

pub(super) mod client;
pub(super) mod seed;
pub(super) mod servers;

use super::thousandths;
use crate::{
    cli::Place,
    command::thrown_away::ThrownAway,
    failure::{Failure, Kind},
    terminal::answer,
};
use client::{Ask, Client};
use seed::Seeded;
use serde::Serialize;
use servers::{Nginx, Service};
use std::time::Duration;

/// How long each thing is measured.
const FOR: Duration = Duration::from_secs(3);
/// Feeds are asked for at this pace.
const FEEDS_PER_S: u32 = 200;
/// Bytes that a player asks for at a time.
const RANGE_BYTES: u64 = 256 * 1_024;

/// What was measured. The names are a contract; those below `feed_304_p99_ms` came later.
#[derive(Debug, Serialize)]
struct Figures {
    bytes_per_s: f64,
    range_per_s: f64,
    feed_per_s: f64,
    feed_304_p99_ms: f64,
    /// Of feeds that are sent, at the same pace as those that are not.
    feed_p99_ms: f64,
    feed_304_p50_ms: f64,
    feed_p50_ms: f64,
    feed_bytes: u64,
    range_bytes: u64,
    /// `null` where nginx is not installed.
    nginx_bytes_per_s: Option<f64>,
    nginx_range_per_s: Option<f64>,
}

pub async fn run(place: &Place, json: bool) -> Result<(), Failure> {
    let folder = ThrownAway::choose(place)?;
    let seeded = seed::seed(folder.folder()).await?;
    let measured = tokio::task::spawn_blocking(move || {
        let figures = measure(&folder, &seeded);
        drop(folder);
        figures
    });
    let figures = measured.await.map_err(|cause| Failure::new(Kind::Other, cause))??;
    show(&figures, json)
}

fn measure(folder: &ThrownAway, seeded: &Seeded) -> Result<Figures, Failure> {
    let service = Service::start(folder.folder(), None)?;
    let client = Client::of(&service.address);
    let failed =
        |cause: std::io::Error| Failure::new(Kind::Other, format!("the service does not answer: {cause}"));
    let sound = Ask::whole(&seeded.sound_path);
    let (bytes_per_s, range_per_s) = sound_of(&client, &sound, seeded.bytes).map_err(failed)?;
    let feed = Ask::whole(&seeded.feed_path);
    let first = client.once(&feed).map_err(failed)?;
    let known = Ask::known(&seeded.feed_path, &first.etag);
    let feed_per_s = client.as_fast_as_it_goes(&feed, FOR).map_err(failed)?.per_s;
    let sent = client.paced(&feed, FEEDS_PER_S, FOR).map_err(failed)?;
    let unchanged = client.paced(&known, FEEDS_PER_S, FOR).map_err(failed)?;
    drop(service);
    let beside = match Nginx::start(folder.folder(), &seeded.file)? {
        Some(nginx) => {
            let client = Client::of(&nginx.address);
            let failed =
                |cause: std::io::Error| Failure::new(Kind::Other, format!("nginx does not answer: {cause}"));
            Some(sound_of(&client, &Ask::whole(&nginx.path), seeded.bytes).map_err(failed)?)
        }
        None => None,
    };
    Ok(Figures {
        bytes_per_s: bytes_per_s.round(),
        range_per_s: range_per_s.round(),
        feed_per_s: feed_per_s.round(),
        feed_304_p99_ms: milliseconds(unchanged.p99),
        feed_p99_ms: milliseconds(sent.p99),
        feed_304_p50_ms: milliseconds(unchanged.p50),
        feed_p50_ms: milliseconds(sent.p50),
        feed_bytes: first.bytes,
        range_bytes: RANGE_BYTES,
        nginx_bytes_per_s: beside.map(|(bytes, _)| bytes.round()),
        nginx_range_per_s: beside.map(|(_, ranges)| ranges.round()),
    })
}

/// Bytes of whole files in a second, and ranges of it.
fn sound_of(client: &Client, whole: &Ask, bytes: u64) -> std::io::Result<(f64, f64)> {
    let whole_rate = client.as_fast_as_it_goes(whole, FOR)?;
    let ranges = whole.ranges(RANGE_BYTES, bytes);
    Ok((whole_rate.bytes_per_s, client.as_fast_as_it_goes(&ranges, FOR)?.per_s))
}

fn milliseconds(time: Duration) -> f64 {
    thousandths(time.as_secs_f64() * 1e3)
}

fn show(figures: &Figures, json: bool) -> Result<(), Failure> {
    if json {
        return answer(serde_json::json!(figures));
    }
    let beside = |ours: f64, theirs: Option<f64>, unit: f64| match theirs {
        Some(theirs) => format!("nginx {:>9.0}, {:.0} % of it", theirs / unit, 100.0 * ours / theirs),
        None => "nginx is not installed".to_owned(),
    };
    let Figures { bytes_per_s, range_per_s, .. } = *figures;
    answer(format_args!(
        "whole programs   {:>9.0} MB/s   {}",
        bytes_per_s / 1e6,
        beside(bytes_per_s, figures.nginx_bytes_per_s, 1e6)
    ))?;
    answer(format_args!(
        "ranges           {range_per_s:>9.0} /s     {}",
        beside(range_per_s, figures.nginx_range_per_s, 1.0)
    ))?;
    answer(format_args!("feeds            {:>9.0} /s", figures.feed_per_s))?;
    for (name, p50_ms, p99_ms) in [
        ("feed, sent", figures.feed_p50_ms, figures.feed_p99_ms),
        ("feed, known", figures.feed_304_p50_ms, figures.feed_304_p99_ms),
    ] {
        answer(format_args!(
            "{name:<15}  half in {p50_ms:.3} ms, 99 % in {p99_ms:.3} ms, at {FEEDS_PER_S} /s"
        ))?;
    }
    Ok(())
}
