//! What may be had, by plan: every limit, whether a wish keeps to them, and how long programs live.
//!
//! A plan knows nothing of who has it or until when; that is [`crate::subscription`]. Its serde form is
//! `[plans.NAME]` of the configuration: what is not written there is not limited.

mod breach;
mod limit;
mod price;
#[cfg(test)]
mod tests;

pub use breach::{Breach, Counted};
pub use limit::{Limit, NotALimit};
pub use price::{Currency, NotAPrice, Price};

use crate::{schedule::Days, script::Style};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Articles that anybody may wish for one program.
pub const MOST_ARTICLES: u32 = 50;

/// What a listener may expect of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Of a month; `None`: it is not sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Ids of the payment provider's prices that buy it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub stripe_prices: BTreeSet<String>,
    pub feeds: Limit,
    pub sources_per_feed: Limit,
    /// Conditions of a feed's filter.
    pub filters_per_feed: Limit,
    /// Articles of one program.
    pub articles: Limit,
    /// Minutes of one program.
    pub minutes: Limit,
    /// Days of the week on which one feed has a program.
    pub days_per_week: Limit,
    /// How programs may be told; a single host always may.
    pub styles: BTreeSet<Style>,
    /// By name; `None`: every voice there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voices: Option<BTreeSet<String>>,
    /// One of the queue's lanes.
    pub lane: String,
    /// Longest time between the choice of articles and ready-by.
    pub freshness_minutes: u32,
    /// How long a program can be heard after its publication.
    pub program_days: Limit,
    /// Programs made on request in one calendar month.
    pub on_demand_per_month: Limit,
}

/// A feed as its listener wishes it, as far as plans limit it.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub sources: u32,
    /// As [`crate::select::Filter::conditions`] counts them.
    pub filters: u32,
    /// `None`: as many as the minutes hold.
    pub articles: Option<u32>,
    pub minutes: u32,
    pub days: Days,
    pub style: Style,
    /// By name; `None`: the default voice.
    pub voice: Option<&'a str>,
}

/// What of a wish a plan lets be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted {
    /// So many of the feed's sources, those it had first.
    pub sources: u32,
    /// `None`: as many as the minutes hold.
    pub articles: Option<u32>,
    pub minutes: u32,
    /// `None`: the plan has no scheduled programs.
    pub days: Option<Days>,
    pub style: Style,
    /// Whether the feed's voice may speak; else the default one does.
    pub voice: Allowed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    Yes,
    No,
}

impl Plan {
    /// Every limit that a wish goes beyond; none is a wish that can be had.
    pub fn check(&self, wish: &Wish<'_>) -> Vec<Breach> {
        let counts = [
            (Counted::Sources, self.sources_per_feed, wish.sources),
            (Counted::Filters, self.filters_per_feed, wish.filters),
            (Counted::Articles, self.articles, wish.articles.unwrap_or(0)),
            (Counted::Minutes, self.minutes, wish.minutes),
            (Counted::DaysPerWeek, self.days_per_week, wish.days.count()),
        ];
        let counts = counts.into_iter().filter_map(|(what, limit, asked)| Breach::over(what, limit, asked));
        let style = (!self.tells(wish.style)).then_some(Breach::Style { asked: wish.style });
        let voice = wish.voice.filter(|voice| !self.speaks(voice));
        let voice = voice.map(|voice| Breach::Voice { asked: voice.to_owned() });
        counts.chain(style).chain(voice).collect()
    }

    /// What a change of a feed newly breaks. A feed from a better plan may keep what it has, and come nearer
    /// to the limits step by step.
    pub fn check_change(&self, before: &Wish<'_>, after: &Wish<'_>) -> Vec<Breach> {
        let had = self.check(before);
        let is_new = |breach: &Breach| !had.iter().any(|had| breach.is_no_worse_than(had));
        self.check(after).into_iter().filter(is_new).collect()
    }

    /// Whether one more feed may be had beside so many.
    pub fn check_new_feed(&self, feeds: u32) -> Option<Breach> {
        Breach::over(Counted::Feeds, self.feeds, feeds.saturating_add(1))
    }

    /// A wish cut down to the plan. The filter stays whole: half a filter would say something else.
    pub fn fit(&self, wish: &Wish<'_>) -> Fitted {
        Fitted {
            sources: self.sources_per_feed.fit(wish.sources),
            articles: match (wish.articles, self.articles.get()) {
                (Some(asked), _) => Some(self.articles.fit(asked)),
                (None, limit) => limit,
            },
            minutes: self.minutes.fit(wish.minutes),
            days: wish.days.spread(self.days_per_week.fit(7)),
            style: if self.tells(wish.style) { wish.style } else { Style::Single },
            voice: match wish.voice {
                Some(voice) if !self.speaks(voice) => Allowed::No,
                Some(_) | None => Allowed::Yes,
            },
        }
    }

