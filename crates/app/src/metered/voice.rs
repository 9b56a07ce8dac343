//! A voice whose calls are paid for, by the character.

use super::{Errand, Meter, judge, takes::Leftovers};
use domain::{
    Host, Language,
    provider::{Operation, Units},
};
use futures::future::BoxFuture;
use std::sync::Arc;
use studio::voice::{Pcm, Utterance, Voice, VoiceError};

pub(super) struct MeteredVoice {
    inner: Arc<dyn Voice>,
    meter: Meter,
    leftovers: Arc<Leftovers>,
}

impl MeteredVoice {
    pub(super) fn new(inner: Arc<dyn Voice>, meter: Meter) -> Self {
        Self { inner, meter, leftovers: Arc::default() }
    }

    async fn pay(&self, utterance: &Utterance) -> Result<Pcm, VoiceError> {
        let characters = utterance.text.chars().count() as u64;
        let units = Units { requests: 1, characters, ..Units::default() };
        let call = self.meter.reserve(Operation::Speak, Some(units)).await?;
        let spoken = self.inner.speak(utterance).await;
        let failed = spoken.as_ref().err().map(judge::voice_class);
        call.settle(judge::spoken(&spoken, units), failed);
        spoken
    }
}

impl Voice for MeteredVoice {
    fn fingerprint(&self, language: Language, host: Host) -> String {
        self.inner.fingerprint(language, host)
    }

    fn speaker(&self, language: Language, host: Host) -> String {
        self.inner.speaker(language, host)
    }

    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>> {
        Box::pin(async move {
            let errand = Errand::current();
            if errand.artifact.is_none() {
                return self.pay(utterance).await;
            }
            let takes = errand.takes(&self.leftovers);
            if let Some(pcm) = takes.find(utterance) {
                return Ok(pcm);
            }
            let spoken = self.pay(utterance).await;
            if let Ok(pcm) = &spoken {
                takes.keep(utterance, pcm);
            }
            spoken
        })
    }
}
