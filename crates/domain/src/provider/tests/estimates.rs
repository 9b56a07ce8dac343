use super::*;

proptest! {
    #[test]
    fn what_is_set_aside_comes_to_what_is_used(old in 0..10_000_u64, new in 0..10_000_u64) {
        let mut estimate = Estimate::default();
        for _ in 0..40 {
            estimate.learn(&characters(old));
        }
        prop_assert!(estimate.units(Operation::Speak).characters.abs_diff(old) <= 1);
        for _ in 0..80 {
            estimate.learn(&characters(new));
        }
        let off = estimate.units(Operation::Speak).characters.abs_diff(new);
        prop_assert!(off <= 1 + old.abs_diff(new) / 100, "{off}");
    }

    #[test]
    fn it_stays_within_what_was_seen(seen in prop::collection::vec(1..10_000_u64, 1..60)) {
        let mut estimate = Estimate::default();
        seen.iter().for_each(|&count| estimate.learn(&characters(count)));
        let mean = estimate.units(Operation::Speak).characters;
        prop_assert!((*seen.iter().min().unwrap()..=*seen.iter().max().unwrap()).contains(&mean));
    }
}
