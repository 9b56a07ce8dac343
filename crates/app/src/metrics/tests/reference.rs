//! `docs/reference/metrics.md`, made from the table.

use super::super::table::{Dimension, Kind, METRICS, Metric, Values};
use std::{fmt::Write, path::Path};

/// Set by `cargo xtask docs`: then the file is written instead of compared.
const WRITE: &str = "MIMIYORI_WRITE_REFERENCE";

#[test]
fn the_reference_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/metrics.md");
    let made = reference();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/reference/metrics.md is not what the table says; run cargo xtask docs");
}

fn reference() -> String {
    let mut text = String::from(
        "# Metrics\n\n\
         <!-- Made from crates/app/src/metrics/table.rs by `cargo xtask docs`. -->\n\n\
         What `/metrics` shows. Every series is there at 0 from the start, as far as the values of its labels are \
         known; no\nlabel names a listener. What to watch first: [operate/metrics.md](../operate/metrics.md).\n\n\
         | name | kind | labels | meaning |\n|---|---|---|---|\n",
    );
    for Metric { name, kind, help, dimensions } in METRICS {
        let labels: Vec<String> = dimensions.iter().map(shown).collect();
        writeln!(text, "| `{name}` | {} | {} | {help} |", kind_name(*kind), labels.join("; ")).unwrap();
    }
    text.push_str("\n## Buckets of the histograms, in seconds\n\n| name | upper bounds |\n|---|---|\n");
    for Metric { name, kind, .. } in METRICS {
        if let Kind::Histogram(buckets) = kind {
            let bounds: Vec<String> = buckets.iter().map(f64::to_string).collect();
            writeln!(text, "| `{name}` | {} |", bounds.join(", ")).unwrap();
        }
    }
    text
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter | Kind::CounterOfMillionths => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram(_) => "histogram",
    }
}

fn shown(dimension: &Dimension) -> String {
    let labels: Vec<String> = dimension.labels.iter().map(|label| format!("`{label}`")).collect();
    let labels = labels.join(", ");
    match dimension.values {
        Values::Closed(names) => format!("{labels}: {}", names.join(", ")),
        Values::AtLeast(names) => format!("{labels}: {} and others", names.join(", ")),
        Values::Build => labels,
        Values::Lanes => format!("{labels}: as configured, else its number"),
        Values::Pools => format!("{labels}: the pools of slots of this process"),
        Values::Providers => format!("{labels}: as configured"),
        Values::Routes => format!("{labels}: the patterns served; `none` where nothing matched"),
    }
}
