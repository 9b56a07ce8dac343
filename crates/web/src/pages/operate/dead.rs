//! Dead letters by what they died of: another chance for some or all, or none, which can be undone.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
};
use crate::{
    api::{
        operate::dead::{self, Group, Letters, RedriveAsked},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words, Wrong, led, page, page_with, refusals::in_form},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use queue::dead::DeadFilter;

/// Letters of a cause that are shown.
const MOST: u32 = 50;

struct Dead;

#[derive(Template)]
#[template(path = "operate/dead.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    groups: Vec<Cause>,
}

#[derive(Template)]
#[template(path = "operate/cause.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    fingerprint: String,
    of: Option<Cause>,
    letters: Vec<Letter>,
    /// What another chance for all of them would take.
    matching: u64,
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
    board::<Dead>()
        .get("/operate/dead/{fingerprint}", show)
        .post("/operate/dead/{fingerprint}/redrive", redrive)
        .post("/operate/dead/{fingerprint}/discard", discard)
        .post("/operate/dead/{fingerprint}/restore", restore)
}

impl Board for Dead {
    const TAB: Tab = Tab::Dead;
    const PATHS: Paths =
        Paths { page: "/operate/dead", part: "/operate/part/dead", stream: "/operate/live/dead" };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let found = dead::groups(&pages.api, &DeadFilter::default()).await?;
        let groups = found.into_iter().map(|group| cause(desk, group)).collect();
        rendered(&Body { t: desk.t, shell: &desk.shell, groups })
    }
}

fn cause(desk: &Desk, group: Group) -> Cause {
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

fn filter(fingerprint: &str) -> DeadFilter {
    DeadFilter { fingerprint: Some(fingerprint.to_owned()), ..DeadFilter::default() }
}

async fn page_of(
    pages: &Pages,
    desk: Desk,
    fingerprint: String,
    fields: Fields,
    wrong: Wrong,
) -> Result<Page, Refused> {
    let filter = filter(&fingerprint);
    let letters = dead::letters(&pages.api, &filter, MOST).await?;
    if letters.is_empty() {
        return Err(Refused::Missing("dead letter"));
    }
    let of = dead::groups(&pages.api, &filter).await?.into_iter().next();
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
        of: of.map(|group| cause(&desk, group)),
        matching: pages.store().count_redrive(&filter).await?,
        has_discarded: letters.iter().any(|letter| letter.is_discarded),
        letters,
        fingerprint,
        fields,
        wrong,
        shell: desk.shell,
    })
}

async fn show(
    State(pages): State<Pages>,
    desk: Desk,
    Path(fingerprint): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, desk, fingerprint, Fields::default(), Wrong::default()).await?))
}

/// A number that may be left out.
fn number(fields: &Fields, name: &'static str) -> Result<Option<u32>, Refused> {
    let read = |text: &str| text.parse().map_err(|_| Refused::field(name, "1 or more"));
    fields.some(name).map(read).transpose()
}

async fn redrive(
    State(pages): State<Pages>,
    desk: Desk,
    Path(fingerprint): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let redriven = async {
        let asked = RedriveAsked {
            letters: letters(&fingerprint),
            dry_run: false,
            canary: number(&fields, "canary")?,
            per_minute: number(&fields, "per_minute")?,
        };
        dead::redriven(&pages.api, desk.caller, asked).await
    };
    match redriven.await {
        Ok(_) => Ok(led("/operate/dead", "op-redriven")),
        Err(refused) => {
            let (status, wrong): (StatusCode, Wrong) = in_form(desk.t, refused)?;
            Ok(page_with(status, &page_of(&pages, desk, fingerprint, fields, wrong).await?))
        }
    }
}

fn letters(fingerprint: &str) -> Letters {
    Letters { fingerprint: Some(fingerprint.to_owned()), ..Letters::default() }
}

async fn discard(
    State(pages): State<Pages>,
    desk: Desk,
    Path(fingerprint): Path<String>,
) -> Result<Response, Refused> {
    pages.store().discard(&filter(&fingerprint), &desk.caller.signature(), pages.now()).await?;
    Ok(led(&format!("/operate/dead/{fingerprint}"), "op-discarded"))
}

async fn restore(
    State(pages): State<Pages>,
    desk: Desk,
    Path(fingerprint): Path<String>,
) -> Result<Response, Refused> {
    pages.store().restore(&filter(&fingerprint), &desk.caller.signature(), pages.now()).await?;
    Ok(led(&format!("/operate/dead/{fingerprint}"), "op-restored"))
}
