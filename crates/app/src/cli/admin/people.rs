//! `admin` of those the service is for: listeners, their feeds and sources, who may act for them.

use crate::cli::Style;
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    Email, FeedId, FeedTokenId, Language, ListenerId, TokenId,
    schedule::{Days, LocalTime, Zone},
    select::Filter,
    token::Scope,
};
use jiff::Timestamp;

#[derive(Debug, Subcommand)]
pub enum Listener {
    /// Let somebody in
    Add(NewListener),
    /// Everybody
    List,
    /// A link by which they choose a password: their first, or another
    Link {
        #[arg(value_name = "ID")]
        listener: ListenerId,
    },
    /// Keep somebody out: nothing is made for them, and no token or podcast of theirs is good
    Disable {
        #[arg(value_name = "ID")]
        listener: ListenerId,
    },
    /// Let somebody in again
    Enable {
        #[arg(value_name = "ID")]
        listener: ListenerId,
    },
    /// All that is kept of somebody, as JSON
    Export {
        #[arg(value_name = "ID")]
        listener: ListenerId,
    },
    /// Take away all that is kept of somebody, for good
    Delete {
        #[arg(value_name = "ID")]
        listener: ListenerId,
        /// Their address, so that nobody else is meant
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Args)]
pub struct NewListener {
    /// Their address, once only
    #[arg(long, value_parser = email)]
    pub email: String,
    /// Their time zone, an IANA name such as Asia/Tokyo
    #[arg(long, value_name = "IANA")]
    pub zone: Zone,
    /// Their language: ja or en
    #[arg(long)]
    pub language: Language,
    /// As it is to be spoken; without one nobody is greeted by name
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub name: String,
    #[arg(long, value_enum, default_value_t = Role::Listener)]
    pub role: Role,
    /// One of [plans], had without a subscription [default: subscriptions.default_plan]
    #[arg(long, value_name = "NAME")]
    pub plan: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    Listener,
    /// May look at what operators see, and change nothing there
    Observer,
    /// May run the service
    Operator,
}

