//! What the planner remembers from tick to tick.

use super::*;
use crate::{
    jobs::Plan,
    planner::{Ticked, tick},
    trials::stage::{HOUR, MINUTE, Stage},
};
use queue::Lane;

/// Of one minute's feeds, some have a plan that wants fresher news than the others.
#[tokio::test]
async fn feeds_that_wait_for_fresher_news_do_not_make_every_tick_look_anew() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/test.db", folder.path().display());
    let mut stage = Stage::set(&url, folder.path()).await;
    let fresh = Plan { lane: Lane(0), freshness: SignedDuration::from_mins(10) };
    Arc::get_mut(&mut stage.room).unwrap().rules.plans.insert("fresh".into(), fresh);
    let room = stage.room.clone();
    let mut tx = room.store.begin().await.unwrap();
    assert!(tx.set_plan(stage.feeds[0].listener, "fresh").await.unwrap());
    tx.commit().await.unwrap();
    let seen_at = || room.lookout.lock().as_ref().map(|seen| seen.at);
    let began = stage.next_morning() - HOUR;
    stage.clock.set(began);
    assert_eq!(tick(&room).await.unwrap(), Ticked { opened: 2, missed: 0 });
    assert_eq!(seen_at(), None, "what was opened has changed what is to come");
    for seconds in [1, 5, 20] {
        stage.clock.set(began + seconds * SECOND);
        assert_eq!(tick(&room).await.unwrap(), Ticked::default());
        assert_eq!(seen_at(), Some(began + SECOND), "it was seen {seconds} s ago");
    }
    stage.clock.set(began + 50 * MINUTE);
    assert_eq!(tick(&room).await.unwrap(), Ticked { opened: 1, missed: 0 });
}

/// A batch that is given more time has promised no less.
#[tokio::test]
async fn what_is_late_is_told_by_what_was_promised() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/test.db", folder.path().display());
    let stage = Stage::set(&url, folder.path()).await;
    let room = stage.room.clone();
    let morning = stage.next_morning();
    stage.clock.set(morning - HOUR);
    assert_eq!(tick(&room).await.unwrap(), Ticked { opened: 3, missed: 0 });
    let outlooks = Outlooks::look(&room, morning - HOUR).await.unwrap();
    assert_eq!(outlooks.late_within(morning), 0);

    let batch = room.store.unclosed_batches(1).await.unwrap().remove(0);
    let mut tx = room.store.begin().await.unwrap();
    assert!(tx.extend_batch(batch.id, morning + 3 * HOUR).await.unwrap());
    tx.commit().await.unwrap();
    stage.clock.set(morning + MINUTE);
    let outlooks = Outlooks::look(&room, morning + MINUTE).await.unwrap();
    assert_eq!(outlooks.late_within(morning + MINUTE), 3);
    assert_eq!(outlooks.late_within(morning - MINUTE), 0, "nothing was promised by then");
}
