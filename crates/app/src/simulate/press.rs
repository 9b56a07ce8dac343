//! Sources that publish through the day: articles with lengths, likes and copies as real ones have them, in
//! words that mean nothing.

use super::chance::{Weighted, between, gap, happens, lognormal, of_name};
use crate::jobs::{Room, SECOND};
use domain::{Article, ArticleDraft, ArticleId, Detected, Language, Revision, SourceId, article::Derived};
use jiff::Timestamp;
use queue::{Entropy, Micros, Seeded};
use store::{Asked, NewSource, StoreError};

/// Articles that are another's words, told again.
const COPIES: f64 = 0.03;

/// All sources there are; in each language the first is the most popular.
#[derive(Clone, Debug)]
pub struct Press {
    sources: Vec<Source>,
}

#[derive(Clone, Debug)]
pub struct Source {
    pub id: SourceId,
    address: String,
    pub language: Language,
    a_day: f64,
    chance: Seeded,
    /// When it publishes next.
    pub next_at: Micros,
    published: u32,
    latest: Option<(String, u64)>,
}

impl Press {
    /// Sources in both languages by turns, with what they published in the days before `now`.
    pub async fn open(
        room: &Room,
        sources: usize,
        a_day: f64,
        seed: u64,
        catalogue: Micros,
    ) -> Result<Self, StoreError> {
        let now = room.clock.now();
        let mut press = Self { sources: Vec::with_capacity(sources) };
        let mut tx = room.store.begin().await?;
        for number in 0..sources {
            let address = format!("https://source-{number}.simulated.invalid/feed");
            let chance = of_name(seed, &address);
            let id = SourceId::born(now, room.chance());
            let new = NewSource { id, address: &address, host: "simulated.invalid" };
            let added = tx.add_source(&new, now).await?;
            // As if it had been read, and were never to be read by anybody else.
            let asked =
                Asked { state: added.state, rhythm: added.rhythm, next_fetch_at: Micros::MAX, notice: None };
            let _ = tx.record_asked(&added, &asked, now).await?;
            let language = if number % 2 == 0 { Language::Ja } else { Language::En };
            let a_day = lognormal(&chance, a_day, 0.5);
            press.sources.push(Source {
                id,
                address,
                language,
                a_day,
                chance,
                next_at: now - catalogue,
                published: 0,
                latest: None,
            });
        }
        tx.commit().await?;
        for number in 0..sources {
            press.catch_up(room, number, now).await?;
        }
        Ok(press)
    }

    /// Places of a language's sources, the most popular first.
    pub fn of(&self, language: Language) -> Vec<usize> {
        let each = self.sources.iter().enumerate();
        each.filter(|(_, source)| source.language == language).map(|(number, _)| number).collect()
    }

    pub fn source(&self, number: usize) -> Option<&Source> {
        self.sources.get(number)
    }

    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Takes in what a source has published up to `now`.
    pub async fn catch_up(&mut self, room: &Room, number: usize, now: Micros) -> Result<(), StoreError> {
        let mut listed = Vec::new();
        let Some(id) = self.source(number).map(|source| source.id) else { return Ok(()) };
        while let Some(at) = self.source(number).map(|source| source.next_at).filter(|at| *at <= now) {
            // Two further in the row is of the same language.
            let neighbour =
                self.source((number + 2) % self.len().max(1)).and_then(|other| other.latest.clone());
            let Some(source) = self.sources.get_mut(number) else { break };
            let article = source.publish(at, neighbour);
            listed.push((ArticleId::born(at, room.chance()), article));
        }
        let mut tx = room.store.begin().await?;
        tx.take_in(id, &listed, now).await?;
        tx.commit().await
    }
}

