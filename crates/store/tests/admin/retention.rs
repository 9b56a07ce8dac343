//! What is over goes: the row before its object, and nothing that somebody needs.

use crate::harness::{
    HOUR, LISTENER, NOW, PROGRAM, PUBLISHED, Place, SECOND, SELECTED, TODAY, id, key, on_both, quoted,
};
use store::retention::{Amount, Bounds};

on_both!(
    a_program_loses_its_sound_first_and_its_record_later,
    an_artifact_goes_when_neither_program_nor_batch_needs_it,
    sound_of_others_goes_with_its_program,
    sound_that_nobody_published_goes_too,
    failures_are_forgotten_when_nobody_tries_again,
);

const DAY: i64 = 24 * HOUR;

fn bounds(now: i64) -> Bounds {
    Bounds {
        now,
        records_before: now - 30 * DAY,
        needed_before: now - DAY,
        unused_before: now - 7 * DAY,
        doomed_before: now - HOUR,
    }
}

async fn count(place: &Place, table: &str) -> String {
    place.text(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await.unwrap()
}

fn artifact(digit: char, keep_until: Option<i64>, made_at: i64) -> String {
    let keep = keep_until.map_or("NULL".to_owned(), |at| at.to_string());
    format!(
        "INSERT INTO artifacts (key, kind, state, meta, made_at, media_key, bytes, frames, keep_until)
         VALUES ('{}', 'segment', 'ready', '{{}}', {made_at}, 'segment/{digit}.mp3', 100, 1, {keep});",
        key(digit)
    )
}

async fn a_program_loses_its_sound_first_and_its_record_later(place: Place) {
    // It can be heard until a day from now.
    let over = NOW + DAY;
    assert_eq!(place.store.empty_programs(&bounds(over - 1), 10).await.unwrap(), 0);
    assert_eq!(place.store.empty_programs(&bounds(over), 10).await.unwrap(), 1);
    assert_eq!(place.store.empty_programs(&bounds(over + DAY), 10).await.unwrap(), 0, "once");
    assert_eq!(count(&place, "programs").await, "1", "it is remembered that it was there");
    assert_eq!(place.store.forget_programs(&bounds(over + 30 * DAY), 10).await.unwrap(), 0);
    let outlook = place.store.retention_outlook(&bounds(over + 31 * DAY)).await.unwrap();
    assert_eq!(outlook.records.total, 1);
    assert_eq!(place.store.forget_programs(&bounds(over + 31 * DAY), 10).await.unwrap(), 1);
    assert_eq!(count(&place, "programs").await, "0");
    let left = format!("SELECT CAST(COUNT(*) AS TEXT) FROM occurrences WHERE id = '{}'", id(PUBLISHED));
    assert_eq!(place.text(&left).await.unwrap(), "0", "an occurrence that says it has a program has one");
    assert_eq!(place.state_of(SELECTED).await, "selected");
}

async fn an_artifact_goes_when_neither_program_nor_batch_needs_it(place: Place) {
    let needed = NOW + 10 * DAY;
    place
        .run(
            &[
                artifact('1', Some(NOW), NOW - 30 * DAY),
                artifact('2', Some(needed), NOW - 30 * DAY),
                artifact('3', None, NOW - 30 * DAY),
                artifact('4', None, NOW - DAY),
                artifact('5', Some(NOW - DAY), NOW - 30 * DAY),
                format!(
                    "INSERT INTO demand (batch_id, key, kind, common) VALUES ('{}', '{}', 'segment', 0);",
                    id(TODAY),
                    key('5')
                ),
            ]
            .concat(),
        )
        .await;
    let then = bounds(NOW + DAY + SECOND);
    let outlook = place.store.retention_outlook(&then).await.unwrap();
    assert_eq!(outlook.artifacts, Amount { total: 3, bytes: 300 });
    assert_eq!(place.store.forget_artifacts(&then, 10).await.unwrap(), 2);
    let left = "SELECT COUNT(*) || ' ' || MIN(key) FROM artifacts";
    assert_eq!(place.text(left).await.unwrap(), format!("3 {}", key('2')), "the rest is needed, or young");
    let doomed = place.store.doomed_media(&bounds(NOW + DAY + SECOND + HOUR), 10).await.unwrap();
    assert_eq!(doomed, ["segment/1.mp3", "segment/3.mp3"]);
    assert!(place.store.doomed_media(&then, 10).await.unwrap().is_empty(), "somebody may be reading");
    place.store.media_gone("segment/1.mp3").await.unwrap();
    assert_eq!(count(&place, "doomed_media").await, "1");
    // What is needed again in between stays.
    let mut tx = place.store.begin().await.unwrap();
    tx.keep_artifacts(&[key('2').parse().unwrap()], needed + DAY).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        place.store.forget_artifacts(&bounds(needed + DAY + SECOND), 10).await.unwrap(),
        1,
        "the young one"
    );
}

async fn sound_of_others_goes_with_its_program(place: Place) {
    let manifest =
        r#"{"format":"standard","header":"","parts":[{"media_key":"external/9.mp3","bytes":9,"frames":1}]}"#;
    place
        .run(&format!("UPDATE programs SET manifest = {} WHERE id = '{}'", quoted(manifest), id(PROGRAM)))
        .await;
    place.store.empty_programs(&bounds(NOW + DAY), 10).await.unwrap();
    let doomed = place.store.doomed_media(&bounds(NOW + 2 * DAY), 10).await.unwrap();
    assert_eq!(doomed, ["external/9.mp3"]);
}

async fn sound_that_nobody_published_goes_too(place: Place) {
    let audio = r#"{"media_key":"external/7.mp3","bytes":1,"frames":1,"duration_ms":1,"sample_rate_hz":48000,"channels":1}"#;
    place
        .run(&format!(
            "INSERT INTO external_exchanges (occurrence_id, state, sends, asked_at, due_at, answer_by, answered_at, answer,
                 audio)
             VALUES ('{}', 'answered', 1, 1, 3, 2, {NOW}, '{{}}', {});",
            id(SELECTED),
            quoted(audio)
        ))
        .await;
    let then = bounds(NOW + 2 * DAY);
    assert_eq!(place.store.drop_unused_audio(&then, 10).await.unwrap(), 0, "it may still be published");
    place
        .run(&format!(
            "UPDATE occurrences SET state = 'cancelled', ended_at = {NOW} WHERE id = '{}' AND listener_id = '{}'",
            id(SELECTED),
            id(LISTENER)
        ))
        .await;
    assert_eq!(place.store.drop_unused_audio(&then, 10).await.unwrap(), 1);
    assert_eq!(place.store.drop_unused_audio(&then, 10).await.unwrap(), 0);
    assert_eq!(place.store.doomed_media(&bounds(NOW + 3 * DAY), 10).await.unwrap(), ["external/7.mp3"]);
}

async fn failures_are_forgotten_when_nobody_tries_again(place: Place) {
    place
        .run(&format!(
            "INSERT INTO artifacts (key, kind, state, error, retry_after) VALUES ('{}', 'segment', 'failed', 'x', {NOW})",
            key('f')
        ))
        .await;
    assert_eq!(place.store.forget_artifacts(&bounds(NOW + 7 * DAY), 10).await.unwrap(), 0);
    assert_eq!(place.store.forget_artifacts(&bounds(NOW + 8 * DAY), 10).await.unwrap(), 1);
}
