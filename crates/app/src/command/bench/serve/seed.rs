//! A listener with a feed of a hundred programs, as production leaves them.

use crate::{
    clock::{Chance, SystemClock, chance},
    config::{Config, DEFAULT_PLAN},
    failure::{Failure, Kind},
    secret,
};
use bytes::Bytes;
use domain::{
    ArtifactKey, ArtifactKind, AudioFormat, BatchId, Edition, FeedId, FeedTokenId, Language, ListenerId,
    Manifest, OccurrenceId, ProgramId, Schedule, Scope, Segment, SegmentKind, Selection, Style,
    artifact::KeyBuilder,
    manifest::Part,
    schedule::{Days, Standing},
    select::Filter,
};
use media::Media;
use queue::Micros;
use std::path::{Path, PathBuf};
use store::{
    Store,
    batches::Batch,
    feed_tokens::NewFeedToken,
    feeds::Feed,
    listeners::{Listener, Role},
    occurrences::{Chosen, NewOccurrence},
    programs::Program,
};

/// Of a feed that is read.
const PROGRAMS: i64 = 100;
/// Ten minutes: a jingle, and ten articles with what leads over to each.
const ARTICLES: usize = 10;
const ARTICLE_FRAMES: u64 = 2_300;
const PHRASE_FRAMES: u64 = 190;
const DAY: Micros = 86_400 * 1_000_000;

pub struct Seeded {
    pub feed_path: String,
    pub sound_path: String,
    pub feed: FeedId,
    /// The newest.
    pub program: ProgramId,
    /// Of the sound.
    pub bytes: u64,
    /// The same bytes as one file.
    pub file: PathBuf,
}

pub async fn seed(data_dir: &Path) -> Result<Seeded, Failure> {
    let store = Store::open(&database(data_dir)).await?;
    let media = Media::in_folder(data_dir.join("media"))?;
    let manifest = sound(&media).await?;
    let world = World::new()?;
    world.people(&store).await?;
    let mut newest = None;
    for number in 0..PROGRAMS {
        newest = Some(world.publish(&store, &manifest, number).await?);
    }
    store.close().await;
    let newest = newest.ok_or_else(|| Failure::new(Kind::Other, "nothing was seeded"))?;
    let file = data_dir.join("whole.mp3");
    let whole = whole(&media, &manifest).await?;
    std::fs::write(&file, whole).map_err(|cause| Failure::new(Kind::Other, cause))?;
    let token = secret::feed_key(&Config::default(), data_dir)?.token_for(world.token);
    let token = token.reveal();
    Ok(Seeded {
        feed_path: format!("/f/{token}/feed.xml"),
        sound_path: format!("/f/{token}/{newest}.mp3"),
        feed: world.feed,
        program: newest,
        bytes: manifest.bytes(),
        file,
    })
}

/// Where a service with this data folder looks for it.
pub fn database(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("mimiyori.db").display())
}

/// Parts in the store, and the list of them.
async fn sound(media: &Media) -> Result<Manifest, Failure> {
    let mut parts = Vec::new();
    for number in 0..=2 * ARTICLES {
        let frames = if number % 2 == 0 { PHRASE_FRAMES } else { ARTICLE_FRAMES };
        let part = Part::of_frames(format!("segment/{number:02}.mp3"), frames, AudioFormat::Standard);
        let bytes: Vec<u8> = (0..part.bytes).map(|at| (at % 251) as u8).collect();
        media.put(&part.media_key, Bytes::from(bytes)).await?;
        parts.push(part);
    }
    Ok(Manifest { format: AudioFormat::Standard, header: vec![0x49; 4_000], parts })
}

async fn whole(media: &Media, manifest: &Manifest) -> Result<Vec<u8>, Failure> {
    let mut whole = manifest.header.clone();
    for part in &manifest.parts {
        whole.extend_from_slice(&media.get(&part.media_key).await?);
    }
    Ok(whole)
}

struct World {
    listener: ListenerId,
    feed: FeedId,
    token: FeedTokenId,
    schedule: Schedule,
    now: Micros,
}

impl World {
    fn new() -> Result<Self, Failure> {
        let odd = |cause: &dyn std::fmt::Display| Failure::new(Kind::Other, cause);
        let now = SystemClock.micros();
        let ready_by = "07:00".parse().map_err(|cause| odd(&cause))?;
        let zone = "Asia/Tokyo".parse().map_err(|cause| odd(&cause))?;
        Ok(Self {
            listener: ListenerId::born(now, chance(&Chance)),
            feed: FeedId::born(now, chance(&Chance)),
            token: FeedTokenId::born(now, chance(&Chance)),
            schedule: Schedule::new(Days::DAILY, ready_by, zone),
            now,
        })
    }

