//! `admin`: looking after the service, and after those it is for.

mod limit;
mod people;

pub use limit::{Limit, Scope};
pub use people::{Feed, FeedToken, Listener, NewFeed, NewListener, Plan, Role, Source, Token, Whose};

use clap::{Args, Subcommand, ValueEnum};
use domain::{BatchId, FeedId, OccurrenceId, Work};
use jiff::{Timestamp, civil::Date};
use queue::{Class, State};

#[derive(Debug, Args)]
pub struct Admin {
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub task: Task,
}

#[derive(Debug, Subcommand)]
pub enum Task {
    /// How much of what there is, what is in production, what budgets have left
    Status,
    /// Look for what must never be: duplicates, orphans, programs without sound
    Check(Check),
    /// Jobs, the latest first
    #[command(args_conflicts_with_subcommands = true)]
    Jobs(Jobs),
    /// Call off jobs, occurrences, or what a batch has left to do
    Cancel(Cancel),
    /// Jobs that failed for good, by what they died of
    #[command(args_conflicts_with_subcommands = true)]
    Dead(Dead),
    /// Give jobs that failed for good another chance
    Redrive(Redrive),
    /// Forget jobs that failed for good
    Discard(Letters),
    /// Take a discard back
    Restore(Letters),
    /// Batches, the latest first: how far they are, and whether they will be in time
    #[command(args_conflicts_with_subcommands = true)]
    Batches(Batches),
    /// Make programs that were missed or failed
    Backfill(Backfill),
    /// People who hear programs
    #[command(subcommand)]
    Listener(Listener),
    /// Where articles come from
    #[command(subcommand)]
    Source(Source),
    /// Listeners' wishes for programs
    #[command(subcommand)]
    Feed(Feed),
    /// Tokens of the API
    #[command(subcommand)]
    Token(Token),
    /// What listeners may expect
    #[command(subcommand)]
    Plan(Plan),
    /// What of programs and their sound is over and goes, or soon will; nothing is taken away without --sweep
    Retention(Retention),
    /// Whether a writer's or voice's provider may be called at all
    #[command(subcommand)]
    Provider(Provider),
    /// How many jobs may run at the same time on all nodes together
    #[command(subcommand)]
    Limit(Limit),
}

#[derive(Debug, Subcommand)]
pub enum Provider {
    /// Call it no more, from this moment and on all nodes; what is under way may end
    Off {
        #[arg(value_name = "NAME")]
        name: String,
        /// Why: shown wherever it is missed
        #[arg(long, value_name = "TEXT", default_value = "switched off by an operator")]
        reason: String,
    },
    /// Call it again
    On {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Args)]
pub struct Check {
    /// Which programs' sound to look for in the media store [default: all up to 10,000, else a sample]
    #[arg(long, value_enum)]
    pub media: Option<Media>,
    /// At most so many violations of each rule
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Media {
    All,
    Sample,
    None,
}

#[derive(Debug, Args)]
pub struct Jobs {
    #[command(subcommand)]
    pub one: Option<OneJob>,
    /// Of one kind only
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Work::KINDS))]
    pub kind: Option<String>,
    /// In one state only; those that are done are shown only when they are asked for
    #[arg(long, value_parser = state)]
    pub state: Option<State>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
}

#[derive(Debug, Subcommand)]
pub enum OneJob {
    /// One job, with every attempt
    Show {
        #[arg(value_name = "ID")]
        id: i64,
    },
}

#[derive(Debug, Args)]
pub struct Cancel {
    /// Jobs
    #[arg(value_name = "ID", required_unless_present_any = ["batch", "occurrence"])]
    pub jobs: Vec<i64>,
    /// All that this batch has left to do
    #[arg(long, value_name = "ID", conflicts_with = "jobs")]
    pub batch: Option<BatchId>,
    /// This occurrence; may be repeated
    #[arg(long, value_name = "ID", conflicts_with_all = ["jobs", "batch"])]
    pub occurrence: Vec<OccurrenceId>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", default_value = "called off by an operator")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct Dead {
    #[command(subcommand)]
    pub one: Option<OneDead>,
    #[command(flatten)]
    pub filter: Filter,
}

#[derive(Debug, Subcommand)]
pub enum OneDead {
    /// The jobs of one group
    Show {
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: String,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
    },
}

/// Which of the dead letters are meant.
#[derive(Debug, Args)]
pub struct Filter {
    /// One group, as `admin dead` names it
    #[arg(long, value_name = "FINGERPRINT")]
    pub fingerprint: Option<String>,
    /// One kind of job
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Work::KINDS))]
    pub kind: Option<String>,
    /// One class of failure
    #[arg(long, value_parser = class)]
    pub class: Option<Class>,
    /// Died at or after this instant (RFC 3339)
    #[arg(long, value_name = "INSTANT")]
    pub since: Option<Timestamp>,
}

/// Dead letters that are to be changed: never all of them by accident.
#[derive(Debug, Args)]
pub struct Letters {
    /// One job
    #[arg(long, value_name = "ID")]
    pub job: Option<i64>,
    #[command(flatten)]
    pub filter: Filter,
    /// All there are
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub struct Redrive {
    #[command(flatten)]
    pub letters: Letters,
    /// Only count
    #[arg(long)]
    pub dry_run: bool,
    /// Only so many, the oldest first, to see how they fare
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub canary: Option<u32>,
    /// Spread over time instead of all at once
    #[arg(long, value_name = "PER_MINUTE", value_parser = clap::value_parser!(u32).range(1..))]
    pub pace: Option<u32>,
}

#[derive(Debug, Args)]
pub struct Batches {
    #[command(subcommand)]
    pub one: Option<OneBatch>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
}

#[derive(Debug, Subcommand)]
pub enum OneBatch {
    /// One batch, stage by stage
    Show {
        #[arg(value_name = "ID")]
        id: BatchId,
    },
}

#[derive(Debug, Args)]
pub struct Retention {
    /// What would go within so many days
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub within_days: u32,
    /// Take away what is over now; the service does so by itself
    #[arg(long, conflicts_with = "within_days")]
    pub sweep: bool,
}

#[derive(Debug, Args)]
pub struct Backfill {
    /// The first local date
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// The last local date
    #[arg(long, value_name = "DATE")]
    pub to: Date,
    /// Of one feed only
    #[arg(long, value_name = "ID")]
    pub feed: Option<FeedId>,
    /// Only count
    #[arg(long)]
    pub dry_run: bool,
    /// Programs begun in a minute [default: what capacity allows]
    #[arg(long, value_name = "PER_MINUTE", value_parser = clap::value_parser!(u32).range(1..))]
    pub pace: Option<u32>,
}

fn state(name: &str) -> Result<State, String> {
    let names = || State::ALL.map(State::name).join(", ");
    State::from_name(name).ok_or_else(|| format!("states are {}", names()))
}

fn class(name: &str) -> Result<Class, String> {
    let names = || Class::ALL.map(Class::name).join(", ");
    Class::from_name(name).ok_or_else(|| format!("classes are {}", names()))
}
