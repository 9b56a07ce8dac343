//! Private podcasts: for each listener and feed an address that any podcast app takes, with a token in it that can be
//! shown again, replaced and revoked. What belongs to a podcast, sound and pictures included, lies under its token.
//!
//! A wrong token, a revoked one and a program of somebody else look the same from outside.

mod address;
mod answers;
mod cover;
mod credits;
mod feed;
mod kept;
mod notes;
mod refusals;
mod words;
mod xml;

pub use address::Addresses;
pub use credits::{Attribution, Credit, Credits};

use answers::{read_chapters, read_feed, read_file, read_transcript};
use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::get,
};
use bytes::Bytes;
use domain::{FeedTokenId, Manifest, ProgramId};
use futures::future::BoxFuture;
use kept::Kept;
use media::Media;
use queue::Clock;
use std::{fmt, sync::Arc};
use store::{Store, programs::Program};
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

const FEEDS_BYTES: usize = 32 << 20;
const COVERS_BYTES: usize = 16 << 20;
const MANIFESTS_BYTES: usize = 16 << 20;

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
    feeds: Arc<Kept<FeedTokenId, HeaderValue, Bytes>>,
    covers: Arc<Kept<blake3::Hash, (), Bytes>>,
    /// Players ask for a program in many pieces.
    manifests: Arc<Kept<ProgramId, (), Arc<Manifest>>>,
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
            manifests: Arc::new(Kept::new(MANIFESTS_BYTES)),
            easel: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Podcasts {
    /// Whether the media store does.
    pub(crate) async fn media_answers(&self) -> Result<(), media::MediaError> {
        self.media.answers().await
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
