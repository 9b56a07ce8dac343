//! What there is, what is wrong, and what is to be done about what failed.

use super::world::{HOUR, World, melody, now};
use crate::metrics::Service;
use serde_json::json;

#[tokio::test]
async fn a_new_database_is_empty_and_clean() {
    let world = World::sqlite().await;
    let status = world.ask(&["status"]);
    assert_eq!(
        status["occurrences"],
        json!({"open": 0, "selected": 0, "published": 0, "skipped": 0, "missed": 0, "failed": 0, "cancelled": 0})
    );
    assert_eq!(
        status["jobs"],
        json!({"held": 0, "available": 0, "leased": 0, "done": 0, "dead": 0, "cancelled": 0})
    );
    assert_eq!(status["artifacts"], json!({"making": 0, "ready": 0, "failed": 0}));
    assert_eq!((&status["oldest_ready_age_s"], &status["providers"]), (&json!(null), &json!([])));
    assert_eq!(world.ask(&["check"])["violations"], json!([]));
    for list in ["jobs", "dead", "batches"] {
        assert_eq!(world.ask(&[list]), json!([]), "{list}");
    }
    assert!(world.read(&["status"]).contains("occurrences  none"));
    assert!(world.refused(1, &["jobs", "show", "7"]).contains("job 7: there is none"));
    assert!(world.refused(1, &["dead", "show", "x"]).contains("there is none"));
    assert!(world.refused(1, &["cancel", "7"]).contains("nothing was called off"));
    assert!(world.refused(2, &["redrive"]).contains("say which"));
    assert!(world.refused(2, &["redrive", "--all", "--kind", "fetch"]).contains("--all"));
    assert!(world.refused(2, &["jobs", "--kind", "cook"]).contains("cook"));
    assert!(world.refused(2, &["jobs", "--state", "tired"]).contains("held, available"));
    assert!(world.refused(2, &["backfill", "--from", "2026-02-02", "--to", "2026-02-01"]).contains("swap"));
}

#[tokio::test]
async fn what_is_named_and_not_there_is_1() {
    let world = World::sqlite().await;
    let nobody = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27";
    for task in [
        &["redrive", "--job", "7"][..],
        &["redrive", "--job", "7", "--dry-run"],
        &["discard", "--job", "7"],
        &["restore", "--job", "7"],
        &["backfill", "--from", "2026-02-01", "--to", "2026-02-02", "--feed", nobody],
        &["limit", "set", nobody, "1"],
    ] {
        assert!(world.refused(1, task).contains("there is none"), "{task:?}");
    }
    assert_eq!(world.ask(&["limit", "list"]), json!([]));
    // What matches nothing is no failure, and says so.
    for task in ["redrive", "discard", "restore"] {
        assert_eq!(world.read(&[task, "--all"]), "nothing matches\n", "{task}");
    }
    let none = world.read(&["backfill", "--from", "2026-02-01", "--to", "2026-02-02"]);
    assert!(none.contains("nothing is missed or failed"), "{none}");
}

#[tokio::test]
async fn who_only_looks_needs_no_write_lock() {
    let world = World::sqlite().await;
    let lock = world.store.begin().await.unwrap();
    for task in [&["status"][..], &["check"], &["jobs"], &["dead"], &["batches"], &["limit", "list"]] {
        world.ask(task);
    }
    drop(lock);
}

