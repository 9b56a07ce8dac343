//! Calls under control, with voices and writers that do as the test says.

mod calls;
mod cpu;
mod judging;
mod takes;
mod trouble;

use super::*;
use domain::{
    Article, ArticleDraft, ArtifactKey, ArtifactKind, Depth, Host, Language, Readings, Scope, Script, Style,
    Usage, Written, WrittenBy,
    artifact::KeyBuilder,
    provider::{Prices, Settings},
};
use futures::future::BoxFuture;
use queue::{JobId, Lane, Micros, Seeded, SetClock};
use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use studio::{
    voice::{Pcm, Utterance, VoiceError},
    writer::{Brief, WriterError},
};
use tempfile::TempDir;
use tokio::sync::Semaphore;

/// 2026-11-25T12:00:00Z.
const NOW: Micros = 1_795_608_000_000_000;
const PROVIDER: &str = "openai";

/// A node's database with one provider, on a clock that stands still.
struct Node {
    store: Store,
    clock: SetClock,
    meter: Meter,
    _folder: TempDir,
}

impl Node {
    async fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let clock = SetClock::at(NOW);
        let meter = meter(&store, settings, &clock, 1).await;
        Self { store, clock, meter, _folder: folder }
    }

    fn voice(&self, actor: &Arc<Actor>) -> Arc<dyn Voice> {
        Arc::new(MeteredVoice::new(actor.clone(), self.meter.clone()))
    }

    fn writer(&self, actor: &Arc<Actor>) -> Arc<dyn Writer> {
        Arc::new(MeteredWriter::new(actor.clone(), self.meter.clone()))
    }

    /// Everything is settled after this.
    async fn close(self) -> (Store, TempDir) {
        self.meter.settled().await;
        (self.store, self._folder)
    }
}

async fn meter(store: &Store, settings: Settings, clock: &SetClock, seed: u64) -> Meter {
    let (clock, entropy) = (Arc::new(clock.clone()), Arc::new(Seeded::new(seed)));
    Meter::open(PROVIDER, settings, store.clone(), clock, entropy).await.unwrap()
}

/// A character costs 10 micro-USD, a token 1.
fn priced(settings: Settings) -> Settings {
    let prices = Prices { input_tokens: 1_000_000, output_tokens: 1_000_000, characters: 10_000_000 };
    Settings { prices, ..settings }
}

/// Speaks and writes as it is told, and counts.
#[derive(Default)]
struct Actor {
    /// Of the next calls; then all is well.
    lines: Mutex<VecDeque<VoiceError>>,
    /// Of the call with this number, counted from 0.
    fails: Mutex<Option<(usize, VoiceError)>>,
    scripts: Mutex<VecDeque<Result<Usage, WriterError>>>,
    calls: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// Told of every call that has begun.
    begun: Option<Arc<Semaphore>>,
    /// Lets one call end for each permit.
    gate: Option<Arc<Semaphore>>,
}

impl Actor {
    fn failing(errors: impl IntoIterator<Item = VoiceError>) -> Arc<Self> {
        Arc::new(Self { lines: Mutex::new(errors.into_iter().collect()), ..Self::default() })
    }

    fn writing(scripts: impl IntoIterator<Item = Result<Usage, WriterError>>) -> Arc<Self> {
        Arc::new(Self { scripts: Mutex::new(scripts.into_iter().collect()), ..Self::default() })
    }

    /// Its calls end only when the second lets them; the first counts those that have begun.
    fn held() -> (Arc<Self>, Arc<Semaphore>, Arc<Semaphore>) {
        let (begun, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let actor = Self { begun: Some(begun.clone()), gate: Some(gate.clone()), ..Self::default() };
        (Arc::new(actor), begun, gate)
    }

    fn fail_at(&self, call: usize, error: VoiceError) {
        *self.fails.lock().unwrap() = Some((call, error));
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn most_together(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    async fn act(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        if let Some(begun) = &self.begun {
            begun.add_permits(1);
        }
        match &self.gate {
            Some(gate) => gate.acquire().await.unwrap().forget(),
            None => tokio::task::yield_now().await,
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Voice for Actor {
    fn fingerprint(&self, language: Language, host: Host) -> String {
        format!("actor {language:?} {host:?}")
    }

    fn speaker(&self, _language: Language, _host: Host) -> String {
        "Actor".into()
    }

    fn speak<'a>(&'a self, _utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>> {
        Box::pin(async move {
            let call = self.calls();
            self.act().await;
            let fails = self.fails.lock().unwrap().take_if(|(at, _)| *at == call).map(|(_, error)| error);
            let error = fails.or_else(|| self.lines.lock().unwrap().pop_front());
            error.map_or_else(|| Ok(Pcm { samples: vec![0.1; 10], rate: 24_000 }), Err)
        })
    }
}

impl Writer for Actor {
    fn fingerprint(&self) -> String {
        "actor".into()
    }

    fn write<'a>(&'a self, _brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(async move {
            self.act().await;
            let usage = self.scripts.lock().unwrap().pop_front().unwrap_or_else(|| Ok(Usage::default()))?;
            let script = Script { lines: Vec::new() };
            Ok(Written { script, by: WrittenBy::Model("m".into()), usage, dropped: 0 })
        })
    }
}

/// 100 characters: 1,000 micro-USD where they are priced.
fn line() -> Utterance {
    let readings = Arc::new(Readings::default());
    Utterance { text: "あ".repeat(100), host: Host::Main, language: Language::Ja, readings }
}

async fn write(writer: &dyn Writer) -> Result<Written, WriterError> {
    let article = Article::new(ArticleDraft {
        source: "s".into(),
        id: "a".into(),
        url: None,
        title: "A bridge".into(),
        author: None,
        published: None,
        tags: Vec::new(),
        likes: None,
        text: "The bridge was rebuilt.".into(),
        private: false,
    });
    let (language, style, depth) = (Language::En, Style::Single, Depth::Brief);
    writer.write(&Brief { article: &article, language, style, depth, pace: 2.5 }).await
}

fn key(name: &str) -> ArtifactKey {
    KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).field("name", name).finish()
}

fn errand(name: &str) -> Errand {
    Errand::new(Lane(1), Some(key(name)), Some(JobId(7)))
}

fn lost() -> VoiceError {
    VoiceError::Lost { host: "h".into(), reason: "no answer within 120 s".into() }
}

fn down() -> VoiceError {
    VoiceError::ServerFailed { host: "h".into(), status: 500 }
}
