//! Pages that stay true while they are looked at: a stream that says when something has changed. What has changed is
//! asked for again by the browser, so that any node may answer, and whoever cannot have streams asks at intervals.
//!
//! No transaction and no connection is held between two looks.

use super::{Fields, Pages};
use axum::{
    http::{HeaderMap, Uri},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, stream};
use std::{convert::Infallible, time::Duration};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);
/// A stream is ended then, so that proxies and deploys are not held up; the browser comes back by itself.
const LONGEST: u32 = 300;

/// Says `changed`, with the digest as its id, whenever what `look` gives is another than before. `None` ends it.
pub fn stream<F, L>(pages: &Pages, seen: Option<String>, look: F) -> Response
where
    F: Fn() -> L + Send + 'static,
    L: Future<Output = Option<String>> + Send + 'static,
{
    let ending = (pages.ending)();
    Sse::new(changes(ending, seen, look)).keep_alive(KeepAlive::default()).into_response()
}

fn changes<F, L>(
    ending: impl Future<Output = ()> + Send + 'static,
    seen: Option<String>,
    look: F,
) -> impl Stream<Item = Result<Event, Infallible>> + Send
where
    F: Fn() -> L + Send + 'static,
    L: Future<Output = Option<String>> + Send,
{
    let start = (Box::pin(ending), seen, look, 0_u32);
    stream::unfold(start, |(mut ending, mut seen, look, mut looks)| async move {
        loop {
            if looks >= LONGEST / 2 {
                return None;
            }
            let now = look().await?;
            looks += 1;
            match seen.replace(now.clone()) {
                Some(before) if before != now => {
                    // Without any data a browser would not hear of it.
                    let event = Event::default().event("changed").id(&now).data("again");
                    return Some((Ok(event), (ending, seen, look, looks)));
                }
                // Nobody has said what they saw: it is this.
                Some(_) | None => {}
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = &mut ending => return None,
            }
        }
    })
}

/// What the browser has seen last: of this stream before it broke off, or when the page was made (`?seen=`).
pub fn seen(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(ToOwned::to_owned);
    last.or_else(|| Fields::read(uri.query()?.as_bytes()).some("seen").map(ToOwned::to_owned))
}

/// A short name of a state.
pub fn digest(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_ref()).update(b"\n");
    }
    hasher.finalize().to_hex()[..16].to_owned()
}
