//! Why a source gave no articles: what, where, what to do, in one line.

use domain::source::BadAddress;
use net::NetError;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Address(#[from] BadAddress),
    #[error("{path}: cannot be read ({why})")]
    File { path: String, why: String },
    #[error(transparent)]
    Net(#[from] NetError),
    #[error("{url} answered {status}: it wants a sign-in or forbids reading; give a token or another source")]
    Denied { url: String, status: u16 },
    #[error("{url} answered 404: there is nothing here; check the address")]
    Missing { url: String },
    #[error("{url} answered 410: the feed is gone for good; remove the source")]
    Gone { url: String },
    #[error("{url} answered 429: {}", again(*.wait))]
    Throttled { url: String, wait: Option<Duration> },
    #[error("{url} answered {status}: the server has a problem; {}", again(*.wait))]
    Failing { url: String, status: u16, wait: Option<Duration> },
    #[error("{url} answered {status}: that is no feed; check the address")]
    Status { url: String, status: u16 },
    #[error("{at}: a web page, not a feed; {}", instead(.feeds))]
    WebPage { at: String, feeds: Vec<String> },
    #[error("{at}: not a feed ({why}); RSS, Atom and JSON Feed are read")]
    NotAFeed { at: String, why: String },
    #[error("{at}: the feed is cut off ({why}); fetch it again or ask its publisher")]
    Truncated { at: String, why: String },
    #[error("{at}: the document declares entities, which are never expanded; refused")]
    Entities { at: String },
    #[error("{at}: not read within {} s; try again later", .within.as_secs())]
    Slow { at: String, within: Duration },
}

impl SourceError {
    /// How long the server asks to be left alone.
    pub const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Throttled { wait, .. } | Self::Failing { wait, .. } => *wait,
            _ => None,
        }
    }
}

fn again(wait: Option<Duration>) -> String {
    match wait {
        Some(wait) if !wait.is_zero() => format!("try again in {} s", wait.as_secs()),
        _ => "try again later".to_owned(),
    }
}

fn instead(feeds: &[String]) -> String {
    match feeds {
        [] => "give the address of its feed".to_owned(),
        feeds => format!("try {}", feeds.join(" or ")),
    }
}
