//! The voices inside the binary: no key, no server, no file to fetch.

mod english;
mod japanese;

use super::{Pcm, Utterance, Voice, VoiceError, normalise::chunks};
use crate::japanese::Japanese;
use domain::{Host, Language};
use english::English;
use futures::future::BoxFuture;
use japanese::Mei;
use std::sync::Arc;

/// Both languages, two hosts each. Engines are built when they first speak and shared by all threads.
#[derive(Clone, Debug)]
pub struct Embedded {
    mei: Arc<Mei>,
    english: Arc<English>,
}

impl Embedded {
    pub fn new(japanese: Arc<Japanese>) -> Self {
        Self { mei: Arc::new(Mei::new(japanese)), english: Arc::new(English::default()) }
    }

    /// Says a line on the calling thread, chunk by chunk: what `speak` does on a thread of its own.
    pub fn say(&self, utterance: &Utterance) -> Result<Pcm, VoiceError> {
        let chunks = chunks(&utterance.text, utterance.language);
        let mut pcm = Pcm::default();
        let mut rest_ms = 0;
        for chunk in &chunks {
            // Between pieces only: a line ends with its sound.
            pcm.rest(rest_ms);
            let from = pcm.samples.len();
            let (text, host, readings) = (&chunk.text, utterance.host, &utterance.readings);
            match utterance.language {
                Language::Ja => self.mei.say(text, host, readings, &mut pcm)?,
                Language::En => self.english.say(text, host, readings, &mut pcm)?,
            }
            pcm.trim_from(from);
            rest_ms = chunk.rest_ms;
        }
        super::said(pcm, utterance)
    }
}

impl Voice for Embedded {
    fn fingerprint(&self, language: Language, host: Host) -> String {
        match language {
            Language::Ja => japanese::fingerprint(host),
            Language::En => english::fingerprint(host),
        }
    }

    fn speaker(&self, language: Language, host: Host) -> String {
        let name = match (language, host) {
            (Language::Ja, Host::Main) => "メイ",
            (Language::Ja, Host::Guest) => "ケイ",
            (Language::En, Host::Main) => "Kal",
            (Language::En, Host::Guest) => "Val",
        };
        name.to_owned()
    }

    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>> {
        let (voice, utterance) = (self.clone(), utterance.clone());
        Box::pin(async move {
            // A panic of an engine on some odd text is that line's failure, not the process's.
            tokio::task::spawn_blocking(move || voice.say(&utterance))
                .await
                .unwrap_or_else(|error| Err(VoiceError::Engine { reason: error.to_string() }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_name_the_engines_that_are_built_in() {
        let lock = include_str!("../../../../../Cargo.lock");
        for (name, version) in
            [("jbonsai", japanese::JBONSAI), ("e2k", japanese::E2K), ("flite-rs", english::FLITE_RS)]
        {
            let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            assert!(
                lock.contains(&locked),
                "{name} is no longer {version}: change it and the sound's REVISION"
            );
        }
    }
}
