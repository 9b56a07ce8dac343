//! Engines that compute on this machine: not paid, but no more of them at a time than there are slots.

use crate::metrics::{self, Operation};
use domain::{Host, Language, Written};
use futures::future::BoxFuture;
use std::sync::Arc;
use studio::{
    voice::{Pcm, Utterance, Voice, VoiceError},
    writer::{Brief, Writer, WriterError},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

/// Shared by all engines of the process, the first come first.
#[derive(Clone, Debug)]
pub struct CpuSlots {
    free: Arc<Semaphore>,
}

impl CpuSlots {
    pub fn new(total: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(total.clamp(1, Semaphore::MAX_PERMITS))) }
    }

    /// `None` never comes: nobody closes the semaphore.
    pub(super) async fn take(&self) -> Option<SemaphorePermit<'_>> {
        self.free.acquire().await.ok()
    }
}

/// A writer or a voice that takes a slot while it works.
pub(super) struct OnCpu<T: ?Sized> {
    name: &'static str,
    inner: Arc<T>,
    slots: CpuSlots,
}

impl<T: ?Sized> OnCpu<T> {
    pub(super) const fn new(name: &'static str, inner: Arc<T>, slots: CpuSlots) -> Self {
        Self { name, inner, slots }
    }
}

impl Writer for OnCpu<dyn Writer> {
    fn fingerprint(&self) -> String {
        self.inner.fingerprint()
    }

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(async move {
            let _slot = self.slots.take().await;
            let began = Instant::now();
            let written = self.inner.write(brief).await;
            let failed = written.as_ref().err().map(super::judge::writer_class);
            metrics::provider_called(self.name, Operation::Write, failed, began.elapsed());
            written
        })
    }
}

impl Voice for OnCpu<dyn Voice> {
    fn fingerprint(&self, language: Language, host: Host) -> String {
        self.inner.fingerprint(language, host)
    }

    fn speaker(&self, language: Language, host: Host) -> String {
        self.inner.speaker(language, host)
    }

    fn speak<'a>(&'a self, utterance: &'a Utterance) -> BoxFuture<'a, Result<Pcm, VoiceError>> {
        Box::pin(async move {
            let _slot = self.slots.take().await;
            let began = Instant::now();
            let spoken = self.inner.speak(utterance).await;
            let failed = spoken.as_ref().err().map(super::judge::voice_class);
            metrics::provider_called(self.name, Operation::Speak, failed, began.elapsed());
            spoken
        })
    }
}
