//! `admin redrive`: another chance for jobs that failed for good; the rule is in [`crate::redrive`].

use super::{
    Operator, count,
    dead::{chosen, is_there},
};
use crate::{
    cli::admin::Redrive,
    failure::Failure,
    redrive::{self, Redriven, Wish},
};
use serde::Serialize;

#[derive(Serialize)]
struct Said {
    dry_run: bool,
    /// That could be redriven.
    matching: u64,
    #[serde(flatten)]
    redriven: Redriven,
}

pub async fn run(operator: &Operator, wish: Redrive) -> Result<(), Failure> {
    let filter = chosen(&wish.letters)?;
    let matching = operator.store.count_redrive(&filter).await?;
    is_there(&wish.letters, matching)?;
    if matching == 0 {
        let said = Said { dry_run: wish.dry_run, matching, redriven: Redriven::default() };
        return operator.say(&said, "nothing matches");
    }
    if wish.dry_run {
        let said = Said { dry_run: true, matching, redriven: Redriven::default() };
        return operator.say(&said, format_args!("would redrive {}", count(matching, "job")));
    }
    let asked = Wish {
        filter,
        first: wish.canary,
        per_minute: wish.pace,
        by: queue::dead::Decided::by(operator.name()),
    };
    let redriven = redrive::redrive(&operator.store, &asked, operator.now()).await?;
    let said = Said { dry_run: false, matching, redriven };
    let Redriven { jobs, occurrences, batches } = redriven;
    let mut line = format!("redrove {}", count(jobs, "job"));
    if occurrences > 0 {
        line +=
            &format!("; {} taken up again in {}", count(occurrences, "occurrence"), count(batches, "batch"));
    }
    if matching > jobs {
        line += &format!("; {} left: see how these fare, then leave out --canary", matching - jobs);
    }
    operator.say(&said, line)
}
