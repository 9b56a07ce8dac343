//! A listener with a feed, programs in it, and the pages that serve them.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bytes::Bytes;
use domain::{
    ArtifactKey, AudioFormat, BatchId, Edition, FeedId, FeedTokenId, Language, ListenerId, Manifest,
    OccurrenceId, ProgramId, Schedule, Segment, SegmentKind, Selection, Style, manifest::Part,
    schedule::Standing, select::Filter, token::FeedKey,
};
use jiff::civil::date;
use media::Media;
use queue::SetClock;
use std::sync::Arc;
use store::{
    Store,
    batches::Batch,
    feed_tokens::NewFeedToken,
    feeds::Feed,
    listeners::{Listener, Role},
    occurrences::{Chosen, NewOccurrence},
    programs::Program,
};
use tempfile::TempDir;
use tower::ServiceExt;
use web::podcast::{self, Addresses, Attribution, Credit, Credits, Podcasts};

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;
/// 2027-01-15T08:00:00Z.
pub const NOW: i64 = 1_800_000_000 * SECOND;
pub const PUBLIC: &str = "https://radio.example/";

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::harness::Stage::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let stage = crate::harness::Stage::postgres(&cluster).await;
                let store = stage.store.clone();
                super::$name(stage).await;
                store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

pub struct Stage {
    pub store: Store,
    pub media: Media,
    pub clock: SetClock,
    pub router: Router,
    pub addresses: Addresses,
    pub listener: ListenerId,
    pub feed: FeedId,
    pub token: FeedTokenId,
    /// Where it is served, with a slash at the end.
    base: String,
    _folder: TempDir,
}

/// What a test wants a program to be.
pub struct Wish<'a> {
    pub number: u64,
    pub title: &'a str,
    /// Title and address of each article.
    pub articles: &'a [(&'a str, &'a str)],
    pub edition: Edition,
    pub reason: Option<&'a str>,
    pub visible_at: i64,
    pub expires_at: i64,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Self {
            number: 1,
            title: "朝の番組 1月15日",
            articles: &[
                ("所有権を学ぶ", "https://www.example.org/ownership?a=1&b=2"),
                ("Lifetimes", "https://example.org/x"),
            ],
            edition: Edition::Full,
            reason: None,
            visible_at: NOW,
            expires_at: NOW + 24 * HOUR,
        }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(&name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
    }
}

/// An id of that number; the times of birth follow the numbers.
pub fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(kind: u8, number: u64) -> T {
    format!("0193a5c0-{kind:04x}-7c11-b2f0-{number:012}").parse().unwrap()
}

