//! kill -9 at seeded random moments: two processes work and plan, are killed, and others take their places.
//!
//! `MIMIYORI_ROUNDS` says how many rounds, `MIMIYORI_LANES` how many of them at a time, `MIMIYORI_SEED` with which
//! seed they begin; every round prints its own.

use crate::{
    house::{House, LEASE},
    process::Process,
    provider::Provider,
};
use futures::{StreamExt, stream};
use queue::{Entropy, Seeded};
use std::time::{Duration, Instant};

const LISTENERS: usize = 6;
/// A job that is killed three times is taken for the cause: two of these may hit the same one.
const KILLS: usize = 2;
/// From the end of a lease until somebody has taken the job back.
const TAKEN_BACK: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_are_killed_on_sqlite() {
    rounds(async |seed| round(House::on_sqlite(LISTENERS, Provider::slow()).await, seed).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_are_killed_on_postgres() {
    rounds(async |seed| round(House::on_postgres(LISTENERS, Provider::slow()).await, seed).await).await;
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// They wait most of the time: some may go on side by side.
async fn rounds(round: impl AsyncFn(u64)) {
    let first = number("MIMIYORI_SEED").unwrap_or_else(|| crate::house::now().cast_unsigned() % 1_000_000);
    let seeds = first..first + number("MIMIYORI_ROUNDS").unwrap_or(2);
    let lanes = usize::try_from(number("MIMIYORI_LANES").unwrap_or(1)).unwrap();
    stream::iter(seeds).for_each_concurrent(lanes, |seed| round(seed)).await;
}

async fn round(house: House, seed: u64) {
    let chance = Seeded::new(seed);
    eprintln!("round with seed {seed}");
    let began = Instant::now();
    let mut processes: Vec<Process> = vec![house.serve(), house.serve()];
    let mut worst = Duration::ZERO;
    for _ in 0..KILLS {
        let pause = Duration::from_secs_f64(0.2 + chance.fraction() * 2.0);
        let until = Instant::now() + pause;
        while Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let at = (chance.bits() % processes.len() as u64) as usize;
        processes.swap_remove(at).kill();
        processes.push(house.serve());
    }
    let killed = Instant::now();
    // The other process has not stopped, so it takes over within a lease and a little.
    while house.published().await < house.listeners && killed.elapsed() < LEASE * 4 {
        worst = worst.max(house.overdue().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    house.all_is_done(&processes.iter().collect::<Vec<_>>()).await;
    house.check().await;
    eprintln!(
        "seed {seed}: done in {:.1} s, a lease was over for at most {worst:?}",
        began.elapsed().as_secs_f64()
    );
    assert!(worst <= TAKEN_BACK, "seed {seed}: a lease was over for {worst:?} and nobody took the job");
    // A job that was killed on its way is paid for again, once for each kill at most.
    let (most, work) = house.provider.most_done();
    assert!(most as usize <= 1 + KILLS, "seed {seed}: {work:?} was done {most} times");
    // One that was started just now may not listen to signals yet.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for process in processes {
        assert_eq!(process.stop(), Some(0), "seed {seed}: it stops in good order");
    }
    house.leave().await;
}
