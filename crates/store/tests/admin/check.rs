//! Every rule finds what it is for, and nothing else.

use crate::harness::{
    FEED, HOUR, LISTENER, NOW, PROGRAM, PUBLISHED, Place, SECOND, SELECTED, SELECTION, SOURCE, TODAY,
    YESTERDAY, batch, id, key, occurrence, program,
};
use store::check::Bounds;

const BOUNDS: Bounds = Bounds {
    limit: 100,
    leases_before: NOW - 60 * SECOND,
    calls_before: NOW - 600 * SECOND,
    due_before: NOW - HOUR,
    catch_up: 3 * HOUR,
    planned_before: NOW - 600 * SECOND,
};

/// What to do to the little world, and what is wrong with it then: rule, subject.
struct Plant {
    sql: String,
    found: Vec<(&'static str, String)>,
}

fn plant(sql: impl Into<String>, found: &[(&'static str, String)]) -> Plant {
    Plant { sql: sql.into(), found: found.to_vec() }
}

fn artifact(digit: char, columns: &str, values: &str) -> String {
    format!("INSERT INTO artifacts (key, {columns}) VALUES ('{}', {values});", key(digit))
}

fn job(id: u32, work: &str, columns: &str, values: &str) -> String {
    let identity = "INSERT INTO jobs (id, lane, demand, start_by, due_at, ready_at, work";
    format!("{identity}, {columns}) VALUES ({id}, 0, 1, 0, 0, 0, '{work}', {values});")
}

fn leased(id: u32, lease_until: i64) -> String {
    let columns = "kind, state, owner, leased_at, lease_until, fence";
    job(id, "{}", columns, &format!("'narrate', 'leased', 'w', 0, {lease_until}, 1"))
}

fn attempt(job: u32, fence: u32) -> String {
    format!(
        "INSERT INTO attempts (job, fence, kind, lane, outcome, started_at, ended_at, owner)
         VALUES ({job}, {fence}, 'narrate', 0, 'snoozed', 0, 1, 'w');"
    )
}

fn call(lease_until: i64) -> String {
    format!(
        "INSERT INTO providers (name, settings, live) VALUES ('p', '{{}}', '{{}}');
         INSERT INTO ledger (id, provider, operation, lane, owner, state, reserved_at, lease_until, estimated_requests,
             estimated_units, estimated_micro_usd)
         VALUES ('call', 'p', 'speak', 0, 'w', 'reserved', 0, {lease_until}, 1, 1, 1);"
    )
}

fn productions() -> Vec<Plant> {
    let slot = format!("{} 2027-01-14", id(FEED));
    let twice = "DROP INDEX occurrences_slot;".to_owned()
        + &occurrence(20, YESTERDAY, "2027-01-14", "published", Some(SELECTION))
        + &program(21, 20);
    vec![
        plant("SELECT 1", &[]),
        plant(twice, &[("duplicate_program", slot.clone()), ("duplicate_slot", slot)]),
        plant("DELETE FROM programs", &[("published_without_program", id(PUBLISHED))]),
        plant(program(21, SELECTED), &[("program_without_occurrence", id(21))]),
        plant(
            format!("DELETE FROM occurrences WHERE id = '{}'", id(PUBLISHED)),
            &[("program_without_occurrence", id(PROGRAM))],
        ),
        plant(
            format!("UPDATE batches SET closed_at = {NOW} WHERE id = '{}'", id(TODAY)),
            &[("batch_closed_early", id(TODAY))],
        ),
        plant(
            format!("UPDATE batches SET due_at = {} WHERE id = '{}'", NOW - 2 * HOUR, id(TODAY)),
            &[("batch_overdue", id(TODAY))],
        ),
        plant(
            format!(
                "UPDATE feeds SET next_date = '2027-01-14', next_ready_by = {};
                 DELETE FROM programs; DELETE FROM occurrences WHERE id = '{}'",
                NOW - 24 * HOUR,
                id(PUBLISHED)
            ),
            &[("feed_behind", id(FEED))],
        ),
        plant("UPDATE feeds SET next_date = '2027-01-15'", &[("next_slot_taken", id(FEED))]),
        plant(
            "UPDATE occurrences SET selection = '{\"picks\": 3}' WHERE state = 'selected'",
            &[("selection_unreadable", id(SELECTED))],
        ),
        plant("UPDATE feeds SET schedule = '{}'", &[("feed_unreadable", id(FEED))]),
    ]
}

fn orphans() -> Vec<Plant> {
    let (gone, there) = (id(99), id(TODAY));
    let of = |what: &str, id: &str, kind: &str| {
        job(
            40,
            &format!(r#"{{"do":"{kind}","{what}":"{id}"}}"#),
            "kind, state",
            &format!("'{kind}', 'available'"),
        )
    };
    let follows = |feed: u32, source: u32| {
        format!("INSERT INTO feed_sources (feed_id, source_id) VALUES ('{}', '{}')", id(feed), id(source))
    };
    vec![
        plant(of("batch", &there, "sweep"), &[]),
        plant(of("occurrence", &id(SELECTED), "external"), &[]),
        plant(of("batch", &gone, "sweep"), &[("job_without_subject", "40".into())]),
        plant(of("occurrence", &gone, "external"), &[("job_without_subject", "40".into())]),
        plant(job(40, "no JSON", "kind, state", "'sweep', 'available'"), &[]),
        plant(follows(99, SOURCE), &[("feed_source_orphan", format!("{} {}", id(99), id(SOURCE)))]),
        plant(follows(FEED, 99), &[("feed_source_orphan", format!("{} {}", id(FEED), id(99)))]),
        plant("UPDATE listeners SET email_key = NULL", &[("listener_without_key", id(LISTENER))]),
        plant(occurrence(20, 98, "2027-01-10", "cancelled", None), &[("occurrence_orphan", id(20))]),
    ]
}

fn makings() -> Vec<Plant> {
    let making = |lease_until: i64| {
        artifact('a', "kind, state, token, lease_until", &format!("'segment', 'making', 't', {lease_until}"))
    };
    let made =
        |kind: &str| artifact('b', "kind, state, meta, made_at", &format!("'{kind}', 'ready', '{{}}', 1"));
    let wanted = |batch: u32| {
        format!(
            "INSERT INTO demand (batch_id, key, kind, common) VALUES ('{}', '{}', 'segment', 0);",
            id(batch),
            key('c')
        )
    };
    let narrated =
        job(41, "{}", "kind, state, key", &format!("'narrate', 'available', 'narrate:{}'", key('c')));
    let unsettled = ("demand_unsettled", format!("{} {}", id(YESTERDAY), key('c')));
    vec![
        plant(made("script"), &[]),
        plant(made("segment"), &[("artifact_without_media", key('b'))]),
        plant(making(NOW), &[]),
        plant(making(NOW - HOUR), &[("artifact_lease_past", key('a'))]),
        plant(leased(42, NOW), &[]),
        plant(leased(42, NOW - HOUR), &[("job_lease_past", "42".into())]),
        plant(leased(42, NOW) + &attempt(42, 1), &[]),
        plant(leased(42, NOW) + &attempt(42, 1) + &attempt(42, 2), &[("job_fence_behind", "42".into())]),
        plant(call(NOW - 60 * SECOND), &[]),
        plant(call(NOW - HOUR), &[("ledger_lease_past", "call".into())]),
        plant(wanted(TODAY), &[]),
        plant(wanted(YESTERDAY), &[unsettled]),
        plant(wanted(YESTERDAY) + &narrated, &[]),
    ]
}

async fn finds_exactly_it(place: &Place, plant: &Plant) {
    let identity =
        if place.store.dialect() == "sqlite" { "" } else { "ALTER TABLE jobs ALTER id DROP IDENTITY;" };
    place.run(&format!("{identity}{}", plant.sql)).await;
    let found = place.store.violations(&BOUNDS).await.unwrap();
    let shape: Vec<(&str, String)> = found.iter().map(|one| (one.rule, one.subject.clone())).collect();
    assert_eq!(shape, plant.found, "after {}: {found:#?}", plant.sql);
    assert!(found.iter().all(|one| !one.detail.is_empty() && !one.detail.contains("{at}")), "{found:#?}");
}

fn plants() -> Vec<Plant> {
    [productions(), orphans(), makings()].into_iter().flatten().collect()
}

#[tokio::test]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    for plant in plants() {
        finds_exactly_it(&Place::sqlite(folder.path()).await, &plant).await;
    }
}

#[tokio::test]
async fn on_postgres() {
    let cluster = testkit::Postgres::start().unwrap();
    for plant in plants() {
        let place = Place::postgres(&cluster).await;
        finds_exactly_it(&place, &plant).await;
        place.store.close().await;
    }
}

/// The rules that no plant above breaks would pass for what they do not do.
#[test]
fn every_rule_has_its_plant() {
    let planted: std::collections::BTreeSet<String> =
        plants().iter().flat_map(|plant| &plant.found).map(|(rule, _)| (*rule).to_owned()).collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/check");
    let rules: std::collections::BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.split('.').next().unwrap().to_owned())
        // What is to be heard is asked of the media store, by the application.
        .filter(|name| !name.contains("media_missing") && name != "count_media")
        .collect();
    assert_eq!(planted, rules);
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operate/admin.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        rules.iter().all(|rule| page.contains(&format!("`{rule}`"))),
        "an operator reads what each means"
    );
}

#[tokio::test]
async fn where_no_scheduler_runs_nothing_is_behind() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::sqlite(folder.path()).await;
    place
        .run(&format!("UPDATE feeds SET next_date = '2027-01-16', next_ready_by = {}", NOW - 24 * HOUR))
        .await;
    let later = Bounds { planned_before: NOW + 100 * HOUR, ..BOUNDS };
    assert_eq!(place.store.violations(&later).await.unwrap().len(), 1, "another batch was opened since");
    place.run(&format!("UPDATE batches SET opened_at = {}", NOW - 30 * HOUR)).await;
    assert_eq!(place.store.violations(&later).await.unwrap(), []);
    place.run(&batch(30, NOW + HOUR, Some(NOW + 2 * HOUR))).await;
    assert_eq!(place.store.violations(&later).await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_rule_tells_more_than_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::sqlite(folder.path()).await;
    let many: String = (50..60).map(|number| program(number, 900 + number)).collect();
    place.run(&many).await;
    let found = place.store.violations(&Bounds { limit: 3, ..BOUNDS }).await.unwrap();
    assert_eq!(found.len(), 3);
}
