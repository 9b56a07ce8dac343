use super::*;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Due after an hour; no answer is taken in its last minute.
const DUE: i64 = 3_600;
const ANSWER_BY: i64 = 3_540;

fn sent() -> Exchange {
    apply(None, Event::Send { due_at: at(DUE) }, at(0)).unwrap()
}

fn answer(name: &str) -> Answer {
    Answer::Nothing(name.to_owned())
}

fn call(answer: &Answer) -> Event<'_> {
    Event::CallBack { answer, occurrence: State::Selected }
}

/// What stands after events at one moment, refused ones included.
fn after(events: &[Event<'_>]) -> Exchange {
    events.iter().fold(sent(), |exchange, event| apply(Some(&exchange), *event, at(10)).unwrap_or(exchange))
}

#[test]
fn the_first_request_opens_it_and_leaves_room_to_publish() {
    let exchange = sent();
    assert_eq!((exchange.sends, exchange.answer_by), (1, at(ANSWER_BY)));
    let again = apply(Some(&exchange), Event::Send { due_at: at(DUE) }, at(30)).unwrap();
    assert_eq!((again.sends, again.asked_at, again.answer_by), (2, at(0), at(ANSWER_BY)));
    assert_eq!(next(None, at(0), at(0)), Next::GiveUp("its time was over before it was asked for"));
    let hasty = apply(None, Event::Send { due_at: at(90) }, at(0)).unwrap();
    assert_eq!(hasty.answer_by, at(45), "on demand, half of what there is");
}

#[test]
fn an_answer_comes_at_once_or_by_callback() {
    let a = answer("a");
    assert_eq!(after(&[Event::Answer(&a)]).phase, Phase::Answered(a.clone()));
    assert_eq!(after(&[Event::Accept]).phase, Phase::Accepted { at: at(10) });
    let called = after(&[Event::Accept, call(&a)]);
    assert_eq!(called.phase, Phase::CalledBack(a.clone()));
    assert_eq!(next(Some(&called), at(DUE), at(DUE + 600)), Next::Take(&a), "an answer in time stays good");
}

#[test]
fn a_callback_may_overtake_the_202() {
    let a = answer("a");
    let called = after(&[call(&a)]);
    assert_eq!(apply(Some(&called), Event::Accept, at(11)), Err(Refused::Repetition));
    assert_eq!(next(Some(&called), at(DUE), at(11)), Next::Take(&a));
}

#[test]
fn the_first_answer_stands() {
    let (a, b) = (answer("a"), answer("b"));
    for first in [Event::Answer(&a), call(&a)] {
        let taken = after(&[first]);
        for again in [Event::Answer(&a), call(&a)] {
            assert_eq!(apply(Some(&taken), again, at(DUE + 1)), Err(Refused::Repetition));
        }
        for other in [Event::Answer(&b), call(&b)] {
            assert_eq!(apply(Some(&taken), other, at(11)), Err(Refused::Differs));
        }
        assert_eq!(apply(Some(&taken), Event::Send { due_at: at(DUE + 9) }, at(11)), Err(Refused::Untimely));
    }
}

#[test]
fn a_callback_after_its_time_changes_nothing() {
    let a = answer("a");
    let waiting = after(&[Event::Accept]);
    assert!(apply(Some(&waiting), call(&a), at(ANSWER_BY - 1)).is_ok());
    let late = apply(Some(&waiting), call(&a), at(ANSWER_BY));
    assert_eq!(late, Err(Refused::TooLate(at(ANSWER_BY))), "though nobody has recorded the time-out yet");
    let over = apply(Some(&waiting), Event::TimeOut, at(ANSWER_BY)).unwrap();
    assert_eq!(apply(Some(&over), call(&a), at(ANSWER_BY)), Err(Refused::TooLate(at(ANSWER_BY))));
    assert_eq!(apply(Some(&waiting), Event::TimeOut, at(ANSWER_BY - 1)), Err(Refused::Untimely));
    for ended in [State::Published, State::Cancelled, State::Skipped, State::Missed, State::Failed] {
        let event = Event::CallBack { answer: &a, occurrence: ended };
        assert_eq!(apply(Some(&waiting), event, at(11)), Err(Refused::Ended(ended)));
    }
    assert_eq!(apply(None, call(&a), at(0)), Err(Refused::Unasked));
}

#[test]
fn a_given_up_request_is_sent_again_only_with_a_later_deadline() {
    let failed = after(&[Event::Fail { send: 1, why: "404" }]);
    let over = apply(Some(&sent()), Event::TimeOut, at(ANSWER_BY)).unwrap();
    assert_eq!(next(Some(&failed), at(DUE), at(20)), Next::GiveUp("404"));
    assert_eq!(next(Some(&over), at(DUE), at(DUE)), Next::GiveUp("it did not answer in time"));
    for given_up in [failed, over] {
        let anew = apply(Some(&given_up), Event::Send { due_at: at(2 * DUE) }, at(DUE)).unwrap();
        assert_eq!((anew.phase, anew.sends), (Phase::Sent, 2));
        assert_eq!((anew.asked_at, anew.due_at, anew.answer_by), (at(DUE), at(2 * DUE), at(DUE + ANSWER_BY)));
    }
}

#[test]
fn only_the_last_request_can_fail_it() {
    let twice = after(&[Event::Send { due_at: at(DUE) }]);
    let stale = Event::Fail { send: 1, why: "404" };
    assert_eq!(apply(Some(&twice), stale, at(11)), Err(Refused::Untimely));
    let accepted = after(&[Event::Accept]);
    assert_eq!(apply(Some(&accepted), stale, at(11)), Err(Refused::Untimely), "a callback is promised");
    let unusable = after(&[Event::Answer(&answer("a")), Event::Fail { send: 1, why: "no MP3" }]);
    assert_eq!(unusable.phase, Phase::Failed("no MP3".into()));
}

#[test]
fn the_wait_for_a_callback_grows_and_ends_with_its_time() {
    let waiting = after(&[Event::Accept]);
    for (now, until) in [(10, 11), (12, 13), (14, 16), (110, 160), (2_010, 3_010), (3_500, ANSWER_BY)] {
        assert_eq!(next(Some(&waiting), at(DUE), at(now)), Next::Wait(at(until)), "at {now}");
    }
    assert_eq!(next(Some(&waiting), at(DUE), at(ANSWER_BY)), Next::TimeOut);
}

/// Anything that can happen, in any order and as often as it likes.
#[derive(Clone, Debug)]
enum Happening {
    Send { due_s: i64 },
    Accept,
    Answer(u8),
    CallBack(u8, State),
    TimeOut,
    Fail(u32),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        prop::sample::select(vec![DUE, DUE, 2 * DUE]).prop_map(|due_s| Happening::Send { due_s }),
        Just(Happening::Accept),
        (0_u8..3).prop_map(Happening::Answer),
        (0_u8..3, prop::sample::select(State::ALL.to_vec()))
            .prop_map(|(name, state)| Happening::CallBack(name, state)),
        Just(Happening::TimeOut),
        (1_u32..4).prop_map(Happening::Fail),
    ]
}

