use super::*;
use crate::language::Language;
use proptest::prelude::*;

fn plans() -> Plans {
    Plans::default()
}

fn plan(name: &str) -> Plan {
    plans().get(name).unwrap().1.clone()
}

fn modest() -> Wish<'static> {
    Wish {
        sources: 3,
        filters: 0,
        articles: Some(3),
        minutes: 10,
        days: "mon,thu".parse().unwrap(),
        style: Style::Single,
        voice: None,
    }
}

fn bold() -> Wish<'static> {
    Wish {
        sources: 20,
        filters: 10,
        articles: Some(10),
        minutes: 30,
        days: Days::DAILY,
        style: Style::Dialogue,
        voice: None,
    }
}

fn keys(breaches: &[Breach]) -> Vec<&'static str> {
    breaches.iter().map(Breach::key).collect()
}

#[test]
fn the_plans_there_are_give_what_was_decided() {
    let (free, pro, unlimited) = (plan(Plans::FREE), plan(Plans::PRO), plan(Plans::UNLIMITED));
    let counts = |plan: &Plan| {
        [plan.feeds, plan.articles, plan.minutes, plan.days_per_week, plan.program_days].map(Limit::get)
    };
    assert_eq!(counts(&free), [Some(1), Some(3), Some(10), Some(2), Some(7)]);
    assert_eq!(counts(&pro), [Some(5), Some(10), Some(30), None, Some(30)]);
    assert_eq!(counts(&unlimited), [None; 5]);
    assert!(!free.tells(Style::Dialogue) && pro.tells(Style::Dialogue) && unlimited.tells(Style::Dialogue));
    assert_eq!((free.lane.as_str(), pro.lane.as_str()), ("standard", "first"));
}

#[test]
fn every_breach_is_named_with_limit_and_wish() {
    let free = plan(Plans::FREE);
    assert_eq!(free.check(&modest()), []);
    assert_eq!(plan(Plans::PRO).check(&bold()), []);
    let breaches = free.check(&bold());
    let counted = ["sources_per_feed", "filters_per_feed", "articles", "minutes", "days_per_week", "styles"];
    assert_eq!(keys(&breaches), counted);
    assert_eq!(breaches[3], Breach::TooMany { what: Counted::Minutes, limit: 10, asked: 30 });
    assert_eq!(free.check(&Wish { articles: None, ..modest() }), [], "the plan fits what is not said");
    assert_eq!(free.check_new_feed(0), None);
    let second = free.check_new_feed(1);
    assert_eq!(second, Some(Breach::TooMany { what: Counted::Feeds, limit: 1, asked: 2 }));
    assert_eq!(plan(Plans::UNLIMITED).check_new_feed(u32::MAX), None);
}

#[test]
fn voices_may_be_named() {
    let plan = Plan { voices: Some(BTreeSet::from(["mei".to_owned()])), ..Plan::default() };
    let wish = |voice| Wish { voice: Some(voice), ..modest() };
    assert_eq!(plan.check(&wish("mei")), []);
    assert_eq!(plan.check(&wish("kal")), [Breach::Voice { asked: "kal".into() }]);
    assert_eq!((plan.fit(&wish("mei")).voice, plan.fit(&wish("kal")).voice), (Allowed::Yes, Allowed::No));
}

