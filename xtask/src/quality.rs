//! Measures the sample programs and writes docs/reference/quality.md.

use crate::{cargo, install};

pub fn run(may_install: bool) -> anyhow::Result<()> {
    install::ensure(may_install)?;
    crate::run(cargo().args([
        "run",
        "--release",
        "--locked",
        "--package",
        "mimiyori",
        "--example",
        "quality",
    ]))
}
