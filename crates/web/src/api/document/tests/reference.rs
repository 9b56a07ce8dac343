//! `docs/reference/openapi.json` is what is served.

use std::path::Path;

/// Set by `cargo xtask docs`: then the file is written instead of compared.
const WRITE: &str = "MIMIYORI_WRITE_REFERENCE";

#[test]
fn the_reference_is_what_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    let made = crate::api::document::text();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/reference/openapi.json is not what is served; run cargo xtask docs");
}
