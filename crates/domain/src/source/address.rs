//! What a user names as a source: a path, an address, or a shortcut.

use std::{fmt, path::PathBuf, str::FromStr};
use url::Url;

/// Shown as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAddress {
    written: String,
    place: Place,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    Feed(Url),
    /// A search of the Qiita API v2 for items.
    QiitaItems {
        query: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{written:?} is no source: {why}")]
pub struct BadAddress {
    pub written: String,
    pub why: String,
}

const FORMS: &str = "shortcuts are qiita:tag/NAME, qiita:user/NAME, zenn:topic/NAME, zenn:user/NAME, hn:front, \
                     qiita-api:tag/NAME and qiita-api:query/WORDS";

impl SourceAddress {
    /// `https://…`, a shortcut, or else a path.
    pub fn parse(written: &str) -> Result<Self, BadAddress> {
        let bad = |why: &str| BadAddress { written: written.to_owned(), why: why.to_owned() };
        let text = written.trim();
        if text.is_empty() {
            return Err(bad("it is empty"));
        }
        let place = match text.split_once(':') {
            Some((_, rest)) if rest.starts_with("//") => web(text).map_err(bad)?,
            Some((site @ ("qiita" | "zenn" | "hn" | "qiita-api"), rest)) => {
                shortcut(site, rest).ok_or_else(|| bad(FORMS))?
            }
            _ => match mistyped(text) {
                Some(meant) => return Err(bad(&format!("write {meant}, or ./{text} for a file"))),
                None => Place::File(PathBuf::from(text)),
            },
        };
        Ok(Self { written: text.to_owned(), place })
    }
}

impl FromStr for SourceAddress {
    type Err = BadAddress;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        Self::parse(written)
    }
}

impl SourceAddress {
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// How it is kept: the same for the same source, however it was written.
    pub fn canonical(&self) -> String {
        match &self.place {
            Place::File(path) => {
                std::path::absolute(path).unwrap_or_else(|_| path.clone()).to_string_lossy().into_owned()
            }
            Place::Feed(url) if self.written.contains("://") => {
                let mut url = url.clone();
                url.set_fragment(None);
                url.into()
            }
            // Tags have no case; names of people are left as they are.
            Place::Feed(_) if self.written.starts_with("qiita:tag/") => self.written.to_lowercase(),
            Place::Feed(_) | Place::QiitaItems { .. } => self.written.clone(),
        }
    }

    /// Whose server is asked; `None` for a file.
    pub fn host(&self) -> Option<&str> {
        match &self.place {
            Place::File(_) => None,
            Place::Feed(url) => url.host_str(),
            Place::QiitaItems { .. } => Some("qiita.com"),
        }
    }

    /// Whether the operator's Qiita token is meant for it.
    pub const fn takes_qiita_token(&self) -> bool {
        matches!(self.place, Place::QiitaItems { .. })
    }
}

impl fmt::Display for SourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The address that was probably meant by what would be taken for a path: one without its scheme, or without its
/// slashes.
fn mistyped(text: &str) -> Option<String> {
    for scheme in ["https:", "http:"] {
        if let Some(rest) = text.strip_prefix(scheme) {
            return Some(format!("{scheme}//{}", rest.trim_start_matches('/')));
        }
    }
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let (_, top) = host.rsplit_once('.')?;
    let is_host =
        host.split('.').all(label) && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
    // `feed.xml` is a file.
    (is_host && (!path.is_empty() || host.starts_with("www."))).then(|| format!("https://{text}"))
}

fn web(text: &str) -> Result<Place, &'static str> {
    let url = Url::parse(text).map_err(|_| "the address is malformed")?;
    match url.scheme() {
        "http" | "https" => Ok(Place::Feed(url)),
        "file" => Err("write the path without file://"),
        "htp" | "htps" | "htttp" | "htttps" | "ttp" | "ttps" | "hhttps" | "httpss" => {
            Err("a slip of the pen? It must begin with https:// or http://")
        }
        _ => Err("only http and https addresses are fetched; it must begin with https:// or http://"),
    }
}

