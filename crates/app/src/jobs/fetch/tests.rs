//! Fetching from a server on loopback, through a worker as in the service.

use super::*;
use crate::{config::Config, jobs};
use domain::{
    FeedId, Language, ListenerId, Schedule, SourceId, Style,
    schedule::{Days, Standing, Zone},
    select::Filter,
};
use queue::{Job, Kind, Seeded, SetClock, State as JobState, Worker, WorkerSettings, worker::Notice};
use std::{path::Path, sync::Mutex, time::Instant};
use store::{
    StoredArticle,
    feeds::Feed as FeedRow,
    listeners::{Listener, Role},
};
use tempfile::TempDir;
use tokio::sync::Notify;
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{header, method, path},
};

const NOW: Micros = 1_800_000_000 * SECOND;
const MINUTE: Micros = 60 * SECOND;
const LEASE: Duration = Duration::from_secs(3);

/// A server, and a service that reads from it, by a clock that only moves when it is told to.
struct Stage {
    server: MockServer,
    fetching: Arc<Fetching>,
    clock: SetClock,
    folder: TempDir,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SetClock::at(NOW);
        let fetching = fetching(folder.path(), &clock).await;
        Self { server: MockServer::start().await, fetching, clock, folder }
    }

    /// As after a restart: nothing is left but the database.
    async fn restart(&mut self) {
        self.fetching = fetching(self.folder.path(), &self.clock).await;
    }

    /// Follows sources at these paths of the server.
    async fn follow(&self, paths: &[&str]) -> Vec<Source> {
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
            let address = format!("{}{path}", self.server.uri());
            let by = crate::following::By::Listener;
            sources.push(crate::following::add_source(&mut tx, &address, by, id, NOW).await.unwrap());
        }
        let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
        tx.follow(feed.id, &ids).await.unwrap();
        tx.commit().await.unwrap();
        sources
    }

    fn chance(&self) -> [u64; 2] {
        chance(&*self.fetching.entropy)
    }

    async fn answer(&self, at: &str, answer: impl Respond + 'static) {
        Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    async fn asked_for(&self, at: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path() == at).count()
    }

    /// One tick, and what it enqueued is worked off. How many hosts had something due.
    async fn tick(&self) -> u64 {
        let enqueued = enqueue_due(&self.fetching).await.unwrap();
        if enqueued > 0 {
            work(&self.fetching, &self.clock, Until::Finished).await;
        }
        enqueued
    }

    async fn again(&self, source: &Source) -> Source {
        self.fetching.store.find_source(source.id).await.unwrap().unwrap()
    }

    /// Moves the clock to when the source is due next, and ticks.
    async fn tick_when_due(&self, source: &Source) {
        self.clock.set(self.again(source).await.next_fetch_at);
        assert_eq!(self.tick().await, 1);
    }

    async fn standing(&self, source: &Source) -> Vec<StoredArticle> {
        self.fetching.store.standing_articles(&[source.id], 0, 100).await.unwrap()
    }

    /// Of the fetch jobs that are not done.
    async fn unfinished(&self) -> Vec<JobState> {
        self.fetching.store.count_jobs().await.unwrap().into_iter().map(|count| count.state).collect()
    }
}

async fn fetching(folder: &Path, clock: &SetClock) -> Arc<Fetching> {
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
enum Until {
    /// One attempt's end is recorded.
    Finished,
    Told(Arc<Notify>),
}

/// Works the queue.
async fn work(fetching: &Arc<Fetching>, clock: &SetClock, until: Until) {
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
            fetch(&fetching, &context, &host).await.unwrap_or_else(Outcome::from)
        }
    };
    worker.run(jobs::read, handle, async move { stop.notified().await }).await;
}

