use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Backlog = BTreeMap<Lane, u32>;

/// A store's part: the rule of [`Offer`], on numbers instead of rows.
fn claim(backlog: &mut Backlog, offers: &[Offer], free: u32) -> Vec<Lane> {
    let mut turns: Vec<(i64, Lane)> = offers
        .iter()
        .flat_map(|offer| {
            let there = backlog.get(&offer.lane).copied().unwrap_or(0).min(offer.quota);
            (1..=i64::from(there)).map(|n| (offer.pass + n * offer.stride, offer.lane))
        })
        .collect();
    turns.sort_unstable();
    turns.truncate(free as usize);
    let claimed: Vec<Lane> = turns.into_iter().map(|(_, lane)| lane).collect();
    for lane in &claimed {
        *backlog.entry(*lane).or_default() -= 1;
    }
    claimed
}

fn round(lanes: &mut Lanes, backlog: &mut Backlog, free: u32) -> Vec<Lane> {
    let offers = lanes.offers(free);
    let claimed = claim(backlog, &offers, free);
    lanes.book(free, &offers, claimed.iter().copied());
    claimed
}

fn count(claimed: &[Lane], lane: u8) -> u32 {
    claimed.iter().filter(|&&each| each == Lane(lane)).count() as u32
}

#[test]
fn an_empty_lane_leaves_its_share_to_the_others() {
    let mut lanes = Lanes::new([(Lane(0), 9), (Lane(1), 1)]);
    let mut backlog = Backlog::from([(Lane(1), 1_000)]);
    let mut claimed = round(&mut lanes, &mut backlog, 50);
    claimed.extend(round(&mut lanes, &mut backlog, 50));
    assert!(count(&claimed, 1) >= 50 + 5, "the second claim knows that lane 0 is empty: {}", claimed.len());
}

#[test]
fn idle_time_saves_no_credit() {
    let mut lanes = Lanes::new([(Lane(0), 1), (Lane(1), 1)]);
    let mut backlog = Backlog::from([(Lane(1), 100_000)]);
    for _ in 0..100 {
        round(&mut lanes, &mut backlog, 100);
    }
    backlog.insert(Lane(0), 100_000);
    let claimed: Vec<Lane> = (0..10).flat_map(|_| round(&mut lanes, &mut backlog, 10)).collect();
    assert!((40..=60).contains(&count(&claimed, 0)), "lane 0 got {} of 100", count(&claimed, 0));
}

#[test]
fn work_in_an_idle_lane_is_found_though_only_one_slot_is_ever_free() {
    let mut lanes = Lanes::new([(Lane(0), 100), (Lane(1), 1)]);
    let mut backlog = Backlog::from([(Lane(0), 100_000)]);
    for _ in 0..500 {
        round(&mut lanes, &mut backlog, 1);
    }
    backlog.insert(Lane(1), 1);
    let waited = (0..1_000).take_while(|_| round(&mut lanes, &mut backlog, 1) != [Lane(1)]).count();
    assert!(waited <= 101, "waited {waited} claims");
}

proptest! {
    #[test]
    fn shares_converge_to_the_weights(
        weights in prop::collection::vec(1_u32..50, 1..6), frees in prop::collection::vec(1_u32..40, 200),
    ) {
        let lane = |n: usize| Lane(u8::try_from(n).unwrap());
        let mut lanes = Lanes::new(weights.iter().enumerate().map(|(n, &weight)| (lane(n), weight)));
        let mut backlog: Backlog = (0..weights.len()).map(|n| (lane(n), u32::MAX / 2)).collect();
        let claimed: Vec<Lane> = frees.iter().flat_map(|&free| round(&mut lanes, &mut backlog, free)).collect();
        let slots: u32 = frees.iter().sum();
        prop_assert_eq!(claimed.len() as u32, slots, "no slot stays free while there is work");
        let all: u32 = weights.iter().sum();
        for (n, &weight) in weights.iter().enumerate() {
            let fair = f64::from(slots) * f64::from(weight) / f64::from(all);
            let got = f64::from(count(&claimed, n as u8));
            prop_assert!((got - fair).abs() <= 1.0 + weights.len() as f64, "lane {n}: {got}, fair {fair}");
        }
    }

    /// Whatever comes and goes, work that waits is served within a bounded number of slots.
    #[test]
    fn nobody_starves(
        weights in prop::collection::vec(1_u32..20, 2..5),
        arrivals in prop::collection::vec((0_usize..5, 1_u32..30, 1_u32..8), 50..150),
    ) {
        let lane = |n: usize| Lane(u8::try_from(n % weights.len()).unwrap());
        let mut lanes = Lanes::new(weights.iter().enumerate().map(|(n, &weight)| (lane(n), weight)));
        let mut backlog = Backlog::new();
        let mut waited = vec![0_u32; weights.len()];
        let all: u32 = weights.iter().sum();
        for (n, jobs, free) in arrivals {
            *backlog.entry(lane(n)).or_default() += jobs;
            let before = backlog.clone();
            let claimed = round(&mut lanes, &mut backlog, free);
            let there: u32 = before.values().sum();
            for (n, waited) in waited.iter_mut().enumerate() {
                let idle = before.get(&lane(n)).copied().unwrap_or(0) == 0;
                if idle || claimed.contains(&lane(n)) { *waited = 0 } else { *waited += claimed.len() as u32 }
                prop_assert!(*waited <= 2 * all + 8, "lane {n} waited {waited} slots");
            }
            prop_assert!(!claimed.is_empty() || there == 0);
        }
    }
}
