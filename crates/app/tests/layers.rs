//! The house's directions: which room may know which. See ARCHITECTURE.md.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::BTreeSet;

/// Room → the rooms of ours it may depend on. The binary and the chores may know them all.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("mimiyori-domain", &[]),
    ("mimiyori-queue", &[]),
    ("mimiyori-net", &[]),
    ("mimiyori-media", &["mimiyori-domain"]),
    ("mimiyori-store", &["mimiyori-domain", "mimiyori-queue"]),
    ("mimiyori-studio", &["mimiyori-domain", "mimiyori-net", "mimiyori-media"]),
    (
        "mimiyori-web",
        &["mimiyori-domain", "mimiyori-queue", "mimiyori-store", "mimiyori-net", "mimiyori-media"],
    ),
    ("mimiyori-testkit", &[]),
];

/// A library that only one room may use directly.
const KEPT_IN: [(&str, &str); 2] = [("sqlx", "mimiyori-store"), ("reqwest", "mimiyori-net")];

#[test]
fn rooms_know_only_what_they_may() {
    let metadata = metadata();
    let ours: BTreeSet<&str> =
        metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    for package in metadata.workspace_packages() {
        let Some((_, allowed)) = ALLOWED.iter().find(|(room, _)| *room == package.name.as_str()) else {
            assert!(matches!(package.name.as_str(), "mimiyori" | "xtask"), "{} has no rule", package.name);
            continue;
        };
        for name in used_in_product(package).filter(|name| ours.contains(name)) {
            assert!(allowed.contains(&name), "{} may not know {name}", package.name);
        }
    }
}

#[test]
fn sql_and_http_stay_in_their_rooms() {
    for package in metadata().workspace_packages() {
        for name in used_in_product(package) {
            if let Some((_, room)) = KEPT_IN.iter().find(|(library, _)| *library == name) {
                assert_eq!(package.name.as_str(), *room, "only {room} may use {name}");
            }
        }
    }
}

#[test]
fn the_test_kit_stays_out_of_the_product() {
    for package in metadata().workspace_packages() {
        let uses = used_in_product(package).any(|name| name == "mimiyori-testkit");
        assert!(!uses || package.name.as_str() == "xtask", "{} depends on the test kit", package.name);
    }
}

fn metadata() -> Metadata {
    MetadataCommand::new().no_deps().exec().expect("cargo describes its own workspace")
}

fn used_in_product(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
}
