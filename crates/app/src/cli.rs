//! The command line: what may be asked for. What is done about it stands in `command`.

pub mod admin;

use admin::Admin;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::schedule::{Days, LocalTime, Zone};
use jiff::Timestamp;
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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
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
