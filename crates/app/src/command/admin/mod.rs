//! `admin`: looking after the service, and after those it is for. Every answer is one JSON document with `--json`,
//! and a table for people otherwise; every decision is written down with who made it.

mod backfill;
mod batches;
mod cancel;
mod check;
mod dead;
mod feed;
mod feed_token;
mod jobs;
mod limit;
mod listener;
mod plan;
mod provider;
mod redrive;
mod retention;
mod source;
mod status;
mod token;

use crate::{
    cli::{
        Place,
        admin::{Admin, Task},
    },
    clock::{Chance, SystemClock, timestamp},
    config::{self, Config},
    failure::{Failure, Kind},
    jobs::{Learning, Rules},
    office::Office,
    podcasts, service,
    terminal::answer,
    workshop::Workshop,
};
use jiff::Timestamp;
use queue::Micros;
use serde::Serialize;
use std::fmt::Display;
use store::Store;
use web::podcast::Addresses;

pub async fn run(place: &Place, wish: Admin) -> Result<(), Failure> {
    let operator = Operator::open(place, wish.json).await?;
    let done = operator.perform(place, wish.task).await;
    operator.store.close().await;
    done
}

/// Whoever runs the command, with what they work with.
struct Operator {
    store: Store,
    config: Config,
    rules: Rules,
    learning: Learning,
    place: Place,
    json: bool,
}

impl Operator {
    async fn open(place: &Place, json: bool) -> Result<Self, Failure> {
        let config = Config::load(place.config.as_deref())?;
        let store = Workshop::open_store(place).await?;
        let learning = Learning::default();
        // Nothing was learned here: it only reads what the service has.
        learning.exchange(&store).await?;
        Ok(Self { store, rules: service::rules(&config), learning, config, place: place.clone(), json })
    }

    async fn perform(&self, place: &Place, task: Task) -> Result<(), Failure> {
        match task {
            Task::Status => status::run(self).await,
            Task::Check(wish) => check::run(self, place, &wish).await,
            Task::Jobs(wish) => jobs::run(self, wish).await,
            Task::Cancel(wish) => cancel::run(self, wish).await,
            Task::Dead(wish) => dead::run(self, wish).await,
            Task::Redrive(wish) => redrive::run(self, wish).await,
            Task::Discard(letters) => dead::discard(self, letters).await,
            Task::Restore(letters) => dead::restore(self, letters).await,
            Task::Batches(wish) => batches::run(self, wish).await,
            Task::Backfill(wish) => backfill::run(self, wish).await,
            Task::Listener(wish) => listener::run(self, wish).await,
            Task::Source(wish) => source::run(self, wish).await,
            Task::Feed(wish) => feed::run(self, wish).await,
            Task::Token(wish) => token::run(self, wish).await,
            Task::Plan(wish) => plan::run(self, wish).await,
            Task::Retention(wish) => retention::run(self, place, wish).await,
            Task::Provider(wish) => provider::run(self, wish).await,
            Task::Limit(wish) => limit::run(self, wish).await,
        }
    }

    fn office(&self) -> Office<'_> {
        Office {
            store: &self.store,
            rules: &self.rules,
            learning: &self.learning,
            clock: &SystemClock,
            entropy: &Chance,
        }
    }

    /// Where podcasts are found.
    fn addresses(&self) -> Result<Addresses, Failure> {
        podcasts::addresses(&self.config, &config::data_dir(self.place.data_dir.as_deref())?)
    }

    fn now(&self) -> Micros {
        SystemClock.micros()
    }

    /// As decisions are signed.
    fn name(&self) -> String {
        let user = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        format!(
            "command line, {}",
            user.filter(|user| !user.is_empty()).unwrap_or_else(|| "unknown".to_owned())
        )
    }

    /// The answer, as it was asked for.
    fn say(&self, value: &impl Serialize, people: impl Display) -> Result<(), Failure> {
        if self.json { answer(serde_json::json!(value)) } else { answer(people) }
    }

    fn lane_name(&self, lane: queue::Lane) -> String {
        let lanes = self.config.queue.ranked_lanes();
        let named = lanes.iter().find(|(_, number, _)| *number == lane).map(|(name, ..)| (*name).to_owned());
        named.unwrap_or_else(|| lane.0.to_string())
    }
}

/// An instant as JSON has it.
fn at(micros: Micros) -> Timestamp {
    timestamp(micros)
}

/// What was named is not there.
fn none(what: impl Display, see: &str) -> Failure {
    Failure::new(Kind::Other, format!("{what}: there is none; see `mimiyori admin {see}`"))
}

/// "1 job", "2 jobs".
fn count(number: u64, noun: &str) -> String {
    let plural = match (number, noun) {
        (1, _) => "",
        (_, "batch") => "es",
        _ => "s",
    };
    format!("{number} {noun}{plural}")
}
