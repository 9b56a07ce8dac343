//! Lines that were paid for and are in no artifact yet.

use super::*;

fn said(text: &str) -> Utterance {
    Utterance { text: text.into(), ..line() }
}

/// Speaks three lines; then what comes after speaking goes as it goes.
async fn attempt(voice: &dyn Voice, errand: &Errand, after: impl Future<Output = ()>) {
    let making = async {
        for text in ["one", "two", "three"] {
            voice.speak(&said(text)).await.unwrap();
        }
        after.await;
    };
    errand.run(making).await;
}

#[tokio::test]
async fn lines_of_a_making_that_was_not_stored_are_not_paid_for_again() {
    let node = Node::with(Settings::default()).await;
    let actor = Arc::new(Actor::default());
    let voice = node.voice(&actor);
    // The media store did not take it.
    attempt(&*voice, &errand("a"), async {}).await;
    // The handler was stopped: its lease was lost.
    let second = errand("a");
    let dropped = attempt(&*voice, &second, std::future::pending());
    assert!(tokio::time::timeout(std::time::Duration::from_millis(50), dropped).await.is_err());
    assert_eq!(actor.calls(), 3);
    let last = errand("a");
    attempt(&*voice, &last, async { last.delivered() }).await;
    assert_eq!(actor.calls(), 3);
    attempt(&*voice, &errand("b"), async {}).await;
    assert_eq!(actor.calls(), 6, "another artifact's lines are its own");
    attempt(&*voice, &errand("a"), async {}).await;
    assert_eq!(actor.calls(), 9, "what was stored is not kept beside it");
}
