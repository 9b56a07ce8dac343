//! Calls that are not let through, and why.

use super::*;
use domain::provider::{Period, Why, Withheld};
use queue::Class;
use std::time::Duration;

async fn refusal(voice: &dyn Voice) -> Withheld {
    match voice.speak(&line()).await {
        Err(VoiceError::Withheld(refusal)) => refusal,
        other => panic!("let through: {other:?}"),
    }
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_not_called_and_the_job_waits_as_long() {
    let node = Node::with(Settings { parallel: 8, ..Settings::default() }).await;
    let wait = Some(Duration::from_secs(3_600));
    let actor = Actor::failing([VoiceError::Throttled { host: "h".into(), retry_after: wait }]);
    let voice = node.voice(&actor);
    assert!(matches!(voice.speak(&line()).await, Err(VoiceError::Throttled { .. })));
    let refused = refusal(&*voice).await;
    assert_eq!(refused, Withheld { provider: PROVIDER.into(), why: Why::Paused, wait });
    let job = withheld(&refused);
    assert_eq!((job.class, job.retry_after), (Class::Throttled, Some(3_600_000_000)));
    assert!(job.message.contains("openai") && job.message.contains("asked to wait"), "{}", job.message);
    assert_eq!(actor.calls(), 1);
    node.clock.advance(3_600_000_000);
    voice.speak(&line()).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_fails_again_and_again_is_left_alone_and_probed() {
    let node = Node::with(Settings::default()).await;
    let actor = Actor::failing((0..5).map(|_| down()));
    let voice = node.voice(&actor);
    for _ in 0..5 {
        assert!(matches!(voice.speak(&line()).await, Err(VoiceError::ServerFailed { .. })));
    }
    let refused = refusal(&*voice).await;
    assert_eq!((refused.why, withheld(&refused).class), (Why::Broken, Class::Transient));
    assert_eq!((actor.calls(), refused.wait), (5, Some(Duration::from_secs(10))));
    node.clock.advance(10_000_000);
    voice.speak(&line()).await.unwrap();
    voice.speak(&line()).await.unwrap();
}

#[tokio::test]
async fn a_spent_budget_ends_calls_until_the_day_is_over() {
    let node = Node::with(priced(Settings { daily_budget_micro_usd: 2_500, ..Settings::default() })).await;
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    voice.speak(&line()).await.unwrap();
    voice.speak(&line()).await.unwrap();
    let refused = refusal(&*voice).await;
    assert_eq!(refused.why, Why::Budget(Period::Day));
    let job = withheld(&refused);
    assert_eq!((job.class, job.retry_after), (Class::Budget, Some(12 * 3_600_000_000)));
    assert_eq!(actor.calls(), 2);
}

#[tokio::test]
async fn a_provider_that_is_switched_off_is_not_called() {
    let node = Node::with(Settings::default()).await;
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    voice.speak(&line()).await.unwrap();
    node.store.switch_provider(PROVIDER, Some("leak"), "ann", NOW).await.unwrap();
    let refused = refusal(&*voice).await;
    assert_eq!((refused.why, withheld(&refused).class), (Why::Killed, Class::Budget));
    assert_eq!(actor.calls(), 1);
}

#[tokio::test]
async fn an_answer_lost_twice_is_not_paid_a_third_time() {
    let node = Node::with(Settings::default()).await;
    let actor = Actor::failing([lost(), lost()]);
    let voice = node.voice(&actor);
    for _ in 0..2 {
        assert!(matches!(errand("a").run(voice.speak(&line())).await, Err(VoiceError::Lost { .. })));
    }
    let refused = errand("a").run(refusal(&*voice)).await;
    assert_eq!((refused.why, withheld(&refused).class), (Why::PaidTwice, Class::Permanent));
    assert_eq!(actor.calls(), 2);
    errand("b").run(voice.speak(&line())).await.unwrap();
}

#[tokio::test]
async fn whoever_waits_longer_than_is_good_goes_back_to_the_queue() {
    let mut node = Node::with(Settings { parallel: 1, ..Settings::default() }).await;
    node.meter.patience = Duration::from_millis(30);
    let (actor, begun, gate) = Actor::held();
    let voice = node.voice(&actor);
    let first = tokio::spawn({
        let voice = voice.clone();
        async move { voice.speak(&line()).await.map(drop) }
    });
    begun.acquire().await.unwrap().forget();
    let refused = refusal(&*voice).await;
    assert_eq!((refused.why, withheld(&refused).class), (Why::Parallel, Class::Throttled));
    gate.add_permits(1);
    first.await.unwrap().unwrap();
}

#[tokio::test]
async fn no_call_is_made_that_cannot_be_put_on_record() {
    let mut node = Node::with(Settings::default()).await;
    node.meter.patience = Duration::from_millis(30);
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    node.store.close().await;
    let refused = refusal(&*voice).await;
    assert_eq!((refused.why, withheld(&refused).class), (Why::Unrecorded, Class::Transient));
    assert_eq!(actor.calls(), 0);
}
