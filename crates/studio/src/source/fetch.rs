//! A source's bytes, from a file or a server, and what a server's status means.

use super::{Reading, SourceAddress, SourceError, qiita};
use bytes::Bytes;
use domain::source::{BadAddress, Place};
use net::{Request, Response, Validators, shown};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    time::Duration,
};
use tokio::task::spawn_blocking;
use url::Url;

/// As `net` limits what it fetches.
const MOST_FILE_BYTES: u64 = 15 << 20;

#[expect(clippy::large_enum_variant, reason = "one is made for each source read, and moved once")]
pub(super) enum Fetched {
    Unchanged { poll_after: Option<Duration> },
    Raw(Raw),
}

#[derive(Default)]
pub(super) struct Raw {
    pub(super) bytes: Bytes,
    pub(super) content_type: Option<String>,
    /// Where it came from in the end; `None` for a file.
    pub(super) base: Option<Url>,
    pub(super) validators: Validators,
    pub(super) poll_after: Option<Duration>,
    pub(super) moved_to: Option<Url>,
}

pub(super) async fn fetch(address: &SourceAddress, reading: &Reading<'_>) -> Result<Fetched, SourceError> {
    let (url, accept) = match address.place() {
        Place::File(path) => return file(path).await.map(Fetched::Raw),
        Place::Feed(url) => (
            url.clone(),
            "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        ),
        Place::QiitaItems { query } => match qiita::address(&reading.qiita, query) {
            Some(url) => (url, "application/json"),
            None => {
                let why = "the Qiita API's base address is malformed".to_owned();
                return Err(BadAddress { written: address.to_string(), why }.into());
            }
        },
    };
    let mut request = Request::to(url);
    request.accept = accept;
    request.validators = reading.validators.clone();
    request.token = reading.token.clone();
    sorted(reading.client.get(&request).await?)
}

fn sorted(response: Response) -> Result<Fetched, SourceError> {
    let poll_after = wish(&response);
    let (url, status) = (shown(&response.final_url), response.status);
    let throttled = status == 403 && response.rate.is_some_and(|rate| rate.remaining == 0);
    match status {
        200..=299 => Ok(Fetched::Raw(Raw {
            bytes: response.body,
            content_type: response.content_type,
            base: Some(response.final_url),
            validators: response.validators,
            poll_after,
            moved_to: response.moved_to,
        })),
        304 => Ok(Fetched::Unchanged { poll_after }),
        429 => Err(SourceError::Throttled { url, wait: poll_after }),
        403 if throttled => Err(SourceError::Throttled { url, wait: poll_after }),
        401 | 403 => Err(SourceError::Denied { url, status }),
        404 => Err(SourceError::Missing { url }),
        410 => Err(SourceError::Gone { url }),
        500.. => Err(SourceError::Failing { url, status, wait: poll_after }),
        _ => Err(SourceError::Status { url, status }),
    }
}

/// The longest wait that any header asks for.
fn wish(response: &Response) -> Option<Duration> {
    let spent = response.rate.filter(|rate| rate.remaining == 0).and_then(|rate| rate.reset_after);
    [response.retry_after, response.fresh_for, spent].into_iter().flatten().max()
}

async fn file(path: &Path) -> Result<Raw, SourceError> {
    let failed = |why: String| SourceError::File { path: path.display().to_string(), why };
    let owned = path.to_owned();
    let read = spawn_blocking(move || read_file(&owned)).await.map_err(|error| failed(error.to_string()))?;
    let bytes = read.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            failed("no such file; for a feed on the web write the whole address, https://…".to_owned())
        }
        _ => failed(error.to_string()),
    })?;
    Ok(Raw { bytes: bytes.into(), ..Raw::default() })
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // Pipes and devices might never end.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file; name the feed's own file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_FILE_BYTES {
        return Err(io::Error::other("larger than 15 MiB; nothing that large is read"));
    }
    Ok(bytes)
}
