//! Callbacks: in time, twice, too early, too late, forged.

use super::super::Progress;
use super::{
    peer::{SECRET, Say, call, call_as, send},
    scene::{LONG, SOON, Scene},
    seed::SECOND,
};
use domain::{
    OccurrenceId, OccurrenceState,
    external::{Phase, callback_tag},
};
use net::{Post, Url, webhook::Secrets};
use queue::{Class, Clock};
use serde_json::Value;

/// A scene whose request was answered with 202.
async fn accepted() -> Scene {
    let scene = Scene::new().await;
    scene.peer.says([Say::Status(202, None)]);
    let until = scene.clock.now() + SECOND;
    match scene.go_on().await {
        Ok(Progress::Waits(look)) => assert_eq!(look.as_microsecond(), until),
        other => panic!("{other:?}"),
    }
    scene
}

fn kind(answer: &(u16, Value)) -> (u16, &str) {
    let kind = answer.1["type"].as_str().unwrap_or_else(|| answer.1["result"].as_str().unwrap());
    (answer.0, kind.trim_start_matches("urn:mimiyori:problem:"))
}

#[tokio::test]
async fn a_callback_delivers_and_may_come_twice() {
    let scene = accepted().await;
    let (url, program) = (scene.callback_url(), scene.program("good.mp3"));
    assert_eq!(kind(&call(&url, &program).await), (202, "recorded"));
    assert_eq!(kind(&call(&url, &program).await), (200, "repeated"));
    let mut other = program.clone();
    other["title"] = "Tomorrow".into();
    assert_eq!(kind(&call(&url, &other).await), (409, "answered-before"));
    assert_eq!(scene.delivered().await.title, "Today");
    assert_eq!(kind(&call(&url, &program).await), (200, "repeated"));
    assert_eq!(scene.peer.seen().len(), 1, "it was asked once");
}

#[tokio::test]
async fn a_callback_that_overtakes_the_202_is_not_waited_for() {
    let scene = Scene::new().await;
    scene.peer.says([Say::CallFirst(scene.program("good.mp3"))]);
    assert_eq!(scene.delivered().await.title, "Today");
    assert!(matches!(scene.exchange().await.phase, Phase::CalledBack(_)));
}

#[tokio::test]
async fn a_callback_for_a_request_whose_answer_was_lost_counts() {
    let mut scene = Scene::new().await;
    scene.patience(SOON, LONG);
    scene.peer.says([Say::Hang]);
    assert_eq!(scene.error().await.class, Class::Transient);
    assert_eq!(call(&scene.callback_url(), &scene.program("good.mp3")).await.0, 202);
    assert_eq!(scene.delivered().await.title, "Today");
    assert_eq!(scene.peer.seen().len(), 1);
}

#[tokio::test]
async fn a_late_callback_changes_nothing() {
    let scene = accepted().await;
    scene.clock.set(scene.due() - 60 * SECOND);
    let now_s = scene.clock.now() / SECOND;
    let body = scene.program("good.mp3").to_string();
    let call = || async { call_as(SECRET, now_s, &scene.callback_url(), &body).await };
    assert_eq!(kind(&call().await), (410, "too-late"), "though the job has not looked yet");
    let error = scene.error().await;
    assert!(error.message.contains("it did not answer in time"), "{error}");
    assert_eq!(kind(&call().await), (410, "too-late"));
    assert_eq!((scene.peer.fetched().len(), scene.objects()), (0, 0));
}

#[tokio::test]
async fn nobody_waits_for_what_has_ended() {
    for (state, expected) in [
        (OccurrenceState::Cancelled, (410, "ended")),
        (OccurrenceState::Failed, (410, "ended")),
        (OccurrenceState::Skipped, (410, "ended")),
    ] {
        let scene = accepted().await;
        scene.end(state).await;
        assert_eq!(kind(&call(&scene.callback_url(), &scene.program("good.mp3")).await), expected);
    }
}

#[tokio::test]
async fn only_the_feeds_own_secret_is_believed() {
    let scene = accepted().await;
    let url = scene.callback_url();
    let now_s = scene.clock.now() / SECOND;
    let body = scene.program("good.mp3").to_string();
    let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert_eq!(kind(&call_as(other, now_s, &url, &body).await), (401, "unverified"));
    for off_s in [-301, 301] {
        let answer = call_as(SECRET, now_s + off_s, &url, &body).await;
        assert_eq!(kind(&answer), (401, "unverified"), "{off_s}");
    }
    assert_eq!(kind(&send(&Post::json(url.clone(), body.clone())).await), (401, "unverified"));
    assert_eq!(scene.exchange().await.phase, Phase::Accepted { at: crate::clock::timestamp(scene.start) });
    assert_eq!(call_as(SECRET, now_s - 299, &url, &body).await.0, 202);
}

#[tokio::test]
async fn an_address_that_was_not_given_out_is_not_there() {
    let scene = accepted().await;
    let (good, body) = (scene.callback_url(), scene.program("good.mp3"));
    let secrets = Secrets::parse([SECRET]).unwrap();
    let stranger = OccurrenceId::born(scene.start, [9, 9]);
    let with = |path: &str, key: &str| -> Url {
        let mut url = good.clone();
        url.set_path(&format!("/hooks/external/{path}"));
        url.set_query(Some(&format!("key={key}")));
        url
    };
    let (own, foreign) = (secrets.tag(&callback_tag(scene.occurrence)), secrets.tag(&callback_tag(stranger)));
    let occurrence = scene.occurrence.to_string();
    let mut answers = Vec::new();
    for url in [
        with(&occurrence, ""),
        with(&occurrence, "!"),
        with(&occurrence, &foreign),
        with(&stranger.to_string(), &foreign),
        with("today", &own),
    ] {
        answers.push(call(&url, &body).await);
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(kind(&answers[0]), (404, "no-such-callback"));
    for query in [None, Some("key=a&key=b"), Some("key=%ff")] {
        let mut odd = good.clone();
        odd.set_query(query);
        assert_eq!(kind(&call(&odd, &body).await), (404, "no-such-callback"), "{query:?}");
    }
    assert_eq!(kind(&call(&with("%ff", &own), &body).await), (404, "no-such-callback"));
    assert_eq!(call(&with(&occurrence, &own), &body).await.0, 202);
}

#[tokio::test]
async fn what_is_no_answer_is_said_so_and_may_be_mended() {
    let scene = accepted().await;
    let url = scene.callback_url();
    let now_s = scene.clock.now() / SECOND;
    let whole = scene.program("good.mp3").to_string();
    let mut mixed_up = scene.program("good.mp3");
    mixed_up["occurrence"] = OccurrenceId::born(0, [9, 9]).to_string().into();
    for (body, status) in [
        (whole[..50].to_owned(), 422),
        ("{}".to_owned(), 422),
        (mixed_up.to_string(), 422),
        (" ".repeat(1 << 20), 422),
    ] {
        let answer = call_as(SECRET, now_s, &url, &body).await;
        assert_eq!(kind(&answer), (status, "unusable-answer"), "{answer:?}");
    }
    assert_eq!(call_as(SECRET, now_s, &url, &whole).await.0, 202);
}
