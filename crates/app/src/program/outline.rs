//! A program's shape: what is said and played around the articles, and how long that takes.

use crate::narrate::Narrated;
use domain::{
    Edition, Language, Script, Style,
    select::{Ask, Choice, Fit, Grade, edition::Why, fit::Shortage},
};
use jiff::civil::Date;
use studio::{
    mixer::Jingle,
    writer::phrases::{self, Place, Shortfall},
};

/// What a program is wished to be, whatever it tells.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    pub max_articles: Option<usize>,
    /// The listener's name, for the greeting.
    pub name: Option<&'a str>,
    /// The listener's own date.
    pub date: Date,
}

/// One part of a program, in the order they are played.
#[derive(Clone, Debug)]
pub enum Item {
    Jingle(Jingle),
    /// `personal`: it names the listener.
    Phrase {
        script: Script,
        personal: bool,
    },
    Article {
        choice: Choice,
    },
}

/// Which parts a program of this length has. A short one gets to the point.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    headlines: bool,
}

impl Outline {
    pub const fn of(frame: Frame<'_>) -> Self {
        Self { headlines: frame.minutes >= 4 }
    }

    /// Whether titles are said before the program begins.
    pub const fn says_headlines(self) -> bool {
        self.headlines
    }

    /// `title` tells an article's, by its index.
    pub fn items<'a>(
        self,
        frame: Frame<'_>,
        title: impl Fn(usize) -> Option<&'a str>,
        fit: &Fit,
        grade: Grade,
    ) -> Vec<Item> {
        let Frame { language, style, name, date, .. } = frame;
        let titles: Vec<&str> = fit.chosen.iter().filter_map(|choice| title(choice.index)).collect();
        let shared = |script| Item::Phrase { script, personal: false };

        let mut items = vec![Item::Jingle(Jingle::Opening)];
        let greeting = phrases::greeting(language, style, name);
        items.push(Item::Phrase { script: greeting, personal: name.is_some() });
        items.push(shared(phrases::date(language, date)));
        if self.headlines {
            items.extend(phrases::ahead(language, &titles).into_iter().map(shared));
        } else {
            items.push(shared(phrases::count(language, titles.len())));
        }
        items.extend(notice(language, grade).map(shared));
        for (at, choice) in fit.chosen.iter().enumerate() {
            items.push(Item::Jingle(Jingle::Stinger));
            items.push(shared(phrases::transition(language, style, Place::of(at, titles.len()))));
            items.push(Item::Article { choice: *choice });
        }
        items.push(shared(phrases::closing(language, style)));
        items.push(Item::Jingle(Jingle::Closing));
        items
    }

    /// A first guess, before anything around the articles was voiced; measured over the samples.
    pub fn guess(self, frame: Frame<'_>) -> Ask {
        let headlines_ms = if self.headlines { 20_000 } else { 0 };
        ask(frame, 19_000 + headlines_ms, 3_100)
    }

    /// The same from what was voiced.
    pub fn measure(self, frame: Frame<'_>, voiced: &[(Item, Narrated)]) -> Ask {
        let is_article = |item: &Item| matches!(item, Item::Article { .. });
        let ms = |parts: &[(Item, Narrated)]| -> u64 {
            let around = parts.iter().filter(|(item, _)| !is_article(item));
            around.map(|(_, narrated)| narrated.part.duration_ms()).sum()
        };
        let articles = voiced.iter().filter(|(item, _)| is_article(item)).count().max(1) as u64;
        let first = voiced.iter().position(|(item, _)| is_article(item)).unwrap_or_default();
        let last = voiced.iter().rposition(|(item, _)| is_article(item)).unwrap_or_default();
        let (before, between, after) = (&voiced[..first], &voiced[first..last], &voiced[last..]);
        // The first article has a stinger before it as well, counted once with what opens the program.
        let per_article_ms = if articles > 1 { ms(between) / (articles - 1) } else { 0 };
        ask(frame, (ms(before) + ms(after)).saturating_sub(per_article_ms), per_article_ms)
    }
}

/// What is worth saying; limits of the listener's own they know.
fn notice(language: Language, grade: Grade) -> Option<Script> {
    let why = match grade.shortfall?.why {
        Why::Short(Shortage::TooFewArticles) => Shortfall::FewArticles,
        Why::Failures => Shortfall::Failures,
        Why::Time => Shortfall::Time,
        Why::Short(Shortage::ArticleLimit | Shortage::NoCombination) | Why::TooLong => return None,
    };
    phrases::notice(language, grade.edition, why)
}

/// What is asked of the articles when so much goes around them.
pub fn ask(frame: Frame<'_>, fixed_ms: u64, per_article_ms: u64) -> Ask {
    Ask {
        target_ms: u64::from(frame.minutes) * 60_000,
        fixed_ms,
        per_article_ms,
        max_articles: frame.max_articles,
    }
}

/// Every phrase that a program of this frame may need, whichever of up to `most` articles it tells, but for
/// the greeting by name and the headlines.
pub fn common_phrases(frame: Frame<'_>, most: usize) -> Vec<Script> {
    let Frame { language, style, date, .. } = frame;
    let mut scripts = vec![phrases::greeting(language, style, None), phrases::date(language, date)];
    scripts.extend((1..=most).map(|articles| phrases::count(language, articles)));
    let places = [Place::Only, Place::First, Place::Last].into_iter();
    for place in places.chain((0..most.saturating_sub(2)).map(Place::Middle)) {
        scripts.push(phrases::transition(language, style, place));
        if Outline::of(frame).says_headlines() {
            scripts.push(phrases::lead_in(language, place));
        }
    }
    for edition in [Edition::Shortened, Edition::Brief] {
        scripts.extend(NOTICES.into_iter().filter_map(|why| phrases::notice(language, edition, why)));
    }
    scripts.push(phrases::closing(language, style));
    scripts.sort_by_cached_key(Script::text);
    scripts.dedup();
    scripts
}

/// What a program may have to apologise for.
const NOTICES: [Shortfall; 3] = [Shortfall::FewArticles, Shortfall::Failures, Shortfall::Time];

/// A feed's program of a date.
pub fn title(feed: &str, language: Language, date: Date) -> String {
    match language {
        Language::Ja => format!("{feed} {}月{}日", date.month(), date.day()),
        Language::En => format!("{feed}, {}", date.strftime("%-d %B")),
    }
}

pub fn default_title(language: Language, date: Date) -> String {
    title("Mimiyori", language, date)
}

/// That no person wrote or spoke it, and whose voice it is: stands in the file itself.
pub fn disclosure(language: Language, voice_credits: &str) -> String {
    match language {
        Language::Ja => format!("台本と音声は自動生成です。声：{voice_credits}"),
        Language::En => format!("Script and voice are machine-made. Voice: {voice_credits}"),
    }
}
