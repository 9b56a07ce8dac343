//! Jobs: the latest of a kind and a state, of which some can be called off together, and how one went.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, asked, rendered},
    dollars,
};
use crate::{
    api::{
        body::some_words,
        operate::{
            batches::Why,
            jobs::{self, Attempt, Job},
        },
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
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
    may_decide: bool,
    /// Some of them are not over.
    may_cancel: bool,
    /// Where the list goes on; empty: it ends here.
    next: String,
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
    is_over: bool,
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
    fields: Fields,
    wrong: Wrong,
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
        .post("/operate/jobs/cancel", cancel_chosen)
}

impl Board for Jobs {
    const TAB: Tab = Tab::Jobs;
    const PATHS: Paths =
        Paths { page: "/operate/jobs", part: "/operate/part/jobs", stream: "/operate/live/jobs" };

    async fn body(pages: &Pages, desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let before = asked.some("cursor").and_then(|id| id.parse().ok()).map(JobId);
        let (kind, state) = (asked.some("kind"), state_of(asked));
        let (found, next) = jobs::page(&pages.api, kind, state, before, MOST).await?;
        let may_cancel = desk.may_decide && !found.iter().all(is_over);
        let jobs = found.iter().map(|job| row(desk, job)).collect();
        let next = next.map_or_else(String::new, |JobId(id)| {
            let mut query = url::form_urlencoded::Serializer::new("/operate/jobs?".to_owned());
            query.append_pair("kind", kind.unwrap_or_default());
            query
                .append_pair("state", state.map_or("", JobState::name))
                .append_pair("cursor", &id.to_string());
            query.finish()
        });
        rendered(&Body { t: desk.t, shell: &desk.shell, jobs, may_decide: desk.may_decide, may_cancel, next })
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
        is_over: is_over(job),
    }
}

fn is_over(job: &Job) -> bool {
    !matches!(job.state, "held" | "available" | "leased")
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
    Ok(page(&page_of(&pages, desk, &id, Fields::default(), Wrong::default()).await?))
}

async fn page_of(pages: &Pages, desk: Desk, id: &str, fields: Fields, wrong: Wrong) -> Result<Page, Refused> {
    let jobs::JobSheet { job, work, attempts } = jobs::sheet(&pages.api, named(id)?).await?;
    let work = match work {
        Value::Null => String::new(),
        work => serde_json::to_string_pretty(&without_secrets(work)).unwrap_or_default(),
    };
    Ok(Page {
        t: desk.t,
        tab: Tab::Jobs,
        of: row(&desk, &job),
        owner: job.owner.clone().unwrap_or_else(|| "–".to_owned()),
        start_by: desk.maybe_moment(job.start_by),
        ready: desk.maybe_moment(job.ready_at),
        ended: desk.maybe_moment(job.ended_at),
        attempts: attempts.iter().map(|one| tried(&desk, one)).collect(),
        may_cancel: desk.may_decide && !is_over(&job),
        fingerprint: job.fingerprint.unwrap_or_default(),
        work,
        fields,
        wrong,
        shell: desk.shell,
    })
}

async fn cancel(
    State(pages): State<Pages>,
    desk: Desk,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    match called_off(&pages, &desk, &[named(&id)?], &fields).await {
        Ok(()) => Ok(led(&format!("/operate/jobs/{id}"), "op-called-off")),
        Err(refused) => {
            let (status, wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(&pages, desk, &id, fields, wrong).await?))
        }
    }
}

/// Those of a list that are ticked.
async fn cancel_chosen(State(pages): State<Pages>, desk: Desk, fields: Fields) -> Result<Response, Refused> {
    let ids: Vec<JobId> = fields.all("job").map(named).collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Err(Refused::field("job", "tick at least one of them"));
    }
    called_off(&pages, &desk, &ids, &fields).await?;
    Ok(led("/operate/jobs", "op-called-off"))
}

async fn called_off(pages: &Pages, desk: &Desk, ids: &[JobId], fields: &Fields) -> Result<(), Refused> {
    let why = Why { reason: some_words("reason", fields.get("reason"), 500)? };
    jobs::cancel(&pages.api, desk.caller, ids, &why).await?;
    Ok(())
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
