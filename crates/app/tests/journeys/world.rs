//! The pages over a store of the test's own, served to a browser, at an instant that the test sets: what it shows is
//! the same every day. Nobody produces here; what would be is put there.

use bytes::Bytes;
use domain::{
    Article, ArticleDraft, ArticleId, ArtifactKey, AudioFormat, BatchId, Edition, FeedId, Language,
    ListenerId, Manifest, OccurrenceId, OccurrenceState, Plans, ProgramId, Schedule, Segment, SegmentKind,
    Selection, SourceId, Style,
    entitlement::Offer,
    manifest::Part,
    schedule::{Days, Standing},
    select::Filter,
    selection::Pick,
    session::Limits,
    token::{ChannelKey, FeedKey},
};
use futures::{FutureExt, future::BoxFuture};
use media::Media;
use queue::{Lane, Seeded, SetClock};
use std::{sync::Arc, time::Duration};
use store::{
    Store, StoreError,
    batches::Batch,
    feeds::Feed,
    following::{By, add_source},
    listeners::{Listener, Role},
    occurrences::{Chosen, NewOccurrence},
    programs::Program,
    sources::{Asked, Told},
};
use tempfile::TempDir;
use web::{
    account::{self, Account},
    api::{
        self, Api, Gift, Made, Production, Ticked, Undeleted, Ungiven, Unpayable,
        operate::{
            backfill::{BackfillWish, Backfilled},
            batches::{BatchRate, Report, Stage, Stages},
            dead::{RedriveWish, Redriven},
            load::{Bucket, Load, Minute},
        },
    },
    channels::{Channels, Keys},
    pages::{self, Pages},
    podcast::{self, Addresses, Credit, Credits, Podcasts},
};

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;
pub const DAY: i64 = 24 * HOUR;
/// 2027-03-26T21:40:00Z: Saturday morning in Tokyo, and the night before clocks change in Berlin is the next.
pub const NOW: i64 = 1_806_097_200 * SECOND;

const SOUND: &[u8] = include_bytes!("../../../web/assets/site/sound/single-ja.mp3");

pub struct World {
    pub base: String,
    pub store: Store,
    pub clock: SetClock,
    pub listener: ListenerId,
    pub feed: FeedId,
    pub program: ProgramId,
    /// Ends it when it is aborted.
    pub serving: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
    media: Media,
    _folder: TempDir,
}

/// Who looks at the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// Whoever is at the machine, as the listener, who is an operator, too.
    Listener,
    /// The same, where that is one who may only look.
    Observer,
    /// Somebody who has to sign in.
    Stranger,
}

pub fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(kind: u16, number: u64) -> T {
    format!("0193a5c0-{kind:04x}-7c11-b2f0-{number:012}").parse().unwrap()
}

