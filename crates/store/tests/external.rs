//! Exchanges with external generators, on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use domain::{
    BatchId, FeedId, Language, ListenerId, OccurrenceId, OccurrenceState, Schedule, Style,
    external::{
        Answer, Event, Exchange, Generator, Phase, Refused, SetBy, SigningSecret, StoredAudio, job_key,
    },
    schedule::{Days, Standing},
    select::Filter,
};
use queue::{Begin, Claim, JobStore, Kind, Lane, Lanes, NewJob, OnDuplicate};
use store::{
    Store,
    batches::Batch,
    feeds::Feed,
    listeners::{Listener, Role},
    occurrences::NewOccurrence,
};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const NOW: i64 = 1_800_000_000 * SECOND;
const DUE: i64 = NOW + HOUR;

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                super::$name(super::Store::open(&url).await.unwrap()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let store = super::Store::open(&cluster.database().unwrap()).await.unwrap();
                super::$name(store.clone()).await;
                store.close().await;
            })+
        }
    };
}

on_both!(
    an_exchange_is_read_back_in_every_state,
    answers_at_the_same_moment_leave_one,
    a_callback_wakes_the_job_that_waits,
    audio_is_kept_once_and_for_its_own_request,
    what_nobody_makes_elsewhere_is_no_errand,
);

fn occurrence() -> OccurrenceId {
    OccurrenceId::born(NOW, [4, 4])
}

fn generator() -> Generator {
    let url = "https://maker.example/programs".parse().unwrap();
    Generator::new(url, SetBy::Listener, vec![SigningSecret::new("whsec_abc")]).unwrap()
}

/// A listener, a feed and an open occurrence.
async fn seed(store: &Store, external: Option<String>) {
    let (listener, feed) = (ListenerId::born(NOW, [1, 1]), FeedId::born(NOW, [2, 2]));
    let batch = Batch {
        id: BatchId::born(NOW, [3, 3]),
        ready_by: DUE,
        request: None,
        due_at: DUE,
        opened_at: NOW,
        predicted_ms: 1_000,
        planned_at: None,
        counted_at: None,
        closed_at: None,
    };
    let mut tx = store.begin().await.unwrap();
    let person = Listener {
        id: listener,
        email: "a@example.org".into(),
        name: "Aki".into(),
        role: Role::Listener,
        zone: "Asia/Tokyo".parse().unwrap(),
        language: Language::Ja,
        plan: "unlimited".into(),
    };
    assert!(tx.add_listener(&person, NOW).await.unwrap());
    let schedule = Schedule::new("daily".parse::<Days>().unwrap(), "07:00".parse().unwrap(), person.zone);
    let feed = Feed {
        id: feed,
        listener,
        name: "朝の技術".into(),
        language: Language::Ja,
        style: Style::Dialogue,
        minutes: 10,
        max_articles: None,
        filter: Filter::everything(),
        schedule,
        external,
        standing: Standing::default(),
    };
    tx.add_feed(&feed, NOW).await.unwrap();
    let batch = tx.open_batch(&batch).await.unwrap();
    let new = NewOccurrence {
        id: occurrence(),
        feed: feed.id,
        listener,
        batch,
        local_date: "2027-01-15".parse().unwrap(),
        request: None,
        lane: 1,
        ready_by: DUE,
        missed: None,
    };
    assert_eq!(tx.open_occurrences(&[new], NOW).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn seeded(store: &Store) {
    seed(store, Some(serde_json::to_string(&generator()).unwrap())).await;
}

async fn step(store: &Store, event: Event<'_>, now: i64) -> Result<Exchange, Refused> {
    store.step_exchange(occurrence(), event, now).await.unwrap()
}

fn answer(name: &str) -> Answer {
    Answer::Nothing(name.into())
}

fn call(answer: &Answer) -> Event<'_> {
    Event::CallBack { answer, occurrence: OccurrenceState::Open }
}

fn audio(key: &str) -> StoredAudio {
    StoredAudio {
        media_key: key.into(),
        bytes: 9,
        frames: 1,
        duration_ms: 26,
        sample_rate_hz: 44_100,
        channels: 2,
    }
}

fn send(due_at: i64) -> Event<'static> {
    Event::Send { due_at: jiff::Timestamp::from_microsecond(due_at).unwrap() }
}