#[test]
fn breaches_are_told_in_both_languages() {
    let over = |what, limit, asked| Breach::TooMany { what, limit, asked };
    for (breach, ja, en) in [
        (
            over(Counted::Feeds, 1, 2),
            "パーソナルフィードは、ご利用のプランでは1件までです（ご希望は2件）。",
            "Your plan covers 1 feed; you asked for 2.",
        ),
        (
            over(Counted::Minutes, 10, 30),
            "1回の番組の長さは、ご利用のプランでは10分までです（ご希望は30分）。",
            "Your plan covers 10 minutes per program; you asked for 30.",
        ),
        (
            over(Counted::DaysPerWeek, 2, 7),
            "1つのフィードの配信は、ご利用のプランでは週2日までです（ご希望は週7日）。",
            "Your plan covers 2 days per week for each feed; you asked for 7.",
        ),
        (
            Breach::Style { asked: Style::Dialogue },
            "ご利用のプランでは、対話形式の番組は選べません。",
            "Your plan does not include programs in dialogue.",
        ),
        (
            Breach::Voice { asked: "mei".into() },
            "ご利用のプランでは、音声「mei」は選べません。",
            "Your plan does not include the voice \"mei\".",
        ),
    ] {
        assert_eq!(breach.sentence(Language::Ja), ja);
        assert_eq!(breach.sentence(Language::En), en);
    }
}

#[test]
fn a_feed_from_a_better_plan_may_come_nearer_to_the_limits() {
    let free = plan(Plans::FREE);
    let (before, nearer) = (bold(), Wish { minutes: 20, ..bold() });
    assert_eq!(free.check_change(&before, &before), []);
    assert_eq!(free.check_change(&before, &nearer), []);
    assert_eq!(keys(&free.check_change(&nearer, &before)), ["minutes"]);
    assert_eq!(keys(&free.check_change(&modest(), &nearer)).len(), 6);
}

#[test]
fn the_better_plan_is_the_same_from_either_side() {
    let plans = plans();
    let of = |name: &str| plans.get(name).unwrap();
    for (one, other, better) in
        [("free", "pro", "pro"), ("pro", "unlimited", "unlimited"), ("free", "free", "free")]
    {
        assert_eq!(Plans::better(of(one), of(other)).0, better);
        assert_eq!(Plans::better(of(other), of(one)).0, better);
    }
    let twin = Plan::default();
    assert_eq!(Plans::better(("b", &twin), ("a", &twin)).0, "a");
    assert_eq!(Plans::better(("a", &twin), ("b", &twin)).0, "a");
}

#[test]
fn what_a_plan_does_not_say_is_not_limited() {
    let json = r#"{"price": "980 JPY", "stripe_prices": ["price_1"], "feeds": 5, "minutes": "unlimited",
        "styles": ["dialogue"], "lane": "first"}"#;
    let plan: Plan = serde_json::from_str(json).unwrap();
    assert_eq!((plan.feeds, plan.minutes, plan.articles), (Limit::of(5), Limit::NONE, Limit::NONE));
    assert!(plan.tells(Style::Single) && plan.tells(Style::Dialogue));
    let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(again, plan);
    assert!(serde_json::from_str::<Plan>(r#"{"feed": 5}"#).is_err());
    let plans = Plans::new(BTreeMap::from([("pro".to_owned(), plan)]));
    assert_eq!((plans.of_price("price_1"), plans.of_price("price_2")), (Some("pro"), None));
}

#[test]
fn a_program_lives_as_long_as_its_plan_says() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let published = at("2026-03-01T07:00:00Z");
    let (free, pro, unlimited) = (plan(Plans::FREE), plan(Plans::PRO), plan(Plans::UNLIMITED));
    assert_eq!(free.expires_at(published), Some(at("2026-03-08T07:00:00Z")));
    assert_eq!(pro.expires_at(published), Some(at("2026-03-31T07:00:00Z")));
    assert_eq!(unlimited.expires_at(published), None);
    let promised = free.expires_at(published);
    assert_eq!(pro.lengthen(promised, published), pro.expires_at(published));
    assert_eq!(unlimited.lengthen(promised, published), None);
    assert_eq!(free.lengthen(pro.expires_at(published), published), pro.expires_at(published));
    assert_eq!(free.lengthen(None, published), None, "what was promised for ever stays");
    let long = Plan { program_days: Limit::of(u32::MAX), ..Plan::default() };
    assert_eq!(long.expires_at(published), None);
}