    pub fn tells(&self, style: Style) -> bool {
        style == Style::Single || self.styles.contains(&style)
    }

    pub fn speaks(&self, voice: &str) -> bool {
        self.voices.as_ref().is_none_or(|voices| voices.contains(voice))
    }

    /// Until when a program can be heard that was published then; `None`: for ever.
    pub fn expires_at(&self, published_at: Timestamp) -> Option<Timestamp> {
        let days = self.program_days.get()?;
        let lifetime = SignedDuration::from_hours(24 * i64::from(days));
        // Past the end of the calendar is for ever.
        published_at.checked_add(lifetime).ok()
    }

    /// What a program's end becomes when its listener changes to this plan: later, or what was promised.
    pub fn lengthen(&self, promised: Option<Timestamp>, published_at: Timestamp) -> Option<Timestamp> {
        Some(promised?.max(self.expires_at(published_at)?))
    }

    /// By what it gives, most telling first: which of two plans is the better one.
    fn generosity(&self) -> impl Ord {
        let programs = (self.feeds, self.days_per_week, self.minutes, self.articles);
        let feeds = (self.sources_per_feed, self.filters_per_feed, self.styles.len());
        let voices = self.voices.as_ref().map_or(usize::MAX, BTreeSet::len);
        (programs, self.on_demand_per_month, self.program_days, feeds, voices)
    }
}

/// Nothing is limited: what a self-hosted service gives everybody.
impl Default for Plan {
    fn default() -> Self {
        Self {
            price: None,
            stripe_prices: BTreeSet::new(),
            feeds: Limit::NONE,
            sources_per_feed: Limit::NONE,
            filters_per_feed: Limit::NONE,
            articles: Limit::NONE,
            minutes: Limit::NONE,
            days_per_week: Limit::NONE,
            styles: BTreeSet::from([Style::Single, Style::Dialogue]),
            voices: None,
            lane: "standard".into(),
            freshness_minutes: 360,
            program_days: Limit::NONE,
            on_demand_per_month: Limit::NONE,
        }
    }
}

/// All plans, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Plans(BTreeMap<String, Plan>);

impl Plans {
    /// Has whoever pays nothing, where the operator sells plans.
    pub const FREE: &str = "free";
    pub const PRO: &str = "pro";
    /// Has everybody, where nothing else is configured.
    pub const UNLIMITED: &str = "unlimited";

    pub const fn new(plans: BTreeMap<String, Plan>) -> Self {
        Self(plans)
    }

    /// A plan and its name as it is kept here.
    pub fn get(&self, name: &str) -> Option<(&str, &Plan)> {
        self.0.get_key_value(name).map(|(name, plan)| (name.as_str(), plan))
    }

    /// The plan that a price of the payment provider buys.
    pub fn of_price(&self, price: &str) -> Option<&str> {
        self.iter().find(|(_, plan)| plan.stripe_prices.contains(price)).map(|(name, _)| name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Plan)> {
        self.0.iter().map(|(name, plan)| (name.as_str(), plan))
    }

    /// The better of two, the same whichever is named first.
    pub fn better<'a>(one: (&'a str, &'a Plan), other: (&'a str, &'a Plan)) -> (&'a str, &'a Plan) {
        let order = one.1.generosity().cmp(&other.1.generosity()).then_with(|| other.0.cmp(one.0));
        if order.is_lt() { other } else { one }
    }
}

/// `free`, `pro` and `unlimited`.
impl Default for Plans {
    fn default() -> Self {
        let free = Plan {
            feeds: Limit::of(1),
            sources_per_feed: Limit::of(10),
            filters_per_feed: Limit::of(5),
            articles: Limit::of(3),
            minutes: Limit::of(10),
            // Weekly, or twice a week.
            days_per_week: Limit::of(2),
            styles: BTreeSet::from([Style::Single]),
            program_days: Limit::of(7),
            on_demand_per_month: Limit::of(1),
            ..Plan::default()
        };
        let pro = Plan {
            feeds: Limit::of(5),
            sources_per_feed: Limit::of(50),
            filters_per_feed: Limit::of(30),
            articles: Limit::of(10),
            minutes: Limit::of(30),
            lane: "first".into(),
            program_days: Limit::of(30),
            on_demand_per_month: Limit::of(30),
            ..Plan::default()
        };
        let plans = [(Self::FREE, free), (Self::PRO, pro), (Self::UNLIMITED, Plan::default())];
        Self(plans.into_iter().map(|(name, plan)| (name.to_owned(), plan)).collect())
    }
}
