//! The request, and every way it can be answered.

use super::super::Progress;
use super::{
    peer::{Say, call, mp3},
    scene::{LONG, SOON, Scene},
    seed::{HOUR, SECOND},
};
use domain::external::{Phase, SetBy};
use net::AllowPrivate;
use queue::Class;
use serde_json::json;

#[tokio::test]
async fn a_program_that_is_answered_at_once_is_delivered() {
    let scene = Scene::new().await;
    scene.peer.says([Say::Answer(scene.program("good.mp3"))]);
    let delivered = scene.delivered().await;
    assert_eq!((delivered.title.as_str(), delivered.chapters.len()), ("Today", 2));
    assert_eq!((delivered.audio.frames, delivered.audio.duration_ms), (5_000, 120_000));
    assert!(delivered.transcript.as_deref().is_some_and(|text| text.starts_with("WEBVTT")));
    let stored = scene.outside.media.get(&delivered.audio.media_key).await.unwrap();
    assert_eq!(stored, mp3(), "byte for byte");
    assert_eq!(delivered.manifest().bytes(), stored.len() as u64);

    // A job that is repeated finds what it had found.
    assert_eq!(scene.delivered().await, delivered);
    assert_eq!((scene.peer.seen().len(), scene.peer.fetched().len(), scene.objects()), (1, 1, 1));
}

#[tokio::test]
async fn the_request_says_what_is_wished_and_by_when() {
    let scene = Scene::new().await;
    scene.peer.says([Say::Status(202, None)]);
    assert!(matches!(scene.go_on().await, Ok(Progress::Waits(_))));
    let seen = scene.peer.seen().remove(0);
    assert_eq!(seen.id(), scene.occurrence.to_string());
    let at = |micros| crate::clock::timestamp(micros).to_string();
    let mut document = seen.document;
    document.as_object_mut().unwrap().remove("callback_url");
    document.as_object_mut().unwrap().remove("feed");
    let expected = json!({
        "type": "program.requested",
        "occurrence": scene.occurrence,
        "feed_name": "朝の技術",
        "local_date": "2026-11-25",
        "zone": "Asia/Tokyo",
        "ready_by": at(scene.due()),
        "due_at": at(scene.due()),
        "answer_by": at(scene.due() - 60 * SECOND),
        "language": "ja",
        "style": "single",
        "minutes": 2,
    });
    assert_eq!(document, expected);
}

#[tokio::test]
async fn nothing_to_say_is_a_good_end() {
    let scene = Scene::new().await;
    scene.peer.says([Say::Answer(json!({"nothing": "no new articles"}))]);
    let progress = scene.go_on().await.unwrap();
    assert!(matches!(&progress, Progress::Nothing(why) if why == "no new articles"), "{progress:?}");
}

#[tokio::test]
async fn a_generator_that_gives_up_is_not_asked_again() {
    let scene = Scene::new().await;
    scene.peer.says([Say::Answer(json!({"failed": "the model is down"}))]);
    for _ in 0..2 {
        let error = scene.error().await;
        assert_eq!(error.class, Class::Permanent);
        assert!(error.message.contains("the model is down"), "{error}");
    }
    assert_eq!(scene.peer.seen().len(), 1);
}

#[tokio::test]
async fn a_problem_that_passes_is_asked_again_under_the_same_name() {
    let mut scene = Scene::new().await;
    let good = Say::Answer(scene.program("good.mp3"));
    let says =
        [Say::Hang, Say::Status(500, None), Say::Status(503, Some("7")), Say::Status(429, Some("9")), good];
    scene.peer.says(says);
    for (patience, class, retry_after) in [
        (SOON, Class::Transient, None),
        (LONG, Class::Transient, None),
        (LONG, Class::Throttled, Some(7 * SECOND)),
        (LONG, Class::Throttled, Some(9 * SECOND)),
    ] {
        scene.patience(patience, LONG);
        let error = scene.error().await;
        assert_eq!((error.class, error.retry_after), (class, retry_after), "{error}");
        assert_eq!(scene.exchange().await.phase, Phase::Sent);
    }
    assert_eq!(scene.delivered().await.title, "Today");
    let seen = scene.peer.seen();
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|seen| seen.id() == scene.occurrence.to_string()));
    assert!(seen.iter().all(|again| again.document == seen[0].document), "word for word");
}

#[tokio::test]
async fn a_refusal_is_final_until_somebody_gives_it_more_time() {
    for (say, class, line) in [
        (Say::Status(404, None), Class::Permanent, "answered 404: it refuses"),
        (Say::Redirect("http://127.0.0.1/".into()), Class::Permanent, "set the final address"),
        (Say::Torn, Class::Input, "the answer cannot be read"),
        (Say::Answer(json!({"title": "x"})), Class::Input, "one of audio_url, nothing and failed"),
    ] {
        let scene = Scene::new().await;
        let good = Say::Answer(scene.program("good.mp3"));
        scene.peer.says([say, good]);
        let error = scene.error().await;
        assert_eq!(error.class, class);
        assert!(error.message.contains(line), "{error}");
        let again = scene.error().await;
        assert!(again.message.contains(line), "{again}");
        assert_eq!(scene.peer.seen().len(), 1);
        let late = call(&scene.callback_url(), &scene.program("good.mp3")).await;
        assert_eq!((late.0, late.1["type"].as_str()), (410, Some("urn:mimiyori:problem:given-up")));

        let redriven = scene.outside.go_on(scene.occurrence, scene.due() + HOUR).await.unwrap();
        assert!(matches!(redriven, Progress::Delivered(..)), "{redriven:?}");
    }
}

#[tokio::test]
async fn who_set_the_address_decides_where_it_may_lead() {
    let scene = Scene::with(SetBy::Listener, AllowPrivate::No).await;
    let error = scene.error().await;
    assert_eq!(error.class, Class::Permanent);
    assert!(error.message.contains("127.0.0.1 is a loopback address"), "{error}");
    assert_eq!(scene.peer.seen().len(), 0);

    let scene = Scene::with(SetBy::Operator, AllowPrivate::No).await;
    scene.peer.says([Say::Answer(scene.program("good.mp3"))]);
    assert_eq!(scene.delivered().await.title, "Today", "the operator's own server, and audio from it");
}

#[tokio::test]
async fn whoever_does_not_answer_in_time_is_given_up() {
    let scene = Scene::new().await;
    scene.peer.says([Say::Status(500, None)]);
    assert_eq!(scene.error().await.class, Class::Transient);
    scene.clock.set(scene.due() - 60 * SECOND);
    let error = scene.error().await;
    assert_eq!(error.class, Class::Permanent);
    assert!(error.message.contains("asked 1 times: it did not answer in time"), "{error}");
    assert_eq!(scene.peer.seen().len(), 1);
    assert_eq!(scene.exchange().await.phase, Phase::TimedOut);
}

#[tokio::test]
async fn what_is_over_is_left_alone() {
    let scene = Scene::new().await;
    scene.end(domain::OccurrenceState::Cancelled).await;
    let progress = scene.go_on().await.unwrap();
    assert!(matches!(&progress, Progress::Over(why) if why.contains("cancelled")), "{progress:?}");
    let nobody = domain::OccurrenceId::born(0, [0; 2]);
    assert!(matches!(scene.outside.go_on(nobody, scene.due()).await, Ok(Progress::Over(_))));
    assert_eq!(scene.peer.seen().len(), 0);
}
