//! Production as the service wires it, over modelled providers.

use super::{
    providers::{ModelBooth, ModelWriter, Providers},
    time::VirtualTime,
};
use crate::{
    alerts::Alerts,
    config::Config,
    failure::{Failure, Kind},
    herald::Herald,
    jobs::{Learning, Newsstand, Room, Rules, external::Outside, fetch::Fetching},
    making::Shelf,
    narrate::{Keys, Narrator, ReadingsByLanguage},
    planner::Lookout,
    pressure::Pressure,
    service,
    workshop::Sources,
};
use domain::token::{ChannelKey, FeedKey};
use media::Media;
use queue::{Lane, Micros, Seeded};
use std::sync::Arc;
use store::Store;
use studio::external::{self, Generators};
use web::podcast::Addresses;

/// A room at an instant that stands still, with providers that are not called: for measurements of planning.
pub fn bare_room(store: Store, config: &Config, now: Micros) -> Result<Room, Failure> {
    let time = VirtualTime::at(now);
    let entropy = Arc::new(Seeded::new(1));
    let shelf = Shelf { store, media: Media::in_memory(), clock: Arc::new(time.clone()), entropy };
    let plain = Providers::plain(1, time);
    room_over(shelf, config, [&plain, &plain], service::rules(config))
}

/// Production with a first writer and voice, and the plain ones that stand in.
pub(super) fn room_over(
    shelf: Shelf,
    config: &Config,
    [first, plain]: [&Arc<Providers>; 2],
    rules: Rules,
) -> Result<Room, Failure> {
    let Shelf { store, media, clock, entropy } = shelf.clone();
    // Nothing is fetched here and nobody else is asked for programs: what would do it is only there.
    let sources = Sources::configured(config)?;
    let outside = Outside {
        store: store.clone(),
        media,
        clock: clock.clone(),
        entropy: entropy.clone(),
        generators: Generators::new(sources.client(), external::Limits::SHIPPED),
        public_url: "http://simulated.invalid/".parse().map_err(|cause| Failure::new(Kind::Other, cause))?,
    };
    let fetching = Fetching {
        store: store.clone(),
        sources,
        clock: clock.clone(),
        entropy: entropy.clone(),
        lane: Lane(0),
    };
    let herald = Herald::new(
        fetching.sources.client(),
        None,
        web::channels::Keys::new(ChannelKey::derive(b"simulated"), "https://simulated.invalid/"),
        Addresses::new(&outside.public_url, FeedKey::derive(b"simulated")),
        outside.public_url.clone(),
    );
    Ok(Room {
        store,
        clock,
        entropy,
        narrator: narrator(&shelf, config, first),
        plain: Some(narrator(&shelf, config, plain)),
        fetching,
        outside,
        billing: None,
        rules,
        learning: Learning::default(),
        newsstand: Newsstand::default(),
        lookout: Lookout::default(),
        pressure: Pressure::new(&config.queue, None),
        alerts: Alerts::silent(),
        post: None,
        herald,
        away: crate::jobs::Away::default(),
        swept: std::sync::Mutex::default(),
    })
}

fn narrator(shelf: &Shelf, config: &Config, providers: &Arc<Providers>) -> Narrator {
    let format = config.publish.format;
    let booth = Arc::new(ModelBooth(providers.clone()));
    let writer = Arc::new(ModelWriter(providers.clone()));
    let keys = Keys { writer, booth, readings: ReadingsByLanguage::default(), format };
    Narrator { shelf: shelf.clone(), keys, tally: Arc::default() }
}
