//! A listener, a feed whose programs somebody else makes, and one occurrence of it, selected.

use domain::{
    BatchId, FeedId, Language, ListenerId, OccurrenceId, Schedule, Selection, Style,
    external::Generator,
    schedule::{Days, Standing},
    select::Filter,
};
use store::{
    Store,
    batches::Batch,
    feeds::Feed,
    listeners::{Listener, Role},
    occurrences::{Chosen, NewOccurrence},
};

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;

/// Due in an hour.
pub async fn seed(store: &Store, generator: &Generator, now: i64) -> OccurrenceId {
    let zone: domain::schedule::Zone = "Asia/Tokyo".parse().unwrap();
    let listener = Listener {
        id: ListenerId::born(now, [1, 1]),
        email: "a@example.org".into(),
        name: "Aki".into(),
        role: Role::Listener,
        zone: zone.clone(),
        language: Language::Ja,
        plan: "unlimited".into(),
    };
    let feed = Feed {
        id: FeedId::born(now, [2, 2]),
        listener: listener.id,
        name: "朝の技術".into(),
        language: Language::Ja,
        style: Style::Single,
        minutes: 2,
        max_articles: None,
        filter: Filter::everything(),
        // Nothing else is planned for it.
        schedule: Schedule {
            paused_since: Some(jiff::Timestamp::UNIX_EPOCH),
            ..Schedule::new("daily".parse::<Days>().unwrap(), "07:00".parse().unwrap(), zone)
        },
        external: Some(serde_json::to_string(generator).unwrap()),
        standing: Standing::default(),
    };
    let batch = Batch {
        id: BatchId::born(now, [3, 3]),
        ready_by: now + HOUR,
        request: None,
        due_at: now + HOUR,
        opened_at: now,
        predicted_ms: 1_000,
        planned_at: None,
        counted_at: None,
        closed_at: None,
    };
    let occurrence = OccurrenceId::born(now, [4, 4]);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.add_listener(&listener, now).await.unwrap());
    tx.add_feed(&feed, now).await.unwrap();
    let new = NewOccurrence {
        id: occurrence,
        feed: feed.id,
        listener: listener.id,
        batch: tx.open_batch(&batch).await.unwrap(),
        local_date: "2026-11-25".parse().unwrap(),
        request: None,
        lane: 0,
        ready_by: now + HOUR,
        missed: None,
    };
    assert_eq!(tx.open_occurrences(&[new], now).await.unwrap(), 1);
    let chosen = Chosen { id: occurrence, selection: Selection::default(), released_at: Some(now) };
    assert_eq!(tx.select_occurrences(&[chosen]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    occurrence
}
