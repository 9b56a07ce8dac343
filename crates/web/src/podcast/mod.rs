//! Private podcasts: for each listener and feed an address that any podcast app takes, with a token in it that can be
//! shown again, replaced and revoked. What belongs to a podcast, sound and pictures included, lies under its token.
//!
//! A wrong token, a revoked one and a program of somebody else look the same from outside.

mod address;
mod cover;
mod credits;
mod feed;
mod kept;
mod notes;
mod words;
mod xml;

pub use address::Addresses;
pub use credits::{Attribution, Credit, Credits};

use crate::{
    audio::Audio,
    file::{Content, File},
    problem::Problem,
};
use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware,
    response::Response,
    routing::get,
};
use bytes::Bytes;
use domain::{FeedTokenId, ProgramId, chapter};
use feed::Channel;
use futures::future::BoxFuture;
use kept::Kept;
use media::Media;
use queue::Clock;
use std::{fmt, sync::Arc};
use store::{Micros, Store, StoreError, podcasts::Podcast, programs::Program};
use tokio::sync::Semaphore;

/// Method and pattern of every route here.
pub const ROUTES: [(&str, &str); 8] = [
    ("GET", FEED),
    ("HEAD", FEED),
    ("GET", FILE),
    ("HEAD", FILE),
    ("GET", CHAPTERS),
    ("HEAD", CHAPTERS),
    ("GET", TRANSCRIPT),
    ("HEAD", TRANSCRIPT),
];

const FEED: &str = "/f/{token}/feed.xml";
/// A program's sound or the picture: what matches is told by its ending.
const FILE: &str = "/f/{token}/{file}";
const CHAPTERS: &str = "/f/{token}/{program}/chapters.json";
const TRANSCRIPT: &str = "/f/{token}/{program}/transcript.vtt";

/// Episodes in a feed: older ones stay where apps have them.
const EPISODES: u32 = 100;
const FEEDS_BYTES: usize = 32 << 20;
const COVERS_BYTES: usize = 16 << 20;
/// How stale "last used" may be: what it is for is telling devices apart that are long gone.
const NOTED_FOR: Micros = 3_600 * 1_000_000;

/// Gives a program's transcript as WebVTT; this room does not know how one is written. `None`: nobody knows what is
/// said in it.
pub type Transcribe =
    Arc<dyn Fn(Program) -> BoxFuture<'static, Result<Option<String>, String>> + Send + Sync>;

/// What podcasts are found in.
#[derive(Clone)]
pub struct Podcasts {
    store: Store,
    media: Media,
    clock: Arc<dyn Clock>,
    addresses: Arc<Addresses>,
    credits: Arc<Credits>,
    transcribe: Transcribe,
    feeds: Arc<Kept<FeedTokenId, HeaderValue>>,
    covers: Arc<Kept<blake3::Hash, ()>>,
    /// One at a time: whoever asks for many must not take the processors from everybody.
    easel: Arc<Semaphore>,
}

impl Podcasts {
    pub fn new(
        store: Store,
        media: Media,
        clock: Arc<dyn Clock>,
        addresses: Addresses,
        credits: Credits,
        transcribe: Transcribe,
    ) -> Self {
        Self {
            store,
            media,
            clock,
            addresses: Arc::new(addresses),
            credits: Arc::new(credits),
            transcribe,
            feeds: Arc::new(Kept::new(FEEDS_BYTES)),
            covers: Arc::new(Kept::new(COVERS_BYTES)),
            easel: Arc::new(Semaphore::new(1)),
        }
    }
}

impl fmt::Debug for Podcasts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Podcasts").field("store", &self.store).finish_non_exhaustive()
    }
}

pub fn router(podcasts: Podcasts) -> Router {
    Router::new()
        .route(FEED, get(read_feed))
        .route(FILE, get(read_file))
        .route(CHAPTERS, get(read_chapters))
        .route(TRANSCRIPT, get(read_transcript))
        .with_state(podcasts)
        .layer(middleware::map_response(guarded))
}

