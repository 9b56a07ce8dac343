//! What Lighthouse thinks of the pages that are looked at most. `cargo xtask lighthouse` runs it, at night: a minute a
//! page is more than every change can wait for.

use crate::world::{Eyes, World};
use domain::Language;
use serde_json::Value;
use std::{ffi::OsString, process::Stdio};
use tokio::process::Command;

/// Of 100, in each of its categories.
const LEAST: f64 = 95.0;

/// Where Lighthouse is.
const PROGRAM: &str = "MIMIYORI_LIGHTHOUSE";

async fn judged(lighthouse: &OsString, url: &str) -> Value {
    let output = Command::new(lighthouse)
        .arg(url)
        .args(["--output=json", "--quiet", "--chrome-flags=--headless=new --no-sandbox"])
        .stdin(Stdio::null())
        .output()
        .await
        .expect("Lighthouse is missing; cargo xtask lighthouse --install installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report on {url}: {said}"))
}

async fn is_there(url: &str) -> bool {
    let client =
        net::Client::new(net::Policy { allow_private: net::AllowPrivate::All, user_agent: "test".into() });
    client.get(&net::Request::to(url.parse().unwrap())).await.is_ok()
}

/// What costs a category its points, a line each.
fn faults<'a>(report: &'a Value, category: &'a Value) -> impl Iterator<Item = String> + 'a {
    let audits = category["auditRefs"].as_array().into_iter().flatten();
    audits.filter_map(|of| {
        let audit = &report["audits"][of["id"].as_str()?];
        let lost = audit["score"].as_f64()? < 0.9 && of["weight"].as_f64()? > 0.0;
        lost.then(|| format!("    {}: {} {}", audit["id"], audit["title"], audit["displayValue"]))
    })
}

#[tokio::test]
async fn pages_that_are_looked_at_most() {
    let world = World::lived_in(Language::Ja, Eyes::Listener).await;
    let mut below = Vec::new();
    for path in ["/".to_owned(), format!("/programs/{}", world.program), "/operate".to_owned()] {
        let url = format!("{}{path}", world.base);
        assert!(is_there(&url).await, "{url} is not there");
        let Some(lighthouse) = std::env::var_os(PROGRAM) else { continue };
        let report = judged(&lighthouse, &url).await;
        for (name, category) in report["categories"].as_object().unwrap() {
            let score = category["score"].as_f64().unwrap_or(0.0) * 100.0;
            eprintln!("{path} {name}: {score:.0}");
            if score < LEAST {
                below.push(format!("{path} {name}: {score:.0}"));
                below.extend(faults(&report, category));
            }
        }
    }
    assert!(below.is_empty(), "below {LEAST}:\n{}", below.join("\n"));
}
