use super::*;
use crate::article::ArticleDraft;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-03-10T06:00:00Z".parse().unwrap()
}

fn article() -> Article {
    Article::new(ArticleDraft {
        source: "qiita:tag/rust".into(),
        id: "1".into(),
        title: "Rustで学ぶ所有権と借用".into(),
        author: Some("Hanako".into()),
        published: Some("2026-03-08T06:00:00Z".parse().unwrap()),
        tags: vec!["Rust".into(), "初心者".into()],
        likes: Some(42),
        text: "所有権とは何かを、Tokio を使った小さなサーバーの例で説明します。".into(),
        ..ArticleDraft::default()
    })
}

fn passes(json: &str) -> bool {
    Filter::from_json(json).unwrap().matches(&article(), now()).passes()
}

fn refusal(json: &str) -> Refusal {
    match Filter::from_json(json).unwrap().matches(&article(), now()) {
        Verdict::Refused(refusal) => refusal,
        Verdict::Passes(strength) => panic!("passes with {strength:?}"),
    }
}

#[test]
fn conditions_are_counted_wherever_they_stand() {
    for (json, conditions) in [
        (r#"{"all": []}"#, 0),
        (r#"{"tag": "rust"}"#, 1),
        (r#"{"all": [{"tag": "rust"}, {"not": {"any": [{"author": "a"}, {"keyword": "b"}]}}]}"#, 3),
    ] {
        assert_eq!(Filter::from_json(json).unwrap().conditions(), conditions, "{json}");
    }
}

#[test]
fn every_leaf_says_yes_and_no() {
    for (yes, no) in [
        (r#"{"tag": "rust"}"#, r#"{"tag": "rus"}"#),
        (r#"{"author": "@hanako"}"#, r#"{"author": "hana"}"#),
        (r#"{"keyword": "所有権"}"#, r#"{"keyword": "継承"}"#),
        (r#"{"keyword": "tokio"}"#, r#"{"keyword": "toki"}"#),
        (r#"{"source": "qiita:tag/rust"}"#, r#"{"source": "hn:front"}"#),
        (r#"{"language": "ja"}"#, r#"{"language": "en"}"#),
        (r#"{"max_age_days": 2}"#, r#"{"max_age_days": 1}"#),
        (r#"{"min_likes": 42}"#, r#"{"min_likes": 43}"#),
        (r#"{"all": []}"#, r#"{"not": {"all": []}}"#),
        (r#"{"any": [{"tag": "go"}, {"tag": "rust"}]}"#, r#"{"any": [{"tag": "go"}, {"tag": "zig"}]}"#),
    ] {
        assert!(passes(yes), "{yes}");
        assert!(!passes(no), "{no}");
    }
}

#[test]
fn what_is_not_known_does_not_hold() {
    let mut bare = article();
    (bare.published, bare.likes, bare.author) = (None, None, None);
    for node in [Node::max_age_days(3_650), Node::min_likes(1), Node::author("hanako")] {
        assert!(!Filter::new(node.clone()).unwrap().matches(&bare, now()).passes(), "{node:?}");
        assert!(Filter::new(node.negated()).unwrap().matches(&bare, now()).passes());
    }
    assert!(Filter::new(Node::min_likes(0)).unwrap().matches(&bare, now()).passes());
}

#[test]
fn a_refusal_names_what_failed() {
    let told = refusal(r#"{"all": [{"tag": "rust"}, {"any": [{"keyword": "WASM"}, {"min_likes": 100}]}]}"#);
    assert_eq!(
        told.sentence(Language::En),
        "keyword \"WASM\" does not match, and it has fewer than 100 likes"
    );
    assert_eq!(told.sentence(Language::Ja), "キーワード「WASM」に一致しない、いいねが100未満");
    let told = refusal(r#"{"not": {"any": [{"tag": "go"}, {"tag": "rust"}]}}"#);
    assert_eq!(told.sentence(Language::En), "tag \"rust\" is excluded");
    let told = refusal(r#"{"any": [{"tag":"a"},{"tag":"b"},{"tag":"c"},{"tag":"d"},{"tag":"e"}]}"#);
    assert_eq!((told.misses.len(), told.more), (3, 2));
}

#[test]
fn strength_tells_title_from_text() {
    let strength = |json: &str| match Filter::from_json(json).unwrap().matches(&article(), now()) {
        Verdict::Passes(strength) => strength.points(),
        Verdict::Refused(refusal) => panic!("{refusal:?}"),
    };
    assert_eq!(strength(r#"{"keyword": "所有権"}"#), 3);
    assert_eq!(strength(r#"{"keyword": "tokio"}"#), 1);
    assert_eq!(strength(r#"{"any": [{"keyword": "借用"}, {"tag": "rust"}, {"tag": "go"}]}"#), 5);
    assert_eq!(strength(r#"{"not": {"tag": "go"}}"#), 0);
}

#[test]
fn hostile_trees_are_refused_by_kind() {
    let deep = |levels: usize| (1..levels).fold(Node::tag("a"), |node, _| node.negated());
    assert!(Filter::new(deep(8)).is_ok());
    assert!(matches!(Filter::new(deep(9)), Err(FilterError::TooDeep { depth: 9 })));
    let wide = |leaves: usize| Node::Any(vec![Node::tag("a"); leaves]);
    assert!(Filter::new(wide(199)).is_ok());
    assert!(matches!(Filter::new(wide(200)), Err(FilterError::TooLarge { nodes: 201 })));
    assert!(matches!(Filter::from_json(r#"{"any": []}"#), Err(FilterError::EmptyAny)));
    assert!(matches!(Filter::from_json(r#"{"tag": " "}"#), Err(FilterError::EmptyTerm { leaf: "tag" })));
    assert!(matches!(Filter::from_json(r#"{"max_age_days": 0}"#), Err(FilterError::NoAge)));
    let long = format!(r#"{{"keyword": "{}"}}"#, "a".repeat(201));
    assert!(matches!(Filter::from_json(&long), Err(FilterError::LongTerm { chars: 201, .. })));
    for odd in ["{}", "[]", r#"{"colour": "red"}"#, r#"{"min_likes": -1}"#, r#"{"tag": "a", "author": "b"}"#]
    {
        assert!(matches!(Filter::from_json(odd), Err(FilterError::Json(_))), "{odd}");
    }
    let pit = r#"{"not":"#.repeat(100_000);
    assert!(matches!(Filter::from_json(&pit), Err(FilterError::Json(_))));
}

fn leaves() -> impl Strategy<Value = Node> {
    prop_oneof![
        prop_oneof![Just("rust"), Just("go"), Just("初心者")].prop_map(Node::tag),
        prop_oneof![Just("hanako"), Just("taro")].prop_map(Node::author),
        prop_oneof![Just("所有権"), Just("tokio"), Just("wasm")].prop_map(Node::keyword),
        prop_oneof![Just(Language::Ja), Just(Language::En)].prop_map(Node::language),
        (1_u32..5).prop_map(Node::max_age_days),
        (0_u64..90).prop_map(Node::min_likes),
    ]
}

fn trees() -> impl Strategy<Value = Node> {
    leaves().prop_recursive(3, 30, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Node::All),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Node::Any),
            inner.prop_map(Node::negated),
        ]
    })
}

fn verdict(node: Node) -> Verdict {
    Filter::new(node).unwrap().matches(&article(), now())
}

proptest! {
    #[test]
    fn not_not_changes_nothing(tree in trees()) {
        prop_assert_eq!(verdict(tree.clone().negated().negated()), verdict(tree));
    }

    #[test]
    fn not_turns_every_verdict(tree in trees()) {
        prop_assert_ne!(verdict(tree.clone().negated()).passes(), verdict(tree).passes());
    }

    #[test]
    fn de_morgan(children in proptest::collection::vec(trees(), 1..4)) {
        let negated: Vec<Node> = children.iter().cloned().map(Node::negated).collect();
        prop_assert_eq!(verdict(Node::All(children.clone()).negated()), verdict(Node::Any(negated.clone())));
        prop_assert_eq!(verdict(Node::Any(children).negated()), verdict(Node::All(negated)));
    }

    #[test]
    fn a_refusal_has_a_reason(tree in trees()) {
        if let Verdict::Refused(refusal) = verdict(Node::All(vec![tree, Node::tag("no such tag")])) {
            prop_assert!(refusal.misses.len() <= 3);
            prop_assert!(refusal.more == 0 || refusal.misses.len() == 3);
        }
    }

    #[test]
    fn json_reads_back(tree in trees()) {
        let filter = Filter::new(tree).unwrap();
        let json = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(Filter::from_json(&json).unwrap(), filter.clone());
        prop_assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
    }
}
