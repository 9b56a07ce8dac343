//! Every message is delivered twice: one after the other, at the same time, or one in the midst of the other.

use super::{
    dropped::Dropped,
    on_both,
    stage::{Planner, Stage, handle_in},
};
use domain::Work;
use futures::future::{Either, select};
use queue::Job;
use std::{pin::pin, time::Duration};

on_both!(
    one_after_the_other,
    two_nodes_at_the_same_time,
    one_job_in_the_midst_of_another,
    two_planners_at_the_same_time,
);

async fn one_after_the_other(mut stage: Stage) {
    let work = async |stage: &mut Stage, job: Job<Work>| {
        stage.handle(&job).await;
        stage.run(job).await;
    };
    for day in 1..=2 {
        stage.day(work).await;
        stage.check_day(day).await;
    }
    assert_eq!((stage.writer.calls.most(), stage.booth.calls.most()), (1, 1), "nothing is made twice");
}

async fn two_nodes_at_the_same_time(mut stage: Stage) {
    let other = stage.another().await;
    stage.planner = Planner::Two(other.clone());
    let work = async |stage: &mut Stage, job: Job<Work>| {
        let (outcome, _) = tokio::join!(stage.handle(&job), handle_in(&other, &job));
        stage.settle(&job, &outcome).await;
    };
    for day in 1..=3 {
        stage.day(work).await;
        stage.check_day(day).await;
    }
    assert_eq!((stage.writer.calls.most(), stage.booth.calls.most()), (1, 1), "nothing is made twice");
    other.store.close().await;
}

/// A day for each step: each job stops there, others run to their ends, and then it goes on.
async fn one_job_in_the_midst_of_another(mut stage: Stage) {
    let mut day = 0;
    let stride = if super::is_long() { 1 } else { 9 };
    for polls in (1..=8).chain((9..400).step_by(stride)) {
        day += 1;
        let mut stopped = 0;
        let work = async |stage: &mut Stage, job: Job<Work>| {
            let mut first = stage.handle(&job);
            let outcome = match Dropped::after(polls, &mut first).await {
                Some(outcome) => outcome,
                None => {
                    stopped += 1;
                    let between = pin!(run_one(stage));
                    // It may wait for what the first holds: then both go on together.
                    let patience = tokio::time::sleep(Duration::from_millis(100));
                    match select(between, pin!(patience)).await {
                        Either::Left(_) => first.await,
                        Either::Right(((), between)) => tokio::join!(first, between).0,
                    }
                }
            };
            stage.settle(&job, &outcome).await;
        };
        stage.day(work).await;
        stage.check_day(day).await;
        eprintln!("step {polls}: {stopped} jobs stopped");
        if stopped == 0 {
            break;
        }
    }
    assert_eq!((stage.writer.calls.most(), stage.booth.calls.most()), (1, 1), "nothing is made twice");
}

async fn run_one(stage: &Stage) {
    if let Some(job) = stage.claim().await {
        stage.run(job).await;
    }
}

async fn two_planners_at_the_same_time(mut stage: Stage) {
    let other = stage.another().await;
    stage.planner = Planner::Two(other.clone());
    for _ in 0..40 {
        stage.add_feed("", 2, "07:00", "Etc/UTC").await;
    }
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_day(1).await;
    other.store.close().await;
}
