//! Pages of `docs/reference` that are made from the code. The tests that compare them write them.

use crate::cargo;

/// Where those tests are.
const TARGETS: [&[&str]; 3] = [
    &["--package", "mimiyori", "--bin", "mimiyori"],
    &["--package", "mimiyori-domain", "--lib"],
    &["--package", "mimiyori-web", "--lib"],
];

pub fn run() -> anyhow::Result<()> {
    for target in TARGETS {
        let mut tests = cargo();
        tests.args(["test", "--locked"]).args(target).arg("tests::reference::");
        crate::run(tests.env("MIMIYORI_WRITE_REFERENCE", "yes"))?;
    }
    Ok(())
}
