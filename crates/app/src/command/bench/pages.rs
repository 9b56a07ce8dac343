//! How long the service takes for each of its pages while the database is as large as it may get: a hundred thousand
//! listeners, a million jobs, a batch in the making. Asked for over loopback, one after the other, by the operator who
//! is a listener, too.

use super::{
    dispatch, plan,
    serve::{
        client::{Ask, Client},
        seed::{self, Seeded},
        servers::Service,
    },
    thousandths,
};
use crate::{
    cli::Place,
    clock::SystemClock,
    command::thrown_away::ThrownAway,
    config::Config,
    failure::{Failure, Kind},
    planner, simulate,
    terminal::answer,
};
use serde::Serialize;
use std::{path::Path, time::Duration};
use store::{Store, jobs::drain_bare};

/// How often each page is asked for; the first is not counted.
const TIMES: u32 = 100;
/// Of a hundred jobs, those that have ended and are kept for a while.
const ENDED: u32 = 90;
/// Whoever asks is at the machine.
const SETTINGS: &str = "[auth]\nsingle_listener = true\n";

/// What was measured. The names are a contract.
#[derive(Debug, Serialize)]
struct Figures {
    listeners: u32,
    jobs: u32,
    pages: Vec<Page>,
}

#[derive(Debug, Serialize)]
struct Page {
    /// With the names of what differs from run to run.
    path: String,
    p50_ms: f64,
    p95_ms: f64,
    bytes: u64,
}

pub async fn run(place: &Place, listeners: u32, jobs: u32, json: bool) -> Result<(), Failure> {
    let folder = ThrownAway::choose(place)?;
    let seeded = seed::seed(folder.folder()).await?;
    fill(folder.folder(), listeners, jobs).await?;
    let asked = tokio::task::spawn_blocking(move || {
        let pages = ask_for_all(folder.folder(), &seeded);
        drop(folder);
        pages
    });
    let pages = asked.await.map_err(|cause| Failure::new(Kind::Other, cause))??;
    show(&Figures { listeners, jobs, pages }, json)
}

/// Everybody else, their batch, and jobs of before and to come.
async fn fill(data_dir: &Path, listeners: u32, jobs: u32) -> Result<(), Failure> {
    let store = Store::open(&seed::database(data_dir)).await?;
    let ended = u32::try_from(u64::from(jobs) * u64::from(ENDED) / 100).unwrap_or(jobs);
    dispatch::enqueue(&store, ended).await?;
    drain_bare(&store, dispatch::BATCH, SystemClock.micros()).await?;
    dispatch::enqueue(&store, jobs - ended).await?;
    let due = plan::Due::in_an_hour()?;
    due.seed(&store, listeners).await?;
    let room = simulate::bare_room(store.clone(), &Config::default(), due.now)?;
    planner::tick(&room).await?;
    store.close().await;
    Ok(())
}

fn ask_for_all(data_dir: &Path, seeded: &Seeded) -> Result<Vec<Page>, Failure> {
    let settings = data_dir.join("bench.toml");
    std::fs::write(&settings, SETTINGS).map_err(|cause| Failure::new(Kind::Storage, cause))?;
    let service = Service::start(data_dir, Some(&settings))?;
    let client = Client::of(&service.address);
    PAGES.iter().map(|path| ask_for(&client, path, seeded)).collect()
}

fn ask_for(client: &Client, path: &str, seeded: &Seeded) -> Result<Page, Failure> {
    let failed = |cause: std::io::Error| Failure::new(Kind::Other, format!("{path} does not come: {cause}"));
    let known =
        path.replace("{feed}", &seeded.feed.to_string()).replace("{program}", &seeded.program.to_string());
    let ask = Ask::whole(&known);
    let bytes = client.once(&ask).map_err(failed)?.bytes;
    let mut took = client.one_by_one(&ask, TIMES).map_err(failed)?;
    took.sort_unstable();
    Ok(Page {
        path: path.to_owned(),
        p50_ms: percentile_ms(&took, 50),
        p95_ms: percentile_ms(&took, 95),
        bytes,
    })
}

fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let place = sorted.len().saturating_sub(1) * percent / 100;
    thousandths(sorted.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3)
}

fn show(figures: &Figures, json: bool) -> Result<(), Failure> {
    if json {
        return answer(serde_json::json!(figures));
    }
    for page in &figures.pages {
        let Page { path, p50_ms, p95_ms, bytes } = page;
        answer(format_args!(
            "{path:<28} half in {p50_ms:>7.1} ms, 95 % in {p95_ms:>7.1} ms   {bytes:>7} bytes"
        ))?;
    }
    Ok(())
}

const PAGES: [&str; 25] = [
    "/",
    "/programs",
    "/programs/{program}",
    "/feeds",
    "/feeds/{feed}",
    "/feeds/{feed}/sources",
    "/feeds/{feed}/filter",
    "/feeds/{feed}/sound",
    "/feeds/{feed}/podcast",
    "/settings",
    "/settings/plan",
    "/settings/notifications",
    "/settings/data",
    "/operate",
    "/operate/forecast",
    "/operate/batches",
    "/operate/dead",
    "/operate/jobs",
    "/operate/providers",
    "/operate/sources",
    "/operate/artifacts",
    "/operate/deliveries",
    "/operate/listeners",
    "/operate/audit",
    "/operate/health",
];
