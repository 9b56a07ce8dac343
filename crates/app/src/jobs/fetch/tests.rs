//! Fetching from a server on loopback, through a worker as in the service.

mod stage;

use super::*;
use domain::SourceId;
use queue::State as JobState;
use stage::{NOW, Slowly, Stage, Until, feed, first_words, work};
use std::{sync::Mutex, time::Instant};
use tokio::sync::Notify;
use wiremock::{
    Mock, Request, ResponseTemplate,
    matchers::{method, path},
};

const MINUTE: Micros = 60 * SECOND;

#[tokio::test]
async fn validators_are_sent_back_and_a_304_keeps_what_there_is() {
    let stage = Stage::set().await;
    let source = stage.follow(&["/feed"]).await.remove(0);
    let (tag, modified) = ("W/\"a,b\"", "Mon, 23 Nov 2026 00:00:00 GMT");
    let verbatim = move |request: &Request| {
        let is = |name, value| request.headers.get(name).is_some_and(|header| header == value);
        is("if-none-match", tag) && is("if-modified-since", modified)
    };
    Mock::given(verbatim)
        .respond_with(ResponseTemplate::new(304).insert_header("cache-control", "max-age=7200"))
        .mount(&stage.server)
        .await;
    let validated = feed(&[("1", "one"), ("2", "two")]).insert_header("etag", tag);
    stage.answer("/feed", validated.insert_header("last-modified", modified)).await;

    assert_eq!(stage.tick().await, 1);
    let read = stage.again(&source).await;
    assert_eq!((read.title.as_str(), read.fetched_at, read.changed_at), ("A feed", Some(NOW), Some(NOW)));
    assert_eq!((read.etag.as_deref(), read.last_modified.as_deref()), (Some(tag), Some(modified)));
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

/// The process dies with the answer on its way, again and again; another takes over when the lease is over.
#[test]
fn a_source_that_brings_the_process_down_is_asked_ever_more_rarely_until_it_is_read() {
    let second = runtime();
    let mut stage = second.block_on(Stage::set());
    let (asked, told) = (Arc::<Mutex<Vec<Instant>>>::default(), Arc::<Notify>::default());
    let takes = Duration::from_millis(200);
    let source = second.block_on(async {
        let source = stage.follow(&["/feed"]).await.remove(0);
        stage.answer("/feed", Slowly { asked: asked.clone(), told: told.clone(), takes }).await;
        source
    });
    for (crashes, minutes) in [(1, 1), (2, 2), (3, 4)] {
        let began = stage.clock.now();
        assert_eq!(second.block_on(enqueue_due(&stage.fetching)).unwrap(), 1);
        let first = runtime();
        let (fetching, clock) = (stage.fetching.clone(), stage.clock.clone());
        first.spawn(async move { work(&fetching, &clock, Until::Told(Arc::default())).await });
        second.block_on(told.notified());
        first.shutdown_background();
        second.block_on(async {
            stage.restart().await;
            let cut_off = stage.again(&source).await;
            assert_eq!((cut_off.fetched_at, cut_off.rhythm.failures), (None, crashes));
            assert_eq!(cut_off.next_fetch_at, began + minutes * MINUTE);
            stage.clock.advance(10 * SECOND);
            assert_eq!(enqueue_due(&stage.fetching).await.unwrap(), 0, "it has its pause");
            work(&stage.fetching, &stage.clock, Until::Finished).await;
            assert_eq!(stage.unfinished().await, [], "the job that was cut off has come to its end");
            assert_eq!(asked.lock().unwrap().len() as u32, crashes, "nobody has asked again");
            stage.clock.set(cut_off.next_fetch_at);
        });
    }
    second.block_on(async {
        assert_eq!(stage.tick().await, 1);
        assert_eq!(first_words(&stage.standing(&source).await), [("1", "one")]);
        let read = stage.again(&source).await;
        assert_eq!((read.fetched_at, read.rhythm.failures), (Some(stage.clock.now()), 0));
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
    assert_eq!(stage.fetching.read(&unknown).await.unwrap(), Met::Answer);
    assert_eq!(stage.fetching.read(&due).await.unwrap(), Met::Answer);
    assert_eq!(stage.standing(&source).await.len(), 1);
}

/// Chance that fails us once.
struct Bomb {
    chance: queue::Seeded,
    armed: std::sync::atomic::AtomicBool,
}

impl Entropy for Bomb {
    fn bits(&self) -> u64 {
        assert!(!self.armed.swap(false, std::sync::atomic::Ordering::SeqCst), "an error of our own");
        self.chance.bits()
    }
}

#[tokio::test]
async fn a_source_that_makes_us_panic_is_set_aside_and_the_others_are_read() {
    let mut stage = Stage::set().await;
    stage.follow(&["/a", "/b"]).await;
    Mock::given(method("GET")).respond_with(feed(&[("1", "one")])).mount(&stage.server).await;
    let bomb = Bomb { chance: queue::Seeded::new(1), armed: true.into() };
    Arc::get_mut(&mut stage.fetching).unwrap().entropy = Arc::new(bomb);
    let due = stage.fetching.store.due_sources("127.0.0.1", NOW, 9).await.unwrap().rows;
    let context = Context::detached(queue::Counts::default());
    let outcome = fetch(&stage.fetching, &context, "127.0.0.1").await.unwrap();
    assert_eq!((outcome, due.len()), (Outcome::Done, 2));
    let (aside, read) = (stage.again(&due[0].source).await, stage.again(&due[1].source).await);
    assert_eq!((aside.fetched_at, aside.next_fetch_at), (None, NOW + 24 * HOUR));
    assert!(aside.notice.is_some_and(|notice| notice.contains("an error of our own")));
    assert_eq!(read.fetched_at, Some(NOW));
}

#[tokio::test]
async fn a_host_that_is_silent_does_not_hold_up_the_others() {
    let stage = Stage::set().await;
    // A port that nobody listens at any more.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sources = stage.follow_at(&format!("http://{nobody}"), &["/1", "/2", "/3", "/4"]).await;
    assert_eq!(stage.tick().await, 1);
    let mut failures = 0;
    for source in &sources {
        failures += stage.again(source).await.rhythm.failures;
    }
    assert_eq!(failures, 2, "two were tried");
    assert_eq!(stage.unfinished().await, [JobState::Available], "the rest has time");
    assert_eq!(stage.tick().await, 0);
}
