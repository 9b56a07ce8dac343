//! How many calls of one provider go through its row: nodes that each have so many callers, whose calls take
//! no time, draw for all of them at once, as fast as the database lets them.
//!
//! `cargo run --release --package mimiyori-store --example provider_calls [-- postgres://…]`
#![expect(clippy::print_stdout, reason = "its table is what it is for")]

use domain::{
    CallId,
    provider::{Answer, Operation, Settings, Units},
};
use queue::{Entropy, Lane, Seeded};
use std::time::{Duration, Instant};
use store::{
    Store,
    ledger::{Ask, Draw, Settlement},
};

const FOR: Duration = Duration::from_secs(3);
const NOW: i64 = 1_795_608_000_000_000;
const PROVIDER: &str = "bench";

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let given = std::env::args().nth(1);
    println!("{:>6} {:>8} {:>10} {:>10}", "nodes", "callers", "draws/s", "calls/s");
    for (nodes, callers) in [(1, 1), (1, 8), (1, 64), (4, 1), (4, 8), (4, 64)] {
        let folder = tempfile::tempdir()?;
        let url = given.clone().unwrap_or_else(|| format!("sqlite://{}/bench.db", folder.path().display()));
        let draws = measure(&url, nodes, callers).await? as f64 / FOR.as_secs_f64();
        println!("{nodes:>6} {callers:>8} {draws:>10.0} {:>10.0}", draws * f64::from(callers));
    }
    Ok(())
}

/// Draws of all nodes together.
async fn measure(url: &str, nodes: u32, callers: u32) -> Outcome<u64> {
    let mut running = Vec::new();
    for node in 0..nodes {
        let store = Store::open(url).await?;
        let settings = Settings { daily_budget_micro_usd: u64::MAX, ..Settings::default() };
        store.configure_provider(PROVIDER, &settings).await?;
        // Another one for every node of every run.
        let seed = [std::process::id(), nodes, callers, node]
            .into_iter()
            .fold(0, |seed: u64, part| seed.wrapping_mul(1_000_003).wrapping_add(part.into()));
        running.push(tokio::spawn(work(store, Seeded::new(seed), format!("node {node}"), callers)));
    }
    let mut draws = 0;
    for node in running {
        draws += node.await??;
    }
    Ok(draws)
}

async fn work(store: Store, entropy: Seeded, owner: String, callers: u32) -> Result<u64, store::StoreError> {
    let (mut settlements, mut draws) = (Vec::new(), 0);
    let began = Instant::now();
    while began.elapsed() < FOR {
        let asks: Vec<Ask> = (0..callers).map(|_| ask(&entropy)).collect();
        store.draw_calls(&draw(&owner, &settlements, &asks)).await?;
        settlements =
            asks.iter().map(|ask| Settlement { id: ask.id, answer: Answer::Answered(None) }).collect();
        draws += 1;
    }
    store.draw_calls(&draw(&owner, &settlements, &[])).await?;
    store.close().await;
    Ok(draws)
}

fn draw<'a>(owner: &'a str, settlements: &'a [Settlement], asks: &'a [Ask]) -> Draw<'a> {
    Draw { provider: PROVIDER, owner, settlements, asks, now: NOW, lease_until: NOW + 60_000_000 }
}

fn ask(entropy: &Seeded) -> Ask {
    Ask {
        id: CallId::born(NOW, [entropy.bits(), entropy.bits()]),
        operation: Operation::Speak,
        lane: Lane(0),
        units: Some(Units { requests: 1, characters: 100, ..Units::default() }),
        artifact: None,
        job: None,
    }
}