impl Stage {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/podcast.db", folder.path().display());
        Self::set(Store::open(&url).await.unwrap(), folder, PUBLIC).await
    }

    /// Really served, for readers that know only addresses.
    pub async fn on_loopback() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/podcast.db", folder.path().display());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let stage = Self::set(Store::open(&url).await.unwrap(), folder, &base).await;
        tokio::spawn(web::serve(listener, stage.router.clone()));
        stage
    }

    pub async fn postgres(cluster: &testkit::Postgres) -> Self {
        let store = Store::open(&cluster.database().unwrap()).await.unwrap();
        Self::set(store, tempfile::tempdir().unwrap(), PUBLIC).await
    }

    async fn set(store: Store, folder: TempDir, base: &str) -> Self {
        let media = Media::in_folder(folder.path().join("media")).unwrap();
        let clock = SetClock::at(NOW);
        let addresses = Addresses::new(&base.parse().unwrap(), FeedKey::derive(b"a secret of the service"));
        let credits = Credits {
            ja: Credit {
                main: "メイ".into(),
                guest: "ケイ".into(),
                disclosure: "台本と音声は自動生成です。声：メイ".into(),
                attribution: Some(Attribution {
                    text: "音声：HTS Voice “Mei”".into(),
                    licence: Some((
                        "CC BY 3.0".into(),
                        "https://creativecommons.org/licenses/by/3.0/".into(),
                    )),
                }),
            },
            en: Credit {
                main: "Kal".into(),
                guest: "Val".into(),
                disclosure: "Script and voice are machine-made. Voice: Kal".into(),
                attribution: None,
            },
        };
        let transcribe: podcast::Transcribe = Arc::new(|program| {
            Box::pin(async move {
                let said = format!("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Mei>{}\n", program.title);
                Ok((!program.parts.is_empty()).then_some(said))
            })
        });
        let podcasts = Podcasts::new(
            store.clone(),
            media.clone(),
            Arc::new(clock.clone()),
            addresses.clone(),
            credits,
            transcribe,
        );
        let (listener, feed, token) = (id(1, 1), id(2, 1), id(3, 1));
        let stage = Self {
            router: podcast::router(podcasts),
            store,
            media,
            clock,
            addresses,
            listener,
            feed,
            token,
            base: base.to_owned(),
            _folder: folder,
        };
        stage.add_listener(listener).await;
        stage.add_feed(feed, listener, "耳寄りラジオ", Language::Ja).await;
        stage.add_token(token, Some(feed), listener).await;
        stage
    }

    pub async fn add_listener(&self, id: ListenerId) {
        let listener = Listener {
            id,
            email: format!("{id}@example.org"),
            name: String::new(),
            role: Role::Listener,
            zone: "Asia/Tokyo".parse().unwrap(),
            language: Language::En,
            plan: "unlimited".into(),
        };
        let mut tx = self.store.begin().await.unwrap();
        assert!(tx.add_listener(&listener, NOW).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn add_feed(&self, id: FeedId, listener: ListenerId, name: &str, language: Language) {
        let feed = Feed {
            id,
            listener,
            name: name.into(),
            language,
            style: Style::Dialogue,
            minutes: 5,
            max_articles: None,
            filter: Filter::everything(),
            schedule: Schedule::new(
                "weekdays".parse().unwrap(),
                "07:00".parse().unwrap(),
                "Asia/Tokyo".parse().unwrap(),
            ),
            external: None,
            standing: Standing::default(),
        };
        let mut tx = self.store.begin().await.unwrap();
        tx.add_feed(&feed, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn add_token(&self, id: FeedTokenId, feed: Option<FeedId>, listener: ListenerId) {
        let new = NewFeedToken { id, listener, feed, label: String::new(), expires_at: None };
        let mut tx = self.store.begin().await.unwrap();
        tx.add_feed_token(&new, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn publish(&self, wish: Wish<'_>) -> ProgramId {
        self.publish_for(self.listener, self.feed, Language::Ja, wish).await
    }

    /// As production does it, without having made anything: header and two parts of sound are numbers.
    pub async fn publish_for(
        &self,
        listener: ListenerId,
        feed: FeedId,
        language: Language,
        wish: Wish<'_>,
    ) -> ProgramId {
        let (program, occurrence): (ProgramId, OccurrenceId) = (id(8, wish.number), id(6, wish.number));
        let manifest = self.sound(wish.number).await;
        let segments = segments(wish.articles);
        let duration_ms = segments.last().map_or(0, |segment| segment.end_ms);
        let bytes = manifest.bytes();
        let document = domain::Program {
            title: wish.title.into(),
            language,
            edition: wish.edition,
            reason: wish.reason.map(str::to_owned),
            duration_ms,
            bytes,
            loudness_lufs: Some(-19.0),
            segments,
        };
        let key: ArtifactKey = "ab".repeat(32).parse().unwrap();
        let stored = Program {
            id: program,
            occurrence,
            listener,
            feed,
            title: wish.title.into(),
            language,
            edition: wish.edition,
            reason: document.reason.clone(),
            duration_ms,
            bytes,
            parts: vec![key; document.segments.len()],
            document,
            manifest,
            visible_at: wish.visible_at,
            expires_at: wish.expires_at,
        };
        let mut tx = self.store.begin().await.unwrap();
        let batch = Batch {
            id: id::<BatchId>(5, wish.number),
            ready_by: NOW + wish.number.cast_signed() * 60 * SECOND,
            request: None,
            due_at: NOW,
            opened_at: NOW,
            predicted_ms: 1,
            planned_at: None,
            counted_at: None,
            closed_at: None,
        };
        let batch = tx.open_batch(&batch).await.unwrap();
        let new = NewOccurrence {
            id: occurrence,
            feed,
            listener,
            batch,
            local_date: date(2027, 1, 1).saturating_add(jiff::Span::new().days(wish.number.cast_signed())),
            request: None,
            lane: 0,
            ready_by: NOW,
            missed: None,
        };
        assert_eq!(tx.open_occurrences(&[new], NOW).await.unwrap(), 1);
        let chosen = Chosen { id: occurrence, selection: Selection::default(), released_at: Some(NOW) };
        assert_eq!(tx.select_occurrences(&[chosen]).await.unwrap(), 1);
        assert!(tx.publish(&stored, &[], NOW).await.unwrap());
        tx.commit().await.unwrap();
        program
    }

    async fn sound(&self, number: u64) -> Manifest {
        let mut parts = Vec::new();
        for part in 0..2_u8 {
            let media_key = format!("segment/{number}-{part}.mp3");
            let bytes: Vec<u8> = (0..1_440_u32).map(|at| (at * 7 + u32::from(part) * 31) as u8).collect();
            self.media.put(&media_key, bytes.into()).await.unwrap();
            parts.push(Part::of_frames(media_key, 5, AudioFormat::Standard));
        }
        Manifest { format: AudioFormat::Standard, header: b"ID3 and so on".to_vec(), parts }
    }

    /// The path of a file of the stage's own token.
    pub fn path(&self, file: &str) -> String {
        self.path_of(self.token, file)
    }

    pub fn path_of(&self, token: FeedTokenId, file: &str) -> String {
        let feed = self.addresses.feed(token);
        let folder = feed.strip_prefix(&self.base).and_then(|path| path.strip_suffix("feed.xml")).unwrap();
        format!("/{folder}{file}")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    pub async fn ask(&self, method: Method, path: &str, wishes: &[(header::HeaderName, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in wishes {
            request = request.header(name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }
}

/// A jingle, then each article after a phrase, then the closing.
fn segments(articles: &[(&str, &str)]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut add = |kind, title: &str, url: Option<&str>, ms| {
        let start_ms = segments.last().map_or(0, |segment| segment.end_ms);
        let (title, url) = (title.to_owned(), url.map(str::to_owned));
        let end_ms = start_ms + ms;
        segments.push(Segment { kind, title, url, start_ms, end_ms, text: String::new(), cues: Vec::new() });
    };
    add(SegmentKind::Jingle, "opening", None, 3_000);
    for (title, url) in articles {
        add(SegmentKind::Phrase, "", None, 2_016);
        add(SegmentKind::Article, title, Some(url), 61_008);
    }
    add(SegmentKind::Phrase, "", None, 4_008);
    segments
}
