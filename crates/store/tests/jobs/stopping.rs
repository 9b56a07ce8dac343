//! How a worker lets go: of all its jobs when it is stopped, of one when its lease is lost.

use crate::{
    harness::{KIND, NOW, Place, claim, enqueue, job, jobs, on_both},
    working::{PATIENCE, heard, settings, text, worker},
};
use queue::{
    Context, Job, JobStore, NewJob, Outcome, SetClock, State, WorkerSettings,
    worker::{Notice, Summary},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, Semaphore, oneshot};

on_both!(a_stop_gives_back_what_does_not_end, a_stop_lets_short_jobs_finish, a_lost_lease_stops_its_handler,);

async fn a_stop_gives_back_what_does_not_end(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(2)).await;
    let clock = SetClock::at(NOW);
    let begun = Arc::new(Semaphore::new(0));
    let handle = {
        let begun = begun.clone();
        move |_: Job<String>, _: Context| {
            begun.add_permits(1);
            std::future::pending::<Outcome>()
        }
    };
    let settings = WorkerSettings { grace: Duration::ZERO, ..settings("stopping") };
    let stop = async { drop(begun.acquire_many(2).await) };
    let summary = worker(&store, &clock, settings).run(text, handle, stop).await;
    assert_eq!(summary, Summary { recorded: 2, lost: 0, given_back: 2 });
    assert_eq!(claim(&store, 9, NOW).await.len(), 2, "others have them at once");
}

async fn a_stop_lets_short_jobs_finish(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(5)).await;
    let begun = Arc::new(Notify::new());
    let handle = {
        let begun = begun.clone();
        move |_: Job<String>, context: Context| {
            begun.notify_one();
            async move {
                while !context.is_stopping() {
                    tokio::task::yield_now().await;
                }
                Outcome::Done
            }
        }
    };
    // One slot: four of the five are never begun.
    let settings = WorkerSettings { slots: 1, ..settings("stopping") };
    let summary = worker(&store, &SetClock::at(NOW), settings).run(text, handle, begun.notified()).await;
    assert_eq!(summary, Summary { recorded: 1, lost: 0, given_back: 0 });
    assert_eq!(claim(&store, 9, NOW).await.len(), 4);
}

async fn a_lost_lease_stops_its_handler(place: Place) {
    struct Dropped(Arc<Notify>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let Place { store, .. } = place;
    let keyed = NewJob { key: Some("long".into()), ..job("long") };
    enqueue(&store, &[keyed]).await;
    let (begun, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handle = {
        let (begun, dropped) = (begun.clone(), dropped.clone());
        move |_: Job<String>, _: Context| {
            let guard = Dropped(dropped.clone());
            begun.notify_one();
            async move {
                let _guard = guard;
                std::future::pending::<Outcome>().await
            }
        }
    };
    // Its clock runs ahead, so that every beat finds the lease in need.
    let clock = SetClock::at(NOW);
    let settings = WorkerSettings { lease: Duration::from_millis(90), ..settings("robbed") };
    let (stop, stopped) = oneshot::channel::<()>();
    let told = Arc::new(Semaphore::new(0));
    let tell = {
        let told = told.clone();
        move |notice: Notice<'_>| {
            if let Notice::LeaseLost { kind, .. } = notice {
                assert_eq!(*kind, KIND);
                told.add_permits(1);
            }
        }
    };
    let worker = heard(&store, &clock, settings, tell);
    let work = tokio::spawn(worker.run(text, handle, async { drop(stopped.await) }));
    tokio::time::timeout(PATIENCE, begun.notified()).await.unwrap();
    let (id, _) = store.find_job("long").await.unwrap().unwrap();
    store.cancel(&[id], NOW).await.unwrap();
    clock.advance(40_000);
    tokio::time::timeout(PATIENCE, dropped.notified()).await.unwrap();
    drop(stop);
    assert_eq!(work.await.unwrap(), Summary::default());
    assert_eq!(told.available_permits(), 1);
    assert_eq!(store.job_state(id).await.unwrap(), Some(State::Cancelled));
}
