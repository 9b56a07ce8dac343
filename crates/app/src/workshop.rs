//! The wiring: configuration and data folder to store, media, writer, voice, and sources.

use crate::{
    cli::Place,
    clock::{Chance, SteadyClock},
    config::{self, Config},
    failure::{Failure, Kind},
    making::Shelf,
    metered::Metering,
    narrate::{Keys, Narrator, Studio},
};
use ::media::Media;
pub use providers::Providers;
pub use sources::{AlsoPrivate, Sources};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use store::Store;

mod media;
mod providers;
mod sources;

/// Everything that making programs needs, open and ready.
#[derive(Debug)]
pub struct Workshop {
    pub sources: Sources,
    pub data_dir: PathBuf,
    pub clock: Arc<SteadyClock>,
    pub narrator: Narrator,
    /// The same with a writer and a voice that depend on nobody, where the configured ones do.
    pub plain: Option<Narrator>,
    metering: Metering,
}

impl Workshop {
    pub async fn open(place: &Place) -> Result<Self, Failure> {
        let (config, data_dir) = settings(place)?;
        let providers = providers::open(&config, &data_dir)?;
        let store = Store::open(&database_url(&config, &data_dir)).await?;
        let clock = Arc::new(SteadyClock::of_system());
        if let Some(truth) = server_time(&store).await? {
            clock.begin_at(truth);
        }
        let shelf = Shelf {
            media: media::open(&config, &data_dir, &store).await?,
            store,
            clock: clock.clone(),
            entropy: Arc::new(Chance),
        };
        let Shelf { store, entropy, .. } = &shelf;
        let time: Arc<dyn queue::Clock> = clock.clone();
        let metering = Metering::open(&config, store, &time, entropy).await?;
        let Providers { writer, voice, readings, plain } = metering.control(&config, providers);
        let format = config.publish.format;
        let narrator = |writer, voice| {
            let booth = Arc::new(Studio { voice, readings: readings.clone(), format });
            let keys = Keys { writer, booth, readings: readings.clone(), format };
            Narrator { shelf: shelf.clone(), keys, tally: Arc::default() }
        };
        let plain = plain.map(|(writer, voice)| narrator(writer, voice));
        Ok(Self {
            sources: Sources::configured(&config)?,
            data_dir,
            clock,
            plain,
            metering,
            narrator: narrator(writer, voice),
        })
    }

    /// Writer, voice and readings alone.
    pub fn open_providers(place: &Place) -> Result<Providers, Failure> {
        let (config, data_dir) = settings(place)?;
        providers::open(&config, &data_dir)
    }

    /// The database alone.
    pub async fn open_store(place: &Place) -> Result<Store, Failure> {
        let (config, data_dir) = settings(place)?;
        Ok(Store::open(&database_url(&config, &data_dir)).await?)
    }

    /// The media store of what a database tells of.
    pub async fn open_media(place: &Place, store: &Store) -> Result<Media, Failure> {
        let (config, data_dir) = settings(place)?;
        media::open(&config, &data_dir, store).await
    }

    pub const fn media(&self) -> &Media {
        &self.narrator.shelf.media
    }

    pub async fn close(&self) {
        self.metering.close().await;
        self.narrator.shelf.store.close().await;
    }
}

/// What the clock that nodes agree on shows now, if there is one: half a round trip after it was read.
pub async fn server_time(store: &Store) -> Result<Option<queue::Micros>, store::StoreError> {
    let asked = tokio::time::Instant::now();
    let time = store.server_time().await?;
    let half = i64::try_from(asked.elapsed().as_micros() / 2).unwrap_or(0);
    Ok(time.map(|time| time.saturating_add(half)))
}

fn settings(place: &Place) -> Result<(Config, PathBuf), Failure> {
    let config = Config::load(place.config.as_deref())?;
    let data_dir = config::data_dir(place.data_dir.as_deref())?;
    let absolute = std::path::absolute(&data_dir)
        .map_err(|cause| Failure::new(Kind::Other, format!("data folder {}: {cause}", data_dir.display())))?;
    Ok((config, absolute))
}

fn database_url(config: &Config, data_dir: &Path) -> String {
    match config.database.url.as_str() {
        "" => format!("sqlite://{}", data_dir.join("mimiyori.db").display()),
        url => url.to_owned(),
    }
}
