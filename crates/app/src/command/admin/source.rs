//! `admin source`: where articles come from.

use super::{Operator, at};
use crate::{
    cli::admin::Source as Wish,
    failure::{Failure, Kind},
    table::{Table, when},
    terminal::note,
};
use domain::SourceId;
use jiff::Timestamp;
use queue::Micros;
use serde::Serialize;
use std::path::Path;
use store::{
    Source, Tx,
    following::{self, By, Refused},
};

/// Read at a time.
const PAGE: u32 = 1_000;

#[derive(Serialize)]
pub struct Shown {
    id: SourceId,
    pub address: String,
    title: String,
    state: &'static str,
    /// Why it cannot be read, or what is to be known of it.
    notice: Option<String>,
    fetched_at: Option<Timestamp>,
    next_fetch_at: Timestamp,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    match wish {
        Wish::Add { address } => {
            let now = operator.now();
            let mut tx = operator.store.begin().await?;
            let source = shown(added(operator, &mut tx, &address, now).await?);
            tx.audit(now, &operator.name(), "source.add", &source.id.to_string(), "{}").await?;
            tx.commit().await?;
            operator.say(&source, source.id)
        }
        Wish::List => list(operator).await,
    }
}

async fn list(operator: &Operator) -> Result<(), Failure> {
    let mut all: Vec<Shown> = Vec::new();
    let mut after = None;
    loop {
        let page = operator.store.sources(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        all.extend(page.into_iter().map(shown));
    }
    let row = |one: &Shown| {
        [
            one.id.to_string(),
            one.address.clone(),
            one.state.to_owned(),
            one.fetched_at.map(|at| when(at.as_microsecond())).unwrap_or_default(),
            when(one.next_fetch_at.as_microsecond()),
            one.notice.clone().unwrap_or_else(|| one.title.clone()),
        ]
    };
    operator.say(
        &all,
        Table::new(["id", "address", "state", "read", "next", "title or notice"], all.iter().map(row)),
    )
}

/// The source that an operator names; it need not be there yet.
pub async fn added(operator: &Operator, tx: &mut Tx, address: &str, now: Micros) -> Result<Source, Failure> {
    let id = SourceId::born(now, operator.office().chance());
    let source =
        following::add_source(tx, address, By::Operator, id, now).await.map_err(|refused| match refused {
            Refused::Store(error) => error.into(),
            refused => Failure::new(Kind::Input, refused),
        })?;
    let file = Path::new(&source.address);
    if file.is_absolute() && !file.exists() {
        note(format_args!("{}: there is no such file yet", source.address));
    }
    Ok(source)
}

pub fn shown(source: Source) -> Shown {
    Shown {
        id: source.id,
        state: source.state.name(),
        address: source.address,
        title: source.title,
        notice: source.notice,
        fetched_at: source.fetched_at.map(at),
        next_fetch_at: at(source.next_fetch_at),
    }
}
