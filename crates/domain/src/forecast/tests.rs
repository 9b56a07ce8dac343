//! Mornings that can be checked by hand, and the rules of the layout against a count over all
//! subsets of batches: by Hall's condition, the work that no plan can fit is the largest excess of
//! any set of batches over the capacity of the time they may use.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn morning(time: &str) -> Timestamp {
    at(&format!("2026-08-10T{time}:00Z"))
}

fn daily(ready_by: &str, minutes_of_work: f64) -> Demand {
    Demand::scheduled(morning(ready_by), minutes_of_work * 60.0, &Window::default())
}

fn plan(demands: &[Demand], parallel: f64, now: &str) -> Forecast {
    forecast(demands, &Capacity::steady(parallel), &Window::default(), morning(now))
}

#[test]
fn one_batch_opens_as_late_as_it_may() {
    for (minutes, parallel, opens, shortfall_s, finishes) in [
        (45.0, 1.0, "06:10", 0.0, Some("06:55")),
        (45.0, 3.0, "06:40", 0.0, Some("06:55")),
        // Too little to matter: ten minutes all the same.
        (1.0, 1.0, "06:50", 0.0, Some("06:51")),
        (0.0, 1.0, "06:50", 0.0, Some("06:50")),
        // All of the freshness window, and more than it.
        (360.0, 1.0, "01:00", 0.0, Some("07:00")),
        (400.0, 1.0, "01:00", 2_400.0, Some("07:40")),
        (10.0, 0.0, "01:00", 600.0, None),
        (10.0, f64::NAN, "01:00", 600.0, None),
    ] {
        let found = plan(&[daily("07:00", minutes)], parallel, "00:00").outlooks;
        let expected = Outlook { opens_at: morning(opens), shortfall_s, finishes_at: finishes.map(morning) };
        assert_eq!(found, [expected], "{minutes} minutes on {parallel}");
    }
}

#[test]
fn a_batch_before_a_crowded_one_makes_room_for_it() {
    // Seven o'clock needs all from 06:00 on, so half past six has to be through by then.
    let planned = plan(&[daily("06:30", 30.0), daily("07:00", 60.0)], 1.0, "00:00");
    let opens: Vec<Timestamp> = planned.outlooks.iter().map(|outlook| outlook.opens_at).collect();
    assert_eq!(opens, [morning("05:25"), morning("05:55")]);
    assert!(planned.outlooks.iter().all(|outlook| outlook.shortfall_s == 0.0));
    assert!(!planned.outlooks[0].is_later_than(morning("06:30")));
    let load: f64 = planned.buckets.iter().map(|bucket| bucket.planned_s).sum();
    assert_eq!((planned.buckets.len(), load), (18, 5_400.0));
    assert!(planned.buckets.iter().all(|bucket| bucket.planned_s == bucket.capacity_s));
}

#[test]
fn the_fresher_batch_leaves_early_minutes_to_the_one_that_may_use_them() {
    // The plan for half past seven insists on the last half hour; the other may begin at six.
    let strict = Demand { earliest: morning("07:00"), ..daily("07:30", 30.0) };
    let patient = Demand { earliest: morning("06:00"), ..daily("07:30", 60.0) };
    let planned = plan(&[strict, patient], 1.0, "00:00");
    assert!(planned.outlooks.iter().all(|outlook| outlook.shortfall_s == 0.0));
    assert_eq!(planned.outlooks[1].opens_at, morning("06:00"));
}

#[test]
fn what_is_late_is_seen_before_it_happens() {
    let planned = plan(&[daily("07:00", 60.0), daily("07:05", 10.0)], 1.0, "06:30");
    let [crowded, next] = planned.outlooks[..] else { panic!("two demands, two outlooks") };
    assert_eq!(crowded.opens_at, morning("01:00"));
    assert_eq!(crowded.finishes_at, Some(morning("07:30")));
    assert!(crowded.is_later_than(morning("07:29")) && !crowded.is_later_than(morning("07:30")));
    assert_eq!(next.finishes_at, Some(morning("07:40")));
    // 30 minutes to do 70 until 07:00, 35 until 07:05.
    assert_eq!(crowded.shortfall_s + next.shortfall_s, 35.0 * 60.0);
}

#[test]
fn on_demand_work_opens_at_once_and_is_due_when_it_can_be() {
    let now = morning("06:00");
    let due_at = crate::occurrence::due_at(now, now, 600.0);
    let wish = Demand { ready_by: now, due_at, earliest: now, work_s: 600.0 };
    let outlook = plan(&[wish], 1.0, "06:00").outlooks[0];
    let expected = Outlook { opens_at: now, shortfall_s: 0.0, finishes_at: Some(morning("06:10")) };
    assert_eq!(outlook, expected);
}

#[test]
fn capacity_that_ends_is_used_before_it_does() {
    let capacity = Capacity::steady(2.0).from(morning("06:30"), 0.0).from(morning("08:00"), 2.0);
    let planned = forecast(&[daily("07:00", 60.0)], &capacity, &Window::default(), morning("00:00"));
    let outlook = planned.outlooks[0];
    assert_eq!((outlook.opens_at, outlook.finishes_at), (morning("05:55"), Some(morning("06:25"))));
    let missed = forecast(&[daily("07:00", 60.0)], &capacity, &Window::default(), morning("06:15"));
    assert_eq!(missed.outlooks[0].shortfall_s, 1_800.0);
    assert_eq!(missed.outlooks[0].finishes_at, Some(morning("08:15")));
}

