//! Listeners with their feeds: where they live, when they want their programs, what they follow.

use super::{
    chance::{Weighted, happens, of_name},
    press::{Press, Shelf},
    trace::{Days, Trace},
    zones::{MORNINGS, TOKYO, ZONES},
};
use crate::{
    clock::timestamp,
    config::DEFAULT_PLAN,
    failure::{Failure, Kind},
    jobs::Room,
};
use domain::{
    ArtifactKey, ArtifactKind, FeedId, Language, ListenerId, Schedule, Script, SourceId, Style,
    schedule::{LocalTime, Standing, Zone},
    select::Filter,
};
use queue::{Micros, Seeded};
use store::{
    Made,
    artifacts::Media,
    feeds::Feed,
    listeners::{Listener, Role},
};
use studio::writer::phrases;

/// Listeners in one transaction.
const TOGETHER: u32 = 1_000;
/// Of those who are no part of the crowd: they have had programs the day before, so that production knows its
/// durations and how much small batches share.
const WARM: f64 = 0.1;
/// Wished minutes, with weights.
const LENGTHS: [(u32, f64); 3] = [(3, 2.0), (5, 6.0), (10, 2.0)];

/// How listeners are spread, read once.
struct Spread {
    zones: Vec<Zone>,
    people: Weighted,
    mornings: Vec<LocalTime>,
    hours: Weighted,
    lengths: Weighted,
    ja: Shelf,
    en: Shelf,
    seven: LocalTime,
    tokyo: Zone,
}

/// One listener with all that is theirs.
struct Settler {
    listener: Listener,
    feed: Feed,
    next: Option<domain::Slot>,
    sources: Vec<SourceId>,
    /// The greeting by name of somebody who has been here for long.
    greeted: Option<(ArtifactKey, ArtifactKind, Made)>,
}

/// Adds all listeners of a trace.
pub async fn settle(room: &Room, trace: &Trace, press: &Press, days: Days) -> Result<(), Failure> {
    let spread = Spread::of(trace, press)?;
    let chance = of_name(trace.seed, "listeners");
    let now = room.clock.now();
    room.narrator.shelf.media.put(GREETING, bytes::Bytes::from_static(&[0; 8])).await?;
    let mut left = trace.listeners;
    while left > 0 {
        let count = left.min(TOGETHER);
        let settlers: Vec<Settler> =
            (0..count).map(|_| spread.settler(room, trace, press, days, &chance)).collect();
        add(room, &settlers, now).await?;
        left -= count;
    }
    Ok(())
}

async fn add(room: &Room, settlers: &[Settler], now: Micros) -> Result<(), store::StoreError> {
    let listeners: Vec<Listener> = settlers.iter().map(|one| one.listener.clone()).collect();
    let feeds: Vec<_> = settlers.iter().map(|one| (one.feed.clone(), one.next.clone())).collect();
    let follows: Vec<(FeedId, SourceId)> =
        settlers.iter().flat_map(|one| one.sources.iter().map(|source| (one.feed.id, *source))).collect();
    let greeted: Vec<_> = settlers.iter().filter_map(|one| one.greeted.clone()).collect();
    let mut tx = room.store.begin().await?;
    tx.import_listeners(&listeners, now).await?;
    tx.import_feeds(&feeds, now).await?;
    tx.import_follows(&follows).await?;
    tx.import_artifacts(&greeted, now).await?;
    tx.commit().await
}

impl Spread {
    fn of(trace: &Trace, press: &Press) -> Result<Self, Failure> {
        let odd = |cause: &dyn std::fmt::Display| Failure::new(Kind::Other, cause);
        let zones: Result<Vec<Zone>, _> = ZONES.iter().map(|(zone, _)| zone.parse()).collect();
        let mornings: Result<Vec<LocalTime>, _> = MORNINGS.iter().map(|(time, _)| time.parse()).collect();
        Ok(Self {
            zones: zones.map_err(|cause| odd(&cause))?,
            people: Weighted::new(ZONES.map(|(_, people)| people)),
            mornings: mornings.map_err(|cause| odd(&cause))?,
            hours: Weighted::new(MORNINGS.map(|(_, weight)| weight)),
            lengths: Weighted::new(LENGTHS.map(|(_, weight)| weight)),
            ja: Shelf::of(press, Language::Ja, trace.zipf),
            en: Shelf::of(press, Language::En, trace.zipf),
            seven: "07:00".parse().map_err(|cause| odd(&cause))?,
            tokyo: TOKYO.parse().map_err(|cause| odd(&cause))?,
        })
    }

    fn settler(&self, room: &Room, trace: &Trace, press: &Press, days: Days, chance: &Seeded) -> Settler {
        let crowd = happens(chance, trace.crowd);
        let (zone, ready_by) = match crowd {
            true => (self.tokyo.clone(), self.seven),
            false => (self.zones[self.people.draw(chance)].clone(), self.mornings[self.hours.draw(chance)]),
        };
        let (language, shelf) = match zone.as_written() {
            TOKYO => (Language::Ja, &self.ja),
            _ => (Language::En, &self.en),
        };
        let mut schedule = Schedule::new(domain::schedule::Days::DAILY, ready_by, zone.clone());
        // The day after is nobody's business.
        schedule.paused_since = Some(timestamp(days.counted.to));
        let warm = crowd || happens(chance, WARM);
        let first = if warm { days.warm_up } else { days.counted.from };
        let next = schedule.take_over(Standing::default(), timestamp(first - 1));
        let now = room.clock.now();
        let listener = listener(ListenerId::born(now, room.chance()), zone, language);
        let feed = Feed {
            id: FeedId::born(now, room.chance()),
            listener: listener.id,
            name: "Mimiyori".to_owned(),
            language,
            style: Style::Single,
            minutes: LENGTHS[self.lengths.draw(chance)].0,
            max_articles: None,
            filter: Filter::everything(),
            schedule,
            external: None,
            standing: Standing::default(),
        };
        let follows = 3 + (4.0 * queue::Entropy::fraction(chance)) as usize;
        let sources = shelf.some(press, follows, chance);
        let is_new = happens(chance, trace.newcomers);
        let greeted = (!is_new).then(|| greeting(room, &listener, feed.style));
        Settler { listener, feed, next, sources, greeted }
    }
}

fn listener(id: ListenerId, zone: Zone, language: Language) -> Listener {
    Listener {
        id,
        email: format!("{id}@simulated.invalid"),
        name: match language {
            Language::Ja => "花子".to_owned(),
            Language::En => "Alice".to_owned(),
        },
        role: Role::Listener,
        zone,
        language,
        plan: DEFAULT_PLAN.to_owned(),
    }
}

/// All greetings of old sound alike.
const GREETING: &str = "phrase/greeting.mp3";

fn greeting(room: &Room, listener: &Listener, style: Style) -> (ArtifactKey, ArtifactKind, Made) {
    let script: Script = phrases::greeting(listener.language, style, Some(&listener.name));
    let key = room.narrator.keys.phrase(&script, listener.language, Some(listener.id));
    let media = Media { media_key: GREETING.to_owned(), bytes: 8, frames: 120 };
    let said = crate::narrate::Said {
        text: script.text(),
        cues: Vec::new(),
        loudness: studio::mixer::Loudness::on_target(29),
    };
    // A plain structure of texts and numbers: writing it as JSON cannot fail.
    let meta = serde_json::to_string(&said).unwrap_or_default();
    (key, ArtifactKind::Phrase, Made { media: Some(media), meta })
}
