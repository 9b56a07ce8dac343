//! An API over a throw-away store with two listeners in it, each with everything a listener can have.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header},
};
use domain::{
    Article, ArticleDraft, ArticleId, ArtifactKey, ArtifactKind, AudioFormat, BatchId, ChannelId, DeliveryId,
    Edition, FeedId, FeedTokenId, Language, ListenerId, Manifest, Notice, OccurrenceId, OccurrenceState,
    Program, ProgramId, ReadingId, Segment, SegmentKind, Selection, SourceId, TokenId,
    artifact::KeyBuilder,
    channel::{About, Target},
    external::SigningSecret,
    notification::{Bundling, Settings},
    selection::Pick,
    session::Limits,
    token::{ChannelKey, FeedKey, Scope, Token},
};
use domain::{Plans, entitlement::Offer};
use futures::{FutureExt, future::BoxFuture};
use queue::{Lane, Seeded, SetClock};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use store::{
    Store, StoreError,
    batches::Batch,
    channels::NewChannel,
    feed_tokens::NewFeedToken,
    following::{By, add_source},
    hearing::ReadingRow,
    listeners::{Listener, Role},
    occurrences::{Chosen, NewOccurrence},
    programs::Program as Published,
    tellings::Telling,
    tokens::NewToken,
};
use tower::ServiceExt;
use web::{
    account::{self, Account},
    api::{
        self, Api, Gift, Made, Parts, Production, SchedulerToken, Ticked, Undeleted, Ungiven, Unpayable,
        operate::{
            backfill::{BackfillWish, Backfilled},
            batches::Report,
            dead::{RedriveWish, Redriven},
            load::Load,
        },
    },
    channels::{Channels, Keys},
    podcast::Addresses,
};

pub const SECOND: i64 = 1_000_000;
pub const DAY: i64 = 86_400 * SECOND;
/// 2027-01-15T08:00:00Z.
pub const NOW: i64 = 1_800_000_000 * SECOND;

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/test.db", folder.path().display());
                let world = crate::harness::World::open(&url).await;
                super::$name(&world).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let world = crate::harness::World::open(&cluster.database().unwrap()).await;
                super::$name(&world).await;
                world.store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

pub struct World {
    pub store: Store,
    pub clock: SetClock,
    pub router: Router,
    pub own: Theirs,
    pub foreign: Theirs,
    parts: Parts,
}

/// What a listener has.
#[derive(Debug)]
pub struct Theirs {
    pub listener: ListenerId,
    pub source: SourceId,
    pub feed: FeedId,
    pub program: ProgramId,
    /// Told in the program.
    pub article: ArticleId,
    pub reading: ReadingId,
    pub occurrence: OccurrenceId,
    pub podcast: FeedTokenId,
    pub channel: ChannelId,
    pub delivery: DeliveryId,
    /// One that nobody uses.
    pub spare_token: TokenId,
    tokens: Vec<(Scope, String)>,
}

