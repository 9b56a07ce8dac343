//! A feed whose programs the peer makes, one occurrence of it, and this service around them.

use super::super::{Outside, Progress};
use super::{
    peer::{Peer, SECRET},
    seed::{HOUR, seed},
};
use crate::{
    clock::{Chance, SystemClock},
    jobs::Trouble,
};
use domain::{
    OccurrenceId, OccurrenceState,
    external::{Delivered, Exchange, Generator, SetBy, SigningSecret},
};
use media::Media;
use net::{AllowPrivate, Client, Policy, Url};
use queue::{Clock, JobError, SetClock};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use store::{Store, occurrences::Ended};
use studio::external::{Generators, Limits};
use tempfile::TempDir;
use tokio::net::TcpListener;

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
        let media = Media::in_folder(folder.path().join("media")).unwrap();
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
        /// What tells the folder from another in its place.
        const MARK: &str = "mimiyori-media";
        fn files(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
            entries
                .map(|path| if path.is_dir() { files(&path) } else { usize::from(!path.ends_with(MARK)) })
                .sum()
        }
        files(&self.folder.path().join("media"))
    }
}

async fn serve_callbacks(store: &Store, clock: &SetClock) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let callbacks = web::callback::Callbacks::new(store.clone(), Arc::new(clock.clone()), &Chance);
    tokio::spawn(web::serve(listener, web::callback::router(callbacks)));
    url
}
