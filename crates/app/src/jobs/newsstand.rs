//! Articles as they were read a moment ago, with what every selection asks of each: whether it can be told, how
//! long it lasts, under which key it is narrated. A morning's selections ask for the same ones again and again.

use crate::narrate::{Keys, owner_of};
use domain::{
    Article, ArticleId, ArtifactKey, Depth, Language, ListenerId, SourceId, Style, Telling,
    select::{Lengths, Pace, Reason, speakable},
};
use queue::Micros;
use std::{
    borrow::Borrow,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};
use store::{Store, StoreError};
use studio::voice::default_pace;

/// Articles of one source that are looked at, the newest first.
const PER_SOURCE: u32 = 60;
/// Older ones are no news, whatever the filter says.
const MOST_AGE: Micros = 60 * 86_400 * super::SECOND;
/// How long a reading is good: an article that came since then is in the next program.
const GOOD_FOR: Micros = 20 * super::SECOND;
/// What is kept at most, but for what one job asks for.
const MOST: usize = 20_000;

const LANGUAGES: usize = 2;
const TELLINGS: usize = LANGUAGES * 2 * Depth::ALL.len();

#[derive(Debug, Default)]
pub struct Newsstand(Mutex<HashMap<SourceId, Shelf>>);

/// What one source has.
#[derive(Clone, Debug)]
struct Shelf {
    read_at: Micros,
    articles: Arc<[Kept]>,
}

/// An article with its row's name. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: ArticleId,
    pub article: Arc<Article>,
    known: Arc<Known>,
}

/// What was found out of an article, once.
#[derive(Debug, Default)]
struct Known {
    refusals: [OnceLock<Option<Reason>>; LANGUAGES],
    lengths: [OnceLock<Lengths>; LANGUAGES],
    /// Of what is nobody's own.
    keys: [OnceLock<ArtifactKey>; TELLINGS],
}

impl Newsstand {
    /// What stands of each of these sources, by a reading that is not long ago.
    pub async fn articles(
        &self,
        store: &Store,
        sources: &[SourceId],
        now: Micros,
    ) -> Result<HashMap<SourceId, Arc<[Kept]>>, StoreError> {
        let mut found: HashMap<SourceId, Arc<[Kept]>> = HashMap::with_capacity(sources.len());
        let mut missing = Vec::new();
        {
            let shelves = self.lock();
            for source in sources {
                match shelves.get(source).filter(|shelf| shelf.is_good(now)) {
                    Some(shelf) => drop(found.insert(*source, shelf.articles.clone())),
                    None => missing.push(*source),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let mut read: HashMap<SourceId, Vec<Kept>> = missing.into_iter().map(|id| (id, Vec::new())).collect();
        let mut ids: Vec<SourceId> = read.keys().copied().collect();
        ids.sort_unstable();
        for stored in store.standing_articles(&ids, now - MOST_AGE, PER_SOURCE).await? {
            if let Some(articles) = read.get_mut(&stored.source_id) {
                articles.push(Kept::new(stored.id, stored.article));
            }
        }
        let mut shelves = self.lock();
        for (source, mut articles) in read {
            if let Some(before) = shelves.get(&source) {
                articles.iter_mut().for_each(|kept| kept.remember(&before.articles));
            }
            let articles: Arc<[Kept]> = articles.into();
            found.insert(source, articles.clone());
            // A source that has nothing yet may be read for the first time just now.
            if !articles.is_empty() {
                shelves.insert(source, Shelf { read_at: now, articles });
            }
        }
        let held: usize = shelves.values().map(|shelf| shelf.articles.len()).sum();
        if held > MOST {
            shelves.retain(|source, _| found.contains_key(source));
        }
        Ok(found)
    }

    /// Lets go what is not good any more.
    pub fn tidy(&self, now: Micros) {
        let mut shelves = self.lock();
        shelves.retain(|_, shelf| shelf.is_good(now));
        if shelves.is_empty() {
            *shelves = HashMap::new();
        }
    }

    /// A panic while holding it leaves plain data, still good.
    fn lock(&self) -> MutexGuard<'_, HashMap<SourceId, Shelf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// A clock that was set back makes a reading old.
    fn is_good(&self, now: Micros) -> bool {
        (0..GOOD_FOR).contains(&(now - self.read_at))
    }
}

impl Borrow<Article> for Kept {
    fn borrow(&self) -> &Article {
        &self.article
    }
}

impl Kept {
    fn new(id: ArticleId, article: Article) -> Self {
        Self { id, article: Arc::new(article), known: Arc::default() }
    }

    /// Takes over what was found out before. A row is one revision: of what is looked at here, only its author
    /// and whether it is private may have changed.
    fn remember(&mut self, before: &[Self]) {
        let same = |old: &&Self| {
            old.id == self.id
                && old.article.author == self.article.author
                && old.article.private == self.article.private
        };
        if let Some(old) = before.iter().find(same) {
            self.known = old.known.clone();
        }
    }

    /// Why it cannot be told, if it cannot.
    pub fn refusal(&self, language: Language) -> Option<Reason> {
        let refuse = || speakable::refuse(&self.article, language);
        match self.known.refusals.get(language as usize) {
            Some(known) => known.get_or_init(refuse).clone(),
            None => refuse(),
        }
    }

    /// How long it lasts, before anything was learned.
    pub fn guessed(&self, language: Language) -> Lengths {
        match self.known.lengths.get(language as usize) {
            Some(known) => *known.get_or_init(|| guessed(&self.article, language)),
            None => guessed(&self.article, language),
        }
    }

    /// The key of its segment.
    pub fn key(&self, keys: &Keys, telling: Telling, listener: ListenerId) -> ArtifactKey {
        let owner = owner_of(&self.article, listener);
        let key = || keys.segment(&self.article, telling, owner);
        let known = self.known.keys.get(place(telling)).filter(|_| owner.is_none());
        known.map_or_else(key, |known| *known.get_or_init(key))
    }
}

const fn place(telling: Telling) -> usize {
    let style = match telling.style {
        Style::Single => 0,
        Style::Dialogue => 1,
    };
    (telling.language as usize * 2 + style) * Depth::ALL.len() + telling.depth as usize
}

/// An article's lengths before anything was learned.
pub fn guessed(article: &Article, language: Language) -> Lengths {
    Pace::new(f64::from(default_pace(language))).lengths(article, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_telling_has_a_place_of_its_own() {
        let mut places = Vec::new();
        for language in [Language::Ja, Language::En] {
            for style in [Style::Single, Style::Dialogue] {
                places.extend(Depth::ALL.map(|depth| place(Telling { language, style, depth })));
            }
        }
        places.sort_unstable();
        assert_eq!(places, (0..TELLINGS).collect::<Vec<_>>());
    }
}