impl Theirs {
    pub fn token(&self, scope: Scope) -> &str {
        &self.tokens.iter().find(|(of, _)| *of == scope).unwrap().1
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The name of the problem that it must be.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        let document = self.json();
        assert_eq!(document["status"], self.status);
        let name = document["type"].as_str().unwrap().strip_prefix("urn:mimiyori:problem:").unwrap();
        name.to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

impl World {
    pub async fn open(url: &str) -> Self {
        let store = Store::open(url).await.unwrap();
        let entropy = Arc::new(Seeded::new(7));
        let clock = SetClock::at(NOW);
        let own = theirs(&store, 1).await;
        let foreign = theirs(&store, 2).await;
        let base = "https://radio.example/".parse().unwrap();
        let clock_of: Arc<dyn queue::Clock> = Arc::new(clock.clone());
        let account = Account::new(account::Parts {
            store: store.clone(),
            clock: clock_of.clone(),
            entropy: entropy.clone(),
            public_url: "https://radio.example/".parse().unwrap(),
            settings: account::Settings {
                sessions: Limits::of_days(14, 90),
                proxies: Vec::new(),
                alone: None,
                mail: account::Mail::None,
                providers: Vec::new(),
                plan: "pro".into(),
            },
            common: "",
        });
        let client =
            net::Client::new(net::Policy { allow_private: net::AllowPrivate::No, user_agent: "test".into() });
        let channels = Channels {
            store: store.clone(),
            clock: clock_of.clone(),
            entropy: entropy.clone(),
            client: Arc::new(client.clone()),
            keys: Keys::new(ChannelKey::derive(b"a secret of the service"), "https://radio.example/"),
            mail: account::Mail::Sent,
        };
        let parts = Parts {
            store: store.clone(),
            channels,
            account,
            clock: clock_of,
            entropy,
            addresses: Addresses::new(&base, FeedKey::derive(b"a secret of the service")),
            client,
            production: Arc::new(Nobody),
            offer: Offer { plans: Plans::default(), grace: domain::subscription::GRACE },
            requests_per_minute: 100_000,
            scheduler_token: Some("beat".into()),
            scheduler: None,
        };
        let router = web::api::router(Api::new(parts.clone()));
        Self { store, clock, router, own, foreign, parts }
    }

    /// The same, driven by a scheduler.
    pub fn scheduled(&self, scheduler: SchedulerToken) -> Router {
        web::api::router(Api::new(Parts { scheduler: Some(scheduler), ..self.parts.clone() }))
    }

    /// The same with so many requests a minute.
    pub fn limited(&self, requests_per_minute: u32) -> Router {
        web::api::router(Api::new(Parts { requests_per_minute, ..self.parts.clone() }))
    }

    /// Asks as the listener whose world it is.
    pub async fn ask(&self, scope: Scope, method: &str, path: &str, body: Option<Value>) -> Answer {
        let token = self.own.token(scope);
        let body = body.map(|body| body.to_string());
        self.send(method, path, Some(token), &[], body.as_deref().map(str::as_bytes)).await
    }

    /// Both listeners have a webhook, and were told something there.
    pub async fn hook_up(&self) {
        let keys = &self.parts.channels.keys;
        let url = "https://me.example/".parse().unwrap();
        let secrets = vec![SigningSecret::new(net::webhook::written(&[7; 32]))];
        let target = Target::Webhook { url, secrets };
        let mut tx = self.store.begin().await.unwrap();
        for theirs in [&self.own, &self.foreign] {
            let new = NewChannel {
                id: theirs.channel,
                listener: theirs.listener,
                about: About::Programs,
                kind: target.kind(),
                label: String::new(),
                place: target.place(),
                target: keys.close(theirs.channel, &target).unwrap(),
                fingerprint: target.fingerprint(),
                settings: Settings {
                    zone: "Asia/Tokyo".parse().unwrap(),
                    quiet: None,
                    bundling: Bundling::Each,
                },
            };
            assert!(tx.add_channel(&new, NOW).await.unwrap());
            let telling = Telling {
                channel: theirs.channel,
                listener: theirs.listener,
                subject: "test".into(),
                bundle: None,
                send_at: NOW,
                notice: Some(Notice::Test {}),
                delivery: theirs.delivery,
            };
            assert_eq!(tx.tell(&[telling], NOW).await.unwrap(), 1);
            tx.skip_delivery(theirs.delivery, "the channel was off", NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Where the mails of a channel end.
    pub fn unsubscribe(&self, channel: ChannelId) -> String {
        let base = "https://radio.example/".parse().unwrap();
        self.parts.channels.keys.unsubscribe(&base, channel).path().to_owned()
    }

    /// Comes with nothing but a link.
    pub async fn visit(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let router = web::unsubscribe::router(self.parts.channels.clone());
        answered(&router, method, path, None, headers, Some(body)).await
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        send(&self.router, method, path, token, headers, body).await
    }
}

pub async fn send(
    router: &Router,
    method: &str,
    path: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> Answer {
    let path = if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
    answered(router, method, &path, token, headers, body).await
}

async fn answered(
    router: &Router,
    method: &str,
    path: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_vec()));
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 10 << 20).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: head.status.as_u16(), headers: head.headers, text }
}

/// Who makes nothing, and says so.
struct Nobody;

impl Production for Nobody {
    fn make_now(&self, _: FeedId, key: String) -> BoxFuture<'_, Result<api::Answer, StoreError>> {
        let number = key.bytes().map(u64::from).sum::<u64>();
        let made = Made {
            occurrence: OccurrenceId::born(NOW, [number << 24, 1]),
            batch: BatchId::born(NOW, [number << 24, 2]),
            state: OccurrenceState::Open,
            local_date: "2027-01-15".parse().unwrap(),
            is_new: true,
        };
        async move { Ok(api::Answer::Made(made)) }.boxed()
    }

    fn tick(&self, work: Duration) -> BoxFuture<'_, Result<Ticked, String>> {
        async move { Ok(Ticked { opened: 1, missed: 0, waiting: work.as_secs() }) }.boxed()
    }

    fn reports(&self, _: Vec<Batch>) -> BoxFuture<'_, Result<Vec<Report>, StoreError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn redrive(&self, _: RedriveWish) -> BoxFuture<'_, Result<Redriven, StoreError>> {
        async { Ok(Redriven::default()) }.boxed()
    }

