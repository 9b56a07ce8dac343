//! Large bodies, piece by piece: what is read need never be in memory whole.

use super::{Client, Followed};
use crate::{
    error::{NetError, shown},
    headers,
    request::Request,
};
use bytes::Bytes;
use std::{fmt, time::Duration};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// An answer whose body is still to come.
pub struct Download {
    pub status: u16,
    /// Where it comes from, after all redirects.
    pub final_url: Url,
    pub content_type: Option<String>,
    pub retry_after: Option<Duration>,
    answer: reqwest::Response,
    read: usize,
    max_bytes: usize,
    timeout: Duration,
    deadline: Instant,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("status", &self.status).field("read", &self.read).finish()
    }
}

impl Client {
    /// As [`Client::get`], with the body left to be read; the request's limits hold to its last byte.
    pub async fn download(&self, request: &Request) -> Result<Download, NetError> {
        let deadline = Instant::now() + request.timeout;
        let followed = timeout_at(deadline, self.follow(request)).await;
        let timed_out = |_| NetError::Timeout { url: shown(&request.url), within: request.timeout };
        let Followed { answer, final_url, .. } = followed.map_err(timed_out)??;
        let received = answer.headers();
        Ok(Download {
            status: answer.status().as_u16(),
            content_type: headers::content_type(received),
            retry_after: headers::retry_after(received),
            final_url,
            answer,
            read: 0,
            max_bytes: request.max_bytes,
            timeout: request.timeout,
            deadline,
        })
    }
}

impl Download {
    /// The next bytes; `None` after the last.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, NetError> {
        let Ok(piece) = timeout_at(self.deadline, self.answer.chunk()).await else {
            return Err(NetError::Timeout { url: shown(&self.final_url), within: self.timeout });
        };
        let piece = piece.map_err(|error| NetError::of(error, &self.final_url))?;
        self.read += piece.as_ref().map_or(0, Bytes::len);
        if self.read > self.max_bytes {
            return Err(NetError::TooLarge { url: shown(&self.final_url), limit: self.max_bytes });
        }
        Ok(piece)
    }
}
