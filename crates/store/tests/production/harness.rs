//! Throw-away stores with listeners whose programs are due tomorrow morning, and the steps of production.

use domain::{
    Article, ArticleDraft, ArticleId, ArtifactKey, ArtifactKind, AudioFormat, BatchId, Depth, Edition,
    FeedId, Language, ListenerId, Manifest, OccurrenceId, OccurrenceState, Pick, ProgramId, Recipe, Schedule,
    Scope, Selection, SourceId, Style,
    artifact::KeyBuilder,
    schedule::{Days, Standing},
    select::Filter,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    NewSource, Store,
    batches::Batch,
    demand::Demand,
    feeds::{Advance, Feed},
    listeners::{Listener, Role},
    occurrences::{Chosen, NewOccurrence},
    programs::Program,
};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
/// 2027-01-15T08:00:00Z.
pub const NOW: i64 = 1_800_000_000 * SECOND;
/// 2027-01-16T07:00:00Z: the next slot of every feed here.
pub const READY_BY: i64 = NOW + 23 * 60 * MINUTE;

pub struct Place {
    pub store: Store,
    pub url: String,
}

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                let store = store::Store::open(&url).await.unwrap();
                super::$name(crate::harness::Place { store, url }).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let url = cluster.database().unwrap();
                let store = store::Store::open(&url).await.unwrap();
                super::$name(crate::harness::Place { store: store.clone(), url }).await;
                store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