/// A feed of (id, text) items.
fn feed(items: &[(&str, &str)]) -> ResponseTemplate {
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

fn first_words(articles: &[StoredArticle]) -> Vec<(&str, &str)> {
    let words = |one: &StoredArticle| one.article.text.split(' ').next().unwrap_or_default().len();
    articles.iter().map(|one| (one.article.id.as_str(), &one.article.text[..words(one)])).collect()
}

#[tokio::test]
async fn validators_are_sent_back_and_a_304_keeps_what_there_is() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    let modified = "Mon, 23 Nov 2026 00:00:00 GMT";
    let validated = feed(&[("1", "one"), ("2", "two")]).insert_header("etag", "W/\"a,b\"");
    Mock::given(header("if-none-match", "W/\"a,b\""))
        .and(header("if-modified-since", modified))
        .respond_with(ResponseTemplate::new(304).insert_header("cache-control", "max-age=7200"))
        .mount(&stage.server)
        .await;
    stage.answer("/feed", validated.insert_header("last-modified", modified)).await;

    assert_eq!(stage.tick().await, 1);
    let read = stage.again(&source).await;
    assert_eq!((read.title.as_str(), read.fetched_at, read.changed_at), ("A feed", Some(NOW), Some(NOW)));
    assert_eq!((read.etag.as_deref(), read.last_modified.as_deref()), (Some("W/\"a,b\""), Some(modified)));
    assert_eq!(stage.standing(&source).await.len(), 2);
    assert_eq!(stage.tick().await, 0, "it has just been read");

    stage.tick_when_due(&source).await;
    let unchanged = stage.again(&source).await;
    let now = stage.clock.now();
    assert_eq!((unchanged.fetched_at, unchanged.changed_at), (Some(now), Some(NOW)));
    assert_eq!(unchanged.etag, read.etag, "a 304 keeps them");
    assert!(unchanged.next_fetch_at >= now + 2 * HOUR, "the server's wish");
    assert!(unchanged.rhythm.interval > read.rhythm.interval);
    assert_eq!((stage.asked_for("/feed").await, stage.standing(&source).await.len()), (2, 2));
}

#[tokio::test]
async fn a_changed_item_takes_the_place_of_its_former_self() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    stage.answer("/feed", feed(&[("1", "one")]).insert_header("etag", "\"1\"")).await;
    stage.tick().await;
    let former = stage.standing(&source).await.remove(0);

    stage.server.reset().await;
    stage.answer("/feed", feed(&[("2", "two"), ("1", "uno")])).await;
    stage.tick_when_due(&source).await;
    let mut standing = stage.standing(&source).await;
    standing.sort_by(|a, b| a.article.id.cmp(&b.article.id));
    assert_eq!(first_words(&standing), [("1", "uno"), ("2", "two")]);
    assert_ne!(standing[0].id, former.id);
    let read = stage.again(&source).await;
    assert_eq!(
        (read.changed_at, read.etag),
        (Some(stage.clock.now()), None),
        "validators go with the answer"
    );
}

#[tokio::test]
async fn a_host_that_asks_for_time_gets_it_for_all_its_sources() {
    let stage = Stage::set().await;
    let sources = stage.follow(&["/a", "/b"]).await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "5400");
    Mock::given(method("GET")).respond_with(busy).mount(&stage.server).await;
    stage.tick().await;
    assert_eq!(stage.server.received_requests().await.unwrap().len(), 1);
    let mut states = Vec::new();
    for source in &sources {
        states.push(stage.again(source).await);
    }
    states.sort_by_key(|source| source.fetched_at);
    assert_eq!(states[0].fetched_at, None, "the other was not asked");
    assert!(states[1].next_fetch_at >= NOW + 90 * MINUTE && states[1].rhythm.failures == 1);
    assert!(states[1].notice.as_deref().is_some_and(|notice| notice.contains("429")));

    stage.clock.set(NOW + 89 * MINUTE);
    assert_eq!(stage.tick().await, 0, "its host's job rests");
    assert_eq!(stage.unfinished().await, [JobState::Available]);
    stage.server.reset().await;
    Mock::given(method("GET")).respond_with(feed(&[("1", "one")])).mount(&stage.server).await;
    stage.clock.set(NOW + 90 * MINUTE);
    work(&stage.fetching, &stage.clock, Until::Finished).await;
    assert_eq!(stage.server.received_requests().await.unwrap().len(), 1);
    assert_eq!(stage.standing(&states[0]).await.len(), 1);
}

