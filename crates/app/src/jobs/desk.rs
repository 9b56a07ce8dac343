//! What the occurrences of one job have in common, read once for all of them: articles by source, what
//! was heard, and how artifacts stand.

use super::Room;
use crate::narrate::owner_of;
use domain::{
    Article, ArticleId, ArtifactKey, Depth, FeedId, Language, ListenerId, SourceId, Style, Telling,
    select::{Heard, Length, Lengths, Pace},
};
use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
    sync::Arc,
};
use store::{StoreError, artifacts::Standing, occurrences::ToSelect};
use studio::voice::default_pace;

/// Articles of one source that are looked at, the newest first.
const PER_SOURCE: u32 = 60;
/// Older ones are no news, whatever the filter says.
const MOST_AGE_DAYS: i64 = 60;

pub struct Desk<'a> {
    room: &'a Room,
    sources: HashMap<FeedId, Vec<SourceId>>,
    /// Nobody has asked these yet.
    unread: HashSet<SourceId>,
    articles: HashMap<SourceId, Vec<Kept>>,
    pub heard: HashMap<ListenerId, Heard>,
    keys: HashMap<(ArticleId, Telling, Option<ListenerId>), ArtifactKey>,
    standings: HashMap<ArtifactKey, Option<Standing>>,
    /// What somebody waits for already.
    pub wanted: HashSet<ArtifactKey>,
}

/// An article with its row's name. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: ArticleId,
    pub article: Arc<Article>,
}

impl Borrow<Article> for Kept {
    fn borrow(&self) -> &Article {
        &self.article
    }
}

impl<'a> Desk<'a> {
    pub async fn lay(room: &'a Room, occurrences: &[ToSelect]) -> Result<Self, StoreError> {
        let feeds: Vec<FeedId> = occurrences.iter().map(|one| one.feed).collect();
        let listeners: Vec<ListenerId> = distinct(occurrences.iter().map(|one| one.listener));
        let mut sources: HashMap<FeedId, Vec<SourceId>> = HashMap::new();
        for (feed, source) in room.store.followed_by(&feeds).await? {
            sources.entry(feed).or_default().push(source);
        }
        let all: Vec<SourceId> = distinct(sources.values().flatten().copied());
        let now = room.clock.now();
        let since = now - MOST_AGE_DAYS * 86_400 * super::SECOND;
        let mut articles: HashMap<SourceId, Vec<Kept>> = HashMap::new();
        for stored in room.store.standing_articles(&all, since, PER_SOURCE).await? {
            let kept = Kept { id: stored.id, article: Arc::new(stored.article) };
            articles.entry(stored.source_id).or_default().push(kept);
        }
        let heard = room.store.heard(&listeners, now - room.rules.memory.as_micros() as i64).await?;
        Ok(Self {
            room,
            unread: room.store.unread_sources(&all).await?.into_iter().collect(),
            sources,
            articles,
            heard,
            keys: HashMap::new(),
            standings: HashMap::new(),
            wanted: HashSet::new(),
        })
    }

    /// Whether a feed follows a source that was never read: it may have something to tell in a moment.
    pub fn is_early_for(&self, feed: FeedId) -> bool {
        let sources = self.sources.get(&feed).map(Vec::as_slice).unwrap_or_default();
        sources.iter().any(|source| self.unread.contains(source))
    }

    /// All that a feed's sources have.
    pub fn articles_of(&self, feed: FeedId) -> Vec<Kept> {
        let sources = self.sources.get(&feed).map(Vec::as_slice).unwrap_or_default();
        sources.iter().filter_map(|source| self.articles.get(source)).flatten().cloned().collect()
    }

    /// The key of an article's segment.
    pub fn key(&mut self, kept: &Kept, telling: Telling, listener: ListenerId) -> ArtifactKey {
        let owner = owner_of(&kept.article, listener);
        let keys = &self.room.narrator.keys;
        *self
            .keys
            .entry((kept.id, telling, owner))
            .or_insert_with(|| keys.segment(&kept.article, telling, owner))
    }

    /// Looks up how these stand, unless it is known.
    pub async fn look_up(&mut self, keys: impl IntoIterator<Item = ArtifactKey>) -> Result<(), StoreError> {
        let unknown: Vec<ArtifactKey> =
            distinct(keys.into_iter().filter(|key| !self.standings.contains_key(key)));
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.room.store.standings(&unknown).await?;
        for key in unknown {
            self.standings.insert(key, found.get(&key).copied());
        }
        Ok(())
    }

    pub fn is_ready(&self, key: ArtifactKey) -> bool {
        matches!(self.standings.get(&key), Some(Some(Standing::Ready { .. })))
    }

    /// It failed a short while ago, and is not to be tried again yet.
    pub fn is_given_up(&self, key: ArtifactKey) -> bool {
        let now = self.room.clock.now();
        matches!(self.standings.get(&key), Some(Some(Standing::Failed { retry_after, .. })) if *retry_after > now)
    }

    /// How long an article lasts at each depth: as measured, or as guessed. What was given up a short
    /// while ago cannot be had, unless another was made in its place.
    pub fn lengths(
        &mut self,
        kept: &Kept,
        language: Language,
        style: Style,
        listener: ListenerId,
    ) -> Lengths {
        let mut lengths = guessed(&kept.article, language);
        for depth in Depth::ALL {
            let Some(Length { ms, .. }) = lengths.get(depth) else { continue };
            let key = self.key(kept, Telling { language, style, depth }, listener);
            match self.standings.get(&key).copied().flatten() {
                Some(Standing::Ready { frames }) => {
                    lengths.measured(depth, frames * domain::AudioFormat::FRAME_MS);
                }
                Some(Standing::Failed { instead: None, .. }) if self.is_given_up(key) => {
                    lengths.set(depth, None);
                }
                _ => {
                    lengths.estimated(depth, self.room.learning.corrected(language, depth, ms));
                    if self.wanted.contains(&key) {
                        lengths.wanted(depth);
                    }
                }
            }
        }
        lengths
    }
}

/// An article's lengths before anything was learned.
pub fn guessed(article: &Article, language: Language) -> Lengths {
    Pace::new(f64::from(default_pace(language))).lengths(article, language)
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
