//! A request is one program, however often and by however many it is made.

use super::*;
use crate::{config::Config, jobs::Learning, service};
use domain::{
    Language, ListenerId, Schedule, Style,
    schedule::{Days, Standing},
    select::Filter,
};
use queue::{Entropy, Seeded, SetClock};
use store::{
    Store,
    feeds::Feed,
    listeners::{Listener, Role},
};

/// 2026-08-10T20:00:00Z: the next day in Tokyo.
const NOW: Micros = 1_786_392_000 * SECOND;

struct Parts {
    store: Store,
    rules: crate::jobs::Rules,
    learning: Learning,
    clock: SetClock,
    entropy: Seeded,
    _folder: tempfile::TempDir,
}

impl Parts {
    async fn new() -> (Self, FeedId) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let parts = Self {
            store,
            rules: service::rules(&Config::default()),
            learning: Learning::default(),
            clock: SetClock::at(NOW),
            entropy: Seeded::new(1),
            _folder: folder,
        };
        let feed = parts.feed().await;
        (parts, feed)
    }

    fn office(&self) -> Office<'_> {
        Office {
            store: &self.store,
            rules: &self.rules,
            learning: &self.learning,
            clock: &self.clock,
            entropy: &self.entropy,
        }
    }

    async fn feed(&self) -> FeedId {
        let chance = || [self.entropy.bits(), self.entropy.bits()];
        let zone: domain::schedule::Zone = "Asia/Tokyo".parse().unwrap();
        let listener = Listener {
            id: ListenerId::born(NOW, chance()),
            email: format!("{}@example.org", self.entropy.bits()),
            name: String::new(),
            role: Role::Listener,
            zone: zone.clone(),
            language: Language::Ja,
            plan: "unlimited".into(),
        };
        let feed = Feed {
            id: FeedId::born(NOW, chance()),
            listener: listener.id,
            name: "News".into(),
            language: Language::Ja,
            style: Style::Single,
            minutes: 5,
            max_articles: None,
            filter: Filter::everything(),
            schedule: Schedule::new(Days::DAILY, "07:00".parse().unwrap(), zone),
            external: None,
            standing: Standing::default(),
        };
        let mut tx = self.store.begin().await.unwrap();
        assert!(tx.add_listener(&listener, NOW).await.unwrap());
        tx.add_feed(&feed, NOW).await.unwrap();
        tx.commit().await.unwrap();
        feed.id
    }
}

#[tokio::test]
async fn it_is_a_batch_of_one_beside_the_daily_slot() {
    let (parts, feed) = Parts::new().await;
    let made = make_now(parts.office(), feed, "breakfast").await.unwrap();
    assert!(made.is_new && made.state == OccurrenceState::Open);
    assert_eq!(made.local_date.to_string(), "2026-08-11", "by the listener's clock");
    let batch = parts.store.batch(made.batch).await.unwrap().unwrap();
    assert_eq!((batch.ready_by, batch.opened_at, batch.planned_at), (NOW, NOW, Some(NOW)));
    assert!(batch.due_at >= NOW + LEAST);
    let keys = [format!("select:{0}:{0}", made.occurrence), format!("sweep:{}", made.batch)];
    for key in keys {
        assert!(parts.store.find_job(&key).await.unwrap().is_some(), "{key}");
    }
    assert_eq!(parts.store.slot_state(feed, made.local_date).await.unwrap(), None, "the slot is still free");
    let mut tx = parts.store.begin().await.unwrap();
    assert!(!tx.count_batch(made.batch, NOW).await.unwrap(), "no morning was promised, so none is late");
}

#[tokio::test]
async fn one_key_is_one_program_and_a_feeds_own() {
    let (parts, feed) = Parts::new().await;
    let first = make_now(parts.office(), feed, "k").await.unwrap();
    let again = make_now(parts.office(), feed, "k").await.unwrap();
    assert_eq!(again, Answer { is_new: false, ..first });
    assert!(make_now(parts.office(), feed, "other").await.unwrap().is_new);
    let neighbour = parts.feed().await;
    assert!(make_now(parts.office(), neighbour, "k").await.unwrap().is_new);

    let racing = (0..8).map(|_| make_now(parts.office(), feed, "race"));
    let answers: Vec<Answer> = futures::future::try_join_all(racing).await.unwrap();
    assert_eq!(answers.iter().filter(|answer| answer.is_new).count(), 1);
    assert!(answers.iter().all(|answer| answer.occurrence == answers[0].occurrence));
    let counts = parts.store.count_occurrences().await.unwrap();
    assert_eq!(counts, [(OccurrenceState::Open, 4)]);
}

#[tokio::test]
async fn what_is_no_feed_or_no_key_is_refused() {
    let (parts, feed) = Parts::new().await;
    let nobody = FeedId::born(NOW, [9, 9]);
    assert!(matches!(make_now(parts.office(), nobody, "k").await, Err(Refused::NoFeed(id)) if id == nobody));
    for key in [String::new(), "k".repeat(MOST_KEY + 1)] {
        assert!(matches!(make_now(parts.office(), feed, &key).await, Err(Refused::BadKey)));
    }
    assert!(make_now(parts.office(), feed, &"鍵".repeat(MOST_KEY)).await.unwrap().is_new);
}
