//! A service with listeners whose programs are due in a moment: its data, its providers, and what must be true of
//! them in the end.

use crate::{process::Process, provider::Provider};
use domain::{
    Article, ArticleDraft, ArticleId, FeedId, Language, ListenerId, OccurrenceState, Schedule, SourceId,
    Style,
    schedule::{Days, Standing},
    select::Filter,
    source::{Rhythm, State},
};
use jiff::{Timestamp, tz::TimeZone};
use queue::{Entropy, JobStore, Seeded};
use std::{
    cell::Cell,
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use store::{
    Asked, NewSource, Store, Told,
    feeds::Feed,
    listeners::{Listener, Role},
};
use tempfile::TempDir;

const SECOND: i64 = 1_000_000;
/// The shortest there is.
pub const LEASE: Duration = Duration::from_secs(3);
const ARTICLES: usize = 6;
/// For everybody's program, on a machine that has other things to do as well.
const PATIENCE: Duration = Duration::from_secs(120);

/// Keeps whatever the database needs.
pub enum Cluster {
    None,
    Own(testkit::Postgres),
}

pub struct House {
    folder: TempDir,
    pub url: String,
    pub cluster: Cluster,
    pub provider: Provider,
    pub store: Store,
    pub listeners: usize,
    variables: Vec<(String, String)>,
    started: Cell<u32>,
}

#[expect(clippy::disallowed_methods, reason = "it is the real clock that the binary reads")]
pub fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since_epoch.as_micros()).unwrap()
}