#[tokio::test]
async fn a_lease_that_nobody_took_back_is_found() {
    let world = World::sqlite().await;
    let job = world.leased(&melody("opening"), "narrate:1", now() - HOUR).await;
    let ended = world.home.run(&["admin", "check", "--json"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.error_line().contains("1 violation found"), "{ended:?}");
    let violation = &ended.json()["violations"][0];
    assert_eq!(
        (&violation["rule"], &violation["subject"]),
        (&json!("job_lease_past"), &json!(job.ticket.id.to_string()))
    );
    assert!(violation["detail"].as_str().unwrap().contains("narrate leased by tester"), "{violation}");
    let ended = world.home.run(&["admin", "check", "--media", "none"]);
    assert!(ended.code == Some(1) && ended.stdout.starts_with("rule"), "{ended:?}");
    let shown = world.ask(&["jobs", "show", &job.ticket.id.to_string()]);
    assert_eq!((&shown["state"], &shown["owner"]), (&json!("leased"), &json!("tester")));
    assert_eq!(world.ask(&["cancel", &job.ticket.id.to_string()]), json!({"jobs": 1, "occurrences": 0}));
    assert_eq!(world.ask(&["check"])["violations"], json!([]));
    let shown = world.ask(&["jobs", "show", &job.ticket.id.to_string()]);
    assert_eq!(
        (&shown["state"], &shown["attempts"][0]["outcome"]),
        (&json!("cancelled"), &json!("cancelled"))
    );
}

#[tokio::test]
async fn dead_letters_are_looked_through_redriven_discarded_and_wanted_back() {
    let world = World::sqlite().await;
    for name in ["opening", "stinger", "closing"] {
        world.dead(&melody(name), &format!("narrate:'{name}'")).await;
    }
    let other = world.dead(&domain::Work::Fetch { host: "a.example".into() }, "fetch:a.example").await;
    let groups = world.ask(&["dead"]);
    assert_eq!(
        (&groups[0]["kind"], &groups[0]["count"], &groups[0]["class"]),
        (&json!("narrate"), &json!(3), &json!("bug"))
    );
    assert_eq!((&groups[1]["kind"], &groups[1]["count"]), (&json!("fetch"), &json!(1)));
    assert_eq!(world.ask(&["dead", "--kind", "fetch"]).as_array().unwrap().len(), 1);
    let fingerprint = groups[0]["fingerprint"].as_str().unwrap();
    let letters = world.ask(&["dead", "show", fingerprint]);
    assert_eq!((letters.as_array().unwrap().len(), &letters[0]["work"]["do"]), (3, &json!("narrate")));
    let attempts = world.ask(&["jobs", "show", &other.to_string()])["attempts"].clone();
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["stage"]), (&json!("failed"), &json!("fetch")));
    assert_eq!((&attempts[0]["units"], &attempts[0]["cost_micro_usd"]), (&json!(12), &json!(34)));
    assert!(world.read(&["jobs", "show", &other.to_string()]).contains("the cable of"));
    assert!(world.read(&["jobs", "--state", "dead"]).lines().count() == 5);

    let redrive = |more: &[&str]| {
        let ended = world.ask(&[&["redrive", "--fingerprint", fingerprint], more].concat());
        (ended["matching"].as_u64().unwrap(), ended["jobs"].as_u64().unwrap())
    };
    assert_eq!(redrive(&["--dry-run"]), (3, 0));
    assert_eq!(redrive(&["--canary", "1"]), (3, 1));
    assert_eq!(world.ask(&["dead"])[0]["count"], 2);
    assert_eq!(redrive(&["--since", "2100-01-01T00:00:00Z"]), (0, 0));
    assert_eq!(redrive(&["--pace", "1"]), (2, 2));
    let waiting = world.ask(&["jobs", "--kind", "narrate"]);
    let ready = |at: usize| waiting[at]["ready_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let apart = [0, 1, 2].map(|at| ready(at).as_microsecond());
    assert!(apart.iter().max().unwrap() - apart.iter().min().unwrap() > 50_000_000, "one a minute");

    let letter = other.to_string();
    assert_eq!(world.ask(&["discard", "--job", &letter]), json!({"jobs": 1}));
    assert_eq!(world.ask(&["dead"]), json!([]));
    assert_eq!(world.ask(&["redrive", "--all", "--dry-run"])["matching"], 0);
    assert_eq!(world.ask(&["restore", "--kind", "fetch"]), json!({"jobs": 1}));
    assert_eq!(world.ask(&["redrive", "--class", "bug"])["jobs"], 1);
    let audit = world.store.audited(9).await.unwrap();
    let actions: Vec<&str> = audit.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["redrive", "restore", "discard", "redrive", "redrive"]);
    assert!(audit.iter().all(|entry| entry.actor.starts_with("command line")));
}

#[test]
fn a_database_that_does_not_answer_is_6() {
    let mut home = crate::run::Home::new();
    home.set("MIMIYORI_DATABASE__URL", "postgres://127.0.0.1:1/nobody");
    for task in [&["status"][..], &["check", "--json"], &["listener", "list"]] {
        let line = home.run(&[&["admin"], task].concat()).fails(6);
        assert!(line.contains("cannot be opened"), "{line}");
    }
}

#[tokio::test]
async fn limits_are_set_listed_and_lifted() {
    let world = World::sqlite().await;
    assert_eq!(world.ask(&["limit", "list"]), json!([]));
    let somebody = world.person("a").listener.to_string();
    for (of, most) in [("narrate", "3"), ("listener", "2"), (somebody.as_str(), "0")] {
        let set = world.ask(&["limit", "set", of, most]);
        assert_eq!(set, json!({"of": of, "running_at_most": most.parse::<u32>().unwrap()}));
    }
    let listed = world.ask(&["limit", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 3, "{listed}");
    let narrate = queue::Kind::from("narrate".to_owned());
    assert_eq!(world.store.limits().await.unwrap().per_kind[&narrate], 3);
    assert_eq!(world.ask(&["limit", "lift", &somebody])["running_at_most"], json!(null));
    assert!(world.refused(1, &["limit", "lift", &somebody]).contains("limit list"));
    assert!(world.refused(2, &["limit", "set", "cooking", "1"]).contains("narrate"));
    assert!(world.read(&["limit", "list"]).contains("listener"));
}

/// Whatever an operator has said since: what is configured holds from each start on.
#[tokio::test]
async fn the_limit_that_is_configured_holds_from_each_start() {
    let mut world = World::sqlite().await;
    world.home.set("MIMIYORI_QUEUE__PER_LISTENER", "3");
    for _ in 0..2 {
        drop(Service::start(&world.home, &[]));
        assert_eq!(world.store.limits().await.unwrap().per_group, Some(3));
        world.ask(&["limit", "set", "listener", "7"]);
        assert_eq!(world.store.limits().await.unwrap().per_group, Some(7));
    }
    world.home.set("MIMIYORI_QUEUE__PER_LISTENER", "0");
    drop(Service::start(&world.home, &[]));
    assert_eq!(world.store.limits().await.unwrap().per_group, None);
}
