//! A provider that fails: what it cannot make is given up in time, and others take its place.

use super::{on_both, stage::Stage};
use crate::narrate::NarrateError;
use studio::voice::VoiceError;

on_both!(what_cannot_be_spoken_is_given_up_and_others_take_its_place);

fn failed() -> NarrateError {
    VoiceError::ServerFailed { host: "model".into(), status: 500 }.into()
}

async fn what_cannot_be_spoken_is_given_up_and_others_take_its_place(mut stage: Stage) {
    stage.booth.fail_where(|text| text.contains("harbour").then(failed));
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_programs(1).await;
    let programs = stage.room.store.latest_programs(10).await.unwrap();
    for program in &programs {
        let titles: Vec<&str> = program.document.segments.iter().map(|one| one.title.as_str()).collect();
        assert!(titles.iter().all(|title| !title.contains("harbour")), "{titles:?}");
    }
    let most = stage.booth.calls.most();
    assert!(most <= stage.room.rules.policies.transient.tries, "{most} calls: retries have an end");
}
