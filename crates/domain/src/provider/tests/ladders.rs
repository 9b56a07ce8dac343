use super::*;

fn plight() -> Plight {
    Plight { left_s: 100.0, missing: 5, cached: 2, each_s: 20.0, offline_each_s: 3.0, refused: None }
}

fn refused(why: Why, wait_s: Option<f64>) -> Option<Refused> {
    Some(Refused { why, wait_s })
}

#[test]
fn each_rung_has_its_plight() {
    let with = |left_s, refused| Rung::of(&Plight { left_s, refused, ..plight() });
    assert_eq!(with(100.0, None), Rung::Configured);
    assert_eq!(with(99.0, None), Rung::Fewer(4));
    assert_eq!(with(19.0, None), Rung::Cached);
    assert_eq!(with(100.0, refused(Why::Rate, Some(30.0))), Rung::Fewer(3));
    assert_eq!(with(100.0, refused(Why::Parallel, None)), Rung::Configured);
    assert_eq!(with(100.0, refused(Why::Broken, Some(81.0))), Rung::Cached);
    assert_eq!(with(1e6, refused(Why::Killed, None)), Rung::Cached);
    assert_eq!(with(1e6, refused(Why::Budget(Period::Day), Some(7_200.0))), Rung::Configured, "tomorrow");
    let bare = |left_s, refused| Rung::of(&Plight { left_s, refused, cached: 0, ..plight() });
    assert_eq!(bare(7.0, None), Rung::Offline(2));
    assert_eq!(bare(-50.0, None), Rung::Offline(1));
    assert_eq!(bare(900.0, refused(Why::Budget(Period::Month), Some(1e6))), Rung::Offline(5));
    assert_eq!(Rung::of(&Plight { missing: 0, left_s: -1.0, ..plight() }), Rung::Configured, "all is made");
}

fn any_plight() -> impl Strategy<Value = Plight> {
    let why = prop::sample::select(vec![
        Why::Killed,
        Why::PaidTwice,
        Why::Broken,
        Why::Paused,
        Why::Budget(Period::Day),
        Why::Parallel,
        Why::Rate,
    ]);
    let refused = prop::option::of((why, prop::option::of(0.0..500.0)))
        .prop_map(|refused| refused.map(|(why, wait_s)| Refused { why, wait_s }));
    (-100.0..1e3, 0..20_u32, 0..5_u32, 0.1..60.0, 0.1..10.0, refused).prop_map(
        |(left_s, missing, cached, each_s, offline_each_s, refused)| Plight {
            left_s,
            missing,
            cached,
            each_s,
            offline_each_s,
            refused,
        },
    )
}

proptest! {
    #[test]
    fn what_is_begun_ends_in_time(plight in any_plight()) {
        match Rung::of(&plight) {
            Rung::Configured => prop_assert!(f64::from(plight.missing) * plight.each_s <= plight.left_s + 1e-6 || plight.missing == 0),
            Rung::Fewer(some) => {
                prop_assert!((1..plight.missing).contains(&some));
                prop_assert!(f64::from(some) * plight.each_s <= plight.left_s + 1e-6);
            }
            Rung::Cached => prop_assert!(plight.cached > 0),
            Rung::Offline(some) => {
                prop_assert!(plight.cached == 0 && (1..=plight.missing).contains(&some));
                prop_assert!(some == 1 || f64::from(some) * plight.offline_each_s <= plight.left_s + 1e-6);
            }
        }
    }

    #[test]
    fn more_time_never_leads_down(plight in any_plight(), more in 0.0..1e3) {
        let later = Plight { left_s: plight.left_s + more, ..plight };
        prop_assert!(Rung::of(&later).depth() <= Rung::of(&plight).depth());
    }

    #[test]
    fn a_refusal_never_leads_up(plight in any_plight()) {
        let free = Plight { refused: None, ..plight };
        prop_assert!(Rung::of(&free).depth() <= Rung::of(&plight).depth());
    }
}
