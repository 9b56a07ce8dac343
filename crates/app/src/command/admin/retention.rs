//! `admin retention`: what goes, and what soon will; nothing is taken away unless it is asked for.

use super::{Operator, count};
use crate::{
    cli::{Place, admin::Retention as Wish},
    failure::Failure,
    retention::{self, Swept, bounds, outlook},
    table::Table,
    workshop::Workshop,
};
use serde::Serialize;
use store::retention::{Amount, Outlook};

#[derive(Serialize)]
struct Shown {
    dry_run: bool,
    within_days: u32,
    now: Going,
    then: Going,
}

#[derive(Serialize)]
struct Going {
    programs: u64,
    program_bytes: u64,
    records: u64,
    artifacts: u64,
    artifact_bytes: u64,
    objects: u64,
}

#[derive(Serialize)]
struct Done {
    dry_run: bool,
    #[serde(flatten)]
    swept: Swept,
}

pub async fn run(operator: &Operator, place: &Place, wish: Wish) -> Result<(), Failure> {
    if wish.sweep { sweep(operator, place).await } else { look(operator, wish.within_days).await }
}

async fn look(operator: &Operator, within_days: u32) -> Result<(), Failure> {
    let retention = &operator.config.retention;
    let (now, then) = outlook(&operator.store, retention, operator.now(), within_days).await?;
    let row = |what: &str, of: fn(&Outlook) -> Amount| {
        let (now, then) = (of(&now), of(&then));
        let total = |amount: Amount| match amount.bytes {
            0 => amount.total.to_string(),
            bytes => format!("{} ({} MB)", amount.total, bytes / 1_000_000),
        };
        [what.to_owned(), total(now), total(then)]
    };
    let rows = [
        row("programs that are over", |outlook| outlook.programs),
        row("records of programs", |outlook| outlook.records),
        row("artifacts nobody needs", |outlook| outlook.artifacts),
        row("objects on their way out", |outlook| outlook.objects),
    ];
    let table = Table::new(["what goes", "now", "then"], rows);
    let table = format!("{table}\n(then: in {})", count(u64::from(within_days), "day"));
    let shown = Shown { dry_run: true, within_days, now: going(&now), then: going(&then) };
    operator.say(&shown, table)
}

const fn going(outlook: &Outlook) -> Going {
    Going {
        programs: outlook.programs.total,
        program_bytes: outlook.programs.bytes,
        records: outlook.records.total,
        artifacts: outlook.artifacts.total,
        artifact_bytes: outlook.artifacts.bytes,
        objects: outlook.objects.total,
    }
}

async fn sweep(operator: &Operator, place: &Place) -> Result<(), Failure> {
    let media = Workshop::open_media(place, &operator.store).await?;
    // A store that does not answer would keep what has no row any more.
    media.answers().await?;
    let bounds = bounds(&operator.config.retention, operator.now());
    let mut swept = Swept::default();
    loop {
        let step = retention::sweep(&operator.store, &media, &bounds).await?;
        if step.total() == 0 {
            break;
        }
        swept.programs += step.programs;
        swept.records += step.records;
        swept.artifacts += step.artifacts;
        swept.objects += step.objects;
    }
    let Swept { programs, artifacts, objects, .. } = swept;
    let said = format!(
        "{} and {} went, and {}",
        count(programs, "program"),
        count(artifacts, "artifact"),
        count(objects, "object")
    );
    operator.say(&Done { dry_run: false, swept }, said)
}