    async fn people(&self, store: &Store) -> Result<(), Failure> {
        let listener = Listener {
            id: self.listener,
            email: "bench@example.org".to_owned(),
            name: String::new(),
            role: Role::Operator,
            zone: self.schedule.zone.clone(),
            language: Language::Ja,
            plan: DEFAULT_PLAN.to_owned(),
        };
        let feed = Feed {
            id: self.feed,
            listener: self.listener,
            name: "朝の技術ラジオ".to_owned(),
            language: Language::Ja,
            style: Style::Single,
            minutes: 10,
            max_articles: None,
            filter: Filter::everything(),
            schedule: self.schedule.clone(),
            external: None,
            standing: Standing::default(),
        };
        let token = NewFeedToken {
            id: self.token,
            listener: self.listener,
            feed: Some(self.feed),
            label: String::new(),
            expires_at: None,
        };
        let mut tx = store.begin().await?;
        tx.add_listener(&listener, self.now).await?;
        tx.add_feed(&feed, self.now).await?;
        tx.add_feed_token(&token, self.now).await?;
        Ok(tx.commit().await?)
    }

    async fn publish(&self, store: &Store, manifest: &Manifest, number: i64) -> Result<ProgramId, Failure> {
        let at = self.now - (PROGRAMS - number) * DAY;
        let (id, occurrence) =
            (ProgramId::born(at, chance(&Chance)), OccurrenceId::born(at, chance(&Chance)));
        let document = document(manifest, number);
        let mut tx = store.begin().await?;
        let batch = tx.open_batch(&batch(at)).await?;
        let new = NewOccurrence {
            id: occurrence,
            feed: self.feed,
            listener: self.listener,
            batch,
            local_date: self.schedule.zone.date_at(crate::clock::timestamp(at)),
            request: None,
            lane: 0,
            ready_by: at,
            missed: None,
        };
        tx.open_occurrences(&[new], at).await?;
        let chosen = Chosen { id: occurrence, selection: Selection::default(), released_at: Some(at) };
        tx.select_occurrences(&[chosen]).await?;
        let program = Program {
            id,
            occurrence,
            listener: self.listener,
            feed: self.feed,
            title: document.title.clone(),
            language: document.language,
            edition: document.edition,
            reason: None,
            duration_ms: document.duration_ms,
            bytes: document.bytes,
            parts: keys(manifest),
            document,
            manifest: manifest.clone(),
            visible_at: at,
            expires_at: self.now + DAY,
        };
        tx.publish(&program, &[], at).await?;
        tx.commit().await?;
        Ok(id)
    }
}

fn batch(at: Micros) -> Batch {
    Batch {
        id: BatchId::born(at, chance(&Chance)),
        ready_by: at,
        request: None,
        due_at: at,
        opened_at: at,
        predicted_ms: 1,
        planned_at: Some(at),
        counted_at: Some(at),
        closed_at: Some(at),
    }
}

fn keys(manifest: &Manifest) -> Vec<ArtifactKey> {
    let key = |part: &Part| {
        KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).field("part", &part.media_key).finish()
    };
    manifest.parts.iter().map(key).collect()
}

fn document(manifest: &Manifest, number: i64) -> domain::Program {
    let mut now_ms = 0;
    let segment = |(index, part): (usize, &Part)| {
        let is_article = index % 2 == 1;
        let start_ms = now_ms;
        now_ms += part.duration_ms();
        Segment {
            kind: if is_article { SegmentKind::Article } else { SegmentKind::Phrase },
            title: if is_article {
                format!("所有権とライフタイムを学ぶ・その{index}")
            } else {
                String::new()
            },
            url: is_article
                .then(|| format!("https://samples.mimiyori.example/ja/ownership-{number}-{index}")),
            start_ms,
            end_ms: now_ms,
            text: String::new(),
            cues: Vec::new(),
        }
    };
    let segments: Vec<Segment> = manifest.parts.iter().enumerate().map(segment).collect();
    domain::Program {
        title: format!("朝の技術ラジオ 第{number}回"),
        language: Language::Ja,
        edition: Edition::Full,
        reason: None,
        duration_ms: manifest.duration_ms(),
        bytes: manifest.bytes(),
        loudness_lufs: Some(-19.0),
        segments,
    }
}
