use super::*;

/// Opened by failures of calls made just before `NOW`.
fn open() -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..5 {
        assert_eq!(breaker.state(NOW), BreakerState::Closed);
        breaker.failed(NOW - SECOND, NOW);
    }
    breaker
}

#[test]
fn it_opens_on_failures_in_a_row_only() {
    let mut breaker = Breaker::default();
    for _ in 0..100 {
        breaker.failed(NOW, NOW);
        breaker.failed(NOW, NOW);
        breaker.answered();
    }
    assert_eq!(breaker.state(NOW), BreakerState::Closed);
    assert_eq!(open().state(NOW), BreakerState::Open);
}

#[test]
fn one_probe_at_a_time_after_pauses_that_grow() {
    let mut breaker = open();
    let mut now = NOW;
    for pause in [10, 20, 40, 80, 160, 300, 300] {
        let until = breaker.admit(1, Some(NOW - SECOND), now).unwrap_err();
        assert_eq!(until, now + pause * SECOND);
        assert_eq!(breaker.admit(1, Some(NOW - SECOND), until), Ok(()), "the probe");
        assert!(breaker.admit(1, Some(until), until).is_err(), "another while it is out");
        // What was under way when it opened fails too, and tells nothing.
        breaker.failed(NOW - SECOND, until);
        now = until + SECOND;
        breaker.failed(until, now);
    }
    let probe = breaker.admit(1, None, now).unwrap_err();
    assert_eq!(breaker.admit(1, None, probe), Ok(()));
    breaker.answered();
    assert_eq!(breaker.state(now), BreakerState::Closed);
    assert_eq!(breaker.admit(1, Some(probe), now), Ok(()));
}

#[test]
fn the_least_urgent_probes_first_and_an_urgent_one_does_not_wait_for_ever() {
    let mut breaker = open();
    let probe = breaker.admit(2, None, NOW).unwrap_err();
    let courtesy = breaker.admit(0, None, probe).unwrap_err();
    assert_eq!(courtesy, probe + 10 * SECOND);
    assert_eq!(breaker.admit(2, None, probe), Ok(()));
    assert_eq!(breaker.admit(0, None, courtesy), Ok(()), "nobody else came");
    let mut alone = open();
    let probe = alone.admit(0, None, NOW).unwrap_err();
    assert_eq!(alone.admit(0, None, probe), Ok(()));
}
