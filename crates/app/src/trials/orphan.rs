//! An artifact whose job is gone: it was the end of its process again and again, or was lost between two who wanted it.

use super::{
    on_both,
    poison::take_back,
    stage::{SECOND, Stage},
};
use domain::{ArtifactKey, Recipe, Work};
use queue::{Job, Outcome, State};
use std::sync::Arc;
use store::artifacts::Standing;
use studio::{japanese::Japanese, writer::Extractive};

on_both!(
    what_brings_its_process_down_is_left_alone_for_some_time,
    what_brings_its_process_down_is_made_by_the_plain_ones_at_last,
    what_was_lost_has_a_job_again,
);

/// Longer than a lease.
const OVER: i64 = 31 * SECOND;

/// The first article that is narrated.
#[derive(Default)]
struct First(Option<ArtifactKey>);

impl First {
    fn is_of(&mut self, job: &Job<Work>) -> bool {
        match &job.work {
            Work::Narrate { key, recipe: Recipe::Segment { .. } } => *self.0.get_or_insert(*key) == *key,
            _ => false,
        }
    }

    async fn standing(&self, stage: &Stage) -> Option<Standing> {
        let key = self.0.expect("an article was narrated");
        stage.room.store.standings(&[key]).await.unwrap().remove(&key)
    }
}

/// Its process is gone; how often that was is counted.
async fn fall(stage: &Stage, falls: &mut u32) {
    *falls += 1;
    stage.clock.advance(OVER);
    take_back(stage).await;
}

async fn dead(stage: &Stage) -> u64 {
    let jobs = stage.room.store.count_jobs().await.unwrap();
    jobs.iter().filter(|count| count.state == State::Dead).map(|count| count.total).sum()
}

async fn what_brings_its_process_down_is_left_alone_for_some_time(mut stage: Stage) {
    let (mut poison, mut falls) = (First::default(), 0);
    let work = async |stage: &mut Stage, job: Job<Work>| match poison.is_of(&job) {
        true => fall(stage, &mut falls).await,
        false => stage.run(job).await,
    };
    stage.day(work).await;
    stage.check_programs(1).await;
    assert_eq!((falls, dead(&stage).await), (stage.room.rules.policies.crashes, 1));
    let standing = poison.standing(&stage).await;
    let now = stage.now();
    assert!(
        matches!(standing, Some(Standing::Failed { retry_after, instead: None }) if retry_after > now),
        "{standing:?}"
    );
}

async fn what_brings_its_process_down_is_made_by_the_plain_ones_at_last(mut stage: Stage) {
    let mut plain = stage.room.narrator.clone();
    plain.keys.writer = Arc::new(Extractive::new(Japanese::lazy(&stage.media)));
    Arc::get_mut(&mut stage.room).unwrap().plain = Some(plain);
    let last_but_one = stage.room.rules.policies.crashes - 1;
    let (mut poison, mut falls) = (First::default(), 0);
    let work = async |stage: &mut Stage, job: Job<Work>| match poison.is_of(&job) && falls < last_but_one {
        true => fall(stage, &mut falls).await,
        false => stage.run(job).await,
    };
    stage.day(work).await;
    stage.check_programs(1).await;
    let standing = poison.standing(&stage).await;
    assert!(matches!(standing, Some(Standing::Failed { instead: Some(_), .. })), "{standing:?}");
    assert_eq!(dead(&stage).await, 1, "and an operator can read of it");
}

async fn what_was_lost_has_a_job_again(mut stage: Stage) {
    let mut lost = 0;
    let work = async |stage: &mut Stage, job: Job<Work>| match &job.work {
        // Whoever ran it found that nobody wants it, at the moment when somebody began to.
        Work::Narrate { .. } if lost < 5 => {
            lost += 1;
            assert!(stage.settle(&job, &Outcome::Skip("nobody waits for it any more".into())).await);
        }
        _ => stage.run(job).await,
    };
    stage.day(work).await;
    stage.check_day(1).await;
    assert_eq!((lost, stage.booth.calls.most()), (5, 1));
    let programs = stage.room.store.latest_programs(10).await.unwrap();
    let reasons: Vec<_> = programs.iter().filter_map(|program| program.reason.as_ref()).collect();
    assert!(reasons.is_empty(), "{reasons:?}");
}