/// An address is a secret: nobody is to index it, keep it for others, or hand it on.
async fn guarded(mut response: Response) -> Response {
    let is_answer = response.status().is_success() || response.status().is_redirection();
    let headers = response.headers_mut();
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !is_answer {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    response
}

type Wanted<T> = Result<Path<T>, PathRejection>;

async fn read_feed(
    State(podcasts): State<Podcasts>,
    path: Wanted<String>,
    method: Method,
    wishes: HeaderMap,
) -> Result<Response, Problem> {
    let Path(token) = path.map_err(|_| not_found())?;
    let podcast = podcasts.podcast(&token).await?;
    podcasts.feed(&podcast, &method, &wishes).await
}

async fn read_file(
    State(podcasts): State<Podcasts>,
    path: Wanted<(String, String)>,
    method: Method,
    wishes: HeaderMap,
) -> Result<Response, Problem> {
    let Path((token, file)) = path.map_err(|_| not_found())?;
    let podcast = podcasts.podcast(&token).await?;
    if let Some(program) = file.strip_suffix(".mp3") {
        return podcasts.audio(&podcast, program, &method, &wishes).await;
    }
    match file.strip_prefix("cover-").and_then(|rest| rest.strip_suffix(".jpg")) {
        Some(name) => podcasts.cover(&podcast, name, &method, &wishes).await,
        None => Err(not_found()),
    }
}

async fn read_chapters(
    State(podcasts): State<Podcasts>,
    path: Wanted<(String, String)>,
    method: Method,
    wishes: HeaderMap,
) -> Result<Response, Problem> {
    let Path((token, program)) = path.map_err(|_| not_found())?;
    let podcast = podcasts.podcast(&token).await?;
    let program = podcasts.program(&podcast, &program).await?;
    let chapters = program.document.chapters();
    if chapters.is_empty() {
        return Err(not_found());
    }
    Ok(text(chapter::json(&chapters), "application/json+chapters", &program, &method, &wishes))
}

async fn read_transcript(
    State(podcasts): State<Podcasts>,
    path: Wanted<(String, String)>,
    method: Method,
    wishes: HeaderMap,
) -> Result<Response, Problem> {
    let Path((token, program)) = path.map_err(|_| not_found())?;
    let podcast = podcasts.podcast(&token).await?;
    let program = podcasts.program(&podcast, &program).await?;
    let said = (podcasts.transcribe)(program.clone()).await.map_err(|cause| silent("transcript", &cause))?;
    let said = said.ok_or_else(not_found)?;
    Ok(text(said, "text/vtt; charset=utf-8", &program, &method, &wishes))
}

impl Podcasts {
    /// A wrong token costs no query, and is told from a right one in constant time.
    async fn podcast(&self, token: &str) -> Result<Podcast, Problem> {
        let token = self.addresses.verify(token).ok_or_else(not_found)?;
        let now = self.clock.now();
        let podcast = self.store.podcast(token, now).await.map_err(|error| away(&error))?;
        let podcast = podcast.ok_or_else(not_found)?;
        self.note_use(&podcast, now);
        Ok(podcast)
    }

    /// Nobody waits for it: it is a write, and may fail.
    fn note_use(&self, podcast: &Podcast, now: Micros) {
        if podcast.last_used_at.is_some_and(|last| now.saturating_sub(last) <= NOTED_FOR) {
            return;
        }
        let (store, token) = (self.store.clone(), podcast.token);
        tokio::spawn(async move {
            if let Err(error) = store.feed_token_used(token, now).await {
                tracing::warn!(%error, "the use of a podcast's token is not noted");
            }
        });
    }

    async fn feed(
        &self,
        podcast: &Podcast,
        method: &Method,
        wishes: &HeaderMap,
    ) -> Result<Response, Problem> {
        let now = self.clock.now();
        let listed = self.store.listed(podcast, now, EPISODES).await.map_err(|error| away(&error))?;
        let channel = self.channel(podcast);
        let modified = listed.first().map(|(_, visible_at)| *visible_at);
        let etag = channel.tag(listed.into_iter().map(|(id, _)| id));
        let file = |content, etag, modified| File {
            content: Content::Bytes(content),
            content_type: feed::CONTENT_TYPE,
            etag,
            modified,
            // To be asked for each time: a new program is to be there by the minute.
            cache_control: "private, no-cache",
        };
        let nothing = Bytes::new();
        let unmade = file(&nothing, &etag, modified);
        if unmade.is_known(wishes) {
            return Ok(unmade.answer(method, wishes));
        }
        if let Some(kept) = self.feeds.get(&podcast.token, &etag) {
            return Ok(file(&kept, &etag, modified).answer(method, wishes));
        }
        let episodes = self.store.episodes(podcast, now, EPISODES).await.map_err(|error| away(&error))?;
        // What was published between the two looks is in these alone.
        let modified = episodes.first().map(|episode| episode.visible_at);
        let etag = channel.tag(episodes.iter().map(|episode| episode.id));
        let made = Bytes::from(channel.feed(&episodes));
        self.feeds.put(podcast.token, etag.clone(), made.clone());
        Ok(file(&made, &etag, modified).answer(method, wishes))
    }

    fn channel(&self, podcast: &Podcast) -> Channel<'_> {
        let Self { addresses, credits, .. } = self;
        Channel::of(podcast, addresses.of(podcast.token), addresses.home(), credits)
    }

    async fn audio(
        &self,
        podcast: &Podcast,
        program: &str,
        method: &Method,
        wishes: &HeaderMap,
    ) -> Result<Response, Problem> {
        let id = program_id(program)?;
        let found = self.store.enclosure(id).await.map_err(|error| away(&error))?.ok_or_else(not_found)?;
        self.may_have(podcast.covers(found.listener, found.feed), found.visible_at, found.expires_at)?;
        let etag = HeaderValue::from_str(&format!("\"{id}\"")).map_err(|_| not_found())?;
        let published_at = Some(found.visible_at);
        let audio = Audio { media: &self.media, manifest: &found.manifest, etag: &etag, published_at };
        Ok(audio.answer(method, wishes))
    }

    async fn program(&self, podcast: &Podcast, program: &str) -> Result<Program, Problem> {
        let found = self.store.program(program_id(program)?).await.map_err(|error| away(&error))?;
        let found = found.ok_or_else(not_found)?;
        self.may_have(podcast.covers(found.listener, found.feed), found.visible_at, found.expires_at)?;
        Ok(found)
    }

    fn may_have(&self, is_theirs: bool, visible_at: Micros, expires_at: Micros) -> Result<(), Problem> {
        let now = self.clock.now();
        match is_theirs && visible_at <= now {
            false => Err(not_found()),
            true if expires_at <= now => Err(over()),
            true => Ok(()),
        }
    }

    async fn cover(
        &self,
        podcast: &Podcast,
        name: &str,
        method: &Method,
        wishes: &HeaderMap,
    ) -> Result<Response, Problem> {
        let seed = self.channel(podcast).seed;
        if cover::name(&seed) != name {
            return Err(not_found());
        }
        let picture = self.picture(seed).await?;
        let file = File {
            content: Content::Bytes(&picture),
            content_type: cover::CONTENT_TYPE,
            etag: &feed::quoted(&seed),
            modified: None,
            cache_control: "private, max-age=31536000, immutable",
        };
        Ok(file.answer(method, wishes))
    }

    async fn picture(&self, seed: blake3::Hash) -> Result<Bytes, Problem> {
        if let Some(kept) = self.covers.get(&seed, &()) {
            return Ok(kept);
        }
        let _turn = self.easel.acquire().await.map_err(|cause| silent("cover", &cause))?;
        if let Some(kept) = self.covers.get(&seed, &()) {
            return Ok(kept);
        }
        let drawn = tokio::task::spawn_blocking(move || cover::jpeg(&seed)).await;
        let drawn = drawn.map_err(|cause| silent("cover", &cause))?;
        let picture = drawn.map_err(|cause| silent("cover", &cause))?;
        self.covers.put(seed, (), picture.clone());
        Ok(picture)
    }
}

