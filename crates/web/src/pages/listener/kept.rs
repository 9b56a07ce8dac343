//! The sources that a listener keeps at hand, each with what it last brought: seen while it is being read.

use crate::{
    api::{Caller, export::all_sources, opml, refused::Refused, sources},
    pages::{Fields, Pages, Words, live},
};
use domain::SourceId;
use store::Micros;

/// Titles of a preview.
const TITLES: u32 = 3;
const MOST_AGE: Micros = 60 * 86_400 * 1_000_000;

/// A source as it is listed.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: SourceId,
    pub title: String,
    pub address: String,
    pub state: String,
    pub tone: &'static str,
    pub notice: String,
    /// The latest articles.
    pub titles: Vec<String>,
}

/// Something to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Suggestion {
    pub address: &'static str,
    pub label: &'static str,
}

pub const SUGGESTIONS: [Suggestion; 5] = [
    Suggestion { address: "hn:front", label: "Hacker News" },
    Suggestion { address: "zenn:topic/rust", label: "Zenn Rust" },
    Suggestion { address: "qiita:tag/rust", label: "Qiita Rust" },
    Suggestion { address: "https://blog.rust-lang.org/feed.xml", label: "Rust Blog" },
    Suggestion { address: "https://www.publickey1.jp/atom.xml", label: "Publickey" },
];

pub async fn all(pages: &Pages, t: Words, caller: Caller) -> Result<Vec<Kept>, Refused> {
    let now = pages.now();
    let found = all_sources(&pages.api, caller).await?;
    let ids: Vec<SourceId> = found.iter().map(|source| source.id).collect();
    let articles = pages.store().standing_articles(&ids, now - MOST_AGE, TITLES).await?;
    let mut kept = Vec::with_capacity(found.len());
    for source in found {
        let titles = articles.iter().filter(|one| one.source_id == source.id);
        let (state, tone) = match (source.state, source.fetched_at, &source.notice) {
            ("gone", ..) => ("source-gone", "bad"),
            (_, None, None) => ("source-reading", "busy"),
            (_, _, Some(_)) => ("source-trouble", "warn"),
            (_, Some(_), None) => ("source-read", "good"),
        };
        kept.push(Kept {
            id: source.id,
            title: if source.title.is_empty() { source.address.clone() } else { source.title },
            address: source.address,
            state: t.say(state),
            tone,
            notice: source.notice.unwrap_or_default(),
            titles: titles.map(|one| one.article.title.clone()).collect(),
        });
    }
    Ok(kept)
}

/// Changes when what is shown does.
pub fn digest(kept: &[Kept]) -> String {
    live::digest(kept.iter().map(|one| format!("{} {} {} {:?}", one.id, one.state, one.notice, one.titles)))
}

/// Adds what a form names: an address, or a list of them as OPML. How many there were and how many were refused.
pub async fn add(pages: &Pages, caller: Caller, fields: &Fields) -> Result<(usize, usize), Refused> {
    if let Some(text) = fields.some("opml") {
        let imported = opml::import(&pages.api, caller, text).await.map_err(|refused| match refused {
            Refused::Unreadable(why) => Refused::field("opml", why),
            other => other,
        })?;
        return Ok((imported.sources.len(), imported.refused.len()));
    }
    let new = sources::NewSource { address: whole(fields.get("address")), title: None };
    sources::keep(&pages.api, caller, new).await?;
    Ok((1, 0))
}

/// People leave out what is always the same.
fn whole(address: &str) -> String {
    let address = address.trim();
    let is_bare = !address.contains(':') && address.contains('.') && !address.contains(' ');
    if is_bare { format!("https://{address}") } else { address.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_bare_address_is_completed() {
        assert_eq!(whole(" example.org/feed "), "https://example.org/feed");
        for same in ["hn:front", "http://example.org/", "words and. words", "word", ""] {
            assert_eq!(whole(same), same);
        }
    }
}
