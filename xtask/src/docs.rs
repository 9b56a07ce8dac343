//! What is made from the code: pages of `docs/reference`, written by the tests that compare them, and from one of
//! those pages the types of the TypeScript client.

use crate::{cargo, clients};

/// Where those tests are.
const TARGETS: [&[&str]; 3] = [
    &["--package", "mimiyori", "--bin", "mimiyori"],
    &["--package", "mimiyori-domain", "--lib"],
    &["--package", "mimiyori-web", "--lib"],
];

pub fn run(install: bool) -> anyhow::Result<()> {
    for target in TARGETS {
        let mut tests = cargo();
        tests.args(["test", "--locked"]).args(target).arg("tests::reference::");
        crate::run(tests.env("MIMIYORI_WRITE_REFERENCE", "yes"))?;
    }
    clients::ensure(install)?;
    clients::write_types()
}
