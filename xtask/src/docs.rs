//! Pages of `docs/reference` that are made from the code. The tests that compare them write them.

use crate::cargo;

pub fn run() -> anyhow::Result<()> {
    let tests = ["test", "--locked", "--package", "mimiyori", "--bin", "mimiyori", "tests::reference::"];
    crate::run(cargo().args(tests).env("MIMIYORI_WRITE_REFERENCE", "yes"))
}