#[tokio::test]
async fn a_failing_source_is_slowed_and_never_given_up() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    stage.answer("/feed", ResponseTemplate::new(500)).await;
    let mut waits = Vec::new();
    for failures in 1..=7 {
        stage.tick_when_due(&source).await;
        let failed = stage.again(&source).await;
        assert_eq!((failed.state, failed.rhythm.failures), (State::Active, failures));
        waits.push(failed.next_fetch_at - stage.clock.now());
    }
    assert!(waits[0] >= 100 * MINUTE && waits[1] >= 200 * MINUTE, "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= 24 * HOUR) && waits[6] > 20 * HOUR, "{waits:?}");
    assert_eq!(stage.unfinished().await, [], "no job failed");

    stage.server.reset().await;
    stage.answer("/feed", feed(&[("1", "one")])).await;
    stage.tick_when_due(&source).await;
    let well = stage.again(&source).await;
    assert_eq!((well.rhythm.failures, well.notice), (0, None));
    assert!(well.next_fetch_at - stage.clock.now() <= 2 * HOUR, "its own rhythm again");
}

#[tokio::test]
async fn what_is_gone_is_left_alone_with_a_notice() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    stage.answer("/feed", ResponseTemplate::new(410)).await;
    stage.tick().await;
    let gone = stage.again(&source).await;
    assert_eq!(gone.state, State::Gone);
    assert!(gone.notice.as_deref().is_some_and(|notice| notice.contains("gone for good")), "{gone:?}");
    stage.clock.advance(400 * 24 * HOUR);
    assert_eq!(stage.tick().await, 0);
    assert_eq!(stage.asked_for("/feed").await, 1);
}

#[tokio::test]
async fn a_feed_that_moved_is_read_and_says_so() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/old"]).await.remove(0);
    stage.answer("/old", ResponseTemplate::new(301).insert_header("location", "/new")).await;
    stage.answer("/new", feed(&[("1", "one")])).await;
    stage.tick().await;
    let moved = stage.again(&source).await;
    assert_eq!((moved.address, moved.state), (source.address.clone(), State::Active));
    let to = format!("{}/new", stage.server.uri());
    assert!(moved.notice.is_some_and(|notice| notice.contains(&to)));
    assert_eq!(stage.standing(&source).await.len(), 1);
}

/// Notes when it was asked, and takes its time.
struct Slowly {
    asked: Arc<Mutex<Vec<Instant>>>,
    told: Arc<Notify>,
    takes: Duration,
}

impl Respond for Slowly {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        self.asked.lock().unwrap().push(Instant::now());
        self.told.notify_one();
        feed(&[("1", "one")]).set_delay(self.takes)
    }
}

#[tokio::test]
async fn sources_of_one_host_are_read_one_after_another_whatever_fails() {
    let stage = Stage::set().await;
    let sources = stage.follow(&["/a", "/missing", "/b"]).await;
    let (asked, takes) = (Arc::<Mutex<Vec<Instant>>>::default(), Duration::from_millis(300));
    for at in ["/a", "/b"] {
        stage.answer(at, Slowly { asked: asked.clone(), told: Arc::default(), takes }).await;
    }
    assert_eq!(stage.tick().await, 1, "one job for the three");
    let asked = asked.lock().unwrap().clone();
    assert!(asked.len() == 2 && asked[1] - asked[0] >= takes, "{asked:?}");
    for (source, (articles, failures)) in sources.iter().zip([(1, 0), (0, 1), (1, 0)]) {
        assert_eq!(stage.standing(source).await.len(), articles, "{}", source.address);
        assert_eq!(stage.again(source).await.rhythm.failures, failures);
    }
    assert_eq!(stage.unfinished().await, []);
}

#[tokio::test]
async fn every_node_may_tick() {
    let stage = Stage::set().await;
    stage.follow(&["/a", "/b"]).await;
    assert_eq!(enqueue_due(&stage.fetching).await.unwrap(), 1);
    assert_eq!(enqueue_due(&stage.fetching).await.unwrap(), 0);
    assert_eq!(stage.unfinished().await, [JobState::Available]);
}

#[tokio::test]
async fn a_restart_keeps_the_schedule() {
    let mut stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    stage.answer("/feed", feed(&[("1", "one")]).insert_header("etag", "\"1\"")).await;
    stage.tick().await;
    let next = stage.again(&source).await.next_fetch_at;
    stage.restart().await;
    stage.clock.set(next - 1);
    assert_eq!(stage.tick().await, 0);
    stage.clock.set(next);
    assert_eq!(stage.tick().await, 1);
    let requests = stage.server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].headers.get("if-none-match").unwrap(), "\"1\"");
}

