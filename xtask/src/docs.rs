//! Pages of `docs/reference` that are made from the code. The tests that compare them write them.

use crate::cargo;

pub fn run() -> anyhow::Result<()> {
    for target in
        [["--package", "mimiyori", "--bin", "mimiyori"], ["--package", "mimiyori-domain", "--lib", "--quiet"]]
    {
        let tests = cargo().args(["test", "--locked"]).args(target).arg("tests::reference::");
        crate::run(tests.env("MIMIYORI_WRITE_REFERENCE", "yes"))?;
    }
    Ok(())
}
