//! The configuration that this process runs with, without what is secret.

use super::{Desk, Tab};
use crate::{
    api::refused::Refused,
    pages::{Pages, Routes, Shell, Words, page},
};
use askama::Template;
use axum::{extract::State, response::Response};

#[derive(Template)]
#[template(path = "operate/settings.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    /// Name of each section, and its lines.
    sections: Vec<(String, String)>,
}

pub fn routes() -> Routes {
    Routes::default().get("/operate/settings", show)
}

async fn show(State(pages): State<Pages>, desk: Desk) -> Result<Response, Refused> {
    let sections = sections(&pages.api.production.settings());
    Ok(page(&Page { t: desk.t, shell: desk.shell, tab: Tab::Settings, sections }))
}

/// By the first part of their headings.
fn sections(toml: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in toml.lines() {
        let heading = line.strip_prefix('[').map(|rest| rest.trim_matches(['[', ']']));
        if let Some(heading) = heading {
            let name = heading.split('.').next().unwrap_or_default();
            if sections.last().is_none_or(|(last, _)| last != name) {
                sections.push((name.to_owned(), String::new()));
            }
        }
        if let Some((_, lines)) = sections.last_mut() {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    for (_, lines) in &mut sections {
        lines.truncate(lines.trim_end().len());
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_under_a_section_stands_in_it() {
        let found =
            sections("[server]\nlisten = \"x\"\n\n[plans.pro]\nlane = \"a\"\n\n[plans.free]\nlane = \"b\"\n");
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["server", "plans"]);
        assert_eq!(found[0].1, "[server]\nlisten = \"x\"");
        assert!(found[1].1.contains("[plans.free]\nlane = \"b\""));
    }
}
