//! `bench`: how fast a part of the system is, beside what it is compared with, in one run.

mod assemble;
mod dispatch;

use crate::{
    cli::{Bench, Place},
    failure::Failure,
};

pub async fn run(place: &Place, wish: Bench) -> Result<(), Failure> {
    match wish {
        Bench::Assemble { json } => assemble::run(json),
        Bench::Dispatch { database, jobs, json } => dispatch::run(place, database, jobs, json).await,
    }
}
