//! A listener's own dictionary: what it changes is made for who has such words, and nothing else.

use super::{on_both, stage::Stage};
use domain::{ArtifactKey, Language, ListenerId, ReadingId, SegmentKind};
use std::collections::BTreeSet;
use store::hearing::ReadingRow;

/// In the text of every article of the stage.
const WORD: &str = "people";

on_both!(a_word_is_said_as_its_listener_wants, a_word_that_nobody_says_changes_nothing);

async fn put(stage: &Stage, listener: ListenerId, surface: &str) {
    let row = ReadingRow {
        id: ReadingId::born(stage.now(), stage.room.chance()),
        language: Language::En,
        surface: surface.into(),
        reading: "as I say".into(),
    };
    let mut tx = stage.room.store.begin().await.unwrap();
    tx.put_reading(listener, &row, stage.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The artifacts of what a listener was told.
async fn told(stage: &Stage, listener: ListenerId) -> BTreeSet<ArtifactKey> {
    let programs = stage.room.store.latest_programs(100).await.unwrap();
    let program = programs.into_iter().find(|program| program.listener == listener).unwrap();
    let parts = program.document.segments.iter().zip(&program.parts);
    parts.filter(|(segment, _)| segment.kind == SegmentKind::Article).map(|(_, key)| *key).collect()
}

async fn a_word_is_said_as_its_listener_wants(mut stage: Stage) {
    let [ann, ben] = [stage.feeds[0].listener, stage.feeds[1].listener];
    put(&stage, ann, WORD).await;
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_day(1).await;
    let (of_ann, of_ben) = (told(&stage, ann).await, told(&stage, ben).await);
    assert_eq!(of_ann.len(), of_ben.len());
    assert!(of_ann.is_disjoint(&of_ben), "each says it in another way");
    assert!(stage.booth.own.most() == 1 && stage.booth.calls.most() <= 2, "once for each way");
}

async fn a_word_that_nobody_says_changes_nothing(mut stage: Stage) {
    let [ann, ben] = [stage.feeds[0].listener, stage.feeds[1].listener];
    put(&stage, ann, "xylophonist").await;
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_day(1).await;
    assert_eq!(told(&stage, ann).await, told(&stage, ben).await);
    assert_eq!((stage.booth.own.most(), stage.booth.calls.most()), (0, 1));
}