/// The process dies with the answer on its way; another takes over when the lease is over.
#[test]
fn a_crash_between_reading_and_recording_repeats_harmlessly() {
    let (first, second) = (runtime(), runtime());
    let mut stage = second.block_on(Stage::set());
    let (asked, told) = (Arc::<Mutex<Vec<Instant>>>::default(), Arc::<Notify>::default());
    let source = second.block_on(async {
        let source = stage.follow(&["/feed"]).await.remove(0);
        let takes = Duration::from_millis(200);
        stage.answer("/feed", Slowly { asked: asked.clone(), told: told.clone(), takes }).await;
        enqueue_due(&stage.fetching).await.unwrap();
        source
    });
    let (fetching, clock) = (stage.fetching.clone(), stage.clock.clone());
    first.spawn(async move { work(&fetching, &clock, Until::Told(Arc::default())).await });
    second.block_on(told.notified());
    first.shutdown_background();

    second.block_on(async {
        stage.restart().await;
        assert_eq!(stage.again(&source).await.fetched_at, None);
        stage.clock.advance(10 * SECOND);
        assert_eq!(enqueue_due(&stage.fetching).await.unwrap(), 0, "the job is still there");
        work(&stage.fetching, &stage.clock, Until::Finished).await;
        assert_eq!(asked.lock().unwrap().len(), 2);
        assert_eq!(first_words(&stage.standing(&source).await), [("1", "one")]);
        assert_eq!(stage.again(&source).await.fetched_at, Some(NOW + 10 * SECOND));
        assert_eq!(stage.unfinished().await, []);
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[tokio::test]
async fn a_stop_is_heard_between_two_sources() {
    let stage = Stage::set().await;
    let sources = stage.follow(&["/a", "/b"]).await;
    let stop = Arc::<Notify>::default();
    for at in ["/a", "/b"] {
        let takes = Duration::from_millis(100);
        stage.answer(at, Slowly { asked: Arc::default(), told: stop.clone(), takes }).await;
    }
    enqueue_due(&stage.fetching).await.unwrap();
    work(&stage.fetching, &stage.clock, Until::Told(stop)).await;
    let mut read = 0;
    for source in &sources {
        read += stage.standing(source).await.len();
    }
    assert_eq!((read, stage.server.received_requests().await.unwrap().len()), (1, 1));
    assert_eq!(stage.unfinished().await, [JobState::Available], "the other is left to somebody else");
}

#[tokio::test]
async fn the_page_behind_a_teaser_is_read_once() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    let teaser = |likes: &str| {
        let item = format!(
            "<item><title>T</title><guid>1</guid><link>{}/page</link><category>{likes}</category>\
             <description>A short teaser…</description></item>",
            stage.server.uri()
        );
        let feed = format!("<rss version='2.0'><channel><title>A feed</title>{item}</channel></rss>");
        ResponseTemplate::new(200).set_body_raw(feed, "application/rss+xml")
    };
    let words = "<p>Ownership is checked while the program is compiled, and never later than that.</p>";
    let page = format!("<html><body><article><h1>T</h1>{}</article></body></html>", words.repeat(20));
    stage.answer("/page", ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    Mock::given(path("/feed")).respond_with(teaser("old")).up_to_n_times(1).mount(&stage.server).await;
    stage.answer("/feed", teaser("new")).await;

    stage.tick().await;
    let first = stage.standing(&source).await.remove(0);
    assert!(first.article.text.contains("never later than that"), "{}", first.article.text);
    stage.tick_when_due(&source).await;
    let second = stage.standing(&source).await.remove(0);
    assert_eq!((second.id, &second.article.text), (first.id, &first.article.text));
    assert_eq!(second.article.tags, ["new"]);
    assert_eq!((stage.asked_for("/feed").await, stage.asked_for("/page").await), (2, 1));
}

#[tokio::test]
async fn a_database_that_does_not_take_it_is_the_sources_trouble() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    stage.answer("/feed", feed(&[("1", "one")])).await;
    let due = DueSource { source: source.clone(), wanted_by: None };
    // A source of that name does not exist: its articles break a constraint.
    let stranger = SourceId::born(NOW, [1, 1]);
    let unknown = DueSource { source: Source { id: stranger, ..source.clone() }, wanted_by: None };
    assert_eq!(stage.fetching.read(&unknown).await.unwrap(), None);
    assert_eq!(stage.fetching.read(&due).await.unwrap(), None);
    assert_eq!(stage.standing(&source).await.len(), 1);
}
