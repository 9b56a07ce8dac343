//! What the planner hands on: every occurrence to one selecting job.

use super::{
    on_both,
    stage::{NOW, Stage},
};
use domain::Work;
use std::sync::Arc;

on_both!(no_selecting_job_takes_what_is_another_s);

/// Chunks that are opened at one instant: their ids differ by chance alone.
async fn no_selecting_job_takes_what_is_another_s(mut stage: Stage) {
    for _ in 0..17 {
        stage.add_feed("Ann", 2, "07:00", "Etc/UTC").await;
    }
    Arc::get_mut(&mut stage.room).unwrap().rules.chunk = 5;
    stage.clock.set(NOW + super::stage::DAY);
    stage.tick().await;

    let mut ranges = Vec::new();
    while let Some(job) = stage.claim().await {
        if let Work::Select { first, last, .. } = job.work {
            ranges.push((first, last));
        }
    }
    ranges.sort_unstable();
    assert_eq!(ranges.len(), 4, "twenty feeds by five");
    assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges:?}");
}