fn shortcut(site: &str, rest: &str) -> Option<Place> {
    let (kind, name) = match rest.split_once('/') {
        Some((kind, name)) if !name.is_empty() => (kind, name),
        None => (rest, ""),
        Some(_) => return None,
    };
    let feed = |base: &str, segments: &[&str]| {
        let mut url = Url::parse(base).ok()?;
        url.path_segments_mut().ok()?.extend(segments);
        Some(Place::Feed(url))
    };
    let lower = name.to_lowercase();
    match (site, kind) {
        ("hn", "front") if name.is_empty() => feed("https://news.ycombinator.com", &["rss"]),
        _ if name.is_empty() => None,
        ("qiita", "tag") => feed("https://qiita.com", &["tags", &lower, "feed.atom"]),
        ("qiita", "user") => feed("https://qiita.com", &[name, "feed.atom"]),
        ("zenn", "topic") => feed("https://zenn.dev", &["topics", &lower, "feed"]),
        ("zenn", "user") => feed("https://zenn.dev", &[name, "feed"]),
        ("qiita-api", "tag") => Some(Place::QiitaItems { query: format!("tag:{name}") }),
        ("qiita-api", "query") => Some(Place::QiitaItems { query: name.to_owned() }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_its_scheme_is_no_file() {
        for (written, meant) in [
            ("example.com/feed", "https://example.com/feed"),
            ("blog.example.co.jp/rss.xml", "https://blog.example.co.jp/rss.xml"),
            ("www.example.org", "https://www.example.org"),
            ("https:/example.com/feed", "https://example.com/feed"),
            ("http:example.com", "http://example.com"),
        ] {
            let error = SourceAddress::parse(written).unwrap_err().to_string();
            assert!(error.contains(&format!("write {meant},")), "{error}");
        }
        assert!(SourceAddress::parse("htps://example.com").unwrap_err().why.contains("https://"));
        for path in
            ["feed.xml", "./example.com/feed", "/tmp/a.b/c.xml", "news/feed.xml", "../x.y/feed", "a.1/b"]
        {
            assert!(matches!(SourceAddress::parse(path).unwrap().place(), Place::File(_)), "{path}");
        }
    }

    #[test]
    fn shortcuts_name_feeds() {
        for (written, url) in [
            ("qiita:tag/rust", "https://qiita.com/tags/rust/feed.atom"),
            ("qiita:tag/C++", "https://qiita.com/tags/c++/feed.atom"),
            ("qiita:tag/機械学習", "https://qiita.com/tags/%E6%A9%9F%E6%A2%B0%E5%AD%A6%E7%BF%92/feed.atom"),
            ("qiita:user/Qiita", "https://qiita.com/Qiita/feed.atom"),
            ("zenn:topic/rust", "https://zenn.dev/topics/rust/feed"),
            ("zenn:user/someone", "https://zenn.dev/someone/feed"),
            ("hn:front", "https://news.ycombinator.com/rss"),
            ("https://example.org/feed", "https://example.org/feed"),
        ] {
            let address = SourceAddress::parse(written).unwrap();
            assert_eq!(address.place, Place::Feed(Url::parse(url).unwrap()), "{written}");
            assert_eq!(address.to_string(), written);
        }
        let api = SourceAddress::parse("qiita-api:query/rust stocks:>10").unwrap();
        assert_eq!(api.place, Place::QiitaItems { query: "rust stocks:>10".into() });
        let api = SourceAddress::parse("qiita-api:tag/rust").unwrap();
        assert_eq!(api.place, Place::QiitaItems { query: "tag:rust".into() });
    }

    #[test]
    fn the_same_source_is_kept_once_under_its_host() {
        for (written, canonical, host) in [
            ("https://Example.org:443/feed#top", "https://example.org/feed", Some("example.org")),
            (" qiita:tag/Rust ", "qiita:tag/rust", Some("qiita.com")),
            ("qiita:user/Qiita", "qiita:user/Qiita", Some("qiita.com")),
            ("zenn:topic/rust", "zenn:topic/rust", Some("zenn.dev")),
            ("qiita-api:query/rust stocks:>10", "qiita-api:query/rust stocks:>10", Some("qiita.com")),
            ("/tmp/./feed.xml", "/tmp/feed.xml", None),
        ] {
            let address = SourceAddress::parse(written).unwrap();
            assert_eq!((address.canonical().as_str(), address.host()), (canonical, host), "{written}");
            let again = SourceAddress::parse(&address.canonical()).unwrap();
            assert_eq!(again.canonical(), canonical, "it reads back");
        }
    }

    #[test]
    fn paths_are_paths() {
        for path in ["feed.xml", "./a b.xml", "/tmp/x", "c:feed.xml"] {
            assert_eq!(SourceAddress::parse(path).unwrap().place, Place::File(path.into()));
        }
    }

    #[test]
    fn what_is_no_source_is_refused() {
        for bad in [
            "",
            "  ",
            "qiita:rust",
            "qiita:tag/",
            "zenn:x/y",
            "hn:front/1",
            "hn:",
            "ftp://a/b",
            "file:///a",
            "https://",
        ] {
            assert!(SourceAddress::parse(bad).is_err(), "{bad}");
        }
    }
}
