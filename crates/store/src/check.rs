//! What must never be, looked for: each rule is one statement, named after it, over the whole database. For an
//! operator's command, not for a loop. What a rule finds is a violation, not an error.

use crate::{
    Micros, Store, StoreError,
    db::on,
    feeds,
    row::{Cell, twin},
};
use domain::{FeedId, Manifest, OccurrenceId, Selection};
use jiff::Timestamp;

/// Rows that are read at a time.
const PAGE: u32 = 500;

/// One thing that contradicts another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub rule: &'static str,
    /// The row, by its id.
    pub subject: String,
    pub detail: String,
}

/// What is still in order.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Of each rule at most so many.
    pub limit: u32,
    /// Leases that ended before were to be taken over.
    pub leases_before: Micros,
    /// Calls of providers whose leases ended before were to be counted as lost.
    pub calls_before: Micros,
    /// What was due before was to be given up.
    pub due_before: Micros,
    /// How late a slot may be and is still made.
    pub catch_up: Micros,
    /// The planner's ticks since then may be under way.
    pub planned_before: Micros,
}

struct Rule {
    name: &'static str,
    sql: &'static str,
    /// From $2 on.
    bound: Vec<Micros>,
}

/// A rule by the name of its file.
macro_rules! rule {
    ($name:literal $(, $bound:expr)*) => {
        Rule { name: $name, sql: include_str!(concat!("../sql/check/", $name, ".sql")), bound: vec![$($bound),*] }
    };
}

/// A program's sound, as its row has it.
#[derive(Clone, Debug)]
pub struct ProgramMedia {
    pub id: String,
    pub bytes: u64,
    /// Or why it cannot be read.
    pub manifest: Result<Manifest, String>,
}

/// An artifact's object, as its row has it.
#[derive(Clone, Debug)]
pub struct ArtifactMedia {
    pub key: String,
    pub media_key: String,
    pub bytes: u64,
}

impl Store {
    fn rules(&self, bounds: &Bounds) -> Vec<Rule> {
        vec![
            rule!("duplicate_program"),
            rule!("duplicate_slot"),
            rule!("published_without_program"),
            rule!("program_without_occurrence"),
            rule!("artifact_without_media"),
            rule!("artifact_lease_past", bounds.leases_before),
            rule!("job_lease_past", bounds.leases_before),
            rule!("ledger_lease_past", bounds.calls_before),
            rule!("job_fence_behind"),
            Rule {
                name: "job_without_subject",
                sql: twin!(self, "check/job_without_subject"),
                bound: Vec::new(),
            },
            rule!("demand_unsettled"),
            rule!("batch_closed_early"),
            rule!("batch_overdue", bounds.due_before),
            rule!("feed_behind", bounds.catch_up, bounds.planned_before),
            rule!("next_slot_taken"),
            rule!("feed_source_orphan"),
            rule!("occurrence_orphan"),
            rule!("listener_without_key"),
        ]
    }

    /// What the database contradicts itself in.
    pub async fn violations(&self, bounds: &Bounds) -> Result<Vec<Violation>, StoreError> {
        let mut violations = Vec::new();
        for rule in self.rules(bounds) {
            violations.extend(self.broken(&rule, bounds.limit).await?);
        }
        violations.extend(self.unreadable_selections(bounds.limit).await?);
        violations.extend(self.unreadable_feeds(bounds.limit).await?);
        Ok(violations)
    }

    async fn broken(&self, rule: &Rule, limit: u32) -> Result<Vec<Violation>, StoreError> {
        let rows: Vec<(String, String, Option<i64>)> = on!(&self.db, pool => {
            let mut query = sqlx::query_as(rule.sql).bind(i64::from(limit));
            for bound in &rule.bound {
                query = query.bind(bound);
            }
            query.fetch_all(pool).await?
        });
        let violation = |(subject, detail, at): (String, String, Option<i64>)| {
            let at = at.and_then(|at| Timestamp::from_microsecond(at).ok());
            let at = at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
            Violation { rule: rule.name, subject, detail: detail.replace("{at}", &at) }
        };
        Ok(rows.into_iter().map(violation).collect())
    }

