//! The wiring of private podcasts: addresses by the configured place and secret, credits by the configured voices,
//! transcripts from what programs are made of.

use crate::{
    config::{Config, VoiceKind},
    failure::Failure,
    jobs::Room,
    narrate::{Booth, NarrateError},
    program::outline,
    replay::replay,
    secret, service,
};
use domain::{Host, Language};
use futures::FutureExt;
use media::Media;
use std::{path::Path, sync::Arc};
use web::podcast::{Addresses, Attribution, Credit, Credits, Podcasts, Transcribe};

/// Where podcasts are found, for those who tell listeners.
pub fn addresses(config: &Config, data_dir: &Path) -> Result<Addresses, Failure> {
    Ok(Addresses::new(&service::public_url(config)?, secret::feed_key(config, data_dir)?))
}

pub fn open(room: &Arc<Room>, media: &Media, config: &Config, data_dir: &Path) -> Result<Podcasts, Failure> {
    let is_shared = config.database.url.starts_with("postgres");
    if is_shared && config.server.secret.reveal()?.is_none() {
        tracing::warn!(
            "server.secret is not set, and each node makes its own: on other nodes the private addresses of podcasts, \
             the links in letters and the channels that listeners are told on do not work; set the same 32 characters \
             of chance or more on every node"
        );
    }
    let (store, clock) = (room.store.clone(), room.clock.clone());
    let addresses = addresses(config, data_dir)?;
    let credits = credits(config, &*room.narrator.keys.booth);
    Ok(Podcasts::new(store, media.clone(), clock, addresses, credits, transcribe(room.clone())))
}

pub fn credits(config: &Config, booth: &dyn Booth) -> Credits {
    let credit = |language| {
        let main = booth.speaker(language, Host::Main);
        Credit {
            guest: booth.speaker(language, Host::Guest),
            disclosure: outline::disclosure(language, &main),
            attribution: attribution(config.voice.kind, language),
            main,
        }
    };
    Credits { ja: credit(Language::Ja), en: credit(Language::En) }
}

/// What the licences of the voices that ship ask for. Those of others are their operator's to know.
fn attribution(voice: VoiceKind, language: Language) -> Option<Attribution> {
    let licence = ("CC BY 3.0".to_owned(), "https://creativecommons.org/licenses/by/3.0/".to_owned());
    match (voice, language) {
        (VoiceKind::Embedded, Language::Ja) => Some(Attribution {
            text: "音声：HTS Voice “Mei”、MMDAgent Project Team（名古屋工業大学）".to_owned(),
            licence: Some(licence),
        }),
        (VoiceKind::Embedded, Language::En) => Some(Attribution {
            text: "Voice: Flite “kal16”, Carnegie Mellon University".to_owned(),
            licence: None,
        }),
        (VoiceKind::Openai | VoiceKind::Voicevox, _) => None,
    }
}

fn transcribe(room: Arc<Room>) -> Transcribe {
    Arc::new(move |program| {
        let room = room.clone();
        async move {
            if program.parts.is_empty() {
                return Ok(None);
            }
            match replay(&room, &program).await {
                Ok(replayed) => Ok(Some(replayed.transcript_vtt)),
                Err(NarrateError::Gone) => Ok(None),
                Err(error) => Err(error.to_string()),
            }
        }
        .boxed()
    })
}
