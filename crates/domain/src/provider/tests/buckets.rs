use super::*;

proptest! {
    #[test]
    fn no_minute_sees_more_than_its_allowance(
        per_minute in 1..400_u64,
        pauses in prop::collection::vec(0..3 * SECOND, 1..400),
    ) {
        let mut bucket = Bucket::default();
        let (mut now, mut taken) = (NOW, Vec::new());
        for pause in pauses {
            now += pause;
            if bucket.ready_at(1, per_minute, now) <= now {
                bucket.take(1, per_minute, now);
                taken.push(now);
            }
        }
        for (first, &start) in taken.iter().enumerate() {
            let minute = taken[first..].iter().take_while(|&&at| at < start + MINUTE).count();
            prop_assert!(minute as u64 <= per_minute, "{minute} of {per_minute}");
        }
    }

    #[test]
    fn who_waits_as_told_is_let_through(
        per_minute in 1..100_000_u64,
        counts in prop::collection::vec(0..20_000_u64, 1..50),
    ) {
        let mut bucket = Bucket::default();
        let mut now = NOW;
        for count in counts {
            let ready_at = bucket.ready_at(count, per_minute, now);
            if ready_at > now {
                prop_assert!(bucket.ready_at(count, per_minute, ready_at - 1) > ready_at - 1);
                now = ready_at;
            }
            prop_assert!(bucket.ready_at(count, per_minute, now) <= now);
            bucket.take(count, per_minute, now);
        }
    }

    #[test]
    fn a_correction_is_as_if_it_had_been_known(
        per_minute in 1..100_000_u64, taken in 0..10_000_u64, used in 0..10_000_u64,
    ) {
        let (mut corrected, mut known) = (Bucket::default(), Bucket::default());
        corrected.take(taken, per_minute, NOW);
        corrected.correct(taken, used, per_minute);
        known.take(used, per_minute, NOW);
        let (left, right) = (corrected.ready_at(1, per_minute, NOW), known.ready_at(1, per_minute, NOW));
        prop_assert!((left - right).abs() <= 2, "{left} {right}");
    }
}

#[test]
fn a_busy_minute_uses_its_allowance() {
    let mut bucket = Bucket::default();
    let calls = (0..600).filter(|tenth| {
        let now = NOW + tenth * SECOND / 10;
        let ready = bucket.ready_at(1, 60, now) <= now;
        if ready {
            bucket.take(1, 60, now);
        }
        ready
    });
    let calls = calls.count();
    assert!((55..=60).contains(&calls), "{calls}");
}

#[test]
fn a_tenth_of_a_minute_may_be_used_at_once() {
    for (per_minute, at_once) in [(1, 1), (9, 1), (60, 6), (77, 7), (1_000, 100)] {
        let mut bucket = Bucket::default();
        let taken = (0..).take_while(|_| {
            let ready = bucket.ready_at(1, per_minute, NOW) <= NOW;
            bucket.take(1, per_minute, NOW);
            ready
        });
        assert_eq!(taken.count(), at_once, "of {per_minute}");
    }
}

#[test]
fn a_call_larger_than_the_bucket_goes_when_it_is_full() {
    let mut bucket = Bucket::default();
    assert!(bucket.ready_at(5_000, 6_000, NOW) <= NOW);
    bucket.take(5_000, 6_000, NOW);
    let next = bucket.ready_at(1, 6_000, NOW);
    assert!((40 * SECOND..60 * SECOND).contains(&(next - NOW)), "{next}");
}

#[test]
fn without_a_limit_nobody_waits() {
    let mut bucket = Bucket::default();
    bucket.take(u64::MAX, 0, NOW);
    assert_eq!(bucket.ready_at(u64::MAX, 0, NOW), NOW);
}
