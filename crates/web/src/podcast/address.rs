//! Where a podcast and what belongs to it are found. Every address holds the token: apps ask for sound and pictures
//! without any other proof. For one token an address is the same for ever, so that no app takes an episode for new.

use domain::{
    FeedTokenId, ProgramId,
    token::{FeedKey, FeedToken},
};
use url::Url;

/// Makes addresses, and knows the tokens in them.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Ends with a slash.
    base: String,
    key: FeedKey,
}

impl Addresses {
    /// `public_url` is where others reach this service.
    pub fn new(public_url: &Url, key: FeedKey) -> Self {
        let mut url = public_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let base = format!("{}/", url.as_str().trim_end_matches('/'));
        Self { base, key }
    }

    /// The page of the service.
    pub fn home(&self) -> &str {
        &self.base
    }

    /// The address of a podcast's feed: whoever has it may hear it.
    pub fn feed(&self, token: FeedTokenId) -> String {
        self.of(token).feed()
    }

    /// A program's sound, for whoever may hear it by this token.
    pub fn audio(&self, token: FeedTokenId, program: ProgramId) -> String {
        self.of(token).audio(program)
    }

    pub(super) fn of(&self, token: FeedTokenId) -> Place<'_> {
        Place { base: &self.base, token: self.key.token_for(token) }
    }

    pub(super) fn verify(&self, token: &str) -> Option<FeedTokenId> {
        self.key.verify(token)
    }
}

/// The addresses of one token.
#[derive(Debug)]
pub(super) struct Place<'a> {
    base: &'a str,
    token: FeedToken,
}

impl Place<'_> {
    pub fn feed(&self) -> String {
        self.file("feed.xml")
    }

    pub fn audio(&self, program: ProgramId) -> String {
        self.file(&format!("{program}.mp3"))
    }

    pub fn chapters(&self, program: ProgramId) -> String {
        self.file(&format!("{program}/chapters.json"))
    }

    pub fn transcript(&self, program: ProgramId) -> String {
        self.file(&format!("{program}/transcript.vtt"))
    }

    pub fn cover(&self, name: &str) -> String {
        self.file(&format!("cover-{name}.jpg"))
    }

    fn file(&self, name: &str) -> String {
        let Self { base, token } = self;
        format!("{base}f/{}/{name}", token.reveal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_and_the_same_every_time() {
        let token = FeedTokenId::born(1_700_000_000_000_000, [1, 2]);
        let program: ProgramId = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27".parse().unwrap();
        for (public_url, base) in [
            ("https://radio.example", "https://radio.example/"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("https://example.org/radio/?x=1#top", "https://example.org/radio/"),
        ] {
            let addresses =
                Addresses::new(&public_url.parse().unwrap(), FeedKey::derive(b"a secret of the service"));
            let feed = addresses.feed(token);
            assert_eq!(addresses.home(), base);
            let written = feed.strip_prefix(base).and_then(|rest| rest.strip_prefix("f/")).unwrap();
            let written = written.strip_suffix("/feed.xml").unwrap();
            assert_eq!(addresses.verify(written), Some(token));
            assert_eq!(
                addresses.of(token).audio(program),
                format!("{base}f/{written}/0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27.mp3")
            );
            assert!(feed.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
