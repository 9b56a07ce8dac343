//! What an operator asks to be made is made by the service: on demand, after a failure, long after it was missed.

use super::world::{Person, World, melody, today};
use crate::metrics::Service;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Waits for the last occurrence to end; nobody waits longer than this.
const PATIENCE: Duration = Duration::from_secs(240);

/// Of every batch, for whoever has to find out why.
fn story(world: &World) -> String {
    let batches = world.ask(&["batches"]);
    let ids = batches.as_array().unwrap().iter().map(|batch| batch["id"].as_str().unwrap());
    ids.map(|id| world.read(&["batches", "show", id])).collect()
}

pub fn settled(world: &World) -> Value {
    let began = Instant::now();
    loop {
        let status = world.ask(&["status"]);
        let unfinished = |name: &str, state: &str| status[name][state].as_u64().unwrap();
        let left = unfinished("occurrences", "open")
            + unfinished("occurrences", "selected")
            + unfinished("jobs", "leased")
            + status["open_batches"].as_array().unwrap().len() as u64;
        if left == 0 {
            return status;
        }
        assert!(began.elapsed() < PATIENCE, "{status:#}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

async fn what_is_asked_for_is_made(world: World) {
    let [on_demand, redriven, missed, called_off] = ["a", "b", "c", "d"].map(|name| world.person(name));
    let make =
        |person: Person, key: &str| world.ask(&["feed", "make-now", &person.feed.to_string(), "--key", key]);
    let made = make(on_demand, "breakfast");
    assert_eq!((&made["state"], &made["is_new"]), (&json!("open"), &json!(true)));
    let batch = made["batch"].as_str().unwrap();
    let unwanted = make(called_off, "k")["occurrence"].as_str().unwrap().to_owned();
    let cancelled = world.ask(&["cancel", "--occurrence", &unwanted, "--reason", "a holiday"]);
    assert_eq!(cancelled, json!({"jobs": 0, "occurrences": 1}));
    assert!(world.refused(1, &["cancel", "--occurrence", &unwanted]).contains("nothing was called off"));

    world.lost(redriven, 1, false).await;
    let dead = world.dead(&melody("opening"), "narrate:melody").await;
    let told = world.read(&["redrive", "--all"]);
    assert!(told.contains("redrove 2 jobs; 1 occurrence taken up again in 1 batch"), "{told}");

    world.lost(missed, 2, true).await;
    let (from, to) = (today().saturating_sub(jiff::Span::new().days(3)).to_string(), today().to_string());
    let backfill = |more: &[&str]| world.ask(&[&["backfill", "--from", &from, "--to", &to], more].concat());
    let dry = backfill(&["--dry-run"]);
    assert_eq!(
        (&dry["occurrences"], &dry["batches"], &dry["dates"][0]["missed"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(backfill(&["--feed", &on_demand.feed.to_string()])["occurrences"], 0);
    assert_eq!(backfill(&[])["occurrences"], 1);
    assert_eq!(backfill(&[])["occurrences"], 0, "it is open already");
    assert_eq!(world.ask(&["status"])["open_batches"].as_array().unwrap().len(), 4);

    let service = Service::start(&world.home, &[]);
    let status = settled(&world);
    assert_eq!(
        (&status["occurrences"]["published"], &status["occurrences"]["cancelled"]),
        (&json!(3), &json!(1)),
        "{}",
        story(&world)
    );
    assert_eq!(status["jobs"]["dead"], 0, "{status:#}");
    let again = make(on_demand, "breakfast");
    assert_eq!(
        (&again["occurrence"], &again["state"], &again["is_new"]),
        (&made["occurrence"], &json!("published"), &json!(false))
    );
    let shown = world.ask(&["batches", "show", batch]);
    assert_eq!(
        (&shown["state"], &shown["stages"]["assemble"]),
        (&json!("closed"), &json!({"done": 1, "of": 1}))
    );
    let narrate = &shown["stages"]["narrate"];
    assert!(narrate["of"].as_u64().unwrap() > 0 && narrate["of"] == narrate["done"], "{shown:#}");
    let attempts = world.ask(&["jobs", "show", &dead.to_string()])["attempts"].clone();
    let outcomes: Vec<&Value> =
        attempts.as_array().unwrap().iter().map(|attempt| &attempt["outcome"]).collect();
    assert_eq!(
        outcomes,
        [&json!("failed"), &json!("done")],
        "the melody was made, though nobody waited for it"
    );
    assert_eq!(backfill(&[])["occurrences"], 0, "nothing is lost any more");
    drop(service);

    let checked = world.ask(&["check"]);
    assert_eq!((&checked["violations"], &checked["programs"]), (&json!([]), &json!(3)));
    let media = world.home.media();
    std::fs::remove_file(media.keys().find(|key| key.contains("/segment/")).unwrap()).unwrap();
    let ended = world.home.run(&["admin", "check", "--json"]);
    assert_eq!(ended.code, Some(1));
    let found = ended.json();
    let rules: Vec<&str> =
        found["violations"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert!(
        rules.contains(&"program_media_missing") && rules.contains(&"artifact_media_missing"),
        "{rules:?}"
    );
    assert_eq!(world.ask(&["check", "--media", "none"])["violations"], json!([]));
    assert!(world.read(&["batches"]).contains("1 published"));
    world.store.close().await;
}

#[tokio::test]
async fn on_sqlite() {
    what_is_asked_for_is_made(World::sqlite().await).await;
}

#[tokio::test]
async fn on_postgres() {
    let cluster = testkit::Postgres::start().unwrap();
    what_is_asked_for_is_made(World::postgres(&cluster).await).await;
}
