//! Whoever records a metric names one of the table, with its labels: read from the sources themselves.

use super::super::table::{Dimension, Kind, Metric, Values};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Names with the metrics' prefix that are none.
const OTHERS: [(&str, &str); 1] = [("mimiyori_jobs", "PostgreSQL's channel")];

#[test]
fn sources_name_metrics_of_the_table() {
    let crates = root().join("crates");
    let mut calls = 0;
    for path in files(&crates, &["rs"]) {
        // Here stand the mistakes that the checker is shown below.
        if path.ends_with("metrics/tests/sources.rs")
            || !path.components().any(|part| part.as_os_str() == "src")
        {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        calls += recordings(&text).len();
        assert_eq!(complaints(&text), [""; 0], "{}", path.display());
    }
    assert!(calls > 20, "only {calls} recordings were found");
}

#[test]
fn mistakes_are_found() {
    for (wrong, complaint) in [
        (r#"counter!("mimiyori_source_fetches_total", "outcome" => x).increment(1);"#, "is not in the table"),
        (r#"const NAME: &str = "mimiyori_source_fetched_total";"#, "is not in the table"),
        (r#"gauge!("mimiyori_source_fetch_total", "outcome" => x).set(1);"#, "is no gauge"),
        (r#"counter!("mimiyori_source_fetch_total", "result" => x).increment(1);"#, "labels are outcome"),
        (r#"counter!("mimiyori_source_fetch_total").increment(1);"#, "labels are outcome"),
        (r#"counter!("mimiyori_source_fetch_total", "outcome" => "fine").increment(1);"#, "never fine"),
        (
            "histogram!(\n \"mimiyori_stage_seconds\",\n \"stage\" => f(a, \")\"), \"kind\" => b,\n)",
            "labels are stage",
        ),
    ] {
        let found = complaints(wrong);
        assert!(found.iter().any(|found| found.contains(complaint)), "{wrong}: {found:?}");
    }
    let right = r#"counter!("mimiyori_source_fetch_total", "outcome" => "gone").increment(f(1));"#;
    assert_eq!(complaints(right), [""; 0]);
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let of = |path: PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match path.is_dir() {
            true => files(&path, endings),
            false if ending.is_some_and(|ending| endings.contains(&ending)) => vec![path],
            false => Vec::new(),
        }
    };
    paths.flat_map(of).collect()
}

/// What is wrong with the metrics that a source names.
fn complaints(source: &str) -> Vec<String> {
    let texts = source.split('"').skip(1).step_by(2).chain(source.split('"').step_by(2));
    let named: BTreeSet<&str> = texts.filter(|text| is_name(text)).collect();
    let unknown = named.into_iter().filter(|name| !is_known(name));
    let unknown = unknown.map(|name| format!("{name} is not in the table"));
    unknown.chain(recordings(source).iter().filter_map(Recording::complaint)).collect()
}

/// Not merely the beginning of some.
fn is_name(text: &str) -> bool {
    let is_word = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.starts_with("mimiyori_") && is_word && !text.ends_with('_')
}

pub fn is_known(name: &str) -> bool {
    let plain = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
    let is_histogram = |name| matches!(Metric::named(name), Some(Metric { kind: Kind::Histogram(_), .. }));
    Metric::named(name).is_some()
        || plain.is_some_and(is_histogram)
        || OTHERS.iter().any(|(other, _)| *other == name)
}

/// One use of the facade's macros.
struct Recording<'a> {
    macro_name: &'static str,
    name: &'a str,
    /// Label and value, as written; `None` where they stand in a variable.
    labels: Option<Vec<(&'a str, &'a str)>>,
}

/// Those that name their metric on the spot.
fn recordings(source: &str) -> Vec<Recording<'_>> {
    let mut found = Vec::new();
    for macro_name in ["counter", "gauge", "histogram"] {
        for (place, opening) in source.match_indices(&format!("{macro_name}!(")) {
            let arguments = arguments(&source[place + opening.len()..]);
            let Some((name, labels)) = arguments.split_first() else { continue };
            let Some(name) = literal(name) else { continue };
            found.push(Recording { macro_name, name, labels: labels.iter().copied().map(pair).collect() });
        }
    }
    found
}

impl Recording<'_> {
    fn complaint(&self) -> Option<String> {
        let Self { macro_name, name, labels } = self;
        // A name that is not in the table is complained of already.
        let metric = Metric::named(name)?;
        let wanted = match metric.kind {
            Kind::Counter | Kind::CounterOfMillionths => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        if *macro_name != wanted {
            return Some(format!("{name} is no {macro_name} but a {wanted}"));
        }
        let labels = labels.as_ref()?;
        if !labels.iter().map(|(label, _)| *label).eq(metric.labels()) {
            return Some(format!(
                "{name}: its labels are {}",
                metric.labels().collect::<Vec<_>>().join(", ")
            ));
        }
        let is_wrong = |(label, value): &&(&str, &str)| {
            let dimension = metric.dimensions.iter().find(|dimension| dimension.labels.contains(label));
            let Some(Dimension { values: Values::Closed(names), .. }) = dimension else { return false };
            literal(value).is_some_and(|value| !names.contains(&value))
        };
        let (label, value) = labels.iter().find(is_wrong)?;
        Some(format!("{name}: its {label} is never {}", value.trim_matches('"')))
    }
}

fn pair(argument: &str) -> Option<(&str, &str)> {
    let (label, value) = argument.split_once("=>")?;
    Some((label.trim().trim_matches('"'), value.trim()))
}

fn literal(text: &str) -> Option<&str> {
    text.trim().strip_prefix('"')?.strip_suffix('"')
}

/// The arguments up to the bracket that closes the call, split at its own commas.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut begin) = (0, false, 0);
    let mut arguments = Vec::new();
    for (place, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ',' | ')' if depth == 0 => {
                arguments.push(text[begin..place].trim());
                begin = place + 1;
                if c == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}
