//! A server on loopback, a database, and a worker between them.

use super::super::*;
use crate::{config::Config, jobs};
use domain::{
    FeedId, Language, ListenerId, Schedule, SourceId, Style,
    schedule::{Days, Standing, Zone},
    select::Filter,
};
use queue::{
    Class, Job, JobError, Kind, Seeded, SetClock, State as JobState, Worker, WorkerSettings, worker::Notice,
};
use std::{path::Path, sync::Mutex, time::Instant};
use store::{
    StoredArticle,
    feeds::Feed as FeedRow,
    following::{self, By},
    listeners::{Listener, Role},
};
use tempfile::TempDir;
use tokio::sync::Notify;
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{method, path},
};

pub const NOW: Micros = 1_800_000_000 * SECOND;
const LEASE: Duration = Duration::from_secs(3);

/// A server, and a service that reads from it, by a clock that only moves when it is told to.
pub struct Stage {
    pub server: MockServer,
    pub fetching: Arc<Fetching>,
    pub clock: SetClock,
    pub folder: TempDir,
}

impl Stage {
    pub async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SetClock::at(NOW);
        let fetching = fetching(folder.path(), &clock).await;
        Self { server: MockServer::start().await, fetching, clock, folder }
    }

    /// As after a restart: nothing is left but the database.
    pub async fn restart(&mut self) {
        self.fetching = fetching(self.folder.path(), &self.clock).await;
    }

    /// Follows sources at these paths of the server.
    pub async fn follow(&self, paths: &[&str]) -> Vec<Source> {
        self.follow_at(&self.server.uri(), paths).await
    }

    pub async fn follow_at(&self, server: &str, paths: &[&str]) -> Vec<Source> {
        let mut tx = self.fetching.store.begin().await.unwrap();
        let listener = Listener {
            id: ListenerId::born(NOW, self.chance()),
            email: "one@example.org".into(),
            name: String::new(),
            role: Role::Listener,
            zone: "Etc/UTC".parse::<Zone>().unwrap(),
            language: Language::En,
            plan: "free".into(),
        };
        tx.add_listener(&listener, NOW).await.unwrap();
        let feed = FeedRow {
            id: FeedId::born(NOW, self.chance()),
            listener: listener.id,
            name: "Morning".into(),
            language: Language::En,
            style: Style::Single,
            minutes: 10,
            max_articles: None,
            filter: Filter::everything(),
            schedule: Schedule::new(Days::DAILY, "07:00".parse().unwrap(), listener.zone.clone()),
            external: None,
            standing: Standing::default(),
        };
        tx.add_feed(&feed, NOW).await.unwrap();
        let mut sources = Vec::new();
        for path in paths {
            let id = SourceId::born(NOW, self.chance());
            let address = format!("{server}{path}");
            let by = By::Listener;
            sources.push(following::add_source(&mut tx, &address, by, id, NOW).await.unwrap());
        }
        let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
        tx.follow(feed.id, &ids).await.unwrap();
        tx.commit().await.unwrap();
        sources
    }

    pub fn chance(&self) -> [u64; 2] {
        chance(&*self.fetching.entropy)
    }

    pub async fn answer(&self, at: &str, answer: impl Respond + 'static) {
        Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    pub async fn asked_for(&self, at: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path() == at).count()
    }

    /// One tick, and what it enqueued is worked off. How many hosts had something due.
    pub async fn tick(&self) -> u64 {
        let enqueued = enqueue_due(&self.fetching).await.unwrap();
        if enqueued > 0 {
            work(&self.fetching, &self.clock, Until::Finished).await;
        }
        enqueued
    }

    pub async fn again(&self, source: &Source) -> Source {
        self.fetching.store.find_source(source.id).await.unwrap().unwrap()
    }

    /// Moves the clock to when the source is due next, and ticks.
    pub async fn tick_when_due(&self, source: &Source) {
        self.clock.set(self.again(source).await.next_fetch_at);
        assert_eq!(self.tick().await, 1);
    }

    pub async fn standing(&self, source: &Source) -> Vec<StoredArticle> {
        self.fetching.store.standing_articles(&[source.id], 0, 100).await.unwrap()
    }

    /// Of the fetch jobs that are not done.
    pub async fn unfinished(&self) -> Vec<JobState> {
        self.fetching.store.count_jobs().await.unwrap().into_iter().map(|count| count.state).collect()
    }
}

pub async fn fetching(folder: &Path, clock: &SetClock) -> Arc<Fetching> {
    let mut config = Config::default();
    config.sources.allow_private = vec!["127.0.0.0/8".into()];
    Arc::new(Fetching {
        store: Store::open(&format!("sqlite://{}/test.db", folder.display())).await.unwrap(),
        sources: Sources::configured(&config).unwrap(),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(Seeded::new(7)),
        lane: Lane(0),
    })
}

#[derive(Clone)]
pub enum Until {
    /// One attempt's end is recorded.
    Finished,
    Told(Arc<Notify>),
}

/// Works the queue.
pub async fn work(fetching: &Arc<Fetching>, clock: &SetClock, until: Until) {
    let mut settings = WorkerSettings::new("tester", vec![Kind::new("fetch")], 4);
    settings.lease = LEASE;
    settings.poll = Duration::from_millis(20);
    let ended = Arc::new(Notify::new());
    let stop = match &until {
        Until::Finished => ended.clone(),
        Until::Told(told) => told.clone(),
    };
    let tell = move |notice: Notice<'_>| {
        if matches!(notice, Notice::Finished { .. }) {
            ended.notify_one();
        }
    };
    let clock = Arc::new(clock.clone());
    let worker = Worker::new(fetching.store.clone(), clock, fetching.entropy.clone(), settings, tell);
    let fetching = fetching.clone();
    let handle = move |job: Job<Work>, context: Context| {
        let fetching = fetching.clone();
        async move {
            let Work::Fetch { host } = job.work else { panic!("only hosts are fetched here") };
            let outcome = fetch(&fetching, &context, &host).await;
            outcome.unwrap_or_else(|trouble| Outcome::Fail(JobError::new(Class::Bug, trouble)))
        }
    };
    worker.run(jobs::read, handle, async move { stop.notified().await }).await;
}

/// A feed of (id, text) items.
pub fn feed(items: &[(&str, &str)]) -> ResponseTemplate {
    let items: String = items
        .iter()
        .map(|(id, text)| {
            let text = format!("{text} {}", "Words that make it long enough to be no teaser. ".repeat(15));
            format!(
                "<item><title>About {id}</title><guid>{id}</guid><link>https://a.example/{id}</link>\
                <description>{text}</description></item>"
            )
        })
        .collect();
    let feed = format!("<rss version='2.0'><channel><title>A feed</title>{items}</channel></rss>");
    ResponseTemplate::new(200).set_body_raw(feed, "application/rss+xml")
}

pub fn first_words(articles: &[StoredArticle]) -> Vec<(&str, &str)> {
    let words = |one: &StoredArticle| one.article.text.split(' ').next().unwrap_or_default().len();
    articles.iter().map(|one| (one.article.id.as_str(), &one.article.text[..words(one)])).collect()
}

/// Notes when it was asked, and takes its time.
pub struct Slowly {
    pub asked: Arc<Mutex<Vec<Instant>>>,
    pub told: Arc<Notify>,
    pub takes: Duration,
}

impl Respond for Slowly {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        self.asked.lock().unwrap().push(Instant::now());
        self.told.notify_one();
        feed(&[("1", "one")]).set_delay(self.takes)
    }
}
