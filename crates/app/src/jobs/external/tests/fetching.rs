//! Audio: what is taken, and what is not.

use super::{
    peer::Say,
    scene::{LONG, SOON, Scene},
};
use domain::external::{Phase, SetBy};
use net::AllowPrivate;
use queue::Class;

/// A scene whose peer answers with audio of its own by this name.
async fn offered(audio: &str) -> Scene {
    let mut scene = Scene::new().await;
    if audio == "hangs.mp3" {
        scene.patience(LONG, SOON);
    }
    scene.peer.says([Say::Answer(scene.program(audio))]);
    scene
}

#[tokio::test]
async fn audio_that_cannot_be_used_ends_it_and_leaves_nothing_behind() {
    for (audio, class, line) in [
        ("page.mp3", Class::Input, "is text/html, not audio/mpeg"),
        ("noise.mp3", Class::Input, "is no MP3 file: byte 0 begins neither"),
        ("short.mp3", Class::Input, "it plays 216 ms"),
        ("denied.mp3", Class::Input, "answered 403 instead of audio"),
        ("huge.mp3", Class::Permanent, "larger than"),
        ("inside.mp3", Class::Permanent, "10.0.0.7 is a private address"),
    ] {
        let scene = offered(audio).await;
        let error = scene.error().await;
        assert_eq!(error.class, class, "{error}");
        assert!(error.message.contains(line), "{error}");
        assert!(matches!(scene.exchange().await.phase, Phase::Failed(_)), "{audio}");
        assert_eq!(scene.objects(), 0, "{audio}");
        let again = scene.error().await;
        assert!(again.message.contains(line), "{again}");
        assert_eq!((scene.peer.seen().len(), scene.peer.fetched().len()), (1, 1));
    }
}

#[tokio::test]
async fn audio_that_is_not_there_yet_is_fetched_again_but_not_asked_for() {
    for (audio, class) in
        [("missing.mp3", Class::Transient), ("hangs.mp3", Class::Transient), ("busy.mp3", Class::Throttled)]
    {
        let scene = offered(audio).await;
        for _ in 0..2 {
            assert_eq!(scene.error().await.class, class, "{audio}");
        }
        assert!(matches!(scene.exchange().await.phase, Phase::Answered(_)));
        assert_eq!((scene.peer.seen().len(), scene.peer.fetched().len(), scene.objects()), (1, 2, 0));
    }
}

#[tokio::test]
async fn audio_may_be_moved_and_untyped() {
    for audio in ["moved.mp3", "untyped.mp3"] {
        assert_eq!(offered(audio).await.delivered().await.audio.duration_ms, 120_000, "{audio}");
    }
}

#[tokio::test]
async fn trust_ends_at_the_operators_own_server() {
    for audio in ["moved.mp3", "inside.mp3"] {
        let scene = Scene::with(SetBy::Operator, AllowPrivate::No).await;
        scene.peer.says([Say::Answer(scene.program(audio))]);
        assert!(scene.error().await.message.contains("redirects"), "{audio}");
    }
    let scene = Scene::with(SetBy::Operator, AllowPrivate::No).await;
    let mut elsewhere = scene.program("good.mp3");
    let other_port = super::peer::Peer::start().await;
    elsewhere["audio_url"] = other_port.at("audio/good.mp3").into();
    scene.peer.says([Say::Answer(elsewhere)]);
    let error = scene.error().await;
    assert!(error.message.contains("127.0.0.1 is a loopback address"), "{error}");
}

#[tokio::test]
async fn a_digest_that_was_given_must_be_met() {
    let mut digest = net::Sha256::new();
    digest.update(&super::peer::mp3());
    for (expected, met) in [(digest.finish(), true), ("0".repeat(64), false)] {
        let scene = Scene::new().await;
        let mut program = scene.program("good.mp3");
        program["audio_sha256"] = expected.into();
        scene.peer.says([Say::Answer(program)]);
        if met {
            scene.delivered().await;
        } else {
            let error = scene.error().await;
            assert!(error.message.contains("audio_sha256"), "{error}");
            assert_eq!((error.class, scene.objects()), (Class::Input, 0));
        }
    }
}

#[tokio::test]
async fn an_object_that_is_gone_is_fetched_again() {
    let scene = offered("good.mp3").await;
    let first = scene.delivered().await;
    scene.outside.media.delete(&first.audio.media_key).await.unwrap();
    let second = scene.delivered().await;
    assert_ne!(second.audio.media_key, first.audio.media_key);
    assert_eq!(scene.delivered().await, second);
    assert_eq!((scene.peer.seen().len(), scene.objects()), (1, 1));
}

#[tokio::test]
async fn two_workers_at_once_keep_one_object() {
    let scene = offered("good.mp3").await;
    let (one, two) = tokio::join!(scene.delivered(), scene.delivered());
    assert_eq!(one, two);
    assert_eq!(scene.objects(), 1);
}
