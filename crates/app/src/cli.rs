//! The command line: what may be asked for. What is done about it stands in `command`.

pub mod admin;

use crate::simulate::{Policy, Sort, Trouble};
use admin::Admin;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::schedule::{Days, LocalTime, Zone};
use jiff::{Timestamp, civil::Date};
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "mimiyori",
    version,
    about = "Makes every listener a personal audio program from their feeds, ready by the minute they wake up",
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

/// Where configuration and data are; every command takes these.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Configuration file (TOML); without one, embedded defaults
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder for database, media and caches [default: $XDG_DATA_HOME/mimiyori]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a Japanese and an English program from sample feeds, and serve a page that plays them
    Demo(Demo),
    /// Make every listener's programs, day after day
    Serve(Serve),
    /// Make one program from feeds, into a folder
    Generate(Generate),
    /// Look into a source
    #[command(subcommand)]
    Feed(Feed),
    /// Show when a schedule's programs are ready
    #[command(subcommand)]
    Schedule(Schedule),
    /// A day of production on a virtual clock, with modelled listeners, sources and providers
    Simulate(Simulate),
    /// Check that everything needed is there and works
    Doctor(Doctor),
    /// Bring the database's schema up to date
    Migrate,
    /// Look after the service, and after those it is for
    Admin(Admin),
    /// Measure how fast a part of the system is
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Address and port of the page
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Make the programs and exit, without a page
    #[arg(long)]
    pub once: bool,
    /// Sample listeners, in both languages by turns
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub listeners: u32,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// What this process does; may be repeated [default: all]
    #[arg(long = "role", value_enum)]
    pub roles: Vec<crate::service::Role>,
    /// Address and port to listen at, instead of the configured one; without the web role, for probes and
    /// metrics alone, and only where it is given
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// A feed: file, URL, or shortcut such as qiita:tag/rust, zenn:topic/rust, hn:front; may be repeated
    #[arg(long = "source", value_name = "PATH_OR_URL", required = true)]
    pub sources: Vec<String>,
    /// The program's language
    #[arg(long, value_enum, default_value_t = Language::Auto)]
    pub language: Language,
    /// One host, or two in dialogue
    #[arg(long, value_enum, default_value_t = Style::Single)]
    pub style: Style,
    /// Wished length in minutes
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub minutes: u32,
    /// At most so many articles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::plan::MOST_ARTICLES)))]
    pub articles: Option<u32>,
    /// The program's title
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The listener's name, for the greeting
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Read sources on private networks too
    #[arg(long)]
    pub allow_private: bool,
    /// Folder for program.mp3, program.json, chapters.json and transcript.vtt
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Print program.json on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Feed {
    /// Show a source's format and items
    Inspect {
        #[arg(value_name = "PATH_OR_URL")]
        source: String,
        /// Read sources on private networks too
        #[arg(long)]
        allow_private: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Schedule {
    /// The next programs of a schedule, with what the clock's changes do to them
    Preview {
        /// Ready by this local time
        #[arg(long, value_name = "HH:MM")]
        at: LocalTime,
        /// daily, weekdays, weekends, or a list such as mon,wed,fri
        #[arg(long, value_name = "DAYS", default_value = "daily")]
        days: Days,
        /// Time zone, an IANA name such as Asia/Tokyo
        #[arg(long, value_name = "IANA")]
        zone: Zone,
        /// From this instant on (RFC 3339) [default: now]
        #[arg(long, value_name = "INSTANT")]
        from: Option<Timestamp>,
        /// How many
        #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        count: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Simulate {
    /// How many listeners, each with one feed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub listeners: u32,
    /// The same seed gives the same day
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// When production opens; may be repeated, to compare at the same capacity [default: all; with --json
    /// ready-by]
    #[arg(long = "policy", value_name = "POLICY", value_enum)]
    pub policies: Vec<Policy>,
    /// The day, in Tokyo
    #[arg(long, value_name = "DATE", default_value = "2026-06-10")]
    pub day: Date,
    /// Share of listeners who want their program at 07:00 in Tokyo
    #[arg(long, value_name = "SHARE", default_value_t = 0.3, value_parser = share)]
    pub crowd: f64,
    /// Sources, half of them in each language
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub sources: u32,
    /// How unequally sources are followed: the n-th by 1/n to this power
    #[arg(long, value_name = "EXPONENT", default_value_t = 1.0, value_parser = positive)]
    pub zipf: f64,
    /// Articles of a source in a day, in the middle
    #[arg(long, value_name = "N", default_value_t = 8.0, value_parser = positive)]
    pub articles_per_day: f64,
    /// How long the writer takes and what it charges
    #[arg(long, value_enum, default_value_t = Sort::Hosted)]
    pub writer: Sort,
    /// How long the voice takes and what it charges
    #[arg(long, value_enum, default_value_t = Sort::Hosted)]
    pub voice: Sort,
    /// Minutes of all capacity that narrating the largest batch takes
    #[arg(long, value_name = "MINUTES", default_value_t = 45.0, value_parser = positive)]
    pub largest_batch_minutes: f64,
    /// Narrations at the same time, instead of as many as that takes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub capacity: Option<u32>,
    /// Share of listeners who were never greeted by name before
    #[arg(long, value_name = "SHARE", default_value_t = 0.01, value_parser = share)]
    pub newcomers: f64,
    /// Share of calls that end with a server's error
    #[arg(long, value_name = "SHARE", default_value_t = 0.005, value_parser = share)]
    pub failures: f64,
    /// Share of calls that are told to wait (429)
    #[arg(long, value_name = "SHARE", default_value_t = 0.002, value_parser = share)]
    pub throttles: f64,
    /// Calls that the providers take at the same time; more are told to wait
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub parallel: Option<u32>,
    /// The providers are away, from a time in Tokyo on: 06:10+30
    #[arg(long, value_name = "HH:MM+MINUTES")]
    pub outage: Option<Trouble>,
    /// The planner stands still
    #[arg(long, value_name = "HH:MM+MINUTES")]
    pub planner_stopped: Option<Trouble>,
    /// All workers are killed, and are back half a minute later
    #[arg(long, value_name = "HH:MM")]
    pub killed: Option<LocalTime>,
    /// Feeds are set back to slots that have their programs, as by an old backup
    #[arg(long, value_name = "HH:MM")]
    pub rewound: Option<LocalTime>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share is a number from 0 to 1".to_owned()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.01..=10_000.0).contains(&number) => Ok(number),
        _ => Err("a number from 0.01 to 10000 is wanted".to_owned()),
    }
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Bench {
    /// No-op jobs through the queue, durably completed, beside a bare batch claim
    Dispatch {
        /// A database without unfinished jobs: sqlite:///path/to/file or postgres://… [default: a throw-away
        /// SQLite file in the data folder]
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// How many jobs
        #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        jobs: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Planning feeds that are all due at one minute, beside the bare inserts of the same rows
    Plan {
        /// A database without feeds: sqlite:///path/to/file or postgres://… [default: a throw-away SQLite file in
        /// the data folder]
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// How many listeners, each with one feed
        #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        listeners: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Every page of a service whose database is as large as it may get
    Pages {
        /// How many listeners, each with one feed
        #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        listeners: u32,
        /// How many jobs, of which nine in ten have ended
        #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        jobs: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sound, ranges of it and podcast feeds of a service over loopback, beside nginx where it is installed
    Serve {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Manifests, headers and byte splices of a 12-part program, beside ffmpeg's stream copy
    Assemble {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// The one most of the articles are in
    Auto,
    Ja,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Style {
    Single,
    Dialogue,
}

impl From<Style> for domain::Style {
    fn from(style: Style) -> Self {
        match style {
            Style::Single => Self::Single,
            Style::Dialogue => Self::Dialogue,
        }
    }
}

#[cfg(test)]
mod tests;