async fn an_exchange_is_read_back_in_every_state(store: Store) {
    seeded(&store).await;
    let errand = store.errand(occurrence()).await.unwrap().unwrap();
    assert_eq!((errand.exchange, errand.audio), (None, None));
    assert_eq!((errand.feed_name.as_str(), errand.minutes, errand.style), ("朝の技術", 10, Style::Dialogue));
    assert_eq!((errand.state, errand.ready_by), (OccurrenceState::Open, DUE));
    assert_eq!(
        (errand.zone.as_written(), errand.local_date.to_string().as_str()),
        ("Asia/Tokyo", "2027-01-15")
    );
    assert_eq!(errand.generator, generator());

    let a = answer("a");
    let later = DUE + HOUR;
    for (event, now, phase) in [
        (send(DUE), NOW, Some("Sent")),
        (Event::TimeOut, NOW, None),
        (send(DUE), NOW + SECOND, Some("Sent")),
        (Event::Accept, NOW + 2 * SECOND, Some("Accepted")),
        (Event::TimeOut, DUE, Some("TimedOut")),
        (call(&a), DUE, None),
        (send(later), DUE, Some("Sent")),
        (call(&a), DUE + SECOND, Some("CalledBack")),
        (Event::Fail { send: 3, why: "no MP3" }, DUE + SECOND, Some("Failed")),
        (send(later + HOUR), DUE + SECOND, Some("Sent")),
        (Event::Answer(&a), DUE + SECOND, Some("Answered")),
        (Event::Answer(&answer("b")), DUE + SECOND, None),
    ] {
        let before = store.errand(occurrence()).await.unwrap().unwrap().exchange;
        let stepped = step(&store, event, now).await;
        let after = store.errand(occurrence()).await.unwrap().unwrap().exchange;
        match phase {
            Some(phase) => {
                assert_eq!(after.as_ref(), stepped.as_ref().ok(), "{event:?}");
                assert!(format!("{stepped:?}").contains(&format!("phase: {phase}")), "{event:?} {stepped:?}");
            }
            None => assert_eq!((stepped.is_err(), after), (true, before), "{event:?}"),
        }
    }
}

async fn answers_at_the_same_moment_leave_one(store: Store) {
    seeded(&store).await;
    step(&store, send(DUE), NOW).await.unwrap();
    let tasks: Vec<_> = (0..12)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { (n, step(&store, call(&answer(&format!("{n}"))), NOW).await) })
        })
        .collect();
    let mut taken = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (n, Ok(_)) => taken.push(n),
            (_, Err(refused)) => assert_eq!(refused, Refused::Differs),
        }
    }
    let [first] = taken[..] else { panic!("{taken:?} were taken") };
    let stands = store.errand(occurrence()).await.unwrap().unwrap().exchange.unwrap();
    assert_eq!(stands.phase, Phase::CalledBack(answer(&format!("{first}"))));
    assert_eq!(step(&store, call(&answer(&format!("{first}"))), NOW).await, Err(Refused::Repetition));
}

async fn a_callback_wakes_the_job_that_waits(store: Store) {
    seeded(&store).await;
    step(&store, send(DUE), NOW).await.unwrap();
    let kind = Kind::new("external");
    let waits = NewJob {
        key: Some(job_key(occurrence())),
        begin: Begin::At(DUE),
        ..NewJob::new(kind.clone(), "{}", DUE)
    };
    store.enqueue(&[waits], OnDuplicate::Keep, NOW).await.unwrap();
    let claim = |now| Claim {
        owner: "tester".into(),
        kinds: vec![kind.clone()],
        offers: Lanes::new([(Lane(0), 1)]).offers(9),
        free: 9,
        now,
        lease_until: now + HOUR,
    };
    assert_eq!(store.claim(&claim(NOW)).await.unwrap().len(), 0);
    step(&store, call(&answer("a")), NOW + SECOND).await.unwrap();
    assert_eq!(store.claim(&claim(NOW + SECOND)).await.unwrap().len(), 1);
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.wake(&job_key(occurrence()), NOW).await.unwrap(), "what runs does not wait");
}

async fn audio_is_kept_once_and_for_its_own_request(store: Store) {
    seeded(&store).await;
    step(&store, send(DUE), NOW).await.unwrap();
    let keep = |send, key: &'static str| {
        let store = store.clone();
        async move { store.keep_audio(occurrence(), send, &audio(key), None).await.unwrap() }
    };
    assert!(!keep(1, "too-early").await);
    step(&store, Event::Answer(&answer("a")), NOW).await.unwrap();
    assert!(!keep(2, "of-another-request").await);
    assert!(keep(1, "first").await);
    assert!(!keep(1, "second").await);
    assert_eq!(store.external_answer(occurrence()).await.unwrap(), Some(answer("a")));
    let errand = store.errand(occurrence()).await.unwrap().unwrap();
    assert_eq!(errand.audio, Some(audio("first")));
    let (lost, found) = (audio("first"), audio("again"));
    assert!(store.keep_audio(occurrence(), 1, &found, Some(&lost)).await.unwrap(), "the object was gone");
    assert!(!store.keep_audio(occurrence(), 1, &audio("late"), Some(&lost)).await.unwrap());
    step(&store, Event::Fail { send: 1, why: "no" }, NOW).await.unwrap();
    step(&store, send(DUE + HOUR), NOW).await.unwrap();
    assert_eq!(store.errand(occurrence()).await.unwrap().unwrap().audio, None, "asked anew, fetched anew");
}

async fn what_nobody_makes_elsewhere_is_no_errand(store: Store) {
    seed(&store, None).await;
    assert!(store.errand(occurrence()).await.unwrap().is_none());
    assert_eq!(step(&store, send(DUE), NOW).await, Err(Refused::Unasked));
    let nobody = OccurrenceId::born(NOW, [9, 9]);
    assert!(store.errand(nobody).await.unwrap().is_none());
    assert_eq!(store.external_answer(nobody).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.wake("external:nobody", NOW).await.unwrap());
}