impl Source {
    fn publish(&mut self, at: Micros, neighbour: Option<(String, u64)>) -> Article {
        let chance = &self.chance;
        let copied = neighbour.filter(|_| happens(chance, COPIES));
        let (text, simhash) = match copied {
            Some((text, simhash)) => (format!("{text}\n{}", sentence(self.language, chance)), simhash),
            None => (text(self.language, chance), chance.bits()),
        };
        self.published += 1;
        self.next_at = at + (gap(chance, self.a_day).as_secs_f64() * SECOND as f64) as Micros + 1;
        let url = format!("{}/{}", self.address.trim_end_matches("/feed"), self.published);
        let revision: String = (0..4).map(|_| format!("{:016x}", chance.bits())).collect();
        let draft = ArticleDraft {
            source: self.address.clone(),
            id: url.clone(),
            url: url.parse().ok(),
            title: title(self.language, self.published, chance),
            author: Some(format!("Author {}", chance.bits() % 7)),
            published: Timestamp::from_microsecond(at).ok(),
            tags: vec![pick(&ENGLISH, chance).to_owned()],
            likes: happens(chance, 0.7).then(|| lognormal(chance, 12.0, 1.5) as u64),
            text: text.clone(),
            private: false,
        };
        self.latest = Some((text, simhash));
        // Detecting a language and hashing shingles is fetching's work, and as dear as all else of a
        // simulation together: here both are known.
        let derived = Derived {
            canonical_url: Some(url),
            language: Detected::Spoken(self.language),
            revision: revision.parse::<Revision>().expect("four numbers make 64 hex digits"),
            simhash,
        };
        Article::kept(draft, derived)
    }
}

fn text(language: Language, chance: &Seeded) -> String {
    let (median, unit) = match language {
        Language::Ja => (900.0, 33.0),
        Language::En => (350.0, 14.0),
    };
    let sentences = (lognormal(chance, median, 0.6) / unit).clamp(2.0, 120.0) as usize;
    let lines: Vec<String> = (0..sentences).map(|_| sentence(language, chance)).collect();
    lines.join("\n")
}

fn sentence(language: Language, chance: &Seeded) -> String {
    let [a, b, c, d, e] = std::array::from_fn(|_| match language {
        Language::Ja => pick(&JAPANESE, chance),
        Language::En => pick(&ENGLISH, chance),
    });
    match language {
        Language::Ja => format!("{a}は{b}のあいだに{c}を整え、{d}から届いた{e}をあらためて確かめています。"),
        Language::En => {
            format!("The {a} keeps a {b} beside the {c} so that every {d} can find its {e}.")
        }
    }
}

fn title(language: Language, number: u32, chance: &Seeded) -> String {
    match language {
        Language::Ja => format!("{}と{}の話、その{number}", pick(&JAPANESE, chance), pick(&JAPANESE, chance)),
        Language::En => {
            format!("The {} and the {}, part {number}", pick(&ENGLISH, chance), pick(&ENGLISH, chance))
        }
    }
}

fn pick(words: &[&'static str; 24], chance: &Seeded) -> &'static str {
    words[between(chance, 0.0, 24.0) as usize % 24]
}

const ENGLISH: [&str; 24] = [
    "harbour", "lantern", "signal", "meadow", "ledger", "compass", "orchard", "bridge", "window", "cellar",
    "garden", "engine", "letter", "market", "violin", "river", "basket", "needle", "candle", "saddle",
    "carpet", "anchor", "pencil", "marble",
];
const JAPANESE: [&str; 24] = [
    "港",
    "灯り",
    "合図",
    "草原",
    "帳簿",
    "羅針盤",
    "果樹園",
    "橋",
    "窓辺",
    "地下室",
    "庭",
    "機関車",
    "手紙",
    "市場",
    "楽器",
    "川",
    "籠",
    "針",
    "ろうそく",
    "鞍",
    "敷物",
    "錨",
    "鉛筆",
    "石畳",
];

/// Which sources the listeners of one language follow, the more popular the more.
#[derive(Debug)]
pub struct Shelf {
    places: Vec<usize>,
    popularity: Weighted,
}

impl Shelf {
    pub fn of(press: &Press, language: Language, zipf: f64) -> Self {
        let places = press.of(language);
        Self { popularity: Weighted::zipf(places.len(), zipf), places }
    }

    pub fn some(&self, press: &Press, count: usize, chance: &Seeded) -> Vec<SourceId> {
        let drawn = self.popularity.draw_some(chance, count);
        let id = |place: usize| Some(press.source(*self.places.get(place)?)?.id);
        drawn.into_iter().filter_map(id).collect()
    }
}
