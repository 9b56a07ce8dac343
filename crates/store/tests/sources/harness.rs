//! Throw-away stores, a listener's feed, and articles to take in.

use domain::{Article, ArticleDraft, ArticleId, FeedId, SourceId, source::Rhythm, source::State};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Asked, Fenced, NewSource, Source, Store, StoredArticle, TakenIn, Told};

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;
pub const DAY: i64 = 24 * HOUR;
pub const NOW: i64 = 1_800_000_000 * SECOND;

/// A store, and where others find the same database.
pub struct Place {
    pub store: Store,
    pub url: String,
}

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                let store = store::Store::open(&url).await.unwrap();
                super::$name(crate::harness::Place { store, url }).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
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
    /// Runs statements that the store has no function for.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.store.dialect() == "sqlite" {
            SqliteConnection::connect(&self.url).await.unwrap().execute(sql).await.unwrap();
        } else {
            PgConnection::connect(&self.url).await.unwrap().execute(sql).await.unwrap();
        }
    }

    /// A listener's feed whose next program is to be ready then.
    pub async fn feed(&self, next_ready_by: i64) -> FeedId {
        let feed = FeedId::born(NOW, chance());
        self.run(&format!(
            "INSERT INTO listeners (id, email, role, zone, language, plan, created_at)
                 VALUES ('{feed}', '{feed}@example.org', 'listener', 'UTC', 'en', 'free', 0);
             INSERT INTO feeds (id, listener_id, name, language, style, minutes, filter, schedule, next_date,
                 next_ready_by, created_at)
                 VALUES ('{feed}', '{feed}', '', 'en', 'single', 10, '', '', '2027-01-15', {next_ready_by}, 0)"
        ))
        .await;
        feed
    }

    pub async fn add(&self, address: &str, host: &str) -> Source {
        let mut tx = self.store.begin().await.unwrap();
        let id = SourceId::born(NOW, chance());
        let source = tx.add_source(&NewSource { id, address, host }, NOW).await.unwrap();
        tx.commit().await.unwrap();
        source
    }

    pub async fn follow(&self, feed: FeedId, sources: &[&Source]) {
        let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
        let mut tx = self.store.begin().await.unwrap();
        tx.follow(feed, &ids).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A source at `https://HOST/feed` that somebody follows.
    pub async fn followed(&self, host: &str) -> Source {
        let source = self.add(&format!("https://{host}/feed"), host).await;
        self.follow(self.feed(NOW + DAY).await, &[&source]).await;
        source
    }

    /// One reading as it is recorded.
    pub async fn read(&self, source: &Source, articles: &[Article], now: i64) -> TakenIn {
        let listed: Vec<_> =
            articles.iter().map(|article| (ArticleId::born(now, chance()), article.clone())).collect();
        let source = self.again(source).await;
        let mut tx = self.store.begin().await.unwrap();
        let taken_in = tx.take_in(source.id, &listed, now).await.unwrap();
        assert_eq!(tx.record_asked(&source, &asked(now + HOUR), now).await.unwrap(), Fenced::Recorded);
        let told = Told { title: "A feed", etag: Some("\"1\""), last_modified: None };
        tx.record_told(source.id, &told, taken_in).await.unwrap();
        tx.commit().await.unwrap();
        taken_in
    }

    pub async fn again(&self, source: &Source) -> Source {
        self.store.find_source(source.id).await.unwrap().unwrap()
    }

    pub async fn standing(&self, source: &Source) -> Vec<StoredArticle> {
        self.store.standing_articles(&[source.id], 0, 1_000).await.unwrap()
    }
}

pub const fn asked(next_fetch_at: i64) -> Asked<'static> {
    Asked { state: State::Active, rhythm: Rhythm::NEW, next_fetch_at, notice: None }
}

/// An article of the source at `https://a.example/feed`.
pub fn article(id: &str, text: &str) -> Article {
    Article::new(draft(id, text))
}

pub fn draft(id: &str, text: &str) -> ArticleDraft {
    ArticleDraft {
        source: "https://a.example/feed".to_owned(),
        id: id.to_owned(),
        url: format!("https://a.example/{id}?utm_source=rss").parse().ok(),
        title: format!("Title of {id}"),
        text: text.to_owned(),
        ..ArticleDraft::default()
    }
}

pub fn texts(articles: &[StoredArticle]) -> Vec<(&str, &str)> {
    articles.iter().map(|kept| (kept.article.id.as_str(), kept.article.text.as_str())).collect()
}

/// Different every time; which it is does not matter to any test.
pub fn chance() -> [u64; 2] {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    [DRAWN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15), 0]
}