#[test]
fn batch_work_adds_up() {
    let mut durations = Durations::default();
    let work = BatchWork { selections: 100, segments: 10, phrases: 4, assemblies: 100, external: 0 };
    assert_eq!(durations.work_s(&work), 5.0 + 300.0 + 12.0 + 5.0);
    for _ in 0..10 {
        durations.observe(Step::Segment, 2.0, morning("06:00"));
    }
    assert!(durations.work_s(&work) < 5.0 + 22.5 + 12.0 + 5.0);
    let text = serde_json::to_string(&durations).unwrap();
    assert_eq!(serde_json::from_str::<Durations>(&text).unwrap(), durations);
    assert!(text.starts_with(r#"{"segment":{"day":"#), "{text}");
}

/// Minutes of the small world below.
const WORLD_MIN: i64 = 90;

/// (earliest, due, minutes of work), in minutes from now on.
type Wish = (i64, i64, u8);

fn any_wish() -> impl Strategy<Value = Wish> {
    (-20..WORLD_MIN, 1..60_i64, 0..40_u8)
        .prop_map(|(earliest, length, work)| (earliest, (earliest + length).min(WORLD_MIN), work))
}

/// Two capacities, and the minute the second begins.
fn any_capacity() -> impl Strategy<Value = (u8, i64, u8)> {
    (0..4_u8, 0..WORLD_MIN, 0..4_u8)
}

fn minute(minute: i64) -> Timestamp {
    morning("05:02") + SignedDuration::from_mins(minute)
}

fn demands(wishes: &[Wish]) -> Vec<Demand> {
    let demand = |(earliest, due, work): &Wish| Demand {
        ready_by: minute(*due),
        due_at: minute(*due),
        earliest: minute(*earliest),
        work_s: f64::from(*work) * 60.0,
    };
    wishes.iter().map(demand).collect()
}

/// Minutes of work that no plan can fit.
fn unavoidable(wishes: &[Wish], capacity: (u8, i64, u8)) -> i64 {
    let (first, change, second) = capacity;
    let parallel = |minute: i64| i64::from(if minute < change { first } else { second });
    (0..1_u32 << wishes.len())
        .map(|subset| {
            let chosen: Vec<&Wish> = wishes
                .iter()
                .enumerate()
                .filter(|(i, _)| subset & (1 << i) != 0)
                .map(|(_, wish)| wish)
                .collect();
            let work: i64 = chosen.iter().map(|(_, _, work)| i64::from(*work)).sum();
            let usable = |minute: &i64| chosen.iter().any(|(from, to, _)| from <= minute && minute < to);
            work - (0..WORLD_MIN).filter(usable).map(parallel).sum::<i64>()
        })
        .max()
        .unwrap_or(0)
}

proptest! {
    #[test]
    fn loses_no_more_than_any_plan_must(
        wishes in prop::collection::vec(any_wish(), 0..8), capacity in any_capacity()
    ) {
        let (first, change, second) = capacity;
        let steps = Capacity::steady(first.into()).from(minute(change), second.into());
        let planned = forecast(&demands(&wishes), &steps, &Window::default(), minute(0));
        let shortfall_s: f64 = planned.outlooks.iter().map(|outlook| outlook.shortfall_s).sum();
        prop_assert_eq!(shortfall_s.round() as i64, unavoidable(&wishes, capacity) * 60);
    }

    #[test]
    fn keeps_to_windows_and_capacity(
        wishes in prop::collection::vec(any_wish(), 0..12), capacity in any_capacity()
    ) {
        let (first, change, second) = capacity;
        let steps = Capacity::steady(first.into()).from(minute(change), second.into());
        let demands = demands(&wishes);
        let planned = forecast(&demands, &steps, &Window::default(), minute(0));
        let mut placed = vec![0.0; demands.len()];
        for share in &planned.shares {
            let demand = demands[share.demand];
            prop_assert!(demand.earliest.max(minute(0)) <= share.from && share.to <= demand.due_at);
            placed[share.demand] += share.work_s;
        }
        for ((demand, outlook), placed) in demands.iter().zip(&planned.outlooks).zip(&placed) {
            prop_assert!((placed + outlook.shortfall_s - demand.work_s).abs() < 1e-3);
            prop_assert!(outlook.opens_at >= demand.earliest);
            prop_assert!(outlook.opens_at <= earlier(demand.ready_by, Window::default().lead).max(demand.earliest));
        }
        for bucket in &planned.buckets {
            prop_assert!(bucket.planned_s > 0.0 && bucket.planned_s <= bucket.capacity_s + 1e-3);
            let shares = planned.shares.iter();
            let of_bucket = shares.filter(|share| bucket.start <= share.from && share.from < bucket.start + BUCKET);
            let sum: f64 = of_bucket.map(|share| share.work_s).sum();
            prop_assert!((sum - bucket.planned_s).abs() < 1e-3);
        }
        prop_assert!(planned.buckets.is_sorted_by(|a, b| a.start < b.start));
    }

    /// Opening at `opens_at` is early enough: workers that simply take the most urgent meet every
    /// deadline that can be met.
    #[test]
    fn opening_as_planned_meets_every_deadline_when_all_fits(
        wishes in prop::collection::vec(any_wish(), 0..8), capacity in any_capacity()
    ) {
        let (first, change, second) = capacity;
        let steps = Capacity::steady(first.into()).from(minute(change), second.into());
        let window = Window { lead: SignedDuration::ZERO, margin: SignedDuration::ZERO, ..Window::default() };
        let demands = demands(&wishes);
        let outlooks = forecast(&demands, &steps, &window, minute(0)).outlooks;
        prop_assume!(outlooks.iter().all(|outlook| outlook.shortfall_s == 0.0));
        for (demand, outlook) in demands.iter().zip(&outlooks).filter(|(demand, _)| demand.work_s > 0.0) {
            prop_assert!(!outlook.is_later_than(demand.due_at), "{demand:?} {outlook:?}");
        }
    }
}
