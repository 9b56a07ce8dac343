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