    async fn unreadable_selections(&self, limit: u32) -> Result<Vec<Violation>, StoreError> {
        let mut violations = Vec::new();
        let mut after = String::new();
        loop {
            let rows: Vec<(String, String)> = on!(&self.db, pool =>
                sqlx::query_as(include_str!("../sql/check/selection_unreadable.sql"))
                    .bind(&after).bind(i64::from(PAGE)).fetch_all(pool).await?);
            let Some((last, _)) = rows.last() else { break };
            after.clone_from(last);
            for (id, text) in &rows {
                let cell = |column| Cell { table: "occurrences", column, row: id };
                let read = cell("id")
                    .parse::<OccurrenceId>(id)
                    .and_then(|_| cell("selection").json::<Selection>(text));
                note(&mut violations, "selection_unreadable", id, read);
            }
            if violations.len() >= limit as usize {
                break;
            }
        }
        violations.truncate(limit as usize);
        Ok(violations)
    }

    async fn unreadable_feeds(&self, limit: u32) -> Result<Vec<Violation>, StoreError> {
        let mut violations = Vec::new();
        let mut after = String::new();
        loop {
            let rows: Vec<feeds::Row> = on!(&self.db, pool =>
                sqlx::query_as(include_str!("../sql/check/feed_unreadable.sql"))
                    .bind(&after).bind(i64::from(PAGE)).fetch_all(pool).await?);
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                let id = row.id.clone();
                let read = Cell { table: "feeds", column: "id", row: &id }.parse::<FeedId>(&id);
                note(&mut violations, "feed_unreadable", &id, read.and_then(|_| row.read()));
            }
            if violations.len() >= limit as usize {
                break;
            }
        }
        violations.truncate(limit as usize);
        Ok(violations)
    }

    /// How many programs can be heard, and how many artifacts have sound.
    pub async fn count_media(&self, now: Micros) -> Result<(u64, u64), StoreError> {
        let (programs, artifacts): (i64, i64) = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/check/count_media.sql")).bind(now).fetch_one(pool).await?);
        Ok((programs.unsigned_abs(), artifacts.unsigned_abs()))
    }

    /// A page of the programs that can be heard and whose ids end so; the ends of ids are chance.
    pub async fn program_media(
        &self,
        ending: &str,
        after: &str,
        now: Micros,
    ) -> Result<Vec<ProgramMedia>, StoreError> {
        let rows: Vec<(String, i64, String)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/check/program_media_missing.sql"))
                .bind(after).bind(i64::from(PAGE)).bind(now).bind(format!("%{ending}"))
                .fetch_all(pool).await?);
        let read = |(id, bytes, manifest): (String, i64, String)| {
            let manifest = serde_json::from_str(&manifest).map_err(|cause| cause.to_string());
            ProgramMedia { bytes: bytes.unsigned_abs(), manifest, id }
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// A page of the artifacts with sound whose keys end so; the ends of keys are as good as chance.
    pub async fn artifact_media(&self, ending: &str, after: &str) -> Result<Vec<ArtifactMedia>, StoreError> {
        let rows: Vec<(String, String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/check/artifact_media_missing.sql"))
                .bind(after).bind(i64::from(PAGE)).bind(format!("%{ending}"))
                .fetch_all(pool).await?);
        let read = |(key, media_key, bytes): (String, String, i64)| ArtifactMedia {
            key,
            media_key,
            bytes: bytes.unsigned_abs(),
        };
        Ok(rows.into_iter().map(read).collect())
    }
}

fn note<T>(violations: &mut Vec<Violation>, rule: &'static str, id: &str, read: Result<T, StoreError>) {
    if let Err(cause) = read {
        violations.push(Violation { rule, subject: id.to_owned(), detail: cause.to_string() });
    }
}
