use super::*;
use proptest::prelude::*;

const MINUTE: Duration = Duration::from_secs(60);

fn minutes(minutes: u64) -> Duration {
    MINUTE * u32::try_from(minutes).unwrap()
}

const fn rhythm(interval: Duration) -> Rhythm {
    Rhythm { interval, failures: 0 }
}

fn failing(interval: Duration, failures: u32) -> Duration {
    Rhythm { interval, failures }.wait(None, None, 0.5)
}

/// Ages in minutes to what a feed of such entries is paced at.
fn paced(ages: impl IntoIterator<Item = i64>) -> Option<Duration> {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let at = |age| Timestamp::from_second(1_800_000_000 - age * 60).unwrap();
    pace(ages.into_iter().map(at), now)
}

#[test]
fn dates_set_the_pace() {
    assert_eq!(paced([]), None);
    assert_eq!(paced([20_000, 30_000]), Some(DAY), "nothing this week");
    assert_eq!(paced([1, 20_000]), Some(DAY), "once a week is still read every day");
    assert_eq!(paced((0..14).map(|n| n * 720).chain([11_000])), Some(minutes(720)));
    assert_eq!(paced([5, 10, 15]), Some(DAY), "a feed that has just begun is not known yet");
    assert_eq!(paced((1..=30).map(|n| n * 20)), Some(minutes(20)), "the latest thirty of many more");
    assert_eq!(paced((0..30).map(|_| -60)), Some(LEAST), "dates to come are not trusted");
}

#[test]
fn news_wake_a_source_and_silence_slows_it() {
    let hourly = rhythm(HOUR);
    assert_eq!(hourly.after(Brought::News { pace: Some(minutes(20)) }), rhythm(minutes(20)));
    assert_eq!(hourly.after(Brought::News { pace: None }), rhythm(minutes(40)));
    assert_eq!(hourly.after(Brought::Nothing), rhythm(minutes(75)));
    let asleep = (0..20).fold(hourly, |rhythm, _| rhythm.after(Brought::Nothing));
    assert_eq!(asleep, rhythm(DAY));
    assert_eq!(asleep.after(Brought::News { pace: Some(HOUR) }), hourly);
    let failed = hourly.after(Brought::Failure).after(Brought::Failure);
    assert_eq!(failed, Rhythm { interval: HOUR, failures: 2 });
    assert_eq!(failed.after(Brought::Nothing).failures, 0);
}

#[test]
fn failures_double_the_wait_up_to_a_day() {
    assert_eq!([0, 1, 2, 3].map(|n| failing(HOUR, n)), [60, 120, 240, 480].map(minutes));
    assert_eq!(failing(LEAST, 1), minutes(10));
    assert_eq!(failing(DAY, 1), minutes(120), "a daily source is asked again the same day");
    assert!([5, 30, u32::MAX].iter().all(|&n| failing(HOUR, n) > HOUR * 20 && failing(HOUR, n) <= DAY));
}

#[test]
fn the_servers_wish_comes_first() {
    let wait = |wish, fraction| rhythm(HOUR).wait(Some(wish), None, fraction);
    assert_eq!(wait(minutes(90), 0.0), minutes(90));
    assert_eq!(wait(Duration::ZERO, 0.5), HOUR);
    assert_eq!(wait(DAY * 30, 0.9), DAY);
}

#[test]
fn a_morning_draws_the_reading_near() {
    let daily = |wanted, wish| rhythm(DAY).wait(wish, Some(wanted), 0.999);
    let close = |wait: Duration, to: Duration| to - wait < MINUTE;
    assert!(close(daily(HOUR * 18, None), HOUR * 17 + minutes(15)));
    assert!(daily(minutes(80), None) > HOUR * 20, "it was read less than an hour before");
    assert!(daily(HOUR * 3, Some(HOUR * 4)) > HOUR * 20, "the server wants to be left alone");
    assert!(rhythm(HOUR).wait(None, Some(HOUR * 18), 0.5) == HOUR, "it is read before anyway");
    let failed = Rhythm { interval: DAY, failures: 1 };
    assert_eq!(failed.wait(None, Some(minutes(110)), 0.5), HOUR * 2);
}

#[test]
fn long_silence_is_doubted_now_and_then() {
    assert!(doubts_silence(DAY * 9, 0.1) && !doubts_silence(DAY * 9, 0.2) && !doubts_silence(DAY, 0.0));
}

fn any_brought() -> impl Strategy<Value = Brought> {
    let pace = prop::option::of(0_u64..3_000_000).prop_map(|pace| pace.map(Duration::from_secs));
    prop_oneof![pace.prop_map(|pace| Brought::News { pace }), Just(Brought::Nothing), Just(Brought::Failure)]
}

proptest! {
    #[test]
    fn never_too_soon_and_never_given_up(
        story in prop::collection::vec(any_brought(), 0..40),
        wish in prop::option::of(0_u64..10_000_000),
        wanted in prop::option::of(0_u64..200_000),
        fraction in 0.0..1.0_f64,
    ) {
        let (wish, wanted) = (wish.map(Duration::from_secs), wanted.map(Duration::from_secs));
        let rhythm = story.iter().fold(Rhythm::NEW, |rhythm, brought| rhythm.after(*brought));
        prop_assert!((LEAST..=MOST).contains(&rhythm.interval));
        let wait = rhythm.wait(wish, wanted, fraction);
        prop_assert!((LEAST..=MOST).contains(&wait), "{:?}", wait);
        prop_assert!(wait >= wish.unwrap_or_default().min(MOST));
        // A morning only ever brings a reading forward, give or take the spread.
        prop_assert!(wait <= rhythm.wait(wish, None, 1.0));
    }

    #[test]
    fn more_failures_never_shorten_the_wait(seconds in 300_u64..86_400, failures in 1_u32..60, fraction in 0.0..1.0_f64) {
        let interval = Duration::from_secs(seconds);
        let wait = |failures| Rhythm { interval, failures }.wait(None, None, fraction);
        prop_assert!(wait(failures) <= wait(failures + 1));
        prop_assert!(wait(failures) >= interval.min(HOUR));
    }

    #[test]
    fn readings_that_are_cut_off_come_ever_more_rarely(failures in 0_u32..60) {
        let (begun, wait) = Rhythm { failures, ..Rhythm::NEW }.begun();
        prop_assert_eq!(begun, Rhythm { failures: failures + 1, ..Rhythm::NEW });
        prop_assert!((Duration::from_secs(60)..=MOST).contains(&wait));
        prop_assert!(begun.begun().1 == (wait * 2).min(MOST));
    }

    #[test]
    fn sources_of_one_rhythm_do_not_stay_together(seconds in 300_u64..80_000) {
        let rhythm = Rhythm { interval: Duration::from_secs(seconds), failures: 0 };
        prop_assert!(rhythm.wait(None, None, 0.9) > rhythm.wait(None, None, 0.1));
    }

    #[test]
    fn any_dates_have_a_pace_that_can_be_kept(ages in prop::collection::vec(-10_000_i64..100_000, 1..60)) {
        let pace = paced(ages).unwrap();
        prop_assert!((LEAST..=MOST).contains(&pace));
    }
}
