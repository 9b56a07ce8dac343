//! What the service's loops do with a room whose database is real and whose voice is a model.

use super::*;
use crate::{config::Queue, trials::stage::Stage};
use domain::{ArtifactKind, Recipe, Scope, Work, artifact::KeyBuilder};
use queue::{OnDuplicate, State};
use std::path::Path;

/// For what happens in moments.
const PATIENCE: Duration = Duration::from_secs(30);

async fn stage(folder: &Path) -> Stage {
    Stage::set(&format!("sqlite://{}/test.db", folder.display()), folder).await
}

async fn until(mut happened: impl AsyncFnMut() -> bool) {
    let waited = async {
        while !happened().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("it happens in moments");
}

#[tokio::test]
async fn without_room_no_narration_is_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path()).await;
    let full = Queue { memory_limit_mb: 1, ..Queue::default() };
    Arc::get_mut(&mut stage.room).unwrap().pressure = Pressure::new(&full, None);
    let room = stage.room.clone();
    let key = KeyBuilder::new(ArtifactKind::Jingle, Scope::Shared).finish();
    let work_of = Work::Narrate { key, recipe: Recipe::Jingle { name: "opening".into() } };
    let narrate = jobs::job(&work_of, "narrate:1".into(), queue::Lane(0), stage.now() + 1);
    room.store.enqueue(&[narrate], OnDuplicate::Keep, stage.now()).await.unwrap();
    let stop = Stop::new();
    let working = {
        let (room, stop) = (room.clone(), stop.clone());
        tokio::spawn(async move { work(room, &Config::default(), stop).await })
    };
    until(async || room.pressure.has_looked()).await;
    stop.now();
    working.await.unwrap();
    let states: Vec<_> = room.store.count_jobs().await.unwrap().iter().map(|one| one.state).collect();
    assert_eq!(states, [State::Available]);
    assert_eq!(
        room.store.count_attempts(0).await.unwrap(),
        [],
        "it waits, and nothing is written about that"
    );
}
