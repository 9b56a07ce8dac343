//! Every screen, in both languages, light and dark, on a phone and a desk: judged by axe-core, and drawn for
//! `docs/screens` when `MIMIYORI_SCREENS` is set.

use crate::{
    browser::{Browser, DESK, Look, PHONE, Window},
    world::{Eyes, World},
};
use domain::Language;
use serde_json::Value;
use std::{fs, path::Path};

/// Name and path of each; `{feed}` and `{program}` are the first there are.
const LISTENER: [(&str, &str); 20] = [
    ("today", "/"),
    ("programs", "/programs"),
    ("program", "/programs/{program}"),
    ("feeds", "/feeds"),
    ("feed-new", "/feeds/new"),
    ("schedule", "/feeds/{feed}"),
    ("sources", "/feeds/{feed}/sources"),
    ("filter", "/feeds/{feed}/filter"),
    ("sound", "/feeds/{feed}/sound"),
    ("podcast", "/feeds/{feed}/podcast"),
    ("start", "/start"),
    ("start-when", "/start/when"),
    ("settings", "/settings"),
    ("notifications", "/settings/notifications"),
    ("devices", "/settings/devices"),
    ("plan", "/settings/plan"),
    ("readings", "/settings/readings"),
    ("data", "/settings/data"),
    ("offline", "/offline"),
    ("nothing", "/nowhere"),
];
const OPERATOR: [(&str, &str); 18] = [
    ("operate-now", "/operate"),
    ("operate-forecast", "/operate/forecast"),
    ("operate-batches", "/operate/batches"),
    ("operate-batch", "/operate/batches/{batch}"),
    ("operate-dead", "/operate/dead"),
    ("operate-cause", "/operate/dead/{cause}"),
    ("operate-jobs", "/operate/jobs"),
    ("operate-job", "/operate/jobs/1"),
    ("operate-providers", "/operate/providers"),
    ("operate-provider", "/operate/providers/openai"),
    ("operate-sources", "/operate/sources"),
    ("operate-artifacts", "/operate/artifacts"),
    ("operate-deliveries", "/operate/deliveries"),
    ("operate-listeners", "/operate/listeners"),
    ("operate-listener", "/operate/listeners/{listener}"),
    ("operate-audit", "/operate/audit"),
    ("operate-health", "/operate/health"),
    ("operate-settings", "/operate/settings"),
];
const STRANGER: [(&str, &str); 4] = [
    ("welcome", "/?lang={lang}"),
    ("sign-in", "/sign-in?lang={lang}"),
    ("reset", "/account/reset?lang={lang}"),
    ("verify", "/account/verify?token=x&lang={lang}"),
];

fn axe() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("peers/node_modules/axe-core");
    fs::read_to_string(folder.join("axe.min.js"))
        .expect("axe-core is not installed; cargo xtask test --install installs it")
}

/// What axe has found, a line each.
async fn judged(browser: &Browser, axe: &str) -> Vec<String> {
    browser.eval(axe).await;
    let run = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations), (error) => done(String(error)));";
    let found = browser.wait_for(run, Vec::new()).await;
    let Value::Array(found) = found else { panic!("axe did not run: {found}") };
    let line = |one: &Value| {
        let nodes = one["nodes"].as_array().unwrap();
        let first = nodes[0]["target"].to_string();
        format!("{} ({} times), first {first}: {}", one["id"], nodes.len(), nodes[0]["failureSummary"])
    };
    found.iter().map(line).collect()
}

/// Nothing is wider than the window.
async fn overflow(browser: &Browser) -> i64 {
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    browser.eval(wide).await.as_i64().unwrap_or(0)
}

async fn every_screen(language: Language, eyes: Eyes, screens: &[(&str, &str)]) {
    let world = World::lived_in(language, eyes).await;
    let axe = axe();
    let mut found = Vec::new();
    Browser::run(&world.base, DESK, async |browser| {
        for (name, path) in screens {
            let path = path
                .replace("{feed}", &world.feed.to_string())
                .replace("{program}", &world.program.to_string())
                .replace("{batch}", &crate::world::id::<domain::BatchId>(6, 50).to_string())
                .replace("{listener}", &world.listener.to_string())
                .replace("{cause}", &world.cause().await)
                .replace("{lang}", language.tag());
            browser.go(&path).await;
            for (size, window) in [("desk", DESK), ("phone", PHONE)] {
                for (shade, look) in [("light", Look::Light), ("dark", Look::Dark)] {
                    browser.resize(Window { look, ..window }).await;
                    let place = format!("{name} {language} {size} {shade}");
                    let wide = overflow(browser).await;
                    if wide > 0 {
                        found.push(format!("{place}: {wide} pixels wider than the window"));
                    }
                    found.extend(
                        judged(browser, &axe).await.into_iter().map(|line| format!("{place}: {line}")),
                    );
                    draw(browser, &format!("{name}-{language}-{size}-{shade}")).await;
                }
            }
        }
    })
    .await;
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

async fn draw(browser: &Browser, name: &str) {
    let Some(folder) = std::env::var_os("MIMIYORI_SCREENS") else { return };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(format!("{name}.png")), browser.picture().await).unwrap();
}

#[tokio::test]
async fn a_listeners_screens_in_japanese() {
    every_screen(Language::Ja, Eyes::Listener, &LISTENER).await;
}

#[tokio::test]
async fn a_listeners_screens_in_english() {
    every_screen(Language::En, Eyes::Listener, &LISTENER).await;
}

#[tokio::test]
async fn an_operators_screens() {
    every_screen(Language::Ja, Eyes::Listener, &OPERATOR).await;
    every_screen(Language::En, Eyes::Listener, &OPERATOR).await;
}

#[tokio::test]
async fn a_strangers_screens() {
    every_screen(Language::Ja, Eyes::Stranger, &STRANGER).await;
    every_screen(Language::En, Eyes::Stranger, &STRANGER).await;
}
