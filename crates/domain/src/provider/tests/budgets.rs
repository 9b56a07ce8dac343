use super::*;

fn reserved() -> impl Strategy<Value = BTreeMap<u8, u8>> {
    prop::collection::btree_map(0..4_u8, 0..=25_u8, 0..4)
}

proptest! {
    #[test]
    fn never_more_than_the_budget_and_every_share_can_always_be_spent(
        budget in 1..100_000_u64,
        reserved in reserved(),
        wishes in prop::collection::vec((0..4_u8, 0..5_000_u64), 0..200),
    ) {
        let mut spent = Spent::default();
        for (lane, wish) in wishes {
            let share = |lane: u8| {
                budget * u64::from(reserved.get(&lane).copied().unwrap_or(0)) / 100
            };
            if spent.allows(lane, wish, budget, &reserved) {
                spent.spend(lane, wish);
            } else {
                prop_assert!(spent.of(lane) + wish > share(lane), "its own share was refused");
            }
            prop_assert!(spent.total() <= budget);
            for other in 0..4 {
                let left = share(other).saturating_sub(spent.of(other));
                prop_assert!(spent.allows(other, left, budget, &reserved), "lane {other} lost its share");
            }
        }
    }
}

#[test]
fn a_day_and_a_month_end_at_midnight_utc() {
    assert_eq!(Period::Day.end(NOW), MIDNIGHT + DAY);
    // 30 November is the last.
    assert_eq!(Period::Month.end(NOW), MIDNIGHT + 6 * DAY);
    assert_eq!(Period::Month.end(MIDNIGHT + 6 * DAY), MIDNIGHT + 37 * DAY);
    assert_eq!(Period::Day.end(Micros::MAX), Micros::MAX);
}

#[test]
fn a_new_day_begins_with_nothing_spent_and_an_old_clock_does_not_bring_it_back() {
    let mut spent = Spent::default();
    spent.roll(Period::Day, NOW);
    spent.spend(1, 70);
    spent.roll(Period::Day, MIDNIGHT + DAY - 1);
    assert_eq!(spent.total(), 70);
    spent.roll(Period::Day, MIDNIGHT + DAY);
    assert_eq!(spent.total(), 0);
    spent.spend(1, 5);
    spent.roll(Period::Day, NOW);
    assert_eq!(spent.total(), 5);
    // Set aside yesterday: it is yesterday's.
    spent.correct(Period::Day, NOW, 1, 70, 0);
    assert_eq!(spent.total(), 5);
    spent.correct(Period::Day, MIDNIGHT + DAY, 1, 5, 9);
    assert_eq!(spent.total(), 9);
}
