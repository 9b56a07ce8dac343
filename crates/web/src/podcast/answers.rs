//! What podcasts answer: each file of a podcast, for who has a right token.

use super::{
    Podcasts, cover,
    feed::{self, Channel},
    refusals::{away, not_found, over, silent},
};
use crate::{
    audio::Audio,
    file::{Content, File},
    problem::Problem,
};
use axum::{
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, Method, header},
    response::Response,
};
use bytes::Bytes;
use domain::{Manifest, ProgramId, chapter, manifest::Part};
use futures::{StreamExt, stream};
use std::sync::Arc;
use store::{Micros, podcasts::Podcast, programs::Program};

/// Episodes in a feed: older ones stay where apps have them.
const EPISODES: u32 = 100;
/// How stale "last used" may be: what it is for is telling devices apart that are long gone.
const NOTED_FOR: Micros = 3_600 * 1_000_000;

type Wanted<T> = Result<Path<T>, PathRejection>;

pub(super) async fn read_feed(
    State(podcasts): State<Podcasts>,
    path: Wanted<String>,
    method: Method,
    wishes: HeaderMap,
) -> Result<Response, Problem> {
    let Path(token) = path.map_err(|_| not_found())?;
    let podcast = podcasts.podcast(&token).await?;
    podcasts.feed(&podcast, &method, &wishes).await
}

pub(super) async fn read_file(
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

pub(super) async fn read_chapters(
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

pub(super) async fn read_transcript(
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
        let modified = podcast.changed_at(listed.first().map(|(_, visible_at)| *visible_at));
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
        let modified = podcast.changed_at(episodes.first().map(|episode| episode.visible_at));
        let etag = channel.tag(episodes.iter().map(|episode| episode.id));
        let made = Bytes::from(channel.feed(&episodes));
        self.feeds.put(podcast.token, etag.clone(), made.clone(), made.len());
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
        let manifest = self.manifest(id).await?;
        let audio = Audio { media: &self.media, manifest: &manifest, etag: &etag, published_at };
        begun(audio.answer(method, wishes)).await
    }

    /// A program's sound, for its listener who is signed in: it lies below no token.
    pub(crate) async fn sound(
        &self,
        program: &Program,
        method: &Method,
        wishes: &HeaderMap,
    ) -> Result<Response, Problem> {
        let etag = HeaderValue::from_str(&format!("\"{}\"", program.id)).map_err(|_| not_found())?;
        let manifest = self.manifest(program.id).await?;
        let published_at = Some(program.visible_at);
        let audio = Audio { media: &self.media, manifest: &manifest, etag: &etag, published_at };
        begun(audio.answer(method, wishes)).await
    }

    /// What is said in a program, as WebVTT; `None`: nobody knows.
    pub(crate) async fn said(&self, program: &Program) -> Result<Option<String>, Problem> {
        (self.transcribe)(program.clone()).await.map_err(|cause| silent("transcript", &cause))
    }

    async fn manifest(&self, id: ProgramId) -> Result<Arc<Manifest>, Problem> {
        if let Some(kept) = self.manifests.get(&id, &()) {
            return Ok(kept);
        }
        let found = self.store.manifest(id).await.map_err(|error| away(&error))?.ok_or_else(not_found)?;
        let manifest = Arc::new(found);
        let names: usize = manifest.parts.iter().map(|part| part.media_key.len() + size_of::<Part>()).sum();
        self.manifests.put(id, (), manifest.clone(), manifest.header.len() + names);
        Ok(manifest)
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
        self.covers.put(seed, (), picture.clone(), picture.len());
        Ok(picture)
    }
}

/// An answer whose first bytes are there: what is gone or away is said, not promised and then cut off.
async fn begun(response: Response) -> Result<Response, Problem> {
    let (head, body) = response.into_parts();
    let mut pieces = body.into_data_stream();
    // The very first may be the header, which lies beside the program.
    let mut first = Vec::with_capacity(2);
    while let Some(piece) = pieces.next().await {
        first.push(Ok(piece.map_err(|cause| silent("program's sound", &cause))?));
        if first.len() == 2 {
            break;
        }
    }
    let body = match first.as_slice() {
        [] => Body::empty(),
        _ => Body::from_stream(stream::iter(first).chain(pieces)),
    };
    Ok(Response::from_parts(head, body))
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
