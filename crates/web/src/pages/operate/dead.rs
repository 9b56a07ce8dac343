//! Dead letters by what they died of: another chance for some or all, or none, which can be undone.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, asked, rendered},
};
use crate::{
    api::{
        body::some_words,
        operate::dead::{self, Letters, RedriveAsked},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use queue::dead::{DeadFilter, DeadGroup};

/// Letters of a cause that are shown.
const MOST: u32 = 50;
/// So many are counted at once; how many of more could run again is counted when it is asked for.
const COUNTED: u64 = 1_000;
/// In place of a fingerprint: whatever they died of.
const ALL: &str = "all";

struct Dead;

#[derive(Template)]
#[template(path = "operate/dead.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    groups: Vec<Cause>,
    discarded: Vec<Cause>,
    total: u64,
}

#[derive(Template)]
#[template(path = "operate/cause.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    may_decide: bool,
    /// A fingerprint, or `all`.
    which: String,
    of: Option<Cause>,
    total: u64,
    letters: Vec<Letter>,
    /// What another chance for all of them would take; `None`: nobody has asked, and they are many.
    matching: Option<u64>,
    has_discarded: bool,
    fields: Fields,
    wrong: Wrong,
}

struct Cause {
    fingerprint: String,
    kind: String,
    class: &'static str,
    count: u64,
    first: String,
    last: String,
    message: String,
}

struct Letter {
    id: i64,
    key: String,
    tries: u32,
    died: String,
    message: String,
    is_discarded: bool,
}

pub fn routes() -> Routes {
    board::<Dead>().get("/operate/dead/{which}", show).post("/operate/dead/{which}", decide)
}

impl Board for Dead {
    const TAB: Tab = Tab::Dead;
    const PATHS: Paths =
        Paths { page: "/operate/dead", part: "/operate/part/dead", stream: "/operate/live/dead" };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let causes = dead::causes(&pages.api).await?;
        let shown = |groups: &[DeadGroup]| groups.iter().map(|group| cause(desk, group)).collect();
        rendered(&Body {
            t: desk.t,
            shell: &desk.shell,
            groups: shown(&causes.open),
            discarded: shown(&causes.discarded),
            total: causes.open.iter().map(|group| group.total).sum(),
        })
    }
}

fn cause(desk: &Desk, group: &DeadGroup) -> Cause {
    let group = dead::group(group.clone());
    Cause {
        first: desk.moment(group.first_at),
        last: desk.moment(group.last_at),
        fingerprint: group.fingerprint,
        kind: group.kind,
        class: group.class,
        count: group.count,
        message: group.message,
    }
}

async fn page_of(
    pages: &Pages,
    desk: Desk,
    which: String,
    fields: Fields,
    wrong: Wrong,
) -> Result<Page, Refused> {
    let causes = dead::causes(&pages.api).await?;
    let group = causes.open.iter().find(|group| group.fingerprint == which);
    let letters = match which.as_str() {
        ALL => Vec::new(),
        fingerprint => dead::letters_of(&pages.api, fingerprint, MOST).await?,
    };
    if letters.is_empty() && which != ALL {
        return Err(Refused::Missing("dead letter"));
    }
    let total = match which.as_str() {
        ALL => causes.open.iter().map(|group| group.total).sum(),
        _ => group.map_or(0, |group| group.total),
    };
    let matching = match (total <= COUNTED || fields.names("count"), which.as_str()) {
        (false, _) => None,
        (true, ALL) => Some(pages.store().count_redrive(&DeadFilter::default()).await?),
        (true, fingerprint) => Some(pages.store().count_redrive_of(fingerprint).await?),
    };
    let shown = |one: dead::Letter| Letter {
        id: one.id,
        key: one.key.unwrap_or_default(),
        tries: one.tries,
        died: desk.moment(one.died_at),
        message: one.message,
        is_discarded: one.discarded_at.is_some(),
    };
    let letters: Vec<Letter> = letters.into_iter().map(shown).collect();
    Ok(Page {
        t: desk.t,
        tab: Tab::Dead,
        may_decide: desk.may_decide,
        of: group.map(|group| cause(&desk, group)),
        total,
        matching,
        // Perhaps not among those that are shown.
        has_discarded: causes.discarded.iter().any(|group| which == ALL || group.fingerprint == which),
        letters,
        which,
        fields,
        wrong,
        shell: desk.shell,
    })
}

async fn show(
    State(pages): State<Pages>,
    desk: Desk,
    Path(which): Path<String>,
    uri: Uri,
) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, desk, which, asked(&uri), Wrong::default()).await?))
}

async fn decide(
    State(pages): State<Pages>,
    desk: Desk,
    Path(which): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    match decided(&pages, &desk, &which, &fields).await {
        Ok("op-redriven") => Ok(led("/operate/dead", "op-redriven")),
        Ok(done) => Ok(led(&format!("/operate/dead/{which}"), done)),
        Err(refused) => {
            let (status, wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(&pages, desk, which, fields, wrong).await?))
        }
    }
}

/// What was done.
async fn decided(pages: &Pages, desk: &Desk, which: &str, fields: &Fields) -> Result<&'static str, Refused> {
    let (api, caller) = (&pages.api, desk.caller);
    let undo = fields.get("op") == "restore";
    let reason = match undo {
        true => None,
        false => Some(some_words("reason", fields.get("reason"), 500)?),
    };
    let (canary, per_minute) = (number(fields, "canary")?, number(fields, "per_minute")?);
    let mut chosen = chosen(which, fields, reason.as_deref())?;
    // Of what is ticked each is a letter of its own.
    if let Some(first) = canary.filter(|_| fields.has("of", "chosen")) {
        chosen.truncate(first as usize);
    }
    for letters in chosen {
        match fields.get("op") {
            "redrive" => {
                let asked = RedriveAsked { letters, dry_run: false, canary, per_minute };
                dead::redriven(api, caller, asked).await?;
            }
            "discard" => {
                dead::discarded(api, caller, letters).await?;
            }
            "restore" => {
                dead::restored(api, caller, letters).await?;
            }
            _ => return Err(Refused::field("op", "redrive, discard or restore")),
        }
    }
    Ok(match fields.get("op") {
        "redrive" => "op-redriven",
        "discard" => "op-discarded",
        _ => "op-restored",
    })
}

/// All of the cause, or those that are ticked.
fn chosen(which: &str, fields: &Fields, reason: Option<&str>) -> Result<Vec<Letters>, Refused> {
    let named = || Letters { reason: reason.map(ToOwned::to_owned), ..Letters::default() };
    if !fields.has("of", "chosen") {
        if fields.all("job").next().is_some() {
            return Err(Refused::field("job", "some are ticked, and all are meant; choose one of the two"));
        }
        return Ok(vec![match which {
            ALL => Letters { all: true, ..named() },
            fingerprint => Letters { fingerprint: Some(fingerprint.to_owned()), ..named() },
        }]);
    }
    let read = |id: &str| id.parse().map_err(|_| Refused::field("job", "it is no number"));
    let jobs: Vec<i64> = fields.all("job").map(read).collect::<Result<_, _>>()?;
    if jobs.is_empty() {
        return Err(Refused::field("job", "tick at least one of them"));
    }
    Ok(jobs.into_iter().map(|job| Letters { job: Some(job), ..named() }).collect())
}

/// A number that may be left out.
fn number(fields: &Fields, name: &'static str) -> Result<Option<u32>, Refused> {
    let read = |text: &str| text.parse().map_err(|_| Refused::field(name, "1 or more"));
    fields.some(name).map(read).transpose()
}
