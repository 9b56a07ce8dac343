//! Articles in: feeds, shortcuts and APIs, read politely and never trusted.
//!
//! [`read`] goes from an address to articles: fetch, decode, tell what it is, parse, make prose of
//! markup, complete teasers from their pages. Whoever keeps articles goes in two steps instead, [`ask`]
//! and [`Listing::complete`], and recalls in between what need not be read again. It knows nothing of who
//! asks, when to ask again (it only reports the server's wish) or where articles are kept.

mod charset;
mod date;
mod document;
mod error;
mod fetch;
mod listing;
mod mend;
mod page;
mod plain;
mod prose;
mod qiita;
mod syndication;
mod teaser;

pub use domain::source::SourceAddress;
pub use error::SourceError;
pub use listing::Listing;
pub use net::{Token, Validators};

use domain::{Article, source::Place};
use fetch::{Fetched, Raw, fetch};
use net::{Client, shown};
use std::{collections::HashSet, fmt, time::Duration};
use syndication::{Origin, Parsed};
use tokio::{
    task::{JoinError, spawn_blocking},
    time::{Instant, timeout_at},
};
use url::Url;

/// How a source is read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    pub client: &'a Client,
    /// What the last answer of 200 gave; empty to fetch anew.
    pub validators: Validators,
    /// What a source with one gives is private.
    pub token: Option<Token>,
    /// Article pages fetched at most, for entries that only tease.
    pub pages: usize,
    /// For the whole source. The feed late is an error; pages late are left out.
    pub patience: Duration,
    /// Where the Qiita API is.
    pub qiita: Url,
}

impl<'a> Reading<'a> {
    /// 30 s, 20 pages, no token.
    pub fn by(client: &'a Client) -> Self {
        Self {
            client,
            validators: Validators::default(),
            token: None,
            pages: 20,
            patience: Duration::from_secs(30),
            qiita: Url::parse("https://qiita.com").expect("this literal is an address"),
        }
    }
}

