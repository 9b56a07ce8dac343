//! A podcast as a feed: RSS 2.0 with iTunes' elements, Podcasting 2.0 and Podlove chapters. A function from rows to
//! bytes: the same rows make the same bytes, whenever they are asked for.

use super::{
    address::Place,
    cover,
    credits::{Credit, Credits},
    notes::notes,
    words,
    xml::{Xml, line},
};
use axum::http::HeaderValue;
use domain::{Language, ProgramId, Style};
use jiff::{Timestamp, fmt::rfc2822};
use std::fmt::Write;
use store::{
    Micros,
    podcasts::{Episode, Of, Podcast},
};
use uuid::Uuid;

pub(super) const CONTENT_TYPE: &str = "application/rss+xml; charset=utf-8";

/// To be changed whenever the same rows make another feed.
const REVISION: u8 = 1;

const NAMESPACES: [(&str, &str); 6] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
    ("xmlns:psc", "http://podlove.org/simple-chapters"),
];
const AUTHOR: &str = "Mimiyori";
/// Of titles and names, in directories and apps.
const TITLE_CHARS: usize = 255;
/// What names of podcasts are made under (Podcasting 2.0, `podcast:guid`).
const PODCAST_NAMES: Uuid = Uuid::from_u128(0xead4_c236_bf58_58c6_a2c6_a6b2_8d12_8cb6);

/// A podcast without its episodes.
pub(super) struct Channel<'a> {
    title: String,
    language: Language,
    /// What its picture follows from.
    pub seed: blake3::Hash,
    guid: Uuid,
    style: Style,
    /// For people, and as a rule; of all feeds of a listener together there is none.
    frequency: Option<(String, String)>,
    place: Place<'a>,
    home: &'a str,
    credits: &'a Credits,
}

impl<'a> Channel<'a> {
    pub fn of(podcast: &Podcast, place: Place<'a>, home: &'a str, credits: &'a Credits) -> Self {
        let (title, language, style, frequency, id) = match &podcast.of {
            Of::Feed { id, name, language, style, schedule, .. } => {
                let frequency = words::frequency(*language, schedule);
                (line(name, TITLE_CHARS), *language, *style, Some(frequency), format!("feed/{id}"))
            }
            Of::Listener { language } => {
                let title = words::all_feeds(*language).to_owned();
                (title, *language, Style::Single, None, format!("listener/{}", podcast.listener))
            }
        };
        let title = if title.is_empty() { AUTHOR.to_owned() } else { title };
        let seed = cover::seed(&id, &title, language);
        Self { guid: guid(&id), title, language, seed, style, frequency, place, home, credits }
    }

    /// All but the episodes: cheap to make, and all that a feed depends on besides them.
    fn head(&self) -> Vec<u8> {
        let mut xml = Xml::new();
        self.write_head(&mut xml);
        xml.finish()
    }

