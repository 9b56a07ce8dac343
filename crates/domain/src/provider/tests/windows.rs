use super::*;

#[derive(Clone, Debug)]
enum Event {
    Answered,
    Throttled(Option<Micros>),
    Later(Micros),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Answered),
        1 => prop::option::of(0..100 * SECOND).prop_map(Event::Throttled),
        1 => (0..100 * SECOND).prop_map(Event::Later),
    ]
}

proptest! {
    #[test]
    fn it_stays_between_one_and_the_maximum(
        configured in 0..50_u32,
        events in prop::collection::vec(event(), 0..200),
    ) {
        let most = Window::default().parallel(configured);
        let (mut window, mut now) = (Window::default(), NOW);
        for event in events {
            let before = window.parallel(configured);
            match event {
                Event::Answered => {
                    window.answered(configured);
                    let after = window.parallel(configured);
                    prop_assert!(after == before || after == before + 1 || after == most);
                }
                Event::Throttled(wait) => {
                    window.throttle(now, wait, before, configured, now);
                    prop_assert!(window.parallel(configured) <= before);
                    if let Some(wait) = wait.filter(|&wait| wait > 0) {
                        prop_assert!(window.paused_until(now).unwrap() >= now + wait);
                    }
                }
                Event::Later(pause) => now += pause,
            }
            prop_assert!((1..=most).contains(&window.parallel(configured)));
        }
    }
}

#[test]
fn it_halves_once_for_calls_under_way_together_and_grows_back_to_the_maximum() {
    let mut window = Window::default();
    for _ in 0..8 {
        window.throttle(NOW, None, 8, 8, NOW + SECOND);
    }
    assert_eq!(window.parallel(8), 4);
    window.throttle(NOW + 2 * SECOND, None, 4, 8, NOW + 3 * SECOND);
    assert_eq!(window.parallel(8), 2);
    let answers = (0..100).take_while(|_| {
        window.answered(8);
        window.parallel(8) < 8
    });
    assert!((15..60).contains(&answers.count()), "some for every slot");
    assert_eq!(window.parallel(8), 8);
}

#[test]
fn pauses_double_until_an_answer_comes_and_no_wait_is_endless() {
    let mut window = Window::default();
    let mut pauses = Vec::new();
    let mut now = NOW;
    for _ in 0..9 {
        window.throttle(now + 1, None, 1, 4, now + 1);
        let until = window.paused_until(now + 1).unwrap();
        pauses.push((until - now - 1) / SECOND);
        now = until;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    window.answered(4);
    window.throttle(now + 1, None, 1, 4, now + 1);
    assert_eq!(window.paused_until(now + 1), Some(now + 1 + SECOND));
    window.throttle(now + 2, Some(Micros::MAX), 1, 4, now + 2);
    assert_eq!(window.paused_until(now + 2), Some(now + 2 + DAY));
}