/// What asking a source came to.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made for each source read, and moved once")]
pub enum Asked {
    Listed(Listing),
    /// 304: what was read before still stands, and so do its validators.
    Unchanged {
        poll_after: Option<Duration>,
    },
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made for each source read, and moved once")]
pub enum Answer {
    Read(Feed),
    /// 304: what was read before still stands, and so do its validators.
    Unchanged {
        poll_after: Option<Duration>,
    },
}

#[derive(Debug)]
pub struct Feed {
    pub format: Format,
    pub title: String,
    /// As the feed labels itself; an article's own language is told from its text.
    pub language: Option<String>,
    /// In the feed's order. May be empty.
    pub articles: Vec<Article>,
    /// To be stored in place of the old ones, even where these are empty.
    pub validators: Validators,
    /// The server's wish: not to be asked again before.
    pub poll_after: Option<Duration>,
    /// Where the feed has moved for good.
    pub moved_to: Option<Url>,
    /// What was noticed on the way, for people.
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Rss0,
    Rss1,
    Rss2,
    Atom,
    JsonFeed,
    QiitaApi,
}

impl Format {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rss0 => "rss 0.9x",
            Self::Rss1 => "rss 1.0",
            Self::Rss2 => "rss 2.0",
            Self::Atom => "atom",
            Self::JsonFeed => "json feed",
            Self::QiitaApi => "qiita api v2",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads a source once.
pub async fn read(address: &SourceAddress, reading: &Reading<'_>) -> Result<Answer, SourceError> {
    match ask(address, reading).await? {
        Asked::Listed(listing) => listing.complete(address, reading).await.map(Answer::Read),
        Asked::Unchanged { poll_after } => Ok(Answer::Unchanged { poll_after }),
    }
}

/// Asks a source what it lists. From here on the reading's patience runs.
pub async fn ask(address: &SourceAddress, reading: &Reading<'_>) -> Result<Asked, SourceError> {
    let deadline = Instant::now() + reading.patience;
    let late = |_| SourceError::Slow { at: address.to_string(), within: reading.patience };

    let raw = match timeout_at(deadline, fetch(address, reading)).await.map_err(late)?? {
        Fetched::Unchanged { poll_after } => return Ok(Asked::Unchanged { poll_after }),
        Fetched::Raw(raw) => raw,
    };
    let (validators, moved_to) = (raw.validators.clone(), raw.moved_to.clone());
    let poll_after = raw.poll_after;
    let parsed = timeout_at(deadline, parse(address, reading, raw)).await.map_err(late)??;
    Ok(Asked::Listed(Listing { parsed, validators, poll_after, moved_to, deadline, known: HashSet::new() }))
}

/// Off the threads that wait: a large feed is arithmetic.
async fn parse(address: &SourceAddress, reading: &Reading<'_>, raw: Raw) -> Result<Parsed, SourceError> {
    let (owned, private) = (address.clone(), reading.token.is_some());
    let parsed = spawn_blocking(move || parse_here(&owned, private, &raw)).await;
    parsed.map_err(|error| broken(address, &error))?
}

fn parse_here(address: &SourceAddress, private: bool, raw: &Raw) -> Result<Parsed, SourceError> {
    let text = charset::decode(&raw.bytes, raw.content_type.as_deref());
    let source = address.to_string();
    let at = raw.base.as_ref().map_or_else(|| source.clone(), shown);
    if let Place::QiitaItems { query } = address.place() {
        return qiita::parse(&text, &at, &source, query, private);
    }
    let base = raw.base.as_ref();
    let document = document::open(&text, &at, |page| page::offered_feeds(page, base))?;
    syndication::parse(&document, Origin { source: &source, base, private })
}

/// A defect of ours or of a parser costs one source, not the process.
fn broken(address: &SourceAddress, error: &JoinError) -> SourceError {
    SourceError::NotAFeed { at: address.to_string(), why: format!("reading it failed: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FEED: &str = "<?xml version='1.0' encoding='utf-8'?><!-- c --><rss version='2.0' \
        xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>題 &amp; t</title><item>\
        <title>一つ目</title><link>/a?b=1&amp;c=2</link><guid>1</guid><pubDate>Mon, 23 Nov 2026 06:00:00 +0900</pubDate>\
        <description><![CDATA[<p>本文 <code>x</code></p><pre>y</pre>]]></description></item></channel></rss>";

    fn parsed(bytes: Vec<u8>, kind: &str) -> Result<Parsed, SourceError> {
        let address = SourceAddress::parse("https://a.example/feed").unwrap();
        let base = Url::parse("https://a.example/feed").ok();
        let raw = Raw { bytes: bytes.into(), content_type: Some(kind.to_owned()), base, ..Raw::default() };
        parse_here(&address, false, &raw)
    }

    proptest! {
        /// Any bytes end in articles or in one line, and no article holds what may not be stored.
        #[test]
        fn broken_feeds_are_survived(
            cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, prop::collection::vec(any::<u8>(), 0..6)), 0..6),
            kind in "(text/xml|text/html)(; charset=(utf-8|shift_jis|utf-16|x))?",
        ) {
            let mut bytes = FEED.as_bytes().to_vec();
            for (at, length, put) in cuts {
                let at = at.index(bytes.len());
                let end = (at + length).min(bytes.len());
                bytes.splice(at..end, put);
            }
            match parsed(bytes, &kind) {
                Ok(parsed) => for draft in parsed.drafts {
                    prop_assert!(!draft.id.is_empty());
                    prop_assert!(draft.title.chars().chain(draft.text.chars()).all(|c| c == '\n' || plain::is_kept(c)));
                },
                Err(error) => prop_assert!(!error.to_string().contains('\n'), "{}", error),
            }
        }
    }

    #[test]
    fn the_unbroken_feed_is_read() {
        let parsed = parsed(FEED.into(), "text/xml").unwrap();
        let draft = &parsed.drafts[0];
        assert_eq!(draft.url.as_ref().map(Url::as_str), Some("https://a.example/a?b=1&c=2"));
        assert_eq!(draft.text, "本文 x\n（コード例）");
    }
}
