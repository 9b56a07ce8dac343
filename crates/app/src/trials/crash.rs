//! A process that dies at any point: what it was at is dropped there, and done again by another.

use super::{
    dropped::Dropped,
    on_both,
    stage::{Planner, SECOND, Stage},
};
use domain::Work;
use queue::Job;

on_both!(nothing_happens, every_job_may_die_at_every_step_in_turn, every_job_may_die_once_at_the_same_step,);

/// Longer than the lease under which an artifact is made.
const OVER: i64 = 11 * SECOND;

/// Days as they are meant to be: what the other trials are measured by.
async fn nothing_happens(mut stage: Stage) {
    for day in 1..=2 {
        stage.day(async |stage, job| stage.run(job).await).await;
        stage.check_day(day).await;
    }
    assert_eq!((stage.writer.calls.most(), stage.booth.calls.most()), (1, 1), "nothing is made twice");
}

/// Runs until it was dropped; whether it was.
async fn dies_after(stage: &Stage, job: &Job<Work>, polls: u32) -> bool {
    match Dropped::after(polls, stage.handle(job)).await {
        Some(outcome) => {
            stage.settle(job, &outcome).await;
            false
        }
        None => {
            if matches!(job.work, Work::Narrate { .. }) {
                // Its artifact is in the making of nobody now.
                stage.clock.advance(OVER);
            }
            true
        }
    }
}

/// Each job, and each tick, is dropped at its first step, then at its second, until it comes to its end.
async fn every_job_may_die_at_every_step_in_turn(mut stage: Stage) {
    stage.planner = Planner::DroppedEverywhere;
    let work = async |stage: &mut Stage, job: Job<Work>| {
        let mut polls = 1;
        while dies_after(stage, &job, polls).await {
            polls += 1;
        }
    };
    stage.day(work).await;
    stage.check_day(1).await;
}

/// A day for each step at which one may die: each job is dropped there once, and then goes through whole. So every
/// step is met by a first run as well as by one that finds half of it done.
async fn every_job_may_die_once_at_the_same_step(mut stage: Stage) {
    let mut day = 0;
    for polls in steps() {
        day += 1;
        stage.planner = Planner::DroppedOnce(polls);
        let mut died = 0;
        let work = async |stage: &mut Stage, job: Job<Work>| {
            if dies_after(stage, &job, polls).await {
                died += 1;
                stage.run(job).await;
            }
        };
        stage.day(work).await;
        stage.check_day(day).await;
        eprintln!("step {polls}: {died} jobs died");
        if died == 0 {
            break;
        }
    }
    assert!(
        stage.writer.calls.most() <= 2 && stage.booth.calls.most() <= 2,
        "a crash pays for one call more"
    );
}

/// All of them, or in a short run those that matter most and some.
fn steps() -> impl Iterator<Item = u32> {
    let stride = if super::is_long() { 1 } else { 9 };
    (1..=8).chain((9..500).step_by(stride))
}
