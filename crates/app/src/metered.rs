//! Writers and voices under control: a call of a provider is reserved in its ledger before it is made and
//! settled after; an engine that computes here takes a CPU slot instead.
//!
//! A job's handler says once what its calls are for, with [`Errand::run`]; whoever makes them need not know.
#![cfg_attr(not(test), expect(dead_code, reason = "the roles of `serve` wire it in"))]

mod cpu;
mod desk;
mod errand;
mod judge;
mod meter;
#[cfg(test)]
mod tests;
mod voice;
mod writer;

pub use cpu::CpuSlots;
pub use errand::Errand;
pub use judge::withheld;
pub use meter::Meter;

use crate::{
    config::{Config, VoiceKind, WriterKind},
    metrics::{self, Budget},
    workshop::Providers,
};
use cpu::OnCpu;
use domain::provider::BreakerState;
use meter::Opened;
use queue::{Clock, Entropy, Micros};
use std::{collections::BTreeMap, sync::Arc};
use store::{Store, StoreError};
use studio::{voice::Voice, writer::Writer};
use voice::MeteredVoice;
use writer::MeteredWriter;

/// All that is metered on this node.
pub struct Metering {
    meters: BTreeMap<String, Opened>,
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
            let opened = Meter::open(name, settings, store.clone(), clock.clone(), entropy.clone()).await?;
            meters.insert(name.to_owned(), opened);
        }
        Ok(Self { meters, cpu: CpuSlots::new(config.queue.cpu_slots()) })
    }

    /// The same writers and voices, under control.
    pub fn control(&self, config: &Config, providers: Providers) -> Providers {
        let Providers { writer, voice, readings, plain } = providers;
        let writer = match config.writer.kind {
            WriterKind::Extractive => self.writer_here(writer),
            WriterKind::Openai => match self.meters.get(config.writer.provider()) {
                Some(opened) => Arc::new(MeteredWriter::new(writer, opened.meter.clone())),
                None => writer,
            },
        };
        let voice = match config.voice.kind {
            VoiceKind::Embedded => self.voice_here(voice),
            VoiceKind::Openai | VoiceKind::Voicevox => match self.meters.get(config.voice.provider()) {
                Some(opened) => Arc::new(MeteredVoice::new(voice, opened.meter.clone())),
                None => voice,
            },
        };
        let plain = plain.map(|(writer, voice)| (self.writer_here(writer), self.voice_here(voice)));
        Providers { writer, voice, readings, plain }
    }

    pub const fn cpu(&self) -> &CpuSlots {
        &self.cpu
    }

    /// Settles what has ended. To be called once no more calls are made.
    pub async fn close(self) {
        for opened in self.meters.into_values() {
            opened.close().await;
        }
    }

    fn writer_here(&self, writer: Arc<dyn Writer>) -> Arc<dyn Writer> {
        Arc::new(OnCpu::new("extractive", writer, self.cpu.clone()))
    }

    fn voice_here(&self, voice: Arc<dyn Voice>) -> Arc<dyn Voice> {
        Arc::new(OnCpu::new("embedded", voice, self.cpu.clone()))
    }
}

/// Shows what the database says of budgets and breakers.
pub async fn sample(store: &Store, now: Micros) -> Result<(), StoreError> {
    let rows = store.providers(now).await?;
    for row in &rows {
        let (provider, standing, settings) = (row.name.as_str(), &row.standing, &row.settings);
        let budget = |period, spent_micro_usd, limit: u64| Budget {
            provider,
            period,
            spent_micro_usd,
            limit_micro_usd: Some(limit).filter(|&limit| limit > 0),
        };
        metrics::budgets([
            budget(metrics::Period::Day, standing.spent_day_micro_usd, settings.daily_budget_micro_usd),
            budget(metrics::Period::Month, standing.spent_month_micro_usd, settings.monthly_budget_micro_usd),
        ]);
    }
    metrics::breakers(
        rows.iter().map(|row| (row.name.as_str(), row.standing.breaker != BreakerState::Closed)),
    );
    Ok(())
}
