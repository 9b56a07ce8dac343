//! One artifact is not paid for again and again.

use crate::harness::{DAY, LEASE, NOW, Nodes, PROVIDER, SECOND, end, key, line, on_both, reserve};
use domain::provider::{Answer, Operation, Refusal, Settings, Why};
use store::{Store, ledger::Ask};

on_both!(
    an_answer_lost_twice_is_not_paid_a_third_time,
    a_script_is_paid_twice_at_most_however_it_ends,
    lines_that_were_answered_may_be_said_again,
);

fn for_key(operation: Operation) -> Ask {
    Ask { operation, artifact: Some(key("a")), ..line(0) }
}

async fn call(store: &Store, operation: Operation, answer: Answer, now: i64) {
    let ask = for_key(operation);
    reserve(store, &ask, now).await.unwrap();
    end(store, ask.id, answer, now + SECOND).await;
}

async fn paid_twice(store: &Store, operation: Operation, now: i64) -> bool {
    let refusal = reserve(store, &for_key(operation), now).await;
    refusal == Err(Refusal { why: Why::PaidTwice, until: None })
}

async fn an_answer_lost_twice_is_not_paid_a_third_time(nodes: Nodes) {
    nodes.configure(Settings::default()).await;
    call(&nodes.one, Operation::Speak, Answer::Lost, NOW).await;
    call(&nodes.one, Operation::Speak, Answer::Failed, NOW).await;
    // Its process is killed in the middle of the second.
    reserve(&nodes.one, &for_key(Operation::Speak), NOW).await.unwrap();
    nodes.two.lapse_calls(PROVIDER, NOW + LEASE).await.unwrap();
    assert!(paid_twice(&nodes.two, Operation::Speak, NOW + LEASE).await);
    let other = Ask { artifact: Some(key("b")), ..for_key(Operation::Speak) };
    assert!(reserve(&nodes.two, &other, NOW + LEASE).await.is_ok());
    let tomorrow = NOW + LEASE + DAY;
    assert!(!paid_twice(&nodes.two, Operation::Speak, tomorrow).await, "made anew another day");
}

async fn a_script_is_paid_twice_at_most_however_it_ends(nodes: Nodes) {
    nodes.configure(Settings::default()).await;
    call(&nodes.one, Operation::Write, Answer::Lost, NOW).await;
    call(&nodes.one, Operation::Write, Answer::Throttled { retry_after: None }, NOW).await;
    // It was answered, and then its process was killed before it kept the answer.
    call(&nodes.one, Operation::Write, Answer::Answered(None), NOW + 5 * SECOND).await;
    assert!(paid_twice(&nodes.two, Operation::Write, NOW + 10 * SECOND).await);
    assert!(
        !paid_twice(&nodes.two, Operation::Speak, NOW + 10 * SECOND).await,
        "its speech is another matter"
    );
}

async fn lines_that_were_answered_may_be_said_again(nodes: Nodes) {
    nodes.configure(Settings::default()).await;
    for _ in 0..20 {
        call(&nodes.one, Operation::Speak, Answer::Answered(None), NOW).await;
    }
    assert!(!paid_twice(&nodes.two, Operation::Speak, NOW).await);
}
