//! Articles as they were read a moment ago, with what every selection asks of each: whether it can be told, how
//! long it lasts, under which key it is narrated. A morning's selections ask for the same ones again and again.

use crate::narrate::{Keys, owner_of};
use domain::{
    Article, ArticleId, ArtifactKey, Depth, Language, ListenerId, Reading, Readings, Script, SourceId, Style,
    Telling,
    select::{Lengths, Pace, Reason, speakable},
};
use queue::Micros;
use std::{
    borrow::Borrow,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};
use store::{Store, StoreError};
use studio::{voice::default_pace, writer::phrases};

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
pub struct Newsstand(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    shelves: HashMap<SourceId, Shelf>,
    /// Outlives the articles' texts: it is small, and dear to find out.
    known: HashMap<ArticleId, Arc<Known>>,
}

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

/// What was found out of an article, once. A row is one revision: of what is looked at here, only its author and
/// whether it is private may change.
#[derive(Debug)]
struct Known {
    author: Option<String>,
    private: bool,
    refusals: [OnceLock<Option<Reason>>; LANGUAGES],
    lengths: [OnceLock<Lengths>; LANGUAGES],
    readings: [OnceLock<String>; LANGUAGES],
    /// Both of what is nobody's own.
    headlines: [OnceLock<Option<Headline>>; LANGUAGES],
    keys: [OnceLock<ArtifactKey>; TELLINGS],
}

/// A title as it is said, under its key.
type Headline = (ArtifactKey, Script);

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
            let inner = self.lock();
            for source in sources {
                match inner.shelves.get(source).filter(|shelf| shelf.is_good(now)) {
                    Some(shelf) => drop(found.insert(*source, shelf.articles.clone())),
                    None => missing.push(*source),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        missing.sort_unstable();
        let mut read: HashMap<SourceId, Vec<Kept>> = HashMap::with_capacity(missing.len());
        let standing = store.standing_articles(&missing, now - MOST_AGE, PER_SOURCE).await?;
        let mut inner = self.lock();
        for stored in standing {
            let kept = inner.keep(stored.id, stored.article);
            read.entry(stored.source_id).or_default().push(kept);
        }
        // A source that has nothing yet may be read for the first time just now: that is not kept.
        for (source, articles) in read {
            let articles: Arc<[Kept]> = articles.into();
            found.insert(source, articles.clone());
            inner.shelves.insert(source, Shelf { read_at: now, articles });
        }
        inner.bound(&found);
        Ok(found)
    }

    /// Lets go of texts that are not good any more.
    pub fn tidy(&self, now: Micros) {
        let mut inner = self.lock();
        inner.shelves.retain(|_, shelf| shelf.is_good(now));
        inner.shelves.shrink_to_fit();
    }

    /// A panic while holding it leaves plain data, still good.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn keep(&mut self, id: ArticleId, article: Article) -> Kept {
        let known = self.known.entry(id).or_insert_with(|| Arc::new(Known::of(&article)));
        if known.author != article.author || known.private != article.private {
            *known = Arc::new(Known::of(&article));
        }
        Kept { id, article: Arc::new(article), known: known.clone() }
    }

    /// Forgets what nobody asks for now when it is too much.
    fn bound(&mut self, asked: &HashMap<SourceId, Arc<[Kept]>>) {
        let held: usize = self.shelves.values().map(|shelf| shelf.articles.len()).sum();
        if held > MOST {
            self.shelves.retain(|source, _| asked.contains_key(source));
        }
        if self.known.len() > 2 * MOST {
            let shelves = self.shelves.values().flat_map(|shelf| shelf.articles.iter());
            self.known = shelves.map(|kept| (kept.id, kept.known.clone())).collect();
        }
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
    /// Which of a listener's own readings occur in it.
    pub fn occurring(&self, own: &Readings) -> Vec<Reading> {
        let texts = [&self.article.title, &self.article.text];
        let mut found: Vec<Reading> = texts.iter().flat_map(|text| own.occurring_in(text)).cloned().collect();
        found.sort_by(|a, b| a.surface.cmp(&b.surface));
        found.dedup();
        found
    }

    /// Why it cannot be told, if it cannot.
    pub fn refusal(&self, language: Language) -> Option<Reason> {
        self.known.refusals[language as usize]
            .get_or_init(|| speakable::refuse(&self.article, language))
            .clone()
    }

    /// How long it lasts, before anything was learned.
    pub fn guessed(&self, language: Language) -> Lengths {
        *self.known.lengths[language as usize].get_or_init(|| guessed(&self.article, language))
    }

    /// The key of its segment.
    pub fn key(&self, keys: &Keys, telling: Telling, listener: ListenerId, own: &[Reading]) -> ArtifactKey {
        if !own.is_empty() {
            return keys.segment(&self.article, telling, owner_of(&self.article, listener), own);
        }
        let owner = owner_of(&self.article, listener);
        let readings = &self.known.readings[telling.language as usize];
        let readings = || readings.get_or_init(|| keys.readings_of(&self.article, telling.language, &[]));
        let key = || keys.segment_with(&self.article, telling, owner, readings());
        match owner {
            Some(_) => key(),
            None => *self.known.keys[place(telling)].get_or_init(key),
        }
    }

    /// Its title, said before a program begins; `None` where nothing of it can be said.
    pub fn headline(
        &self,
        keys: &Keys,
        language: Language,
        listener: ListenerId,
        own: &[Reading],
    ) -> Option<Headline> {
        let owner = owner_of(&self.article, listener);
        let headline = || {
            let script = phrases::headline(language, &self.article.title)?;
            Some((keys.phrase_with(&script, language, owner, own), script))
        };
        match owner {
            Some(_) => headline(),
            None if !own.is_empty() => headline(),
            None => self.known.headlines[language as usize].get_or_init(headline).clone(),
        }
    }
}

impl Known {
    fn of(article: &Article) -> Self {
        Self {
            author: article.author.clone(),
            private: article.private,
            refusals: Default::default(),
            lengths: Default::default(),
            readings: Default::default(),
            headlines: Default::default(),
            keys: Default::default(),
        }
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