fn any_limit() -> impl Strategy<Value = Limit> {
    prop_oneof![Just(Limit::NONE), (0..40_u32).prop_map(Limit::of)]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let styles = prop_oneof![Just(vec![Style::Single]), Just(vec![Style::Single, Style::Dialogue])];
    let voices = prop::option::of(Just(BTreeSet::from(["mei".to_owned()])));
    (prop::array::uniform7(any_limit()), styles, voices).prop_map(|(limits, styles, voices)| {
        let [sources_per_feed, filters_per_feed, articles, minutes, days_per_week, feeds, program_days] =
            limits;
        let styles = styles.into_iter().collect();
        Plan {
            feeds,
            sources_per_feed,
            filters_per_feed,
            articles,
            minutes,
            days_per_week,
            program_days,
            styles,
            voices,
            ..Plan::default()
        }
    })
}

fn any_wish() -> impl Strategy<Value = Wish<'static>> {
    let days = prop::sample::select(vec!["daily", "weekdays", "weekends", "sun", "mon,wed,fri"]);
    let style = prop::sample::select(vec![Style::Single, Style::Dialogue]);
    let voice = prop::sample::select(vec![None, Some("mei"), Some("kal")]);
    (0..40_u32, 0..40_u32, prop::option::of(0..40_u32), 1..40_u32, days, style, voice).prop_map(
        |(sources, filters, articles, minutes, days, style, voice)| Wish {
            sources,
            filters,
            articles,
            minutes,
            days: days.parse().unwrap(),
            style,
            voice,
        },
    )
}

proptest! {
    /// Cutting to fit leaves a wish alone that keeps to the plan, and leaves nothing to cut of any other.
    #[test]
    fn what_is_fitted_can_be_had(plan in any_plan(), wish in any_wish()) {
        let Fitted { sources, articles, minutes, days, style, voice } = plan.fit(&wish);
        let voice = wish.voice.filter(|_| voice == Allowed::Yes);
        let days_kept = days.unwrap_or(wish.days);
        let fitted = Wish { sources, filters: wish.filters, articles, minutes, days: days_kept, style, voice };
        let left = plan.check(&fitted);
        let known = |key: &str| key == "filters_per_feed" || (days.is_none() && key == "days_per_week");
        prop_assert!(keys(&left).into_iter().all(known), "{left:?}");
        prop_assert!(sources <= wish.sources && minutes <= wish.minutes);
        if plan.check(&wish).is_empty() {
            prop_assert_eq!((sources, minutes, days, style), (wish.sources, wish.minutes, Some(wish.days), wish.style));
            prop_assert_eq!(voice, wish.voice);
            prop_assert!(articles == wish.articles || wish.articles.is_none());
        }
    }

    #[test]
    fn a_change_of_plan_never_shortens_what_was_promised(
        changes in prop::collection::vec(any_plan(), 1..6), hours in 0..10_000_i64
    ) {
        let published = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let mut promised = changes[0].expires_at(published);
        for plan in &changes {
            let next = plan.lengthen(promised, published);
            prop_assert!(next.is_none() || promised.is_some_and(|before| next >= Some(before)));
            prop_assert!(next.is_none() || plan.expires_at(published) <= next);
            promised = next;
        }
        let longest = changes.iter().map(|plan| plan.program_days).max().unwrap();
        let wished = Plan { program_days: longest, ..Plan::default() }.expires_at(published);
        prop_assert_eq!(promised, wished, "the longest that was ever in force");
    }

    #[test]
    fn the_best_of_several_plans_does_not_depend_on_their_order(plans in prop::collection::vec(any_plan(), 2..5)) {
        let named: Vec<(String, Plan)> =
            plans.into_iter().enumerate().map(|(at, plan)| (at.to_string(), plan)).collect();
        let pairs = || named.iter().map(|(name, plan)| (name.as_str(), plan));
        let forth = pairs().reduce(Plans::better).unwrap();
        let back = pairs().rev().reduce(Plans::better).unwrap();
        prop_assert_eq!(forth.0, back.0);
    }
}
