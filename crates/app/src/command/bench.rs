//! `bench`: how fast a part of the system is, beside what it is compared with, in one run.

mod assemble;

use crate::{cli::Bench, failure::Failure};

pub fn run(wish: &Bench) -> Result<(), Failure> {
    match wish {
        Bench::Assemble { json } => assemble::run(*json),
    }
}