    fn backfill(&self, wish: BackfillWish, _: String) -> BoxFuture<'_, Result<Backfilled, StoreError>> {
        async move { Ok(Backfilled { dry_run: wish.dry_run, occurrences: 0, batches: 0, due_at: None }) }
            .boxed()
    }

    fn checkout(&self, _: ListenerId, plan: String) -> BoxFuture<'_, Result<String, Unpayable>> {
        async move {
            match plan.as_str() {
                "pro" => Ok("https://pay.example/1".into()),
                _ => Err(Unpayable::NoPlan("it is not sold".into())),
            }
        }
        .boxed()
    }

    fn portal(&self, _: ListenerId) -> BoxFuture<'_, Result<String, Unpayable>> {
        async { Err(Unpayable::NotNow("nothing is paid for".into())) }.boxed()
    }

    fn give(&self, _: ListenerId, _: Gift, _: String) -> BoxFuture<'_, Result<(), Ungiven>> {
        async { Ok(()) }.boxed()
    }

    fn delete_account(&self, _: ListenerId, _: String, _: String) -> BoxFuture<'_, Result<(), Undeleted>> {
        async { Ok(()) }.boxed()
    }

    fn load(&self) -> BoxFuture<'_, Result<Load, StoreError>> {
        async { Ok(Load::default()) }.boxed()
    }

    fn last_tick(&self) -> Option<store::Micros> {
        None
    }

    fn settings(&self) -> String {
        String::new()
    }

    fn lane(&self, lane: Lane) -> String {
        lane.0.to_string()
    }
}

async fn theirs(store: &Store, number: u64) -> Theirs {
    // The first bytes of chance are partly the version's.
    let chance = |n: u64| [(number * 100 + n) << 24, number];
    let listener = Listener {
        id: ListenerId::born(NOW - DAY, chance(0)),
        email: format!("{number}@listeners.example"),
        name: "花子".into(),
        role: Role::Operator,
        zone: "Asia/Tokyo".parse().unwrap(),
        language: Language::Ja,
        plan: "pro".into(),
    };
    let feed = store::feeds::Feed {
        id: FeedId::born(NOW - DAY, chance(1)),
        listener: listener.id,
        name: "朝の技術".into(),
        language: Language::Ja,
        style: domain::Style::Single,
        minutes: 10,
        max_articles: None,
        filter: domain::select::Filter::everything(),
        schedule: domain::Schedule::new(
            domain::schedule::Days::DAILY,
            "07:00".parse().unwrap(),
            "Asia/Tokyo".parse().unwrap(),
        ),
        external: None,
        standing: domain::schedule::Standing::default(),
    };
    let podcast = FeedTokenId::born(NOW - DAY, chance(2));
    let mut tx = store.begin().await.unwrap();
    tx.add_listener(&listener, NOW - DAY).await.unwrap();
    let address = format!("https://{number}.example/feed.xml");
    let id = SourceId::born(NOW - DAY, chance(3));
    let source = add_source(&mut tx, &address, By::Listener, id, NOW - DAY).await.unwrap().id;
    tx.add_feed(&feed, NOW - DAY).await.unwrap();
    tx.follow(feed.id, &[source]).await.unwrap();
    let new = NewFeedToken {
        id: podcast,
        listener: listener.id,
        feed: Some(feed.id),
        label: String::new(),
        expires_at: None,
    };
    tx.add_feed_token(&new, NOW - DAY).await.unwrap();
    let mut tokens = Vec::new();
    for (n, scope) in Scope::ALL.into_iter().enumerate() {
        let token = Token::new([number, n as u64, 3, 4]);
        let id = TokenId::born(NOW - DAY, chance(10 + n as u64));
        let new = NewToken { id, listener: listener.id, scope, hash: token.hash(), expires_at: None };
        tx.add_token(&new, NOW - DAY).await.unwrap();
        tokens.push((scope, token.reveal().to_owned()));
    }
    let spare = Token::new([number, 9, 9, 9]);
    let spare_token = TokenId::born(NOW - DAY, chance(20));
    let new = NewToken {
        id: spare_token,
        listener: listener.id,
        scope: Scope::Listen,
        hash: spare.hash(),
        expires_at: None,
    };
    tx.add_token(&new, NOW - DAY).await.unwrap();
    let article = ArticleId::born(NOW - DAY, chance(40));
    // Nobody follows it any more.
    let address = format!("https://left-{number}.example/feed.xml");
    let id = SourceId::born(NOW - DAY, chance(42));
    let left = add_source(&mut tx, &address, By::Listener, id, NOW - DAY).await.unwrap().id;
    let draft = ArticleDraft {
        source: address,
        id: "1".into(),
        title: "所有権とは".into(),
        text: "所有権は、値を誰が片づけるかの決まりです。".into(),
        ..ArticleDraft::default()
    };
    tx.take_in(left, &[(article, Article::new(draft))], NOW - DAY).await.unwrap();
    let row = ReadingRow {
        id: ReadingId::born(NOW - DAY, chance(41)),
        language: Language::Ja,
        surface: "Cargo".into(),
        reading: "カーゴ".into(),
    };
    let reading = tx.put_reading(listener.id, &row, NOW - DAY).await.unwrap();
    tx.commit().await.unwrap();
    let (listener, feed) = (listener.id, feed.id);
    let (channel, delivery) = (ChannelId::born(NOW, chance(30)), DeliveryId::born(NOW, chance(31)));
    let (program, occurrence) =
        publish(store, listener, feed, number * 1_000, NOW - 3_600 * SECOND, &[article]).await;
    Theirs {
        listener,
        source,
        feed,
        program,
        article,
        reading,
        occurrence,
        podcast,
        channel,
        delivery,
        spare_token,
        tokens,
    }
}

