//! Article pages: the rest of a teaser, and the feeds a page offers.

use super::{charset, prose, teaser};
use dom_query::Document;
use dom_smoothie::{Config, Readability};
use domain::ArticleDraft;
use futures::{StreamExt, stream};
use net::{Client, NetError, Request};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Hosts asked at a time; each is asked for one page at a time.
const HOSTS: usize = 4;
/// For one page: a slow one must not take the time of the others.
const PAGE_PATIENCE: Duration = Duration::from_secs(8);
/// Timeouts in a row after which a host is left alone.
const MOST_TIMEOUTS: usize = 2;
const MOST_PAGE_BYTES: usize = 4 << 20;

/// How many texts came from pages, and whether all that were wanted had their turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Completed {
    pub(super) texts: usize,
    /// Pages that were asked for, or left out with their host, and gave nothing to read.
    pub(super) unread: usize,
    pub(super) in_time: bool,
}

/// Completes up to `most` of the drafts that only tease. At `deadline` it keeps what there is.
pub(super) async fn complete(
    client: &Client,
    drafts: impl Iterator<Item = &mut ArticleDraft>,
    most: usize,
    deadline: Instant,
) -> Completed {
    let mut hosts: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
    let mut drafts: Vec<_> = drafts.filter(|draft| teaser::teases(draft)).take(most).collect();
    for (place, draft) in drafts.iter().enumerate() {
        if let Some(url) = draft.url.clone() {
            let wanted = Wanted { place, url, teaser: draft.text.clone() };
            hosts.entry(wanted.url.host_str().unwrap_or_default().to_owned()).or_default().push(wanted);
        }
    }
    let found = Mutex::new(Vec::new());
    let unread = AtomicUsize::new(0);
    let asking = stream::iter(hosts.into_values())
        .for_each_concurrent(HOSTS, |pages| ask_host(client, pages, &found, &unread));
    // Too late is no failure: the teasers stay.
    let in_time = timeout_at(deadline, asking).await.is_ok();
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let texts = found.len();
    for (place, text) in found {
        if let Some(draft) = drafts.get_mut(place) {
            draft.text = text;
        }
    }
    Completed { texts, unread: unread.into_inner(), in_time }
}

struct Wanted {
    place: usize,
    url: Url,
    teaser: String,
}

async fn ask_host(
    client: &Client,
    pages: Vec<Wanted>,
    found: &Mutex<Vec<(usize, String)>>,
    unread: &AtomicUsize,
) {
    let mut timeouts = 0;
    let mut left = pages.len();
    for Wanted { place, url, teaser } in pages {
        let page = article(client, url).await;
        timeouts = if matches!(page, Page::Late) { timeouts + 1 } else { 0 };
        if matches!(page, Page::Stop) || timeouts == MOST_TIMEOUTS {
            unread.fetch_add(left, Ordering::Relaxed);
            return;
        }
        left -= 1;
        match page {
            Page::Text(text) => {
                if let Some(text) = teaser::better(&teaser, &text) {
                    found.lock().unwrap_or_else(PoisonError::into_inner).push((place, text.to_owned()));
                }
            }
            Page::Nothing => {}
            Page::Unread | Page::Late | Page::Stop => {
                unread.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// What asking for a page came to.
enum Page {
    Text(String),
    /// It was read and holds no article.
    Nothing,
    Unread,
    Late,
    /// Nobody there, or asked to stop: the host's other pages are left alone too.
    Stop,
}

async fn article(client: &Client, url: Url) -> Page {
    let mut request = Request::to(url);
    request.accept = "text/html, application/xhtml+xml;q=0.9";
    request.timeout = PAGE_PATIENCE;
    request.max_bytes = MOST_PAGE_BYTES;
    let response = match client.get(&request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!(%error, "an article page was not read");
            return match error {
                NetError::Timeout { .. } => Page::Late,
                NetError::Connect { .. } | NetError::Dns { .. } => Page::Stop,
                _ => Page::Unread,
            };
        }
    };
    let html = response.content_type.as_deref().is_none_or(|kind| kind.to_ascii_lowercase().contains("html"));
    match response.status {
        200 if html => {}
        200 => return Page::Nothing,
        429 | 503 => return Page::Stop,
        _ => return Page::Unread,
    }
    let extracted = tokio::task::spawn_blocking(move || {
        extract(&charset::decode(&response.body, response.content_type.as_deref()), &response.final_url)
    });
    extracted.await.ok().flatten().map_or(Page::Nothing, Page::Text)
}

/// The article on a page, as text.
pub(super) fn extract(html: &str, url: &Url) -> Option<String> {
    if prose::nests_too_deep(html) {
        return None;
    }
    let config = Config { max_elements_to_parse: 50_000, disable_json_ld: true, ..Config::default() };
    let mut readability = Readability::new(html, Some(url.as_str()), Some(config)).ok()?;
    let article = readability.parse().ok()?;
    let text = prose::of_html(&article.content);
    (!text.is_empty()).then_some(text)
}

/// The addresses a page gives for feeds, in its order.
pub(super) fn offered_feeds(html: &str, base: Option<&Url>) -> Vec<String> {
    const KINDS: [&str; 4] =
        ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];
    let head = html.get(..html.floor_char_boundary(256 << 10)).unwrap_or(html);
    if prose::nests_too_deep(head) {
        return Vec::new();
    }
    let document = Document::from(head);
    let mut feeds = Vec::new();
    for link in document.select("link[href]").nodes() {
        let attribute = |name: &str| link.attr(name).unwrap_or_default().trim().to_ascii_lowercase();
        let alternate = attribute("rel").split_whitespace().any(|rel| rel == "alternate");
        let href = link.attr("href").unwrap_or_default();
        if alternate && KINDS.contains(&attribute("type").as_str()) && feeds.len() < 3 {
            let url = base.map_or_else(|| Url::parse(&href), |base| base.join(&href));
            feeds.extend(url.ok().map(String::from).filter(|url| !feeds.contains(url)));
        }
    }
    feeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_pages_are_read_or_refused_but_survived() {
        let url = Url::parse("https://a.example/").unwrap();
        let words = "<p>Ownership is checked while the program is compiled, and never later than that.</p>";
        for depth in [10, 900, 100_000] {
            let html = format!("<html><body>{}{}", "<div>".repeat(depth), words.repeat(20));
            assert_eq!(extract(&html, &url).is_some(), depth < 1_000, "{depth}");
        }
        assert_eq!(extract("", &url), None);
        assert_eq!(extract("<p></p>", &url), None);
    }

    #[test]
    fn offered_feeds_are_resolved_and_few() {
        let base = Url::parse("https://a.example/blog/").unwrap();
        let link = "<LINK REL='Alternate home' TYPE='application/atom+xml' HREF='feed.atom'>";
        let other =
            "<link rel=alternate hreflang=en href=/en><link rel=stylesheet type=text/css href=/a.css>";
        assert_eq!(
            offered_feeds(&format!("<head>{other}{link}{link}"), Some(&base)),
            ["https://a.example/blog/feed.atom"]
        );
    }
}
