//! One module a command.

pub mod admin;
pub mod bench;
pub mod demo;
pub mod doctor;
pub mod feed;
pub mod generate;
pub mod migrate;
pub mod schedule;
pub mod serve;
pub mod simulate;
mod thrown_away;