impl Place {
    /// Runs what the store has no function for.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.store.dialect() == "sqlite" {
            SqliteConnection::connect(&self.url).await.unwrap().execute(sql).await.unwrap();
        } else {
            PgConnection::connect(&self.url).await.unwrap().execute(sql).await.unwrap();
        }
    }

    /// One number of the database.
    pub async fn count(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.store.dialect() == "sqlite" {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    /// Until somebody waits for a lock, or has not waited. On SQLite nobody sees who waits for the one who writes.
    pub async fn until_somebody_waits<T>(&self, task: &tokio::task::JoinHandle<T>) {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while self.store.dialect() == "postgres" && !task.is_finished() && self.count(waiting).await == 0 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
    }

    /// Listeners with a feed each, ready by 07:00 UTC every day.
    pub async fn feeds(&self, count: usize) -> Vec<Feed> {
        let mut feeds = Vec::new();
        let mut tx = self.store.begin().await.unwrap();
        for _ in 0..count {
            let listener = listener();
            assert!(tx.add_listener(&listener, NOW).await.unwrap());
            let feed = feed(listener.id);
            tx.add_feed(&feed, NOW).await.unwrap();
            feeds.push(feed);
        }
        tx.commit().await.unwrap();
        feeds
    }

    /// Opens tomorrow's slots of all feeds as a planner does; how many were new.
    pub async fn open(&self, limit: u32) -> u64 {
        open_chunk(&self.store, READY_BY, limit).await
    }

    /// One feed with its open occurrence.
    pub async fn one_open(&self) -> (Feed, OccurrenceId, BatchId) {
        let feed = self.feeds(1).await.remove(0);
        assert_eq!(self.open(10).await, 1);
        let batch = self.store.unclosed_batches(10).await.unwrap().remove(0).id;
        let (id, state) = self.store.unfinished(batch, 10).await.unwrap().remove(0);
        assert_eq!(state, OccurrenceState::Open);
        (feed, id, batch)
    }

    /// One feed with its selected occurrence, and the key that it waits for.
    pub async fn one_selected(&self) -> (Feed, OccurrenceId, BatchId, ArtifactKey) {
        let (feed, id, batch) = self.one_open().await;
        let key = key("segment");
        assert_eq!(self.select(batch, id, &[key]).await, 1);
        (feed, id, batch, key)
    }

    pub async fn select(&self, batch: BatchId, id: OccurrenceId, keys: &[ArtifactKey]) -> u64 {
        let mut tx = self.store.begin().await.unwrap();
        tx.add_demand(batch, &keys.iter().map(|key| wanted(*key)).collect::<Vec<_>>()).await.unwrap();
        let chosen = Chosen { id, selection: selection(keys), released_at: None };
        let selected = tx.select_occurrences(&[chosen]).await.unwrap();
        tx.commit().await.unwrap();
        selected
    }

    pub async fn publish(&self, feed: &Feed, id: OccurrenceId, articles: &[ArticleId]) -> bool {
        let mut tx = self.store.begin().await.unwrap();
        let published = tx.publish(&program(feed, id), articles, NOW + MINUTE).await.unwrap();
        tx.commit().await.unwrap();
        published
    }

    /// A source's article.
    pub async fn article(&self) -> ArticleId {
        let mut tx = self.store.begin().await.unwrap();
        let new =
            NewSource { id: SourceId::born(NOW, chance()), address: "https://a.example/", host: "a.example" };
        let source = tx.add_source(&new, NOW).await.unwrap();
        let id = ArticleId::born(NOW, chance());
        let draft = ArticleDraft {
            source: "https://a.example/".into(),
            id: "1".into(),
            title: "A title".into(),
            text: "A text.".into(),
            ..ArticleDraft::default()
        };
        tx.take_in(source.id, &[(id, Article::new(draft))], NOW).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn state_of(&self, batch: BatchId) -> Vec<(OccurrenceState, u64)> {
        self.store.batch_progress(batch).await.unwrap().states.into_iter().collect()
    }
}

/// One transaction of a planner.
pub async fn open_chunk(store: &Store, ready_by: i64, limit: u32) -> u64 {
    let mut tx = store.begin().await.unwrap();
    let due = tx.due_feeds(ready_by, &[], None, limit).await.unwrap();
    assert!(due.broken.is_empty(), "{:?}", due.broken);
    if due.rows.is_empty() {
        return 0;
    }
    let batch = tx.open_batch(&batch(ready_by)).await.unwrap();
    let new: Vec<NewOccurrence> = due
        .rows
        .iter()
        .map(|feed| occurrence(feed.id, feed.listener, batch, &feed.date.to_string(), ready_by))
        .collect();
    let steps: Vec<Advance> = due
        .rows
        .iter()
        .map(|feed| {
            let next = feed.schedule.following(feed.date);
            let next = next.map(|slot| (slot.local_date, slot.ready_by.as_microsecond()));
            Advance { feed: feed.id, settled: feed.date, next }
        })
        .collect();
    let opened = tx.open_occurrences(&new, NOW).await.unwrap();
    tx.advance_feeds(&steps).await.unwrap();
    tx.commit().await.unwrap();
    opened
}

pub fn occurrence(
    feed: FeedId,
    listener: ListenerId,
    batch: BatchId,
    date: &str,
    ready_by: i64,
) -> NewOccurrence {
    NewOccurrence {
        id: OccurrenceId::born(NOW, chance()),
        feed,
        listener,
        batch,
        local_date: date.parse().unwrap(),
        request: None,
        lane: 1,
        ready_by,
        missed: None,
    }
}

pub fn listener() -> Listener {
    let id = ListenerId::born(NOW, chance());
    Listener {
        id,
        email: format!("{id}@example.org"),
        name: "Ann".into(),
        role: Role::Listener,
        zone: "Etc/UTC".parse().unwrap(),
        language: Language::En,
        plan: "free".into(),
    }
}

pub fn feed(listener: ListenerId) -> Feed {
    Feed {
        id: FeedId::born(NOW, chance()),
        listener,
        name: "Morning".into(),
        language: Language::En,
        style: Style::Single,
        minutes: 5,
        max_articles: None,
        filter: Filter::everything(),
        schedule: Schedule::new(Days::DAILY, "07:00".parse().unwrap(), "Etc/UTC".parse().unwrap()),
        external: None,
        standing: Standing::default(),
    }
}

pub fn batch(ready_by: i64) -> Batch {
    Batch {
        id: BatchId::born(NOW, chance()),
        ready_by,
        request: None,
        due_at: ready_by,
        opened_at: NOW,
        predicted_ms: 0,
        planned_at: None,
        counted_at: None,
        closed_at: None,
    }
}

pub fn key(name: &str) -> ArtifactKey {
    KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).field("name", name).finish()
}

pub fn wanted(key: ArtifactKey) -> Demand {
    Demand { key, recipe: Recipe::Jingle { name: "opening".into() }, common: false }
}

pub fn selection(keys: &[ArtifactKey]) -> Selection {
    let pick = |key: &ArtifactKey| Pick {
        article: ArticleId::born(NOW, chance()),
        depth: Depth::ALL[0],
        key: *key,
        headline: None,
        worth: 1.0,
        spare: false,
    };
    Selection { picks: keys.iter().map(pick).collect(), passed: 1, total: 1, ..Selection::default() }
}

pub fn program(feed: &Feed, occurrence: OccurrenceId) -> Program {
    Program {
        id: ProgramId::born(NOW, chance()),
        occurrence,
        listener: feed.listener,
        feed: feed.id,
        title: "Morning".into(),
        language: feed.language,
        edition: Edition::Full,
        reason: None,
        duration_ms: 1_000,
        bytes: 10,
        document: domain::Program {
            title: "Morning".into(),
            language: feed.language,
            edition: Edition::Full,
            reason: None,
            duration_ms: 1_000,
            bytes: 10,
            loudness_lufs: Some(-19.0),
            segments: Vec::new(),
        },
        manifest: Manifest { format: AudioFormat::Standard, header: vec![1, 2, 3], parts: Vec::new() },
        parts: vec![key("segment")],
        visible_at: NOW,
        expires_at: NOW + 30 * 24 * 60 * MINUTE,
    }
}

/// Different every time; which it is does not matter to any test.
pub fn chance() -> [u64; 2] {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    [drawn, drawn.rotate_left(32)]
}
