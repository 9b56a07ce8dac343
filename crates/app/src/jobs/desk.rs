//! What the occurrences of one job have in common, read once for all of them: articles by source, what
//! was heard, and how artifacts stand.

use super::{Room, newsstand::Kept};
use crate::program::outline::{Frame, Outline, common_phrases};
use domain::{
    ArtifactKey, Cut, Depth, FeedId, Language, ListenerId, Reading, Readings, Script, SourceId, Style,
    Telling,
    select::{Heard, Length, Lengths, Tastes},
};
use jiff::civil::Date;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use store::{StoreError, artifacts::Standing, occurrences::ToSelect};

pub struct Desk<'a> {
    pub room: &'a Room,
    sources: HashMap<FeedId, Vec<SourceId>>,
    /// Nobody has asked these yet.
    unread: HashSet<SourceId>,
    articles: HashMap<SourceId, Arc<[Kept]>>,
    pub heard: HashMap<ListenerId, Heard>,
    pub tastes: HashMap<ListenerId, Tastes>,
    /// Of the few who have a dictionary of their own.
    readings: HashMap<(ListenerId, Language), Readings>,
    common: Common,
    standings: HashMap<ArtifactKey, Option<Standing>>,
    /// What somebody waits for already.
    pub wanted: HashSet<ArtifactKey>,
}

/// The phrases that all programs of a language, a style, an outline, a date and a number of articles share.
type Common = HashMap<(Language, Style, bool, Date, usize), Arc<[(ArtifactKey, Script)]>>;

impl<'a> Desk<'a> {
    pub async fn lay(room: &'a Room, occurrences: &[ToSelect]) -> Result<Self, StoreError> {
        let feeds: Vec<FeedId> = occurrences.iter().map(|one| one.feed).collect();
        let listeners: Vec<ListenerId> = distinct(occurrences.iter().map(|one| one.listener));
        let mut sources: HashMap<FeedId, Vec<SourceId>> = HashMap::new();
        for (feed, source) in room.store.followed_by(&feeds).await? {
            sources.entry(feed).or_default().push(source);
        }
        let all: Vec<SourceId> = distinct(sources.values().flatten().copied());
        // Before its articles: a source that is read in between counts as unread, not as one that has none.
        let unread = room.store.unread_sources(&all).await?.into_iter().collect();
        let now = room.clock.now();
        let articles = room.newsstand.articles(&room.store, &all, now).await?;
        let heard = room.store.heard(&listeners, now - room.rules.memory.as_micros() as i64).await?;
        let tastes = room.store.tastes(&listeners).await?;
        let readings = own_readings(room, &listeners).await?;
        Ok(Self {
            room,
            unread,
            sources,
            articles,
            heard,
            tastes,
            readings,
            common: HashMap::new(),
            standings: HashMap::new(),
            wanted: HashSet::new(),
        })
    }

    /// Whether a feed follows a source that was never read: it may have something to tell in a moment.
    pub fn is_early_for(&self, feed: FeedId) -> bool {
        let sources = self.sources.get(&feed).map(Vec::as_slice).unwrap_or_default();
        sources.iter().any(|source| self.unread.contains(source))
    }

    /// All that a feed's sources have, or those of them that are left of its wish.
    pub fn articles_of(&self, feed: FeedId, cut: Option<Cut>) -> Vec<Kept> {
        let sources = self.sources.get(&feed).map(Vec::as_slice).unwrap_or_default();
        let most = cut.map_or(u32::MAX, |cut| cut.sources);
        sources
            .iter()
            .take(most as usize)
            .filter_map(|source| self.articles.get(source))
            .flat_map(|all| all.iter())
            .cloned()
            .collect()
    }

    /// The key of an article's segment.
    pub fn key(&self, kept: &Kept, telling: Telling, listener: ListenerId) -> ArtifactKey {
        let own = self.own_readings(kept, telling.language, listener);
        kept.key(&self.room.narrator.keys, telling, listener, &own)
    }

    /// Which readings of the listener's own occur in an article.
    pub fn own_readings(&self, kept: &Kept, language: Language, listener: ListenerId) -> Vec<Reading> {
        self.readings.get(&(listener, language)).map_or_else(Vec::new, |own| kept.occurring(own))
    }

    /// The phrases that every program of a frame may need, whichever of up to `most` articles it tells.
    pub fn common(&mut self, frame: Frame<'_>, most: usize) -> Arc<[(ArtifactKey, Script)]> {
        let Frame { language, style, date, .. } = frame;
        let says_headlines = Outline::of(frame).says_headlines();
        let keys = &self.room.narrator.keys;
        let made = self.common.entry((language, style, says_headlines, date, most)).or_insert_with(|| {
            let scripts = common_phrases(frame, most).into_iter();
            scripts.map(|script| (keys.phrase(&script, language, None), script)).collect()
        });
        made.clone()
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
    pub fn lengths(&self, kept: &Kept, language: Language, style: Style, listener: ListenerId) -> Lengths {
        let mut lengths = kept.guessed(language);
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

/// The dictionaries of those who have one.
async fn own_readings(
    room: &Room,
    listeners: &[ListenerId],
) -> Result<HashMap<(ListenerId, Language), Readings>, StoreError> {
    let mut layers: HashMap<(ListenerId, Language), Vec<Reading>> = HashMap::new();
    for (listener, row) in room.store.readings_of(listeners).await? {
        let entry = Reading { surface: row.surface, reading: row.reading };
        layers.entry((listener, row.language)).or_default().push(entry);
    }
    Ok(layers.into_iter().map(|(whose, layer)| (whose, Readings::layered([layer]))).collect())
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
