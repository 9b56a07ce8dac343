//! Two nodes on one throw-away database, and calls to make.

use domain::{
    ArtifactKey, ArtifactKind, CallId, Scope,
    artifact::KeyBuilder,
    provider::{Answer, Booked, Operation, Prices, Refusal, Settings, Units, Why},
};
use queue::Lane;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    Store,
    ledger::{Ask, Draw, Settlement},
    providers::ProviderRow,
};

pub const SECOND: i64 = 1_000_000;
pub const DAY: i64 = 86_400 * SECOND;
pub const LEASE: i64 = 60 * SECOND;
/// 2026-11-25T00:00:00Z.
pub const MIDNIGHT: i64 = 1_795_564_800 * SECOND;
pub const NOW: i64 = MIDNIGHT + DAY / 2;
pub const PROVIDER: &str = "openai";

/// Two processes' stores of one database.
pub struct Nodes {
    pub one: Store,
    pub two: Store,
    pub url: String,
}

impl Nodes {
    pub async fn configure(&self, settings: Settings) {
        self.one.configure_provider(PROVIDER, &settings).await.unwrap();
    }
}

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                super::$name(crate::harness::nodes(url).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let nodes = crate::harness::nodes(cluster.database().unwrap()).await;
                let (one, two) = (nodes.one.clone(), nodes.two.clone());
                super::$name(nodes).await;
                one.close().await;
                two.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

pub async fn nodes(url: String) -> Nodes {
    let one = Store::open(&url).await.unwrap();
    let two = Store::open(&url).await.unwrap();
    Nodes { one, two, url }
}

/// Characters cost 10 micro-USD each.
pub fn priced(settings: Settings) -> Settings {
    Settings { prices: Prices { characters: 10_000_000, ..Prices::default() }, ..settings }
}

/// A line of 100 characters: 1,000 micro-USD where they are priced.
pub fn line(lane: u8) -> Ask {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    Ask {
        id: CallId::born(NOW, [0, COUNT.fetch_add(1, Ordering::Relaxed)]),
        operation: Operation::Speak,
        lane: Lane(lane),
        units: Some(characters(100)),
        artifact: None,
        job: None,
    }
}

pub fn characters(characters: u64) -> Units {
    Units { requests: 1, characters, ..Units::default() }
}

pub fn key(name: &str) -> ArtifactKey {
    KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).field("name", name).finish()
}

pub fn draw<'a>(settlements: &'a [Settlement], asks: &'a [Ask], now: i64) -> Draw<'a> {
    Draw { provider: PROVIDER, owner: "node", settlements, asks, now, lease_until: now + LEASE }
}

pub async fn reserve(store: &Store, ask: &Ask, now: i64) -> Result<Booked, Refusal> {
    store.draw_calls(&draw(&[], std::slice::from_ref(ask), now)).await.unwrap().asks.remove(0)
}

/// Reserves a line that must be let through.
pub async fn begin(store: &Store, lane: u8, now: i64) -> CallId {
    let ask = line(lane);
    reserve(store, &ask, now).await.unwrap();
    ask.id
}

pub async fn refused(store: &Store, lane: u8, now: i64) -> Refusal {
    reserve(store, &line(lane), now).await.unwrap_err()
}

pub async fn why(store: &Store, lane: u8, now: i64) -> Why {
    refused(store, lane, now).await.why
}

/// Settles; what it counts as, unless it had been settled before.
pub async fn end(store: &Store, id: CallId, answer: Answer, now: i64) -> Option<Booked> {
    store.draw_calls(&draw(&[Settlement { id, answer }], &[], now)).await.unwrap().settled.remove(0)
}

pub async fn standing(store: &Store, now: i64) -> ProviderRow {
    store.providers(now).await.unwrap().remove(0)
}