    /// Changes with everything that the feed is made of: of episodes, which never change, their names are enough.
    pub fn tag(&self, episodes: impl IntoIterator<Item = ProgramId>) -> HeaderValue {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[REVISION]).update(&self.head());
        hasher.update(format!("{:?}", self.credits).as_bytes());
        for id in episodes {
            hasher.update(&id.bytes());
        }
        quoted(&hasher.finalize())
    }

    pub fn feed(&self, episodes: &[Episode]) -> Vec<u8> {
        let mut xml = Xml::new();
        self.write_head(&mut xml);
        if let Some(newest) = episodes.first() {
            // Never "now": unchanged bytes are not to be sent again.
            xml.text("lastBuildDate", &mail_date(newest.visible_at));
        }
        for episode in episodes {
            self.write_item(&mut xml, episode);
        }
        xml.close("channel");
        xml.close("rss");
        xml.finish()
    }

    fn write_head(&self, xml: &mut Xml) {
        let (language, credit) = (self.language, self.credits.of(self.language));
        let (feed, cover) = (self.place.feed(), self.place.cover(&cover::name(&self.seed)));
        xml.declaration();
        xml.open("rss", &NAMESPACES);
        xml.open("channel", &[]);
        xml.text("title", &self.title);
        xml.text("link", self.home);
        xml.empty("atom:link", &[("href", &feed), ("rel", "self"), ("type", "application/rss+xml")]);
        xml.text("language", language.tag());
        xml.text("description", &words::description(language, &self.title));
        xml.text("generator", AUTHOR);
        xml.text("docs", "https://www.rssboard.org/rss-specification");
        xml.open("image", &[]);
        xml.text("url", &cover);
        xml.text("title", &self.title);
        xml.text("link", self.home);
        xml.close("image");
        self.write_itunes(xml, &cover);
        self.write_podcasting(xml, credit);
    }

    fn write_itunes(&self, xml: &mut Xml, cover: &str) {
        xml.text("itunes:author", AUTHOR);
        xml.text("itunes:type", "episodic");
        xml.text("itunes:explicit", "false");
        // No directory is to list it.
        xml.text("itunes:block", "Yes");
        xml.empty("itunes:image", &[("href", cover)]);
        xml.open("itunes:category", &[("text", "News")]);
        xml.empty("itunes:category", &[("text", "Tech News")]);
        xml.close("itunes:category");
    }

    fn write_podcasting(&self, xml: &mut Xml, credit: &Credit) {
        xml.text("podcast:guid", &self.guid.hyphenated().to_string());
        xml.text("podcast:locked", "yes");
        xml.text("podcast:block", "yes");
        xml.text("podcast:medium", "podcast");
        for host in credit.hosts(self.style) {
            let host = line(&words::synthetic(self.language, host), 128);
            xml.text_with("podcast:person", &[("role", "host"), ("group", "cast")], &host);
        }
        if let Some((people, rule)) = &self.frequency {
            xml.text_with("podcast:updateFrequency", &[("rrule", rule)], people);
        }
        xml.text_with("podcast:txt", &[("purpose", "ai-disclosure")], &credit.disclosure);
    }

    fn write_item(&self, xml: &mut Xml, episode: &Episode) {
        let Episode { id, language, .. } = episode;
        let title = line(&episode.title, TITLE_CHARS);
        let title = if title.is_empty() { &self.title } else { &title };
        let notes = notes(episode, self.credits.of(*language));
        xml.open("item", &[]);
        xml.text("title", title);
        // Free of the token: it is the same episode whichever address it was found at.
        xml.text_with("guid", &[("isPermaLink", "false")], &format!("urn:uuid:{id}"));
        xml.text("pubDate", &mail_date(episode.visible_at));
        xml.text("description", &notes.description);
        if let Some(whole) = &notes.whole {
            xml.text("content:encoded", whole);
        }
        let (url, bytes) = (self.place.audio(*id), episode.bytes.to_string());
        xml.empty("enclosure", &[("url", &url), ("length", &bytes), ("type", "audio/mpeg")]);
        xml.text("itunes:title", title);
        xml.text("itunes:episodeType", "full");
        xml.text("itunes:explicit", "false");
        xml.text("itunes:duration", &episode.duration_ms.div_ceil(1_000).to_string());
        self.write_chapters(xml, episode);
        if episode.has_transcript {
            let url = self.place.transcript(*id);
            let attributes = [("url", url.as_str()), ("type", "text/vtt"), ("language", language.tag())];
            xml.empty("podcast:transcript", &attributes);
        }
        xml.close("item");
    }

    fn write_chapters(&self, xml: &mut Xml, episode: &Episode) {
        let chapters = episode.document.chapters();
        if chapters.is_empty() {
            return;
        }
        let url = self.place.chapters(episode.id);
        xml.empty("podcast:chapters", &[("url", &url), ("type", "application/json+chapters")]);
        xml.open("psc:chapters", &[("version", "1.2")]);
        for chapter in chapters {
            let (start, title) = (play_time(chapter.start_ms), line(chapter.title, TITLE_CHARS));
            match chapter.url {
                Some(url) => {
                    xml.empty("psc:chapter", &[("start", &start), ("title", &title), ("href", url)]);
                }
                None => xml.empty("psc:chapter", &[("start", &start), ("title", &title)]),
            }
        }
        xml.close("psc:chapters");
    }
}

/// As the value of an `ETag`.
pub(super) fn quoted(hash: &blake3::Hash) -> HeaderValue {
    let mut tag = hash.to_hex().to_string();
    tag.truncate(32);
    // Hex digits in quotes are always a valid header.
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// A podcast's name for ever: made of what is no secret, so that it outlives every token.
fn guid(id: &str) -> Uuid {
    Uuid::new_v5(&PODCAST_NAMES, format!("mimiyori/{id}").as_bytes())
}

/// RFC 2822, in UTC.
fn mail_date(at: Micros) -> String {
    let at = Timestamp::from_microsecond(at).unwrap_or_default();
    rfc2822::to_string(&at.to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap_or_default()
}

/// Normal play time (RFC 2326 §3.6), as Podlove chapters have it.
fn play_time(ms: u64) -> String {
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    let mut time = String::with_capacity(12);
    // Writing to a string cannot fail.
    let _ = write!(time, "{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_podcasts_name_is_made_as_the_namespace_says() {
        let known = Uuid::new_v5(&PODCAST_NAMES, b"podnews.net/rss");
        assert_eq!(known.to_string(), "9b024349-ccf0-5f69-a609-6b82873eab3c");
        let frozen = "a5f039b2-7cd9-5e80-89bd-622d700f560b";
        let ours = guid("feed/0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27").to_string();
        assert_eq!(ours, frozen, "names that apps hold must not change");
    }

    #[test]
    fn times_as_they_are_written() {
        assert_eq!(mail_date(784_111_777_900_000), "Sun, 6 Nov 1994 08:49:37 +0000");
        assert_eq!(play_time(3_723_004), "01:02:03.004");
    }
}
