//! Storage that is away, and storage that has lost what it had.

use super::{
    on_both,
    stage::{MINUTE, Stage},
};
use domain::Work;
use queue::{Job, Outcome};
use std::{fs, path::Path};

on_both!(
    a_media_folder_that_is_a_file_is_waited_for,
    a_media_folder_that_is_gone_is_waited_for,
    a_media_folder_that_is_empty_is_waited_for,
    objects_that_are_lost_are_made_again,
    objects_that_are_lost_before_their_programs_are_made_again,
);

async fn a_media_folder_that_is_a_file_is_waited_for(stage: Stage) {
    is_waited_for(stage, |media| fs::write(media, "no folder").unwrap()).await;
}

async fn a_media_folder_that_is_gone_is_waited_for(stage: Stage) {
    is_waited_for(stage, |_| {}).await;
}

/// As where a disk is not mounted.
async fn a_media_folder_that_is_empty_is_waited_for(stage: Stage) {
    is_waited_for(stage, |media| fs::create_dir(media).unwrap()).await;
}

/// It is away for five minutes, from the first narration on, with something else in its place.
async fn is_waited_for(mut stage: Stage, replace: fn(&Path)) {
    let elsewhere = stage.media.with_file_name("elsewhere");
    let mut away_until = None;
    let (mut waited, mut longest) = (0, 0);
    let work = async |stage: &mut Stage, job: Job<Work>| {
        if away_until.is_none() && matches!(job.work, Work::Narrate { .. }) {
            fs::rename(&stage.media, &elsewhere).unwrap();
            replace(&stage.media);
            away_until = Some(stage.now() + 5 * MINUTE);
        }
        if away_until.is_some_and(|until| stage.now() >= until) && elsewhere.exists() {
            let _ = fs::remove_file(&stage.media);
            // Nothing was written there meanwhile, or it is not empty.
            let _ = fs::remove_dir(&stage.media);
            assert!(!stage.media.exists());
            fs::rename(&elsewhere, &stage.media).unwrap();
        }
        let outcome = stage.handle(&job).await;
        if let (Work::Narrate { .. }, Outcome::Snooze(until)) = (&job.work, &outcome) {
            waited += 1;
            longest = longest.max(until - stage.now());
        }
        stage.settle(&job, &outcome).await;
    };
    stage.day(work).await;
    assert!(waited > 10, "{waited}: it was away");
    assert!(longest >= MINUTE / 2, "{longest} µs: who has waited for minutes asks more seldom");
    stage.check_day(1).await;
    let most = stage.booth.calls.most();
    assert!(most <= 2, "{most} calls: nobody makes again and again what cannot be kept");
}

/// Of an article, a phrase, a jingle: all objects.
fn lose(stage: &Stage) {
    for entry in fs::read_dir(&stage.media).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        }
    }
}

/// Every part of every program since is there.
async fn check_media(stage: &Stage, since: i64) {
    let media = &stage.room.narrator.shelf.media;
    let programs = stage.room.store.latest_programs(100).await.unwrap();
    let mut looked_at = 0;
    for program in programs.iter().filter(|program| program.visible_at >= since) {
        for part in &program.manifest.parts {
            assert!(media.holds(&part.media_key, part.bytes).await.unwrap(), "{part:?}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 0);
}

/// The phrases of every day are ready, it says in the database.
async fn objects_that_are_lost_are_made_again(mut stage: Stage) {
    stage.day(async |stage, job| stage.run(job).await).await;
    lose(&stage);
    let since = stage.now();
    // What was there a moment ago is not looked for again: another process has seen nothing.
    stage.room = stage.another().await;
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_day(2).await;
    check_media(&stage, since).await;
}

async fn objects_that_are_lost_before_their_programs_are_made_again(mut stage: Stage) {
    let mut lost = false;
    let work = async |stage: &mut Stage, job: Job<Work>| {
        if !lost && matches!(job.work, Work::Assemble { .. }) {
            lose(stage);
            lost = true;
        }
        stage.run(job).await;
    };
    stage.day(work).await;
    assert!(lost);
    stage.check_day(1).await;
    check_media(&stage, 0).await;
}
