use super::*;
use proptest::prelude::*;

const NOW: Micros = 1_000_000_000;

fn at(now: Micros) -> Circumstances<'static> {
    Circumstances { policies: &Policies::SHIPPED, due_at: now + 3_600_000_000, fraction: 0.5, now }
}

fn no_answer() -> JobError {
    JobError::new(Class::Transient, "no answer")
}

#[test]
fn two_crashes_are_forgiven_and_the_third_buries() {
    let mut counts = Counts { tries: 1, crashes: 0 };
    for crashes in 1..=2 {
        let step = lapse(counts, &at(NOW));
        // The first time at once; then at a time of its own, apart from those that ran beside it.
        let apart = if crashes == 1 { 0 } else { SUSPECTS_APART / 2 };
        assert_eq!(step.to, Next::Available { ready_at: NOW + apart });
        assert_eq!(step.counts, Counts { tries: 1, crashes });
        counts = step.counts;
    }
    let step = lapse(counts, &at(NOW));
    assert_eq!(step.to, Next::Dead(GaveUp::Final));
    assert_eq!(step.counts, Counts { tries: 2, crashes: 0 });
    assert_eq!(step.record.unwrap().class, Some(Class::Bug));
}

#[test]
fn a_snooze_uses_no_attempt_and_never_lies_in_the_past() {
    let counts = Counts { tries: 2, crashes: 1 };
    let step = finish(counts, &Outcome::Snooze(NOW - 5), &at(NOW));
    let counts = Counts { tries: 2, crashes: 0 };
    assert_eq!((step.to, step.counts), (Next::Available { ready_at: NOW }, counts));
}

#[test]
fn a_failure_for_good_keeps_its_class() {
    let step = finish(Counts::default(), &Outcome::Fail(no_answer()), &at(NOW));
    assert_eq!(step.to, Next::Dead(GaveUp::Final));
    assert_eq!(step.record.unwrap().class, Some(Class::Transient));
}

#[test]
fn names_read_back() {
    assert!(State::ALL.into_iter().all(|state| State::from_name(state.name()) == Some(state)));
    assert!(Ending::ALL.into_iter().all(|ending| Ending::from_name(ending.name()) == Some(ending)));
    assert!(GaveUp::ALL.into_iter().all(|reason| GaveUp::from_name(reason.name()) == Some(reason)));
    assert!(Class::ALL.into_iter().all(|class| Class::from_name(class.name()) == Some(class)));
}

fn any_error() -> impl Strategy<Value = JobError> {
    (prop::sample::select(Class::ALL.to_vec()), prop::option::of(0_i64..10_000_000))
        .prop_map(|(class, retry_after)| JobError { class, message: "an error".into(), retry_after })
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Done),
        Just(Outcome::Skip("nothing new".into())),
        any_error().prop_map(Outcome::Retry),
        any::<i32>().prop_map(|until| Outcome::Snooze(until.into())),
        any_error().prop_map(Outcome::Fail),
    ]
}

#[derive(Clone, Debug)]
enum Happening {
    Plain(Event<'static>),
    Finish(Outcome),
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => Just(Happening::Plain(Event::Claim)),
        1 => Just(Happening::Plain(Event::Promote)),
        1 => Just(Happening::Plain(Event::Lapse)),
        1 => Just(Happening::Plain(Event::GiveBack)),
        1 => Just(Happening::Plain(Event::Cancel)),
        3 => any_outcome().prop_map(Happening::Finish),
    ]
}

proptest! {
    /// A whole life of a job: what holds after every step whatever happens to it.
    #[test]
    fn a_life_obeys_its_rules(
        happenings in prop::collection::vec(any_happening(), 1..60), fraction in 0.0..1.0_f64,
    ) {
        let (mut state, mut counts, mut now) = (State::Held, Counts::default(), NOW);
        for happening in &happenings {
            now += 1_000_000;
            let event = match happening {
                Happening::Plain(event) => *event,
                Happening::Finish(outcome) => Event::Finish(outcome),
            };
            let around = Circumstances { fraction, ..at(now) };
            let Ok(step) = step(state, counts, event, &around) else { continue };
            prop_assert!(!state.is_finished(), "nothing leads out of {}", state.name());
            prop_assert!(step.counts.tries >= counts.tries, "attempts only grow");
            prop_assert!(step.counts.tries <= counts.tries + 1);
            prop_assert!(step.counts.crashes < Policies::SHIPPED.crashes);
            prop_assert_eq!(step.record.is_some(), state == State::Leased, "a lease's end is written down");
            if let Next::Available { ready_at } = step.to {
                prop_assert!(ready_at >= now);
            }
            if matches!(event, Event::GiveBack) {
                prop_assert_eq!(step.counts, counts);
            }
            if matches!(event, Event::Finish(Outcome::Snooze(_))) {
                prop_assert_eq!(step.counts, Counts { crashes: 0, ..counts }, "it lived");
            }
            (state, counts) = (step.to.state(), step.counts);
        }
    }

    /// Whatever its errors and crashes, a job that is claimed again and again comes to an end.
    #[test]
    fn no_job_fails_for_ever(errors in prop::collection::vec(prop::option::of(any_error()), 100)) {
        let mut counts = Counts::default();
        let buried = errors.iter().any(|error| {
            let step = match error {
                Some(error) => finish(counts, &Outcome::Retry(error.clone()), &at(NOW)),
                None => lapse(counts, &at(NOW)),
            };
            counts = step.counts;
            step.to.state() == State::Dead
        });
        prop_assert!(buried);
    }

    #[test]
    fn a_finished_job_stays_finished(outcome in any_outcome()) {
        for state in [State::Done, State::Cancelled, State::Dead] {
            for event in [Event::Promote, Event::Claim, Event::Finish(&outcome), Event::Lapse, Event::GiveBack,
                Event::Cancel] {
                prop_assert!(step(state, Counts::default(), event, &at(NOW)).is_err());
            }
        }
        prop_assert!(step(State::Done, Counts::default(), Event::Redrive, &at(NOW)).is_err());
        prop_assert!(step(State::Dead, Counts::default(), Event::Redrive, &at(NOW)).is_ok());
    }
}
