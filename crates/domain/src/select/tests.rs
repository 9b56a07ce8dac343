use super::*;
use crate::article::ArticleDraft;
use filter::Node;

fn now() -> Timestamp {
    "2026-03-10T06:00:00Z".parse().unwrap()
}

fn wish(language: Language) -> Wish {
    Wish {
        language,
        style: Style::Single,
        minutes: 10,
        max_articles: None,
        filter: Filter::everything(),
        heard: Heard::default(),
        tastes: Tastes::default(),
    }
}

const JA: &str = "非同期の処理を途中でやめると、ファイルは半分だけ書かれたまま残ることがあります。別の名前で\
    最後まで書き、書き終えてから名前を変えれば、読む側には古いものか新しいものかのどちらかしか見えません。\
    名前の変更は同じファイルシステムの中では一度に起こるからです。電源が切れる場合に備えるなら、名前を変える\
    前に中身を、変えた後にディレクトリを、それぞれ確かに書き込ませます。";

fn draft(id: &str, source: &str, title: &str, text: &str) -> ArticleDraft {
    ArticleDraft {
        id: id.into(),
        source: source.into(),
        title: title.into(),
        text: text.into(),
        ..ArticleDraft::default()
    }
}

/// The same length and language as `JA`, other words.
fn japanese(seed: u32) -> String {
    let topics =
        ["索引", "暗号", "圧縮", "試験", "監視", "配信", "音声", "地図", "翻訳", "検索", "複製", "認証"];
    let verbs =
        ["速める", "減らす", "測る", "直す", "分ける", "集める", "比べる", "試す", "並べる", "止める"];
    (0..14)
        .map(|line| {
            let pick =
                |of: &[&str], salt: u32| of[((seed * 31 + line * salt) as usize) % of.len()].to_owned();
            format!(
                "{}を{}には、{}と{}{seed}の関係を考えます。",
                pick(&topics, 7),
                pick(&verbs, 3),
                pick(&topics, 5),
                pick(&verbs, 9)
            )
        })
        .collect()
}

#[test]
fn each_article_is_kept_or_has_its_reason() {
    let mut heard = Heard::default();
    let articles: Vec<Article> = [
        draft("0", "a", "原稿", JA),
        draft("1", "b", "転載", &format!("{JA}\nこの記事は転載です。")),
        draft("2", "a", "別の話", &japanese(1)),
        draft("3", "a", "既に聞いた話", &japanese(2)),
        draft("4", "b", "聞いた話の写し", &format!("{}転載です。", japanese(2))),
        draft("5", "a", "広告：別の話", &japanese(3)),
        draft(
            "6",
            "a",
            "英語の話",
            "The quick answer is that nobody knows, and the long answer is that nobody asked.",
        ),
        draft("7", "a", "空", ""),
    ]
    .into_iter()
    .map(Article::new)
    .collect();
    heard.note_article(&articles[3]);
    let filter = Filter::new(Node::keyword("広告").negated()).unwrap();
    let found = candidates(&articles, &Wish { filter, heard, ..wish(Language::Ja) }, now());

    let kept: Vec<usize> = found.kept.iter().map(|one| one.index).collect();
    assert_eq!(kept, [0, 2]);
    let english: Vec<(usize, String)> =
        found.dropped.iter().map(|one| (one.index, one.reason.sentence(Language::En))).collect();
    let expected = [
        (1, "Nearly the same text is there already."),
        (3, "Already in an earlier program."),
        (4, "Another copy of it was in an earlier program."),
        (5, "Filtered out: keyword \"広告\" is excluded."),
        (6, "It is written in English."),
        (7, "It has a title only."),
    ];
    assert_eq!(english, expected.map(|(index, sentence)| (index, sentence.to_owned())));
    assert_eq!(found.summary().to_string(), "2 of 8 pass");
    assert_eq!(found.summary().sentence(Language::Ja), "8件中2件が対象です。");
}

#[test]
fn of_two_copies_the_better_one_stays() {
    let mut liked = draft("1", "b", "転載", JA);
    liked.likes = Some(900);
    let articles = [Article::new(draft("0", "a", "原稿", JA)), Article::new(liked)];
    let found = candidates(&articles, &wish(Language::Ja), now());
    assert_eq!(found.kept[0].index, 1);
    assert!(matches!(found.dropped[0].reason, Reason::Duplicate { of: 1, .. }));
}

#[test]
fn sources_take_turns_when_scores_are_near() {
    let articles: Vec<Article> = [("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5)]
        .iter()
        .map(|(source, seed)| Article::new(draft(&seed.to_string(), source, "話", &japanese(*seed))))
        .collect();
    let found = candidates(&articles, &wish(Language::Ja), now());
    let order: Vec<usize> = found.kept.iter().map(|one| one.index).collect();
    assert_eq!(order, [0, 3, 4, 1, 2]);
}

#[test]
fn a_revised_article_is_still_heard() {
    let mut heard = Heard::default();
    heard.note_article(&Article::new(draft("0", "a", "原稿", JA)));
    let revised = [Article::new(draft("0", "a", "原稿", &format!("{JA}追記です。")))];
    let found = candidates(&revised, &Wish { heard, ..wish(Language::Ja) }, now());
    assert_eq!(found.dropped[0].reason, Reason::Heard);
}

#[test]
fn two_thousand_articles_lose_nothing() {
    let articles: Vec<Article> =
        (0..2_000).map(|n| Article::new(draft(&n.to_string(), "a", "話", &japanese(n % 1_000)))).collect();
    let found = candidates(&articles, &wish(Language::Ja), now());
    assert_eq!(found.summary().total, 2_000);
    assert!(found.kept.len() <= 1_000, "every text was given twice");
    assert!(found.kept.windows(2).all(|pair| pair[0].worth >= pair[1].worth));
}
