//! A feed whose programs the peer makes, one occurrence of it, and this service around them.

use super::super::{Outside, Progress};
use super::peer::{Peer, SECRET};
use crate::{
    clock::{Chance, SystemClock},
    jobs::Trouble,
};
use domain::{
    BatchId, FeedId, Language, ListenerId, OccurrenceId, OccurrenceState, Schedule, Selection, Style,
    external::{Delivered, Exchange, Generator, SetBy, SigningSecret},
    schedule::{Days, Standing},
    select::Filter,
};
use media::Media;
use net::{AllowPrivate, Client, Policy, Post, Url};
use queue::{Clock, JobError, SetClock};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::{sync::Arc, time::Duration};
use store::{
    Store,
    batches::Batch,
    feeds::Feed,
    listeners::{Listener, Role},
    occurrences::{Chosen, Ended, NewOccurrence},
};
use studio::external::{Generators, Limits};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;

/// For what hangs, and for what does not however slow the machine is.
pub const SOON: Duration = Duration::from_millis(300);
pub const LONG: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits { answer: LONG, audio: LONG, audio_bytes: 2_000_000 };

pub struct Scene {
    pub peer: Peer,
    pub outside: Outside,
    pub clock: SetClock,
    /// When the scene began: the machine's own time, for the public library takes no other.
    pub start: i64,
    pub occurrence: OccurrenceId,
    pub folder: TempDir,
}

impl Scene {
    /// A listener's generator, on a loopback that listeners may reach.
    pub async fn new() -> Self {
        let loopback = AllowPrivate::Networks(vec!["127.0.0.1".parse().unwrap()]);
        Self::with(SetBy::Listener, loopback).await
    }

    pub async fn with(set_by: SetBy, allow_private: AllowPrivate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let media = Media::open(&format!("file://{}/media", folder.path().display())).unwrap();
        let peer = Peer::start().await;
        let start = Clock::now(&SystemClock);
        let clock = SetClock::at(start);
        let policy = Policy { allow_private, user_agent: "mimiyori-test/1".to_owned() };
        let outside = Outside {
            public_url: serve_callbacks(&store, &clock).await,
            generators: Generators::new(Client::new(policy), LIMITS),
            store,
            media,
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(Chance),
        };
        let url: Url = peer.url.join("programs").unwrap();
        let generator = Generator::new(url, set_by, vec![SigningSecret::new(SECRET)]).unwrap();
        let occurrence = seed(&outside.store, &generator, start).await;
        Self { peer, outside, clock, start, occurrence, folder }
    }

    /// How long an answer, and audio, may take from now on.
    pub fn patience(&mut self, answer: Duration, audio: Duration) {
        let loopback = AllowPrivate::Networks(vec!["127.0.0.1".parse().unwrap()]);
        let policy = Policy { allow_private: loopback, user_agent: "mimiyori-test/1".to_owned() };
        self.outside.generators = Generators::new(Client::new(policy), Limits { answer, audio, ..LIMITS });
    }

    pub fn due(&self) -> i64 {
        self.start + HOUR
    }

    pub async fn go_on(&self) -> Result<Progress, Trouble> {
        self.outside.go_on(self.occurrence, self.due()).await
    }

    pub async fn delivered(&self) -> Delivered {
        match self.go_on().await {
            Ok(Progress::Delivered(_, delivered)) => *delivered,
            other => panic!("not delivered: {other:?}"),
        }
    }

    pub async fn error(&self) -> JobError {
        match self.go_on().await {
            Err(Trouble::Work(error)) => error,
            other => panic!("no error: {other:?}"),
        }
    }

    pub async fn exchange(&self) -> Exchange {
        self.outside.store.errand(self.occurrence).await.unwrap().unwrap().exchange.unwrap()
    }

    /// Where the last request said that an answer goes.
    pub fn callback_url(&self) -> Url {
        self.peer.seen().last().unwrap().document["callback_url"].as_str().unwrap().parse().unwrap()
    }

    /// A program as the peer describes it, its audio on the peer by this name.
    pub fn program(&self, audio: &str) -> Value {
        json!({
            "occurrence": self.occurrence,
            "title": "Today",
            "audio_url": self.peer.at(&format!("audio/{audio}")),
            "chapters": [{"start_ms": 0, "title": "Opening"}, {"start_ms": 60_000, "title": "Rust"}],
            "transcript": "WEBVTT\n\n00:00.000 --> 00:01.000\nHello",
        })
    }

    pub async fn end(&self, state: OccurrenceState) {
        let mut tx = self.outside.store.begin().await.unwrap();
        let ended = Ended { id: self.occurrence, state, reason: "a test wants it so".to_owned() };
        assert_eq!(tx.end_occurrences(&[ended], self.clock.now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    /// Objects in the media store, whole or begun.
    pub fn objects(&self) -> usize {
        fn files(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
        }
        files(&self.folder.path().join("media"))
    }
}

/// Calls back as any service would: signed by the public library. Status and body.
pub async fn call(url: &Url, document: &Value) -> (u16, Value) {
    let now_s = Clock::now(&SystemClock) / SECOND;
    call_as(SECRET, now_s, url, &document.to_string()).await
}

pub async fn call_as(secret: &str, at_s: i64, url: &Url, body: &str) -> (u16, Value) {
    let signature = Webhook::new(secret).unwrap().sign("msg_1", at_s, body.as_bytes()).unwrap();
    let mut post = Post::json(url.clone(), body.to_owned());
    post.headers = vec![
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-timestamp", at_s.to_string()),
        ("webhook-signature", signature),
    ];
    send(&post).await
}

pub async fn send(post: &Post) -> (u16, Value) {
    let policy = Policy { allow_private: AllowPrivate::All, user_agent: "a-generator/1".to_owned() };
    let answer = Client::new(policy).post(post).await.unwrap();
    let kind = if answer.status < 300 { "application/json" } else { "application/problem+json" };
    assert_eq!(answer.content_type.as_deref(), Some(kind));
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

async fn serve_callbacks(store: &Store, clock: &SetClock) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let callbacks = web::callback::Callbacks::new(store.clone(), Arc::new(clock.clone()), &Chance);
    tokio::spawn(web::serve(listener, web::callback::router(callbacks)));
    url
}

async fn seed(store: &Store, generator: &Generator, now: i64) -> OccurrenceId {
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
        schedule: Schedule::new("daily".parse::<Days>().unwrap(), "07:00".parse().unwrap(), zone),
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
