//! The wiring: configuration and data folder to store, media, writer, voice, and sources.

use crate::{
    cli::Place,
    clock::SystemClock,
    config::{self, Config},
    failure::{Failure, Kind},
    making::Shelf,
    narrate::{Narrator, ReadingsByLanguage, Tally},
};
use media::Media;
use std::{path::PathBuf, sync::Arc};
use store::Store;

mod providers;

/// Everything that making programs needs, open and ready.
#[derive(Debug)]
pub struct Workshop {
    pub config: Config,
    pub narrator: Narrator,
}

impl Workshop {
    pub async fn open(place: &Place) -> Result<Self, Failure> {
        let config = Config::load(place.config.as_deref())?;
        let data_dir = data_dir(place)?;
        let shelf = Shelf {
            store: Store::open(&database_url(&config, &data_dir)).await?,
            media: Media::open(&media_url(&config, &data_dir))?,
            clock: SystemClock,
        };
        let providers = providers::open(&config, &data_dir)?;
        let narrator = Narrator {
            shelf,
            writer: providers.writer,
            voice: providers.voice,
            readings: providers.readings,
            format: config.publish.format,
            tally: Arc::new(Tally::default()),
        };
        Ok(Self { config, narrator })
    }
}
