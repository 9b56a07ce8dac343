//! Writers and voices under control: a call of a provider is reserved in its ledger before it is made and
//! settled after; an engine that computes here takes a CPU slot instead.
//!
//! A job's handler says once what its calls are for, with [`Errand::run`]; whoever makes them need not know.

mod cpu;
mod desk;
mod errand;
mod judge;
mod meter;
mod takes;
#[cfg(test)]
mod tests;
mod voice;
mod writer;

pub use cpu::CpuSlots;
pub use errand::Errand;
pub use judge::{wait, withheld};
pub use meter::Meter;

use crate::{
    config::{Config, VoiceKind, WriterKind},
    workshop::Providers,
};
use cpu::OnCpu;
use queue::{Clock, Entropy};
use std::{collections::BTreeMap, sync::Arc};
use store::{Store, StoreError};
use studio::{voice::Voice, writer::Writer};
use voice::MeteredVoice;
use writer::MeteredWriter;

/// All that is metered on this node.
#[derive(Debug)]
pub struct Metering {
    meters: BTreeMap<String, Meter>,
    cpu: CpuSlots,
}

impl Metering {
    /// Makes known what is configured of the providers in use, and begins to keep their accounts.
    pub async fn open(
        config: &Config,
        store: &Store,
        clock: &Arc<dyn Clock>,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let mut meters = BTreeMap::new();
        for name in config.providers_in_use() {
            let settings = config.provider_settings(name);
            let meter = Meter::open(name, settings, store.clone(), clock.clone(), entropy.clone()).await?;
            meters.insert(name.to_owned(), meter);
        }
        Ok(Self { meters, cpu: CpuSlots::new(config.queue.cpu_slots()) })
    }

    /// The same writers and voices, under control.
    pub fn control(&self, config: &Config, providers: Providers) -> Providers {
        let Providers { writer, voice, readings, plain } = providers;
        let writer = match config.writer.kind {
            WriterKind::Extractive => self.writer_here(writer),
            WriterKind::Openai => match self.meters.get(config.writer.provider()) {
                Some(meter) => Arc::new(MeteredWriter::new(writer, meter.clone())),
                None => writer,
            },
        };
        let voice = match config.voice.kind {
            VoiceKind::Embedded => self.voice_here(voice),
            VoiceKind::Openai | VoiceKind::Voicevox => match self.meters.get(config.voice.provider()) {
                Some(meter) => Arc::new(MeteredVoice::new(voice, meter.clone())),
                None => voice,
            },
        };
        let plain = plain.map(|(writer, voice)| (self.writer_here(writer), self.voice_here(voice)));
        Providers { writer, voice, readings, plain }
    }

    /// Settles what has ended. To be called once no more calls are made.
    pub async fn close(&self) {
        for meter in self.meters.values() {
            meter.settled().await;
        }
    }

    fn writer_here(&self, writer: Arc<dyn Writer>) -> Arc<dyn Writer> {
        Arc::new(OnCpu::new("extractive", writer, self.cpu.clone()))
    }

    fn voice_here(&self, voice: Arc<dyn Voice>) -> Arc<dyn Voice> {
        Arc::new(OnCpu::new("embedded", voice, self.cpu.clone()))
    }
}
