//! What the service tells of itself to Prometheus: the table of all metrics, the recorder behind the
//! `metrics` facade, and typed functions for those who record.
//!
//! Any room records through the facade's macros, by the names of the [`table`]; a test reads the sources and
//! fails for a name, a label or a label's value that the table does not have. Nothing here decides anything,
//! and no label names a listener.
#![cfg_attr(
    not(test),
    expect(dead_code, reason = "it is recorded into by the roles of `serve`, which install it")
)]

mod names;
mod record;
mod render;
mod sample;
mod table;
#[cfg(test)]
mod tests;
mod worker;

pub use names::{Channel, Delivered, Due, Fetched, Had, Horizon, Operation, Stage, Unit};
pub use record::*;
pub use worker::listener;

use crate::clock::SystemClock;
use ::metrics::{Key, Label, Level, Metadata, Recorder, SetRecorderError};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use queue::Lane;
use sample::Sampler;
use std::{sync::Arc, time::Duration};
use store::Store;
use table::{Kind, METRICS};
use web::health::Render;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Said by whoever builds a release.
pub const COMMIT: &str = match option_env!("MIMIYORI_COMMIT") {
    Some(commit) => commit,
    None => "unknown",
};

/// The values of open labels that are known when the process starts; their series are there from then on.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// With their names in the configuration.
    pub lanes: Vec<(Lane, String)>,
    /// Of worker slots.
    pub pools: Vec<String>,
    pub providers: Vec<String>,
    /// Method and pattern of each, as the rooms of `web` list them.
    pub routes: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    #[error("buckets of {metric} are refused: {cause}")]
    Buckets { metric: &'static str, cause: BuildError },
    #[error("metrics are recorded already: {0}")]
    Twice(#[from] SetRecorderError<PrometheusRecorder>),
}

/// Starts recording for the whole process, what `store` and its clones enqueue included; gives what
/// `/metrics` answers.
pub fn start(known: &Known, store: &Store, clock: SystemClock) -> Result<Render, MetricsError> {
    let recorder = recorder(known)?;
    let handle = recorder.handle();
    ::metrics::set_global_recorder(recorder)?;
    worker::count_enqueued(store);
    tokio::spawn(fold(handle.clone()));
    Ok(scraper(handle, Sampler::new(store.clone(), clock, known)))
}

/// What `/metrics` answers: gauges from the database are brought up to date first.
fn scraper(handle: PrometheusHandle, sampler: Sampler) -> Render {
    let sampler = Arc::new(sampler);
    Arc::new(move || {
        let (handle, sampler) = (handle.clone(), sampler.clone());
        Box::pin(async move {
            sampler.refresh().await;
            render::text(&handle.render())
        })
    })
}

/// Histograms keep every value until it is put into its bucket, which a scrape does; where nobody scrapes
/// they would grow without end.
async fn fold(handle: PrometheusHandle) {
    const EVERY: Duration = Duration::from_secs(5);
    loop {
        tokio::time::sleep(EVERY).await;
        handle.run_upkeep();
    }
}

/// A recorder that has every series of the table.
fn recorder(known: &Known) -> Result<PrometheusRecorder, MetricsError> {
    let mut builder = PrometheusBuilder::new();
    for metric in METRICS {
        if let Kind::Histogram(buckets) = metric.kind {
            builder = builder
                .set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)
                .map_err(|cause| MetricsError::Buckets { metric: metric.name, cause })?;
        }
    }
    let recorder = builder.build_recorder();
    for metric in METRICS {
        begin(&recorder, metric, known);
    }
    Ok(recorder)
}

/// Describes a metric and brings its series to 0.
fn begin(recorder: &PrometheusRecorder, metric: &table::Metric, known: &Known) {
    const ORIGIN: Metadata<'_> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));
    match metric.kind {
        Kind::Counter | Kind::CounterOfMillionths => {
            recorder.describe_counter(metric.name.into(), None, metric.help.into());
        }
        Kind::Gauge => recorder.describe_gauge(metric.name.into(), None, metric.help.into()),
        Kind::Histogram(_) => recorder.describe_histogram(metric.name.into(), None, metric.help.into()),
    }
    for labels in metric.series(known) {
        let labels = labels.into_iter().map(|(label, value)| Label::new(label, value));
        let key = Key::from_parts(metric.name, labels.collect::<Vec<_>>());
        // Being registered is being there, at 0.
        match metric.kind {
            Kind::Counter | Kind::CounterOfMillionths => drop(recorder.register_counter(&key, &ORIGIN)),
            Kind::Gauge => {
                let gauge = recorder.register_gauge(&key, &ORIGIN);
                gauge.set(if metric.name == "mimiyori_build_info" { 1.0 } else { 0.0 });
            }
            Kind::Histogram(_) => drop(recorder.register_histogram(&key, &ORIGIN)),
        }
    }
}