fn key(part: u64) -> ArtifactKey {
    KeyBuilder::new(ArtifactKind::Segment, domain::Scope::Shared).field("part", part.to_string()).finish()
}

/// A program that is heard from an instant on, for a week.
pub async fn publish(
    store: &Store,
    listener: ListenerId,
    feed: FeedId,
    number: u64,
    visible_at: i64,
    told: &[ArticleId],
) -> (ProgramId, OccurrenceId) {
    let chance = |n: u64| [number << 24, n];
    let occurrence = OccurrenceId::born(visible_at, chance(1));
    let program = ProgramId::born(visible_at, chance(2));
    let batch = Batch {
        id: BatchId::born(visible_at, chance(3)),
        ready_by: visible_at,
        request: Some(format!("{feed}:{number}")),
        due_at: visible_at,
        opened_at: visible_at,
        predicted_ms: 1,
        planned_at: Some(visible_at),
        counted_at: Some(visible_at),
        closed_at: None,
    };
    let segment = |kind, title: &str, url: Option<&str>, start_ms, end_ms| Segment {
        kind,
        title: title.into(),
        url: url.map(Into::into),
        start_ms,
        end_ms,
        text: String::new(),
        cues: Vec::new(),
    };
    let document = Program {
        title: "1月15日の番組".into(),
        language: Language::Ja,
        edition: Edition::Brief,
        reason: Some("記事が少ないためです。".into()),
        duration_ms: 60_000,
        bytes: 10,
        loudness_lufs: None,
        segments: vec![
            segment(SegmentKind::Phrase, "あいさつ", None, 0, 5_000),
            segment(SegmentKind::Article, "所有権とは", Some("https://a.example/1"), 5_000, 60_000),
        ],
    };
    let published = Published {
        id: program,
        occurrence,
        listener,
        feed,
        title: document.title.clone(),
        language: Language::Ja,
        edition: Edition::Brief,
        reason: document.reason.clone(),
        duration_ms: 60_000,
        bytes: 10,
        document,
        manifest: Manifest { format: AudioFormat::Standard, header: vec![0; 10], parts: Vec::new() },
        parts: vec![key(0), key(1)],
        visible_at,
        expires_at: visible_at + 7 * DAY,
    };
    let new = NewOccurrence {
        id: occurrence,
        feed,
        listener,
        batch: batch.id,
        local_date: "2027-01-15".parse().unwrap(),
        request: batch.request.clone(),
        lane: 0,
        ready_by: visible_at,
        missed: None,
    };
    let pick = |article: &ArticleId| Pick {
        article: *article,
        depth: domain::Depth::Standard,
        key: key(1),
        headline: None,
        worth: 1.0,
        spare: false,
    };
    let selection = Selection { picks: told.iter().map(pick).collect(), ..Selection::default() };
    let chosen = Chosen { id: occurrence, selection, released_at: Some(visible_at) };
    let mut tx = store.begin().await.unwrap();
    tx.open_request(&batch).await.unwrap();
    tx.open_occurrences(&[new], visible_at).await.unwrap();
    tx.select_occurrences(&[chosen]).await.unwrap();
    assert!(tx.publish(&published, told, visible_at).await.unwrap());
    tx.commit().await.unwrap();
    (program, occurrence)
}