proptest! {
    #[test]
    fn an_answer_once_taken_is_the_one_that_is_used(
        happenings in prop::collection::vec((happening(), 0_i64..600), 1..40),
    ) {
        let (mut exchange, mut now) = (sent(), 0);
        for (happening, passes) in happenings {
            now += passes;
            let name = match &happening {
                Happening::Answer(name) | Happening::CallBack(name, _) => answer(&name.to_string()),
                _ => answer("-"),
            };
            let event = match &happening {
                Happening::Send { due_s } => Event::Send { due_at: at(*due_s) },
                Happening::Accept => Event::Accept,
                Happening::Answer(_) => Event::Answer(&name),
                Happening::CallBack(_, occurrence) => {
                    Event::CallBack { answer: &name, occurrence: *occurrence }
                }
                Happening::TimeOut => Event::TimeOut,
                Happening::Fail(send) => Event::Fail { send: *send, why: "no" },
            };
            let applied = apply(Some(&exchange), event, at(now));
            let Ok(moved) = applied else { continue };
            // Delivered twice at once, anything is refused or, for a request, sent once more.
            match apply(Some(&moved), event, at(now)) {
                Ok(again) => {
                    let repeated = matches!(event, Event::Send { .. }) && again.sends == moved.sends + 1;
                    prop_assert!(repeated, "{:?} was taken twice", event);
                }
                Err(refused) => prop_assert!(matches!(refused, Refused::Repetition | Refused::Untimely)),
            }
            if let Phase::Answered(taken) | Phase::CalledBack(taken) = &exchange.phase {
                let failed = matches!(moved.phase, Phase::Failed(_));
                prop_assert!(failed, "{:?} was taken, then {:?}", taken, moved.phase);
            }
            if let Happening::CallBack(_, occurrence) = happening {
                prop_assert!(occurrence.is_unfinished() && at(now) < exchange.answer_by);
            }
            prop_assert!(moved.sends >= exchange.sends && moved.due_at >= exchange.due_at);
            prop_assert!(moved.answer_by < moved.due_at);
            exchange = moved;
        }
    }

    /// Whatever happened, a worker that does what it is told comes to an end.
    #[test]
    fn following_the_next_step_ends(accepts in any::<bool>(), answers_at in 0_i64..5_000, start in 0_i64..4_000) {
        let (mut exchange, mut now) = (None, start);
        let a = answer("a");
        for _ in 0..40 {
            let step = next(exchange.as_ref(), at(DUE), at(now));
            let event = match step {
                Next::Take(_) | Next::GiveUp(_) => return Ok(()),
                Next::Send => Event::Send { due_at: at(DUE) },
                Next::TimeOut => Event::TimeOut,
                Next::Wait(until) => {
                    let answer_by = exchange.as_ref().map(|exchange| exchange.answer_by);
                    prop_assert!(until > at(now) && Some(until) <= answer_by);
                    // Not before it, though the clock of this test has whole seconds.
                    now = (until.as_microsecond() + 999_999).div_euclid(1_000_000) - at(0).as_second();
                    if now >= answers_at {
                        let called = apply(exchange.as_ref(), call(&a), at(now));
                        exchange = called.ok().or(exchange);
                    }
                    continue;
                }
            };
            exchange = Some(apply(exchange.as_ref(), event, at(now)).unwrap());
            if event == (Event::Send { due_at: at(DUE) }) {
                if accepts {
                    exchange = Some(apply(exchange.as_ref(), Event::Accept, at(now)).unwrap());
                } else {
                    now += 400;
                }
            }
        }
        prop_assert!(false, "it never ended: {:?} at {}", exchange, now);
    }
}
