use super::*;

#[test]
fn the_switch_and_the_second_payment_refuse_at_once() {
    let mut account = account(Settings::default());
    let paid = |operation, answered, lost| Ask { operation, paid: Paid { answered, lost }, ..ask(0) };
    assert!(account.book(&paid(Operation::Speak, 40, 1), &idle(), NOW).is_ok());
    assert!(account.book(&paid(Operation::Write, 1, 0), &idle(), NOW).is_ok());
    for spent in [paid(Operation::Speak, 0, 2), paid(Operation::Write, 1, 1), paid(Operation::Write, 2, 0)] {
        assert_eq!(account.book(&spent, &idle(), NOW), Err(Refusal { why: Why::PaidTwice, until: None }));
    }
    account.killed = true;
    assert_eq!(why(&mut account, 0, &idle(), NOW), Why::Killed);
}

#[test]
fn a_throttled_provider_is_left_alone_then_asked_by_fewer() {
    let mut account = account(Settings { parallel: 4, ..Settings::default() });
    let call = booked(&mut account, 0, &idle(), NOW);
    let others = Open { calls: 3, youngest: Some(NOW) };
    let used = account.settle(&call, Answer::Throttled { retry_after: Some(9 * SECOND) }, &others, NOW + 1);
    assert_eq!((used.requests, used.micro_usd), (1, 0));
    let refusal = account.book(&ask(0), &idle(), NOW + 2).unwrap_err();
    assert_eq!(refusal, Refusal { why: Why::Paused, until: Some(NOW + 1 + 9 * SECOND) });
    let then = NOW + 1 + 9 * SECOND;
    assert_eq!(why(&mut account, 0, &Open { calls: 2, youngest: None }, then), Why::Parallel);
    assert!(account.book(&ask(0), &Open { calls: 1, youngest: None }, then).is_ok());
}

#[test]
fn a_probe_that_is_answered_closes_the_breaker() {
    let mut account = account(Settings::default());
    for _ in 0..5 {
        let call = booked(&mut account, 0, &idle(), NOW);
        account.settle(&call, Answer::Failed, &idle(), NOW);
    }
    let refusal = account.book(&ask(0), &idle(), NOW).unwrap_err();
    assert_eq!((refusal.why, account.standing(&idle(), NOW).breaker), (Why::Broken, BreakerState::Open));
    let probe_at = refusal.until.unwrap();
    let probe = booked(&mut account, 0, &idle(), probe_at);
    let out = Open { calls: 1, youngest: Some(probe.reserved_at) };
    assert_eq!(why(&mut account, 0, &out, probe_at), Why::Broken);
    account.settle(&probe, Answer::Rejected, &idle(), probe_at + SECOND);
    assert!(account.book(&ask(0), &idle(), probe_at + SECOND).is_ok());
}

#[test]
fn money_that_was_set_aside_and_not_used_comes_back_and_the_month_outlasts_the_day() {
    let prices = Prices { characters: 10_000_000, ..Prices::default() };
    // 100 characters cost 1,000.
    let mut account = account(Settings {
        prices,
        daily_budget_micro_usd: 2_000,
        monthly_budget_micro_usd: 3_500,
        ..Settings::default()
    });
    let first = booked(&mut account, 0, &idle(), NOW);
    let second = booked(&mut account, 0, &idle(), NOW);
    let refusal = account.book(&ask(0), &idle(), NOW).unwrap_err();
    assert_eq!(refusal, Refusal { why: Why::Budget(Period::Day), until: Some(MIDNIGHT + DAY) });
    account.settle(&first, Answer::Failed, &idle(), NOW);
    account.settle(&second, Answer::Answered(Some(characters(150))), &idle(), NOW);
    assert_eq!(account.standing(&idle(), NOW).spent_day_micro_usd, 1_500);
    assert_eq!(why(&mut account, 0, &idle(), NOW), Why::Budget(Period::Day));
    let next = NOW + DAY;
    let third = booked(&mut account, 0, &idle(), next);
    account.settle(&third, Answer::Lost, &idle(), next);
    booked(&mut account, 0, &idle(), next);
    let refusal = account.book(&ask(0), &idle(), next).unwrap_err();
    let month_end = Some(MIDNIGHT + 6 * DAY);
    assert_eq!(refusal, Refusal { why: Why::Budget(Period::Month), until: month_end });
    assert!(account.book(&ask(0), &idle(), MIDNIGHT + 6 * DAY).is_ok());
}

#[test]
fn state_reads_back_and_knows_no_field_by_heart() {
    let mut account = account(Settings { parallel: 2, ..Settings::default() });
    let call = booked(&mut account, 3, &idle(), NOW);
    account.settle(&call, Answer::Throttled { retry_after: None }, &idle(), NOW);
    account.settle(&call, Answer::Failed, &idle(), NOW);
    account.settle(&call, Answer::Answered(Some(characters(7))), &idle(), NOW);
    let text = serde_json::to_string(&account.live).unwrap();
    assert_eq!(serde_json::from_str::<Live>(&text).unwrap(), account.live);
    assert_eq!(serde_json::from_str::<Live>("{}").unwrap(), Live::default());
    assert_eq!(account.typical(Operation::Speak).characters, 7);
}

proptest! {
    /// Whatever happens, in whichever order: never more calls than the window, never more money set
    /// aside than the budget, and money that nobody used is all there again.
    #[test]
    fn limits_hold_whatever_happens(
        parallel in 1..6_u32,
        steps in prop::collection::vec((0..3_u8, 0..8_u8, 0..20 * SECOND), 1..200),
    ) {
        let prices = Prices { characters: 1_000_000, ..Prices::default() };
        let budget = 2_000;
        let mut account = account(Settings {
            parallel, prices, daily_budget_micro_usd: budget, requests_per_minute: 50, ..Settings::default()
        });
        let (mut now, mut calls) = (MIDNIGHT, Vec::<Booking>::new());
        for (lane, step, pause) in steps {
            now += pause;
            let open = |calls: &[Booking]| {
                let mut open = Open::default();
                calls.iter().for_each(|call| open.add(call.reserved_at));
                open
            };
            let answer = match step {
                0..=2 => {
                    if let Ok(call) = account.book(&ask(lane), &open(&calls), now) {
                        calls.push(call);
                    }
                    prop_assert!(calls.len() <= parallel as usize);
                    prop_assert!(account.standing(&open(&calls), now).spent_day_micro_usd <= budget);
                    continue;
                }
                3 => Answer::Unused,
                4 => Answer::Failed,
                5 => Answer::Throttled { retry_after: None },
                6 => Answer::Rejected,
                _ => Answer::Answered(Some(characters(0))),
            };
            if let Some(call) = calls.pop() {
                account.settle(&call, answer, &open(&calls), now);
            }
        }
        for call in calls.drain(..) {
            account.settle(&call, Answer::Unused, &idle(), now);
        }
        prop_assert_eq!(account.standing(&idle(), now).spent_day_micro_usd, 0);
    }
}
