//! What is written about metrics: names that there are, and queries that Prometheus understands.

use super::{
    harness::promtool,
    sources::{files, is_known, root},
};
use serde_json::json;
use std::{collections::BTreeSet, fs};

#[test]
fn documents_name_metrics_of_the_table() {
    for folder in ["docs", "deploy"] {
        for path in files(&root().join(folder), &["md", "yml", "yaml", "json", "toml"]) {
            let text = fs::read_to_string(&path).unwrap();
            for name in names(&text) {
                assert!(is_known(&name), "{}: {name} is not in the table", path.display());
            }
        }
    }
}

#[test]
fn queries_in_documents_are_queries() {
    let mut queries = Vec::new();
    for path in files(&root().join("docs"), &["md"]) {
        queries.extend(promql(&fs::read_to_string(path).unwrap()));
    }
    assert!(queries.len() > 10, "{queries:?}");
    assert_eq!(judged(&queries), Ok(()));
    assert!(judged(&["sum by (kind (up)".to_owned()]).is_err(), "the judge finds mistakes");
}

fn judged(queries: &[String]) -> Result<(), String> {
    let rule = |(n, query)| json!({"record": format!("document:query:{n}"), "expr": query});
    let rules: Vec<_> = queries.iter().enumerate().map(rule).collect();
    // JSON is YAML.
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, json!({"groups": [{"name": "documents", "rules": rules}]}).to_string()).unwrap();
    match promtool(&["check", "rules", file.path().to_str().unwrap()], "") {
        (true, _) => Ok(()),
        (false, said) => Err(said),
    }
}

/// The lines of `promql` blocks: a query each.
fn promql(text: &str) -> Vec<String> {
    let blocks = text.split("```promql\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).map(str::to_owned).collect()
}

/// Everything in a text that looks like a metric.
fn names(text: &str) -> BTreeSet<String> {
    let places = text.match_indices("mimiyori_").map(|(place, _)| &text[place..]);
    let word = |rest: &str| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
    places.map(word).collect()
}
