//! What the voices of other servers have in common: one request, and what its answer means.

use super::{Pcm, Utterance, VoiceError, normalise::chunks, wav};
use bytes::Bytes;
use domain::Language;
use net::TrustedClient;
use std::{fmt, sync::Arc, time::Duration};
use url::Url;

/// A piece takes seconds; a server that is silent for longer is not coming back.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Ten minutes of 48 kHz samples: no piece is that long.
const MOST_BYTES: usize = 64 << 20;

/// A speech server the operator configured.
#[derive(Clone)]
pub struct Server {
    base: Url,
    /// Sent as `Authorization: Bearer`; never printed.
    key: Option<Arc<str>>,
    client: TrustedClient,
}

impl Server {
    /// `base` is what the operator wrote, such as `https://api.openai.com/v1`.
    pub fn new(base: Url, key: Option<&str>, client: TrustedClient) -> Self {
        Self { base, key: key.map(Arc::from), client }
    }

    /// Host and port: what errors and fingerprints call it. Never the path or user part, which may be secret.
    pub fn name(&self) -> String {
        let host = self.base.host_str().unwrap_or("server");
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Posts to a path below the base and sorts the answer out; the body of a success.
    pub(super) async fn ask(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Bytes, VoiceError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.client.post(url).timeout(TIMEOUT);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        // The error's own text names the URL, and the URL holds the line.
        let mut response = request.send().await.map_err(|error| {
            let (host, reason) = (self.name(), innermost(&error));
            // Once the request was on its way, the speech may have been made, and be on the bill.
            if error.is_connect() {
                VoiceError::Unreachable { host, reason }
            } else {
                VoiceError::Lost { host, reason }
            }
        })?;
        let status = response.status();
        let retry_after =
            response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let mut body = Vec::new();
        loop {
            let part = match response.chunk().await {
                Ok(Some(part)) => part,
                Ok(None) => break,
                Err(error) if status.is_success() => {
                    return Err(VoiceError::Lost { host: self.name(), reason: innermost(&error) });
                }
                // The status says enough.
                Err(_) => break,
            };
            if body.len() + part.len() > MOST_BYTES {
                let reason = format!("it is larger than {MOST_BYTES} bytes");
                return Err(VoiceError::BadAudio { host: self.name(), reason });
            }
            body.extend_from_slice(&part);
        }
        self.judge(status.as_u16(), retry_after.map(Duration::from_secs), Bytes::from(body))
    }

    /// Reads the audio a server sent.
    pub(super) fn audio(&self, body: &[u8]) -> Result<Pcm, VoiceError> {
        wav::parse(body)
            .map_err(|fault| VoiceError::BadAudio { host: self.name(), reason: fault.to_string() })
    }

    fn judge(&self, status: u16, retry_after: Option<Duration>, body: Bytes) -> Result<Bytes, VoiceError> {
        let host = self.name();
        Err(match status {
            200..=299 => return Ok(body),
            401 | 403 | 404 => VoiceError::Refused { host, status },
            408 | 425 => VoiceError::ServerFailed { host, status },
            429 => VoiceError::Throttled { host, retry_after },
            503 if retry_after.is_some() => VoiceError::Throttled { host, retry_after },
            400..=499 => VoiceError::BadRequest { host, status, reason: first_line(&body) },
            _ => VoiceError::ServerFailed { host, status },
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// A line in pieces of at most `longest` characters, each with the rest after it.
pub(super) fn pieces(utterance: &Utterance, longest: usize) -> Vec<(String, u32)> {
    let joint = match utterance.language {
        Language::Ja => "",
        Language::En => " ",
    };
    let mut pieces: Vec<(String, u32)> = Vec::new();
    for chunk in chunks(&utterance.text, utterance.language) {
        match pieces.last_mut() {
            Some((text, rest_ms)) if text.chars().count() + chunk.text.chars().count() < longest => {
                *text = format!("{text}{joint}{}", chunk.text);
                *rest_ms = chunk.rest_ms;
            }
            _ => pieces.push((chunk.text, chunk.rest_ms)),
        }
    }
    for (text, _) in &mut pieces {
        *text = utterance.readings.apply(text);
    }
    pieces
}

/// Adds a piece's sound. A server that changes its rate within a line cannot be joined.
pub(super) fn join(line: &mut Pcm, piece: Pcm, rest_ms: u32, server: &Server) -> Result<(), VoiceError> {
    if line.samples.is_empty() {
        line.rate = piece.rate;
    }
    if line.rate != piece.rate {
        let reason = format!("the sample rate changed from {} to {} Hz", line.rate, piece.rate);
        return Err(VoiceError::BadAudio { host: server.name(), reason });
    }
    line.rest(rest_ms);
    let from = line.samples.len();
    line.samples.extend(piece.samples);
    line.trim_from(from);
    if line.samples.len() == from {
        return Err(VoiceError::BadAudio { host: server.name(), reason: "it is silent".to_owned() });
    }
    Ok(())
}

/// What went wrong at the bottom: "connection refused", not that a request failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn first_line(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..body.len().min(300)).unwrap_or_default()).into_owned();
    text.split(['\n', '\r']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect()
}
