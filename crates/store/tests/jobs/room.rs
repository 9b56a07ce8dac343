//! A worker that asks for room before it claims.

use crate::{
    harness::{NOW, Place, enqueue, jobs, on_both},
    working::{PATIENCE, settings, text},
};
use queue::{Context, Job, Outcome, Seeded, SetClock, State, Worker};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Semaphore, oneshot};

on_both!(without_room_nothing_is_claimed, as_many_run_as_there_is_room_for);

/// Gives it time to be asked so often.
async fn until_asked(asked: &AtomicU32, times: u32) {
    let asked_so_often = async {
        while asked.load(Ordering::SeqCst) < times {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked_so_often).await.expect("it asks again and again");
}

async fn without_room_nothing_is_claimed(Place { store, .. }: Place) {
    enqueue(&store, &jobs(40)).await;
    let asked = Arc::new(AtomicU32::new(0));
    let room = {
        let asked = asked.clone();
        move || {
            asked.fetch_add(1, Ordering::SeqCst);
            0
        }
    };
    let clock = Arc::new(SetClock::at(NOW));
    let worker = Worker::within(store.clone(), clock, Arc::new(Seeded::new(1)), settings("w"), |_| {}, room);
    let summary = worker.run(text, |_, _| async { Outcome::Done }, until_asked(&asked, 3)).await;
    assert_eq!(summary.recorded, 0);
    let counts = store.count_jobs().await.unwrap();
    assert!(matches!(&counts[..], [all] if (all.state, all.total, all.waiting) == (State::Available, 40, 0)));
    assert_eq!(store.count_attempts(0).await.unwrap(), [], "waiting for room writes nothing");
}

async fn as_many_run_as_there_is_room_for(Place { store, .. }: Place) {
    const JOBS: u32 = 12;
    enqueue(&store, &jobs(JOBS as usize)).await;
    let (running, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let ended = Arc::new(Semaphore::new(0));
    let handle = {
        let (most, ended) = (most.clone(), ended.clone());
        move |_: Job<String>, _: Context| {
            let (running, most, ended) = (running.clone(), most.clone(), ended.clone());
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(2)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                ended.add_permits(1);
                Outcome::Done
            }
        }
    };
    let clock = Arc::new(SetClock::at(NOW));
    let worker = Worker::within(store.clone(), clock, Arc::new(Seeded::new(1)), settings("w"), |_| {}, || 2);
    let (stop, stopped) = oneshot::channel::<()>();
    let work = tokio::spawn(worker.run(text, handle, async { drop(stopped.await) }));
    let all = tokio::time::timeout(PATIENCE, ended.acquire_many(JOBS)).await;
    assert!(all.is_ok(), "what there is no room for now is claimed later");
    drop(stop);
    assert_eq!(work.await.unwrap().recorded, u64::from(JOBS));
    assert!(most.load(Ordering::SeqCst) <= 2, "{most:?} at the same time");
}
