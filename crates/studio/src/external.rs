//! Generators outside: asking one for a program, and fetching what it made.
//!
//! An address that a listener set is vetted at every hop, as a source's is; one that the operator set is
//! trusted, and so is audio from the same origin. It knows neither jobs nor how an exchange is kept: that
//! is decided in [`domain::external`].

mod error;

pub use error::GeneratorError;

use domain::external::{Answer, Generator, Offer, Request, SetBy, StoredAudio};
use jiff::Timestamp;
use media::{Media, Upload};
use net::{AllowPrivate, Client, Download, Post, Response, Sha256, shown, webhook::Secrets};
use std::time::Duration;

use crate::mp3::{Measured, Walk};

/// How long and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the answer to a request. Whoever takes longer answers 202.
    pub answer: Duration,
    /// For the last byte of the audio.
    pub audio: Duration,
    pub audio_bytes: usize,
}

impl Limits {
    /// Two hours at 256 kbit/s fit.
    pub const SHIPPED: Self =
        Self { answer: Duration::from_secs(60), audio: Duration::from_secs(300), audio_bytes: 256 << 20 };
}

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Generators {
    vetted: Client,
    trusted: Client,
    limits: Limits,
}

/// What a generator answers to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Answer(Answer),
    /// It will call back.
    Accepted,
}

impl Generators {
    /// `vetted` reaches what listeners may name.
    pub fn new(vetted: Client, limits: Limits) -> Self {
        Self { trusted: vetted.allowing(AllowPrivate::All), vetted, limits }
    }

    /// Asks once. The message goes by the occurrence's name, so that a generator that is asked again can
    /// tell.
    pub async fn ask(
        &self,
        generator: &Generator,
        request: &Request,
        now: Timestamp,
    ) -> Result<Reply, GeneratorError> {
        let secrets = Secrets::parse(generator.secrets())?;
        let body = serde_json::to_vec(request).expect("ids, text and numbers always make JSON");
        let signed = secrets.sign(&request.occurrence.to_string(), now.as_second(), &body);
        let post = Post {
            headers: signed.headers().into(),
            timeout: self.limits.answer,
            max_bytes: domain::external::MOST_BYTES,
            ..Post::json(generator.url.clone(), body)
        };
        let client = match generator.set_by {
            SetBy::Operator => &self.trusted,
            SetBy::Listener => &self.vetted,
        };
        read(client.post(&post).await?, request)
    }

    /// Fetches the audio of an offer into a new object of the media store, if it is MP3 to its end.
    pub async fn fetch(
        &self,
        generator: &Generator,
        offer: &Offer,
        media: &Media,
        media_key: &str,
    ) -> Result<StoredAudio, GeneratorError> {
        let mut download = self.download(generator, offer).await?;
        let mut upload = media.upload(media_key).await?;
        match copy(&mut download, &mut upload, offer).await {
            Ok(measured) => {
                upload.finish().await?;
                Ok(stored(media_key, measured))
            }
            Err(error) => {
                if let Err(left) = upload.abort().await {
                    tracing::warn!(object = media_key, error = %left, "an object that was begun may be left");
                }
                Err(error)
            }
        }
    }

    async fn download(&self, generator: &Generator, offer: &Offer) -> Result<Download, GeneratorError> {
        let at_home = offer.audio_url.origin() == generator.url.origin();
        let (client, max_redirects) = match generator.set_by {
            // Trust ends where the operator's own server sends us elsewhere.
            SetBy::Operator if at_home => (&self.trusted, 0),
            SetBy::Operator | SetBy::Listener => (&self.vetted, 5),
        };
        let request = net::Request {
            accept: "audio/mpeg",
            max_bytes: self.limits.audio_bytes,
            timeout: self.limits.audio,
            max_redirects,
            ..net::Request::to(offer.audio_url.clone())
        };
        let download = client.download(&request).await?;
        let url = shown(&download.final_url);
        match download.status {
            200 => {}
            status => return Err(GeneratorError::of_audio(url, status, download.retry_after)),
        }
        match download.content_type.as_deref().map(essence) {
            // Object stores know no type; the bytes are looked at in any case.
            None | Some("audio/mpeg" | "audio/mp3" | "application/octet-stream" | "binary/octet-stream") => {
                Ok(download)
            }
            Some(found) => Err(GeneratorError::AudioType { found: found.to_owned(), url }),
        }
    }
}

fn read(response: Response, request: &Request) -> Result<Reply, GeneratorError> {
    let url = shown(&response.final_url);
    match response.status {
        202 => Ok(Reply::Accepted),
        200..=299 => match Answer::parse(&response.body, request.occurrence) {
            Ok(answer) => Ok(Reply::Answer(answer)),
            Err(cause) => Err(GeneratorError::Answer { url, cause }),
        },
        status => Err(GeneratorError::of_answer(url, status, response.retry_after)),
    }
}

/// Every byte that is stored was walked and, where a digest was given, digested.
async fn copy(
    download: &mut Download,
    upload: &mut Upload,
    offer: &Offer,
) -> Result<Measured, GeneratorError> {
    let url = shown(&download.final_url);
    let (mut walk, mut digest) = (Walk::default(), Sha256::new());
    let unusable = |cause| GeneratorError::Audio { url: url.clone(), cause };
    while let Some(piece) = download.piece().await? {
        walk.push(&piece).map_err(unusable)?;
        digest.update(&piece);
        upload.write(piece).await?;
    }
    let measured = walk.finish().map_err(unusable)?;
    if offer.audio_sha256.as_ref().is_some_and(|expected| *expected != digest.finish()) {
        return Err(GeneratorError::Digest { url });
    }
    Ok(measured)
}

fn stored(media_key: &str, measured: Measured) -> StoredAudio {
    let Measured { bytes, frames, duration_ms, sample_rate_hz, channels } = measured;
    StoredAudio { media_key: media_key.to_owned(), bytes, frames, duration_ms, sample_rate_hz, channels }
}

/// A media type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}