#[derive(Debug, Subcommand)]
pub enum Source {
    /// Make a source known; it is read once somebody follows it
    Add {
        /// URL, file, or shortcut such as qiita:tag/rust, zenn:topic/rust, hn:front
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
    /// All that are known
    List,
}

#[derive(Debug, Subcommand)]
pub enum Feed {
    /// Wish for programs
    Add(Box<NewFeed>),
    /// A listener's feeds, with their next programs
    List {
        #[arg(long, value_name = "ID")]
        listener: ListenerId,
    },
    /// One feed, with the address of its podcast
    Show {
        #[arg(value_name = "ID")]
        feed: FeedId,
    },
    /// Who may read its podcast
    #[command(subcommand)]
    Token(FeedToken),
    /// No more programs until resumed
    Pause {
        #[arg(value_name = "ID")]
        feed: FeedId,
    },
    /// Programs again, from the next that is due
    Resume {
        #[arg(value_name = "ID")]
        feed: FeedId,
    },
    /// Leave the next program out that is not in production yet
    SkipNext {
        #[arg(value_name = "ID")]
        feed: FeedId,
    },
    /// Make a program now, beside those of the schedule
    MakeNow {
        #[arg(value_name = "ID")]
        feed: FeedId,
        /// Asked again by the same key, the same program is meant [default: another each time]
        #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
        key: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum FeedToken {
    /// All there are, with the addresses of those that are good
    List(Whose),
    /// Another, for one more device or app
    Add {
        #[command(flatten)]
        whose: Whose,
        /// What the device or app is called
        #[arg(long, value_name = "TEXT", default_value = "")]
        label: String,
        /// Good for so many days [default: until it is revoked]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: Option<u32>,
    },
    /// A new one in its place: the old address is good no more
    Rotate {
        #[arg(value_name = "ID")]
        id: FeedTokenId,
    },
    /// Good no more
    Revoke {
        #[arg(value_name = "ID")]
        id: FeedTokenId,
    },
}

/// A feed, or all feeds of a listener in one podcast.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// Of this feed
    #[arg(long, value_name = "ID")]
    pub feed: Option<FeedId>,
    /// Of all feeds of this listener, in one podcast
    #[arg(long, value_name = "ID")]
    pub listener: Option<ListenerId>,
}

#[derive(Debug, Args)]
pub struct NewFeed {
    #[arg(long, value_name = "ID")]
    pub listener: ListenerId,
    /// URL, file, or shortcut such as qiita:tag/rust; may be repeated
    #[arg(long = "source", value_name = "ADDRESS", required = true)]
    pub sources: Vec<String>,
    /// Ready by this local time
    #[arg(long, value_name = "HH:MM")]
    pub at: LocalTime,
    /// daily, weekdays, weekends, or a list such as mon,wed,fri
    #[arg(long, value_name = "DAYS", default_value = "daily")]
    pub days: Days,
    /// Time zone [default: the listener's]
    #[arg(long, value_name = "IANA")]
    pub zone: Option<Zone>,
    /// ja or en [default: the listener's]
    #[arg(long)]
    pub language: Option<Language>,
    /// One host, or two in dialogue
    #[arg(long, value_enum, default_value_t = Style::Single)]
    pub style: Style,
    /// Wished length in minutes
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub minutes: u32,
    /// At most so many articles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::plan::MOST_ARTICLES)))]
    pub articles: Option<u32>,
    /// The show's name
    #[arg(long, value_name = "TEXT", default_value = "Mimiyori")]
    pub name: String,
    /// Which articles, as JSON: {"all": [{"tag": "rust"}, {"not": {"author": "spam"}}]} [default: any]
    #[arg(long, value_name = "JSON", value_parser = filter)]
    pub filter: Option<Filter>,
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// A new token; it is shown this once
    Create {
        /// Who acts by it
        #[arg(long, value_name = "ID")]
        listener: ListenerId,
        /// listen: read programs; manage: change feeds, too; operate: run the service, too
        #[arg(long, value_parser = scope)]
        scope: Scope,
        /// Good for so many days [default: until it is revoked]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: Option<u32>,
    },
    /// All there are, without what they are
    List {
        /// Of one listener only
        #[arg(long, value_name = "ID")]
        listener: Option<ListenerId>,
    },
    /// Good no more
    Revoke {
        #[arg(value_name = "ID")]
        id: TokenId,
    },
}

#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Those of the configuration, and how many listeners have them
    List,
    /// What a listener may have, by which subscriptions, and since when
    Show {
        #[arg(long, value_name = "ID")]
        listener: ListenerId,
    },
    /// The plan that a listener has without a subscription
    Set {
        #[arg(long, value_name = "ID")]
        listener: ListenerId,
        /// One of [plans]
        #[arg(long, value_name = "NAME")]
        plan: String,
    },
    /// Give a listener a plan without any payment, in place of what was given before
    Grant {
        #[arg(long, value_name = "ID")]
        listener: ListenerId,
        /// One of [plans]
        #[arg(long, value_name = "NAME")]
        plan: String,
        /// Until then (RFC 3339) [default: until it is taken back]
        #[arg(long, value_name = "INSTANT")]
        until: Option<Timestamp>,
    },
    /// Take back what was given; what the listener pays for stays
    Revoke {
        #[arg(long, value_name = "ID")]
        listener: ListenerId,
    },
}

/// As mail is sent to it.
fn email(text: &str) -> Result<String, String> {
    text.parse::<Email>().map(|email| email.as_sent()).map_err(|cause| cause.to_string())
}

fn filter(json: &str) -> Result<Filter, String> {
    Filter::from_json(json).map_err(|cause| cause.to_string())
}

fn scope(name: &str) -> Result<Scope, String> {
    let names = || Scope::ALL.map(Scope::name).join(", ");
    Scope::from_name(name).ok_or_else(|| format!("scopes are {}", names()))
}
