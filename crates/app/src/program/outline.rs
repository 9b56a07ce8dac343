//! A program's shape: what is said and played around the articles, and how long that takes.

use super::Order;
use crate::narrate::Narrated;
use domain::{
    Language, Script,
    select::{Ask, Choice, Fit},
};
use jiff::civil::Date;
use studio::{mixer::Jingle, writer::phrases};

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
    headlines: usize,
    transitions: bool,
}

impl Outline {
    pub fn of(order: &Order) -> Self {
        Self { headlines: if order.minutes >= 4 { 3 } else { 0 }, transitions: order.minutes >= 3 }
    }

    pub fn items(self, order: &Order, fit: &Fit) -> Vec<Item> {
        let Order { language, style, ref name, date, .. } = *order;
        let count = fit.chosen.len();
        let titles =
            fit.chosen.iter().filter_map(|choice| Some(order.articles.get(choice.index)?.title.as_str()));
        let shared = |script| Item::Phrase { script, personal: false };

        let mut items = vec![Item::Jingle(Jingle::Opening)];
        items.push(match name {
            Some(name) => Item::Phrase { script: phrases::greeting(language, Some(name)), personal: true },
            None => shared(phrases::greeting(language, None)),
        });
        items.push(shared(phrases::date(language, date)));
        items.push(shared(phrases::ahead(language, count)));
        items.extend(
            titles
                .take(self.headlines)
                .enumerate()
                .map(|(at, title)| shared(phrases::headline(language, at, title))),
        );
        for (at, choice) in fit.chosen.iter().enumerate() {
            items.push(Item::Jingle(Jingle::Stinger));
            if self.transitions && at > 0 {
                items.push(shared(phrases::transition(language, style, at, count)));
            }
            items.push(Item::Article { choice: *choice });
        }
        items.push(shared(phrases::closing(language)));
        items.push(Item::Jingle(Jingle::Closing));
        items
    }

    /// A first guess, before anything around the articles was voiced.
    pub fn guess(self, order: &Order, pace: f32) -> Ask {
        let headline_ms = if order.language == Language::Ja { 4_500 } else { 4_000 };
        let opening_ms = 18_000 + (self.headlines * headline_ms) as u64;
        let transition_ms = if self.transitions { 1_500.0 + 8_000.0 / f64::from(pace.max(1.0)) } else { 0.0 };
        ask(order, opening_ms, 1_000 + transition_ms as u64)
    }

    /// The same from what was voiced.
    pub fn measure(self, order: &Order, voiced: &[(Item, Narrated)]) -> Ask {
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
        ask(order, (ms(before) + ms(after)).saturating_sub(per_article_ms), per_article_ms)
    }
}

fn ask(order: &Order, fixed_ms: u64, per_article_ms: u64) -> Ask {
    Ask {
        target_ms: u64::from(order.minutes) * 60_000,
        fixed_ms,
        per_article_ms,
        max_articles: order.max_articles,
    }
}

pub fn default_title(language: Language, date: Date) -> String {
    match language {
        Language::Ja => format!("Mimiyori {}月{}日", date.month(), date.day()),
        Language::En => format!("Mimiyori, {}", date.strftime("%-d %B")),
    }
}

/// That no person wrote or spoke it, and whose voice it is: stands in the file itself.
pub fn disclosure(language: Language, voice_credits: &str) -> String {
    match language {
        Language::Ja => format!("台本と音声は自動生成です。声：{voice_credits}"),
        Language::En => format!("Script and voice are machine-made. Voice: {voice_credits}"),
    }
}