impl World {
    /// Nobody has set anything up.
    pub async fn empty(language: Language, eyes: Eyes) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/pages.db", folder.path().display())).await.unwrap();
        let media = Media::in_folder(folder.path().join("media")).unwrap();
        let listener = Listener {
            id: id(1, 1),
            email: "hanako@example.org".into(),
            name: if language == Language::Ja { "花子" } else { "Hanako" }.into(),
            role: if eyes == Eyes::Observer { Role::Observer } else { Role::Operator },
            zone: "Asia/Tokyo".parse().unwrap(),
            language,
            plan: "unlimited".into(),
        };
        let mut tx = store.begin().await.unwrap();
        tx.add_listener(&listener, NOW - 90 * DAY).await.unwrap();
        tx.commit().await.unwrap();
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let clock = SetClock::at(NOW);
        let world = Self {
            base,
            store,
            clock,
            listener: listener.id,
            feed: id(2, 1),
            program: id(4, 1),
            serving: None,
            media,
            _folder: folder,
        };
        let serving = tokio::spawn(web::serve(socket, world.router(eyes)));
        Self { serving: Some(serving), ..world }
    }

    /// A listener some weeks in: feeds, sources, articles, programs.
    pub async fn lived_in(language: Language, eyes: Eyes) -> Self {
        let world = Self::empty(language, eyes).await;
        world.furnish(language).await;
        crate::operating::bury(&world.store).await;
        let settings = domain::provider::Settings {
            parallel: 4,
            daily_budget_micro_usd: 5_000_000,
            ..domain::provider::Settings::default()
        };
        world.store.configure_provider("openai", &settings).await.unwrap();
        world
    }

    /// What its dead letters died of.
    pub async fn cause(&self) -> String {
        let filter = queue::dead::DeadFilter::default();
        self.store.dead_groups(&filter).await.unwrap().remove(0).fingerprint
    }

    fn router(&self, eyes: Eyes) -> axum::Router {
        let public_url: url::Url = self.base.parse().unwrap();
        let (clock, entropy): (Arc<dyn queue::Clock>, _) =
            (Arc::new(self.clock.clone()), Arc::new(Seeded::new(7)));
        let addresses = Addresses::new(&public_url, FeedKey::derive(b"a secret of the service"));
        let account = Account::new(account::Parts {
            store: self.store.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            public_url,
            settings: account::Settings {
                sessions: Limits::of_days(14, 90),
                proxies: Vec::new(),
                alone: (eyes != Eyes::Stranger).then_some(self.listener),
                mail: account::Mail::Sent,
                providers: Vec::new(),
                plan: "unlimited".into(),
            },
            common: "password",
        });
        let policy = net::Policy { allow_private: net::AllowPrivate::No, user_agent: "test".into() };
        let channels = Channels {
            store: self.store.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            client: Arc::new(net::Client::new(policy.clone())),
            keys: Keys::new(ChannelKey::derive(b"a secret of the service"), &self.base),
            mail: account::Mail::Sent,
        };
        let api = Api::new(api::Parts {
            store: self.store.clone(),
            account: account.clone(),
            channels,
            clock: clock.clone(),
            entropy,
            addresses: addresses.clone(),
            client: net::Client::new(policy),
            production: Arc::new(Nobody(self.store.clone())),
            offer: Offer { plans: Plans::default(), grace: domain::subscription::GRACE },
            requests_per_minute: 100_000,
            scheduler_token: None,
            scheduler: None,
        });
        let credit = |main: &str, guest: &str| Credit {
            main: main.into(),
            guest: guest.into(),
            disclosure: "Script and voice are machine-made.".into(),
            attribution: None,
        };
        let credits = Credits { ja: credit("メイ", "ケイ"), en: credit("Kal", "Val") };
        let transcribe: podcast::Transcribe =
            Arc::new(|program| Box::pin(async move { Ok(Some(said(&program))) }));
        let podcasts =
            Podcasts::new(self.store.clone(), self.media.clone(), clock, addresses, credits, transcribe);
        let pages = Pages {
            api: api.clone(),
            account: account.clone(),
            podcasts: podcasts.clone(),
            ending: Arc::new(|| std::future::pending().boxed()),
        };
        podcast::router(podcasts)
            .merge(account::router(account))
            .merge(api::router(api))
            .merge(pages::router(pages))
    }

    async fn furnish(&self, language: Language) {
        let Scene { feeds, sources, articles, title, reason } = Scene::of(language);
        let mut ids = Vec::new();
        for (number, (address, name)) in sources.iter().enumerate() {
            ids.push(self.add_source(number as u64 + 1, address, name).await);
        }
        let mut tx = self.store.begin().await.unwrap();
        let mut stored = Vec::new();
        for (number, (title, author, tag, likes)) in articles.iter().enumerate() {
            let source = number % ids.len();
            let draft = ArticleDraft {
                source: sources[source].0.into(),
                id: format!("a{number}"),
                url: Some(format!("https://example.org/articles/{number}").parse().unwrap()),
                title: (*title).into(),
                author: Some((*author).into()),
                published: Some(at(NOW - (number as i64 * 5 + 2) * HOUR)),
                tags: vec![(*tag).into()],
                likes: Some(*likes),
                text: body(language, number),
                private: false,
            };
            let article: ArticleId = id(7, number as u64 + 1);
            tx.take_in(ids[source], &[(article, Article::new(draft))], NOW - HOUR).await.unwrap();
            stored.push(article);
        }
        tx.commit().await.unwrap();
        for (number, (name, time, days, minutes)) in feeds.iter().enumerate() {
            let feed = Feed {
                id: id(2, number as u64 + 1),
                listener: self.listener,
                name: (*name).into(),
                language,
                style: if number == 0 { Style::Single } else { Style::Dialogue },
                minutes: *minutes,
                max_articles: None,
                filter: Filter::everything(),
                schedule: Schedule::new(
                    days.parse::<Days>().unwrap(),
                    time.parse().unwrap(),
                    "Asia/Tokyo".parse().unwrap(),
                ),
                external: None,
                standing: Standing::default(),
            };
            let mut tx = self.store.begin().await.unwrap();
            tx.add_feed(&feed, NOW - 60 * DAY).await.unwrap();
            let followed = if number == 0 { &ids[..] } else { &ids[..2] };
            tx.follow(feed.id, followed).await.unwrap();
            // All but the next morning has had its outcome.
            let today = jiff::civil::date(2027, 3, 27);
            let next =
                feed.schedule.following(today).map(|slot| (slot.local_date, slot.ready_by.as_microsecond()));
            tx.advance_feeds(&[store::feeds::Advance { feed: feed.id, settled: today, next }]).await.unwrap();
            for source in followed {
                tx.keep_source(self.listener, *source, None, NOW - 60 * DAY).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        self.media.put("sample.mp3", Bytes::from_static(SOUND)).await.unwrap();
        let titles: Vec<&str> = articles.iter().map(|article| article.0).collect();
        for day in (0..6).rev() {
            let edition = if day == 2 { Edition::Shortened } else { Edition::Full };
            let of = Past {
                number: day as u64 + 1,
                feed: id(2, 1),
                visible_at: NOW - day * DAY - 1_500 * SECOND,
                title: title.replace("{day}", &(27 - day).to_string()),
                edition,
                reason: (edition != Edition::Full).then(|| reason.to_owned()),
                articles: &titles[day as usize % 3..][..4],
            };
            self.publish(language, &of, &stored).await;
        }
        self.begin_making(id(2, 2), &stored).await;
    }

    async fn add_source(&self, number: u64, address: &str, name: &str) -> SourceId {
        let mut tx = self.store.begin().await.unwrap();
        let source = add_source(&mut tx, address, By::Operator, id(3, number), NOW - 60 * DAY).await.unwrap();
        let asked = Asked {
            state: domain::source::State::Active,
            rhythm: source.rhythm,
            next_fetch_at: NOW + HOUR,
            notice: None,
        };
        assert_eq!(tx.record_asked(&source, &asked, NOW - HOUR).await.unwrap(), store::Fenced::Recorded);
        let told = Told { title: name, etag: None, last_modified: None };
        let news = store::TakenIn { new: 1, revised: 0 };
        tx.record_told(source.id, &told, news).await.unwrap();
        tx.commit().await.unwrap();
        source.id
    }

    async fn publish(&self, language: Language, past: &Past<'_>, stored: &[ArticleId]) {
        let Past { number, feed, visible_at, .. } = *past;
        let (occurrence, batch): (OccurrenceId, BatchId) = (id(5, number), id(6, number));
        let mut segments = vec![segment(SegmentKind::Phrase, "", None, 0, 2_000)];
        let step = 10_500 / past.articles.len() as u64;
        for (place, title) in past.articles.iter().enumerate() {
            let begin = 2_000 + place as u64 * step;
            let url = format!("https://example.org/articles/{place}");
            segments.push(segment(SegmentKind::Article, title, Some(&url), begin, begin + step));
        }
        let document = domain::Program {
            title: past.title.clone(),
            language,
            edition: past.edition,
            reason: past.reason.clone(),
            duration_ms: 13_100,
            bytes: SOUND.len() as u64,
            loudness_lufs: Some(-16.0),
            segments,
        };
        let keys: Vec<ArtifactKey> = (0..=past.articles.len()).map(key).collect();
        let published = Program {
            id: id(4, number),
            occurrence,
            listener: self.listener,
            feed,
            title: past.title.clone(),
            language,
            edition: past.edition,
            reason: past.reason.clone(),
            duration_ms: document.duration_ms,
            bytes: document.bytes,
            document,
            manifest: Manifest {
                format: AudioFormat::Standard,
                header: Vec::new(),
                parts: vec![Part { media_key: "sample.mp3".into(), bytes: SOUND.len() as u64, frames: 1 }],
            },
            parts: keys.clone(),
            visible_at,
            expires_at: visible_at + 14 * DAY,
        };
        let picks = keys[1..].iter().zip(stored).map(|(key, article)| pick(*article, *key)).collect();
        let selection = Selection { picks, passed: 12, total: 40, ..Selection::default() };
        let mut tx = self.store.begin().await.unwrap();
        self.open(&mut tx, occurrence, batch, feed, visible_at + 1_200 * SECOND).await;
        let chosen = Chosen { id: occurrence, selection, released_at: Some(visible_at) };
        tx.select_occurrences(&[chosen]).await.unwrap();
        let told = &stored[..past.articles.len()];
        assert!(tx.publish(&published, told, visible_at).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn open(
        &self,
        tx: &mut store::Tx,
        occurrence: OccurrenceId,
        batch: BatchId,
        feed: FeedId,
        ready_by: i64,
    ) {
        let zone: domain::schedule::Zone = "Asia/Tokyo".parse().unwrap();
        let batch = Batch {
            id: batch,
            ready_by,
            request: None,
            due_at: ready_by,
            opened_at: ready_by - HOUR,
            predicted_ms: 600_000,
            planned_at: Some(ready_by - HOUR),
            counted_at: None,
            closed_at: None,
        };
        let new = NewOccurrence {
            id: occurrence,
            feed,
            listener: self.listener,
            batch: tx.open_batch(&batch).await.unwrap(),
            local_date: zone.date_at(at(ready_by)),
            request: None,
            lane: 0,
            ready_by,
            missed: None,
        };
        tx.open_occurrences(&[new], ready_by - HOUR).await.unwrap();
    }

    /// A program that is being made: of eight artifacts, none is there.
    async fn begin_making(&self, feed: FeedId, stored: &[ArticleId]) {
        let picks = stored.iter().take(6).enumerate();
        let picks = picks.map(|(place, article)| pick(*article, key(place + 50))).collect();
        let selection = Selection { picks, passed: 9, total: 31, ..Selection::default() };
        let occurrence = id(5, 50);
        let mut tx = self.store.begin().await.unwrap();
        self.open(&mut tx, occurrence, id(6, 50), feed, NOW + 50 * 60 * SECOND).await;
        let chosen = Chosen { id: occurrence, selection, released_at: None };
        tx.select_occurrences(&[chosen]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

struct Past<'a> {
    number: u64,
    feed: FeedId,
    visible_at: i64,
    title: String,
    edition: Edition,
    reason: Option<String>,
    articles: &'a [&'a str],
}

fn at(micros: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(micros).unwrap()
}

fn key(number: usize) -> ArtifactKey {
    format!("{number:064x}").parse().unwrap()
}

fn pick(article: ArticleId, key: ArtifactKey) -> Pick {
    let depth = domain::script::Depth::Standard;
    Pick { article, depth, key, headline: None, worth: 0.6, spare: false }
}

fn segment(kind: SegmentKind, title: &str, url: Option<&str>, start_ms: u64, end_ms: u64) -> Segment {
    let (title, url) = (title.into(), url.map(Into::into));
    Segment { kind, title, url, start_ms, end_ms, text: String::new(), cues: Vec::new() }
}

/// One cue for each stretch of a program.
fn said(program: &Program) -> String {
    let mut text = "WEBVTT\n".to_owned();
    let host = if program.language == Language::Ja { "メイ" } else { "Kal" };
    for segment in &program.document.segments {
        let time = |ms: u64| format!("00:{:02}:{:02}.{:03}", ms / 60_000, ms / 1_000 % 60, ms % 1_000);
        let line = match (segment.title.is_empty(), program.language) {
            (true, Language::Ja) => "おはようございます。耳寄りの時間です。".to_owned(),
            (true, Language::En) => "Good morning, and welcome to your program.".to_owned(),
            (false, _) => format!("{}.", segment.title),
        };
        text += &format!("\n{} --> {}\n<v {host}>{line}\n", time(segment.start_ms), time(segment.end_ms));
    }
    text
}

/// What a listener of a language has.
struct Scene {
    /// Name, time, days, minutes.
    feeds: Vec<(&'static str, &'static str, &'static str, u32)>,
    /// Address and title.
    sources: Vec<(&'static str, &'static str)>,
    /// Title, author, tag, likes.
    articles: Vec<(&'static str, &'static str, &'static str, u64)>,
    title: &'static str,
    reason: &'static str,
}

impl Scene {
    fn of(language: Language) -> Self {
        match language {
            Language::Ja => Self {
                feeds: vec![
                    ("朝の技術ラジオ", "06:30", "daily", 10),
                    ("通勤のデザイン談義", "07:30", "daily", 15),
                ],
                sources: vec![
                    ("https://example.org/rust/feed.xml", "Rustのいま"),
                    ("zenn:topic/design", "Zennの「デザイン」"),
                    ("hn:front", "Hacker News"),
                ],
                articles: vec![
                    ("所有権をやさしく学び直す", "四方津ことり", "Rust", 320),
                    ("止めずに進めるデータ移行の段取り", "水無瀬ちかげ", "データベース", 141),
                    ("余白は何のためにあるのか", "佐倉みお", "デザイン", 88),
                    ("小さなチームの障害対応訓練", "三田村けい", "運用", 64),
                    ("読みやすい文章をつくる七つの習慣", "高遠しずく", "文章", 210),
                    ("タイムゾーンと夏時間の落とし穴", "四方津ことり", "日時", 402),
                    ("音声インターフェースの設計メモ", "佐倉みお", "デザイン", 51),
                    ("はじめての分散トレーシング", "三田村けい", "運用", 77),
                ],
                title: "3月{day}日の朝の技術ラジオ",
                reason: "新しい記事が少なかったため、予定より短くなりました。",
            },
            Language::En => Self {
                feeds: vec![
                    ("Morning engineering", "06:30", "daily", 10),
                    ("Design on the way to work", "07:30", "daily", 15),
                ],
                sources: vec![
                    ("https://example.org/rust/feed.xml", "This Month in Rust"),
                    ("https://example.org/design.atom", "Quiet Interfaces"),
                    ("hn:front", "Hacker News"),
                ],
                articles: vec![
                    ("Ownership, explained once more and gently", "Kit Yomotsu", "rust", 320),
                    ("Moving a database without stopping it", "Chika Minase", "databases", 141),
                    ("What white space is for", "Mio Sakura", "design", 88),
                    ("Incident drills for small teams", "Kei Mitamura", "operations", 64),
                    ("Seven habits of readable prose", "Shizuku Takato", "writing", 210),
                    ("Time zones and the traps of daylight saving", "Kit Yomotsu", "time", 402),
                    ("Notes on designing for voice", "Mio Sakura", "design", 51),
                    ("A first look at distributed tracing", "Kei Mitamura", "operations", 77),
                ],
                title: "Morning engineering, {day} March",
                reason: "There was less news than usual, so this one is shorter.",
            },
        }
    }
}

/// Texts that are alike in nothing but their length: copies would not be told twice.
fn body(language: Language, number: usize) -> String {
    let texts = match language {
        Language::Ja => include_str!("texts/ja.txt"),
        Language::En => include_str!("texts/en.txt"),
    };
    texts.lines().nth(number).unwrap().to_owned()
}

/// Half way, and in time.
fn report(batch: Batch) -> Report {
    Report {
        id: batch.id,
        request: batch.request,
        ready_by: at(batch.ready_by),
        due_at: at(batch.due_at),
        opened_at: at(batch.opened_at),
        closed_at: batch.closed_at.map(at),
        state: "producing",
        occurrences: [("selected", 1), ("published", 1)].into(),
        late: 0,
        stages: Stages {
            select: Stage { done: 2, of: 2 },
            narrate: Stage { done: 9, of: 12 },
            assemble: Stage { done: 1, of: 2 },
        },
        artifacts: [("segment".to_owned(), Stage { done: 9, of: 12 })].into(),
        rate: BatchRate { narrated_per_minute: 3.0, ended_per_minute: 0.4 },
        estimated_end: Some(at(batch.ready_by - 600 * SECOND)),
        estimated_by: Some("measured"),
        in_time: Some(true),
        reasons: None,
    }
}

/// The morning of many: the hours before seven are full, and one minute will be late.
fn morning() -> Load {
    const FIVE: i64 = 300 * SECOND;
    let begin = NOW.div_euclid(FIVE) * FIVE;
    let due = |hours: f64| begin + (hours * HOUR as f64) as i64;
    let minute = |hours: f64, programs: u64| Minute {
        promised: due(hours),
        programs,
        opens_at: due(hours) - (20 + programs as i64 / 40) * 60 * SECOND,
        finishes_at: Some(due(hours) - if programs > 2_000 { -4 } else { 3 } * 60 * SECOND),
        batch: (hours < 1.0).then(|| id(6, 50)),
    };
    let hours = [
        (0.8, 120),
        (1.3, 900),
        (2.3, 2_400),
        (2.8, 600),
        (5.0, 40),
        (9.5, 210),
        (11.0, 80),
        (21.5, 300),
        (22.5, 1_300),
        (23.3, 700),
    ];
    let bucket = |number: i64| {
        let hours = number as f64 / 12.0;
        let near = |peak: f64, width: f64| (-((hours - peak) / width).powi(2)).exp();
        let share = (1.05 * near(1.7, 0.8) + 0.3 * near(9.2, 0.6) + 0.8 * near(22.3, 0.7)).min(1.0);
        Bucket { start: begin + number * FIVE, planned_s: share * 2_400.0, capacity_s: 2_400.0 }
    };
    Load {
        slots: 8.0,
        buckets: (0..288).map(bucket).filter(|bucket| bucket.planned_s > 10.0).collect(),
        minutes: hours.into_iter().map(|(hours, programs)| minute(hours, programs)).collect(),
    }
}

/// Who makes nothing, and says so.
struct Nobody(Store);

impl Production for Nobody {
    fn make_now(&self, _: FeedId, key: String) -> BoxFuture<'_, Result<api::Answer, StoreError>> {
        let number = key.bytes().map(u64::from).sum::<u64>();
        let made = Made {
            occurrence: id(5, 900 + number),
            batch: id(6, 900 + number),
            state: OccurrenceState::Open,
            local_date: "2027-03-27".parse().unwrap(),
            is_new: true,
        };
        async move { Ok(api::Answer::Made(made)) }.boxed()
    }

    fn tick(&self, _: Duration) -> BoxFuture<'_, Result<Ticked, String>> {
        async { Ok(Ticked::default()) }.boxed()
    }

    fn reports(&self, batches: Vec<Batch>) -> BoxFuture<'_, Result<Vec<Report>, StoreError>> {
        async move { Ok(batches.into_iter().map(report).collect()) }.boxed()
    }

    fn redrive(&self, wish: RedriveWish) -> BoxFuture<'_, Result<Redriven, StoreError>> {
        async move {
            let RedriveWish { filter, first, per_minute, by } = wish;
            let redrive = queue::dead::Redrive { filter, first, per_minute, due_at: NOW + HOUR, by };
            Ok(Redriven { jobs: self.0.redrive(&redrive, NOW).await?, ..Redriven::default() })
        }
        .boxed()
    }

    fn backfill(&self, wish: BackfillWish, _: String) -> BoxFuture<'_, Result<Backfilled, StoreError>> {
        async move { Ok(Backfilled { dry_run: wish.dry_run, occurrences: 0, batches: 0, due_at: None }) }
            .boxed()
    }

    fn checkout(&self, _: ListenerId, _: String) -> BoxFuture<'_, Result<String, Unpayable>> {
        async { Err(Unpayable::NotNow("nothing is sold here".into())) }.boxed()
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
        async { Ok(morning()) }.boxed()
    }

    fn last_tick(&self) -> Option<i64> {
        Some(NOW - 5 * SECOND)
    }

    fn settings(&self) -> String {
        "[server]\nlisten = \"127.0.0.1:8080\"\nsecret = \"…\"\n\n[database]\nurl = \"sqlite:///data/mimiyori.db\"\n\n[queue]\nslots = 8\n".into()
    }

    fn lane(&self, lane: Lane) -> String {
        lane.0.to_string()
    }
}