impl House {
    pub async fn on_sqlite(listeners: usize, provider: Provider) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/data.db", folder.path().display());
        Self::built(folder, url, Cluster::None, listeners, provider).await
    }

    /// In the run's cluster.
    pub async fn on_postgres(listeners: usize, provider: Provider) -> Self {
        let cluster = testkit::Postgres::start().unwrap();
        let url = cluster.database().unwrap();
        Self::built(tempfile::tempdir().unwrap(), url, Cluster::Own(cluster), listeners, provider).await
    }

    /// In a cluster that the test may do anything to.
    pub async fn on_postgres_of_its_own(listeners: usize, provider: Provider) -> Self {
        let cluster = testkit::Postgres::start_new().unwrap();
        let url = cluster.database().unwrap();
        Self::built(tempfile::tempdir().unwrap(), url, Cluster::Own(cluster), listeners, provider).await
    }

    async fn built(
        folder: TempDir,
        url: String,
        cluster: Cluster,
        listeners: usize,
        provider: Provider,
    ) -> Self {
        let store = Store::open(&url).await.unwrap();
        let base = format!("http://{}/v1", provider.address);
        let set = [
            ("DATABASE__URL", url.as_str()),
            ("WRITER__KIND", "openai"),
            ("WRITER__BASE_URL", base.as_str()),
            ("WRITER__API_KEY", "none"),
            ("VOICE__KIND", "openai"),
            ("VOICE__BASE_URL", base.as_str()),
            ("SCHEDULER__TICK_SECONDS", "1"),
            ("QUEUE__LEASE_SECONDS", "3"),
            ("QUEUE__NARRATE_SLOTS", "4"),
            ("QUEUE__DISK_MIN_FREE_MB", "0"),
            ("QUEUE__RETRIES__TRANSIENT__BASE_SECONDS", "1"),
            ("QUEUE__RETRIES__THROTTLED__BASE_SECONDS", "1"),
            ("TELEMETRY__LOG", "info"),
        ];
        let variables = set.map(|(name, value)| (format!("MIMIYORI_{name}"), value.to_owned())).into();
        let house =
            Self { folder, url, cluster, provider, store, listeners, variables, started: Cell::new(0) };
        house.settle_in().await;
        house
    }

    /// Listeners, and a source with articles that was read just now.
    async fn settle_in(&self) {
        let entropy = Seeded::new(now().cast_unsigned());
        let chance = || [entropy.bits(), entropy.bits()];
        let at = now();
        let mut tx = self.store.begin().await.unwrap();
        let id = SourceId::born(at, chance());
        let new = NewSource { id, address: "https://news.example/feed", host: "news.example" };
        let source = tx.add_source(&new, at).await.unwrap();
        let asked =
            Asked { state: State::Active, rhythm: Rhythm::NEW, next_fetch_at: i64::MAX, notice: None };
        let _ = tx.record_asked(&source, &asked, at).await.unwrap();
        tx.record_told(id, &Told { title: "News", etag: None, last_modified: None }, Default::default())
            .await
            .unwrap();
        let articles: Vec<_> =
            (0..ARTICLES).map(|number| (ArticleId::born(at, chance()), article(number))).collect();
        tx.take_in(id, &articles, at).await.unwrap();
        let ready_by = ready_by(at);
        for number in 0..self.listeners {
            let listener = listener(ListenerId::born(at, chance()), number);
            assert!(tx.add_listener(&listener, at).await.unwrap());
            let feed = feed(FeedId::born(at, chance()), listener.id, &ready_by);
            tx.add_feed(&feed, at).await.unwrap();
            tx.follow(feed.id, &[id]).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((format!("MIMIYORI_{name}"), value.to_owned()));
    }

    pub fn media(&self) -> PathBuf {
        self.folder.path().join("data/media")
    }

    /// One more process that plans and works.
    pub fn serve(&self) -> Process {
        self.started.set(self.started.get() + 1);
        let name = format!("serve-{}", self.started.get());
        let roles = ["serve", "--role", "worker", "--role", "scheduler"];
        Process::start(self.folder.path(), &name, &self.variables, &roles)
    }

    /// How many have their program.
    pub async fn published(&self) -> usize {
        let states = self.store.count_occurrences().await.unwrap_or_default();
        let published = states.iter().find(|(state, _)| *state == OccurrenceState::Published);
        published.map_or(0, |(_, total)| usize::try_from(*total).unwrap())
    }

    /// Until everybody has a program, and the batch was closed.
    pub async fn all_is_done(&self, logs: &[&Process]) {
        let since = Instant::now();
        loop {
            let open = self.store.unclosed_batches(10).await;
            if self.published().await == self.listeners && open.is_ok_and(|open| open.is_empty()) {
                return;
            }
            if since.elapsed() > PATIENCE {
                let states = self.store.count_occurrences().await;
                let jobs = self.store.count_jobs().await;
                let batches = self.store.unclosed_batches(10).await;
                let logs: Vec<String> = logs.iter().map(|process| process.log()).collect();
                panic!("not done: {states:?}\n{jobs:#?}\n{batches:?}\n{}", logs.join("\n----\n"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How long leases have been over that nobody has taken back: zero when there is none.
    pub async fn overdue(&self) -> Duration {
        let at = now();
        for late_ms in [8_000, 4_000, 3_000, 2_000, 1_000, 500] {
            let lapsed = self.store.lapsed(at - late_ms * 1_000, 1).await.unwrap_or_default();
            if !lapsed.is_empty() {
                return Duration::from_millis(late_ms.unsigned_abs());
            }
        }
        Duration::ZERO
    }

    /// Nobody lost a program, nobody has two, and `admin check` finds nothing at odds.
    pub async fn check(&self) {
        let programs = self.store.latest_programs(10_000).await.unwrap();
        assert_eq!(programs.len(), self.listeners);
        let states = self.store.count_occurrences().await.unwrap();
        assert_eq!(states, [(OccurrenceState::Published, self.listeners as u64)]);
        let check = ["admin", "check", "--json"];
        let process = Process::start(self.folder.path(), "check", &self.variables, &check);
        let (code, said) = process.output();
        let found: serde_json::Value =
            serde_json::from_str(said.lines().last().unwrap_or_default()).unwrap_or_default();
        assert_eq!((code, found["violations"].as_array().map(Vec::len)), (Some(0), Some(0)), "{said}");
    }

    pub async fn leave(self) {
        self.store.close().await;
    }
}

/// The next full minute that is not over before anything could be done, as a time of day in UTC.
fn ready_by(at: i64) -> String {
    let soon = Timestamp::from_second((at / SECOND + 10) / 60 * 60 + 60).unwrap();
    soon.to_zoned_datetime(TimeZone::UTC).strftime("%H:%M").to_string()
}

fn listener(id: ListenerId, number: usize) -> Listener {
    Listener {
        id,
        email: format!("{number}@example.org"),
        name: ["Ann", "Ben", "Cleo", "Dan", "Eve", "Finn"][number % 6].into(),
        role: Role::Listener,
        zone: "Etc/UTC".parse().unwrap(),
        language: Language::En,
        plan: "unlimited".into(),
    }
}

fn feed(id: FeedId, listener: ListenerId, ready_by: &str) -> Feed {
    Feed {
        id,
        listener,
        name: "Morning".into(),
        language: Language::En,
        style: Style::Single,
        minutes: 2,
        max_articles: Some(3),
        filter: Filter::everything(),
        schedule: Schedule::new(Days::DAILY, ready_by.parse().unwrap(), "Etc/UTC".parse().unwrap()),
        external: None,
        standing: Standing::default(),
    }
}

fn article(number: usize) -> Article {
    let subject = ["harbour", "library", "railway", "orchard", "theatre", "observatory"][number % 6];
    let openings = ["People say", "Visitors report", "The town tells", "Neighbours write", "Travellers hear"];
    let line = |opening: &&str| {
        format!("{opening} that the old {subject} was opened again in spring after a long winter of work.")
    };
    Article::new(ArticleDraft {
        source: "https://news.example/feed".into(),
        id: number.to_string(),
        url: format!("https://news.example/{number}").parse().ok(),
        title: format!("The {subject} opens again"),
        text: openings.iter().map(line).collect::<Vec<_>>().join("\n"),
        published: Timestamp::from_microsecond(now()).ok(),
        ..ArticleDraft::default()
    })
}
