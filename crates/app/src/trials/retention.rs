//! What is over goes with its sound; what is needed stays, and what is needed again is made again.

use super::{
    on_both,
    stage::{DAY, HOUR, Stage},
};
use crate::{
    config::Retention,
    retention::{Swept, bounds, sweep},
};
use std::path::Path;

on_both!(sound_goes_when_its_programs_are_over_and_is_made_again_when_it_is_needed);

async fn swept(stage: &Stage) -> Swept {
    let bounds = bounds(&Retention::default(), stage.now());
    sweep(&stage.room.store, &stage.room.narrator.shelf.media, &bounds).await.unwrap()
}

fn objects(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let is_object = |path: &Path| !path.ends_with("mimiyori-media");
    let count =
        |path: std::path::PathBuf| if path.is_dir() { objects(&path) } else { usize::from(is_object(&path)) };
    entries.map(|entry| count(entry.unwrap().path())).sum()
}

async fn sound_goes_when_its_programs_are_over_and_is_made_again_when_it_is_needed(mut stage: Stage) {
    stage.day(async |stage, job| stage.run(job).await).await;
    let made = objects(&stage.media);
    assert!(made > 3, "{made} objects");
    // Spares that nobody came to need go early; what can be heard stays whole.
    stage.clock.set(stage.now() + 29 * DAY);
    assert_eq!(swept(&stage).await.programs, 0);
    stage.clock.set(stage.now() + 2 * HOUR);
    swept(&stage).await;
    assert!(objects(&stage.media) < made);
    let programs = stage.room.store.latest_programs(3).await.unwrap();
    let parts = programs.iter().flat_map(|program| &program.manifest.parts);
    let parts = parts.map(|part| (part.media_key.clone(), part.bytes)).collect();
    let gone = stage.room.narrator.shelf.media.gone(parts).await.unwrap();
    assert!(gone.is_empty(), "{gone:?}");
    let kept = objects(&stage.media);
    stage.clock.set(stage.now() + 3 * DAY);
    let went = swept(&stage).await;
    assert_eq!((went.programs, went.objects), (3, 0), "rows go first");
    assert_eq!(objects(&stage.media), kept);
    stage.clock.set(stage.now() + 2 * HOUR);
    assert_eq!(swept(&stage).await.objects, kept as u64);
    assert_eq!((swept(&stage).await.total(), objects(&stage.media)), (0, 0));
    // Phrases and jingles are the same as ever.
    stage.tick().await;
    stage.day(async |stage, job| stage.run(job).await).await;
    let morning = stage.next_morning() - DAY;
    let programs = stage.room.store.latest_programs(3).await.unwrap();
    assert!(programs.iter().all(|program| program.visible_at > morning - DAY), "{programs:?}");
    assert!(objects(&stage.media) > 3);
    stage.check().await;
    // A program that was over for long is forgotten, with its occurrence.
    stage.clock.set(stage.now() + 61 * DAY);
    assert!(swept(&stage).await.records >= 3);
}
