//! Jobs: the latest of a kind and a state, and how one went.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, asked, rendered},
    dollars,
};
use crate::{
    api::{
        operate::{
            batches::Why,
            jobs::{self, Attempt, Job},
        },
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, led, page},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use queue::{JobId, State as JobState};
use serde_json::Value;

const MOST: u32 = 50;
/// In place of what nobody is to read.
const HIDDEN: &str = "•••";
/// Parts of names whose values are secret.
const SECRET: [&str; 5] = ["secret", "token", "password", "authorization", "credential"];

struct Jobs;

#[derive(Template)]
#[template(path = "operate/jobs_head.html")]
struct Head<'a> {
    t: Words,
    kind: &'a str,
    /// Name, what it is called, whether it is chosen.
    states: Vec<(&'static str, String, bool)>,
}

#[derive(Template)]
#[template(path = "operate/jobs.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    jobs: Vec<Row>,
}

struct Row {
    id: i64,
    kind: String,
    state: String,
    tone: &'static str,
    lane: String,
    key: String,
    tries: String,
    due: String,
    message: String,
}

#[derive(Template)]
#[template(path = "operate/job.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    of: Row,
    fingerprint: String,
    owner: String,
    start_by: String,
    ready: String,
    ended: String,
    attempts: Vec<Tried>,
    /// What it does, without what is secret; empty: nobody knows any more.
    work: String,
    may_cancel: bool,
}

struct Tried {
    lease: u32,
    stage: String,
    outcome: String,
    tone: &'static str,
    started: String,
    took: String,
    owner: String,
    message: String,
    cost: String,
}

pub fn routes() -> Routes {
    board::<Jobs>()
        .get("/operate/job", find)
        .get("/operate/jobs/{id}", show)
        .post("/operate/jobs/{id}/cancel", cancel)
}

impl Board for Jobs {
    const TAB: Tab = Tab::Jobs;
    const PATHS: Paths =
        Paths { page: "/operate/jobs", part: "/operate/part/jobs", stream: "/operate/live/jobs" };

    async fn body(pages: &Pages, desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let found = jobs::latest(&pages.api, asked.some("kind"), state_of(asked), MOST).await?;
        let jobs = found.iter().map(|job| row(desk, job)).collect();
        rendered(&Body { t: desk.t, shell: &desk.shell, jobs })
    }

    fn head(desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let chosen = state_of(asked);
        let option =
            |state: JobState| (state.name(), named_state(desk.t, state.name()), chosen == Some(state));
        let states = JobState::ALL.into_iter().map(option).collect();
        rendered(&Head { t: desk.t, kind: asked.get("kind"), states })
    }
}

fn state_of(asked: &Fields) -> Option<JobState> {
    JobState::ALL.into_iter().find(|state| state.name() == asked.get("state"))
}

fn named_state(t: Words, name: &str) -> String {
    t.say(&format!("op-job-{name}"))
}

fn row(desk: &Desk, job: &Job) -> Row {
    Row {
        id: job.id,
        kind: job.kind.clone(),
        state: named_state(desk.t, job.state),
        tone: match job.state {
            "done" => "good",
            "dead" => "bad",
            "leased" => "busy",
            _ => "",
        },
        lane: job.lane.clone(),
        key: job.key.clone().unwrap_or_default(),
        tries: job.tries.map_or_else(|| "–".to_owned(), |tries| tries.to_string()),
        due: desk.maybe_moment(job.due_at),
        message: job.message.clone().unwrap_or_default(),
    }
}

fn tried(desk: &Desk, one: &Attempt) -> Tried {
    let ms = (one.ended_at.as_millisecond() - one.started_at.as_millisecond()).max(0);
    Tried {
        lease: one.lease,
        stage: one.stage.clone(),
        outcome: one.outcome.to_owned(),
        tone: match (one.outcome, one.class) {
            ("done" | "skipped", _) => "good",
            (_, Some(_)) => "bad",
            (_, None) => "",
        },
        started: desk.moment(one.started_at),
        took: format!("{:.1} s", ms as f64 / 1_000.0),
        owner: one.owner.clone(),
        message: one.message.clone().unwrap_or_default(),
        cost: dollars(one.cost_micro_usd),
    }
}

/// By its number.
async fn find(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let _signed = desk;
    let id: i64 = asked(&uri).get("id").trim().parse().map_err(|_| Refused::Missing("job"))?;
    Ok(Redirect::to(&format!("/operate/jobs/{id}")).into_response())
}

async fn show(State(pages): State<Pages>, desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let jobs::JobSheet { job, work, attempts } = jobs::sheet(&pages.api, named(&id)?).await?;
    let work = match work {
        Value::Null => String::new(),
        work => serde_json::to_string_pretty(&without_secrets(work)).unwrap_or_default(),
    };
    Ok(page(&Page {
        t: desk.t,
        tab: Tab::Jobs,
        of: row(&desk, &job),
        owner: job.owner.clone().unwrap_or_else(|| "–".to_owned()),
        start_by: desk.maybe_moment(job.start_by),
        ready: desk.maybe_moment(job.ready_at),
        ended: desk.maybe_moment(job.ended_at),
        attempts: attempts.iter().map(|one| tried(&desk, one)).collect(),
        may_cancel: matches!(job.state, "held" | "available" | "leased"),
        fingerprint: job.fingerprint.unwrap_or_default(),
        work,
        shell: desk.shell,
    }))
}

async fn cancel(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let why = Why { reason: fields.get("reason").to_owned() };
    jobs::cancel(&pages.api, desk.caller, named(&id)?, &why).await?;
    Ok(led(&format!("/operate/jobs/{id}"), "op-called-off"))
}

fn named(id: &str) -> Result<JobId, Refused> {
    id.parse().map(JobId).map_err(|_| Refused::Missing("job"))
}

/// Values with a telling name, and what addresses carry besides the place.
fn without_secrets(work: Value) -> Value {
    match work {
        Value::Object(fields) => {
            let is_secret = |name: &str| SECRET.iter().any(|part| name.to_ascii_lowercase().contains(part));
            let fields = fields.into_iter().map(|(name, value)| {
                let value = if is_secret(&name) { HIDDEN.into() } else { without_secrets(value) };
                (name, value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(values) => values.into_iter().map(without_secrets).collect(),
        Value::String(text) => match url::Url::parse(&text) {
            Ok(mut address) if address.has_host() => {
                if address.query().is_some() {
                    address.set_query(Some(HIDDEN));
                }
                if address.password().is_some() || !address.username().is_empty() {
                    let _ = address.set_password(None);
                    let _ = address.set_username("hidden");
                }
                address.to_string().into()
            }
            _ => Value::String(text),
        },
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_secret_is_not_shown() {
        let work = json!({ "feed": "a", "apiToken": "x", "of": [{ "password": 5 }, "https://me:pw@example.org/a?key=1"] });
        let shown = without_secrets(work).to_string();
        assert!(shown.contains("\"feed\":\"a\"") && shown.contains("example.org/a"), "{shown}");
        assert!(!shown.contains("\"x\"") && !shown.contains('5') && !shown.contains("pw"), "{shown}");
        assert!(!shown.contains("key=1"), "{shown}");
    }
}