/// What players read besides the sound; those in a browser ask from another origin.
fn text(
    text: String,
    content_type: &'static str,
    program: &Program,
    method: &Method,
    wishes: &HeaderMap,
) -> Response {
    let etag = feed::quoted(&blake3::hash(text.as_bytes()));
    let file = File {
        content: Content::Bytes(&Bytes::from(text)),
        content_type,
        etag: &etag,
        modified: Some(program.visible_at),
        cache_control: "private, max-age=86400",
    };
    let mut response = file.answer(method, wishes);
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// In the one form that addresses have.
fn program_id(text: &str) -> Result<ProgramId, Problem> {
    let id: ProgramId = text.parse().map_err(|_| not_found())?;
    if id.to_string() == text { Ok(id) } else { Err(not_found()) }
}

fn not_found() -> Problem {
    Problem {
        status: StatusCode::NOT_FOUND,
        name: "not-found",
        title: "Not found",
        detail: "there is nothing at this address, or no more".to_owned(),
    }
}

fn over() -> Problem {
    Problem {
        status: StatusCode::GONE,
        name: "expired",
        title: "Expired",
        detail: "this program's time is over".to_owned(),
    }
}

fn away(error: &StoreError) -> Problem {
    silent("podcast", error)
}

/// The cause may name hosts and folders: it goes to the log, not to whoever asks.
fn silent(what: &str, cause: &dyn fmt::Display) -> Problem {
    tracing::error!(%cause, "a {what} cannot be served");
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        name: "not-ready",
        title: "Not ready",
        detail: "it cannot be served just now; try again in a minute".to_owned(),
    }
}
