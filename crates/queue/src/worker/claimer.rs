//! Fills free slots.

use super::{Free, Notice, Shared, Stage};
use crate::{Claim, Job, JobStore, Lanes};
use std::time::Duration;
use tokio::{sync::watch, time::Instant};

/// How long handlers get to hear that they are given back.
const LEAVING: Duration = Duration::from_secs(1);

/// Claims and starts jobs until `stop` resolves.
pub(super) async fn run<S: JobStore>(
    shared: &Shared<S>,
    start: impl Fn(Job<String>),
    stop: impl Future<Output = ()>,
) {
    let mut stop = std::pin::pin!(stop);
    let mut bell = shared.store.bell().listen();
    let mut lanes = Lanes::new(shared.settings.lanes.iter().copied());
    let mut failures = 0;
    loop {
        let free = match shared.free() {
            Free::Slots(free) => free,
            Free::Full => tokio::select! {
                () = shared.hand.eased.notified() => continue,
                () = &mut stop => return,
            },
            // Nobody tells when there is room again.
            Free::NoRoom => tokio::select! {
                () = shared.hand.eased.notified() => continue,
                () = tokio::time::sleep(shared.settings.poll) => continue,
                () = &mut stop => return,
            },
        };
        // A claim is never dropped half way: what it leased would be nobody's until the lease ends.
        let found = claim(shared, &mut lanes, free, &start).await;
        let wait = async {
            match found {
                Ok(0) => tokio::select! {
                    () = bell.rung() => {}
                    // A slot that frees up may lift a limit.
                    () = shared.hand.eased.notified() => {}
                    () = tokio::time::sleep(shared.settings.poll) => {}
                },
                Ok(_) => failures = 0,
                Err(()) => {
                    failures += 1;
                    shared.back_off(failures).await;
                }
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => return,
            () = wait => {}
        }
    }
}

async fn claim<S: JobStore>(
    shared: &Shared<S>,
    lanes: &mut Lanes,
    free: u32,
    start: &impl Fn(Job<String>),
) -> Result<usize, ()> {
    let now = shared.clock.now();
    let claim = Claim {
        owner: shared.settings.owner.clone(),
        kinds: shared.settings.kinds.clone(),
        offers: lanes.offers(free),
        free,
        now,
        lease_until: shared.lease_until(now),
    };
    let asked = Instant::now();
    let jobs = match shared.store.claim(&claim).await {
        Ok(jobs) => jobs,
        Err(error) => {
            (shared.tell)(Notice::Trouble { doing: "claim jobs", error: &error });
            return Err(());
        }
    };
    (shared.tell)(Notice::Claimed { jobs: jobs.len(), took: asked.elapsed() });
    lanes.book(free, &claim.offers, jobs.iter().map(|job| job.lane));
    let count = jobs.len();
    for job in jobs {
        shared.hand.take(job.ticket, job.kind.clone(), claim.lease_until);
        start(job);
    }
    (shared.tell)(Notice::Busy { slots: shared.hand.running() });
    Ok(count)
}

/// Lets running jobs finish within the grace, then has the rest given back.
pub(super) async fn wind_up<S: JobStore>(shared: &Shared<S>, stage: &watch::Sender<Stage>) {
    stage.send_replace(Stage::Stopping);
    let _ = tokio::time::timeout(shared.settings.grace, idle(shared)).await;
    stage.send_replace(Stage::Leaving);
    let _ = tokio::time::timeout(LEAVING, idle(shared)).await;
}

async fn idle<S: JobStore>(shared: &Shared<S>) {
    while shared.hand.running() > 0 {
        shared.hand.eased.notified().await;
    }
}
