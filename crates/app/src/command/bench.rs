//! `bench`: how fast a part of the system is, beside what it is compared with, in one run.

mod assemble;
mod dispatch;
mod pages;
mod plan;
mod serve;

use crate::{
    cli::{Bench, Place},
    failure::Failure,
};

pub async fn run(place: &Place, wish: Bench) -> Result<(), Failure> {
    match wish {
        Bench::Assemble { json } => assemble::run(json),
        Bench::Pages { listeners, jobs, json } => pages::run(place, listeners, jobs, json).await,
        Bench::Serve { json } => serve::run(place, json).await,
        Bench::Dispatch { database, jobs, json } => dispatch::run(place, database, jobs, json).await,
        Bench::Plan { database, listeners, json } => plan::run(place, database, listeners, json).await,
    }
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

fn peak_rss_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim_end().parse().ok()?;
    Some(thousandths(kilobytes / 1024.0))
}
