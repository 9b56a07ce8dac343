//! A room with models for providers, and something to tell about.

use super::{DAY, LEAD, NOW};
use crate::{
    alerts::Alerts,
    clock::Time,
    config::Config,
    herald::Herald,
    jobs::{self, Learning, Room, external::Outside, fetch::Fetching},
    making::Shelf,
    narrate::{self, Narrator, ReadingsByLanguage},
    planner,
    pressure::Pressure,
    service,
    trials::models::{ModelBooth, ModelWriter},
    workshop::Sources,
};
use domain::{
    Article, ArticleDraft, AudioFormat, SourceId,
    source::{Rhythm, State},
    token::{ChannelKey, FeedKey},
};
use media::Media;
use queue::{Entropy, Lane, Micros, Seeded};
use std::{path::Path, sync::Arc};
use store::{Asked, NewSource, Source, Store, Told};
use studio::external::{Generators, Limits};
use web::{channels::Keys, podcast::Addresses};

/// Of the service.
pub(super) const SECRET: &[u8] = b"a secret of the stage";

pub(super) async fn room(
    url: &str,
    folder: &Path,
    clock: Arc<dyn Time>,
    writer: &Arc<ModelWriter>,
    booth: &Arc<ModelBooth>,
) -> Room {
    let store = Store::open(url).await.unwrap();
    let media = Media::in_folder(folder.join("media")).unwrap();
    let config = Config::default();
    let mut rules = service::rules(&config);
    rules.window.lead = jiff::SignedDuration::from_micros(LEAD);
    let entropy: Arc<dyn Entropy> = Arc::new(Seeded::new(7));
    let sources = Sources::configured(&config).unwrap();
    let shelf =
        Shelf { store: store.clone(), media: media.clone(), clock: clock.clone(), entropy: entropy.clone() };
    let keys = narrate::Keys {
        writer: writer.clone(),
        booth: booth.clone(),
        readings: ReadingsByLanguage::default(),
        format: AudioFormat::Standard,
    };
    let public_url: url::Url = "http://127.0.0.1/".parse().unwrap();
    let here = net::AllowPrivate::Networks(vec!["127.0.0.0/8".parse().unwrap()]);
    let herald = Herald::new(
        sources.client().allowing(here),
        None,
        Keys::new(ChannelKey::derive(SECRET), "https://radio.example/"),
        Addresses::new(&public_url, FeedKey::derive(SECRET)),
        public_url.clone(),
    );
    Room {
        fetching: Fetching {
            store: store.clone(),
            sources: sources.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            lane: Lane(2),
        },
        outside: Outside {
            store: store.clone(),
            media,
            clock: clock.clone(),
            entropy: entropy.clone(),
            generators: Generators::new(sources.client(), Limits::SHIPPED),
            public_url,
        },
        store,
        clock,
        entropy,
        narrator: Narrator { shelf, keys, tally: Arc::default() },
        plain: None,
        billing: None,
        rules,
        learning: Learning::default(),
        newsstand: jobs::Newsstand::default(),
        lookout: planner::Lookout::default(),
        pressure: Pressure::new(&config.queue, None),
        alerts: Alerts::silent(),
        post: None,
        herald,
        away: jobs::Away::default(),
        swept: std::sync::Mutex::default(),
    }
}

/// A source that was read already.
pub(super) async fn source(room: &Room) -> Source {
    let mut tx = room.store.begin().await.unwrap();
    let id = SourceId::born(NOW, room.chance());
    let new = NewSource { id, address: "https://news.example/feed", host: "news.example" };
    let source = tx.add_source(&new, NOW).await.unwrap();
    let asked = Asked { state: State::Active, rhythm: Rhythm::NEW, next_fetch_at: i64::MAX, notice: None };
    let _ = tx.record_asked(&source, &asked, NOW).await.unwrap();
    let told = Told { title: "News", etag: None, last_modified: None };
    tx.record_told(id, &told, store::TakenIn::default()).await.unwrap();
    tx.commit().await.unwrap();
    source
}

pub(super) fn article(now: Micros, number: usize) -> Article {
    let day = now / DAY;
    let subject = ["harbour", "library", "railway", "orchard", "theatre", "observatory"][number % 6];
    let sentence = |index: usize| {
        format!(
            "Report {index} of day {day} says that the {subject} number {number} was opened by people of the town \
             who had waited for it since the spring of the year before.",
        )
    };
    Article::new(ArticleDraft {
        source: "https://news.example/feed".into(),
        id: format!("{day}-{number}"),
        url: format!("https://news.example/{day}/{number}").parse().ok(),
        title: format!("The {subject} of day {day}"),
        text: (0..24).map(sentence).collect::<Vec<_>>().join("\n"),
        published: Some(crate::clock::timestamp(now)),
        ..ArticleDraft::default()
    })
}
