//! Artifacts: what has been made once, how often it was used again, and what that has saved.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
    dollars,
};
use crate::{
    api::{
        operate::artifacts::{self, Reuse},
        refused::Refused,
    },
    pages::{Fields, Pages, Routes, Shell, Words},
};
use askama::Template;

struct Artifacts;

#[derive(Template)]
#[template(path = "operate/artifacts.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    kinds: Vec<Row>,
    reuse: Option<Reused>,
}

struct Row {
    kind: String,
    state: String,
    tone: &'static str,
    total: u64,
    bytes: String,
}

struct Reused {
    of: Reuse,
    percent: usize,
    cost: String,
    saved: String,
}

pub fn routes() -> Routes {
    board::<Artifacts>()
}

impl Board for Artifacts {
    const TAB: Tab = Tab::Artifacts;
    const PATHS: Paths = Paths {
        page: "/operate/artifacts",
        part: "/operate/part/artifacts",
        stream: "/operate/live/artifacts",
    };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let found = artifacts::seen(&pages.api).await?;
        let t = desk.t;
        let row = |one: &store::artifacts::Weight| Row {
            kind: t.say(&format!("op-artifact-{}", one.kind)),
            state: t.say(&format!("op-artifact-{}", one.state)),
            tone: match one.state.as_str() {
                "ready" => "good",
                "failed" => "bad",
                _ => "busy",
            },
            total: one.total,
            bytes: size(one.bytes),
        };
        let kinds = found.weights.iter().map(row).collect();
        let reuse = Some(found.reuse).filter(|reuse| reuse.parts > 0).map(|reuse| Reused {
            percent: reuse.again() * 100 / reuse.parts,
            cost: dollars(reuse.cost_micro_usd),
            saved: dollars(reuse.saved_micro_usd()),
            of: reuse,
        });
        rendered(&Body { t, shell: &desk.shell, kinds, reuse })
    }
}

/// `1.2 GB`
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut shown = bytes as f64;
    let mut unit = 0;
    while shown >= 1_000.0 && unit + 1 < UNITS.len() {
        shown /= 1_000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{shown:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        assert_eq!(
            (size(999), size(1_500), size(2_345_678_901)),
            ("999 B".into(), "1.5 kB".into(), "2.3 GB".into())
        );
    }
}
