//! The gate over injected errors: how many wrong numbers, versions, dates and names it lets pass.

use domain::{Article, ArticleDraft, Language};
use studio::writer::grounding::Ground;

const JA: &str = include_str!("writer_articles/ja.txt");
const EN: &str = include_str!("writer_articles/en.txt");

/// What a good writer might say of the articles, in its own words.
const SAID_JA: &[&str] = &[
    "佐伯さんのチームは、3月14日にRabbitMQからPostgreSQL 16へ移りました。",
    "移行の前は滞留が42,000件、遅れは平均38分でした。",
    "いまは900件ほどで、2分以内に収まるそうです。",
    "作業者を8台から24台に増やすと、処理量は2.7倍になりました。",
    "期限は30秒ごとに延長されます。",
    "集計の問い合わせが六時間も開いたままになり、表が11GBまで膨らんだこともあります。",
    "10分を超える問い合わせは自動で止まります。",
    "監視のGrafanaが、待ち時間が五分を超えるとSlackに知らせます。",
    "毎秒1万件を超えるならKafkaが向いています。",
    "2026年の東京の話です。",
];
const SAID_EN: &[&str] = &[
    "The team at Parcelwise moved from RabbitMQ to PostgreSQL 16 on the 14th of March 2026.",
    "The backlog had reached 42 thousand jobs, with a delay of 38 minutes on average.",
    "It then fell to 900 jobs and less than 2 minutes.",
    "With 24 workers instead of 8, Helen Sayeki measured 2.7 times the throughput.",
    "Each lease is renewed every thirty seconds.",
    "A query that stayed open for 6 hours made the table grow to 11 GB.",
    "Today any query beyond ten minutes is stopped.",
    "When a job has waited for 5 minutes, Grafana calls the engineer through Slack.",
    "Above 10,000 jobs per second, Kafka remains the better choice.",
];

fn ground(language: Language) -> Ground {
    let text = match language {
        Language::Ja => JA,
        Language::En => EN,
    };
    Ground::of(&Article::new(ArticleDraft { text: text.into(), ..ArticleDraft::default() }), language)
}

#[test]
fn faithful_sentences_pass() {
    for (language, text, said) in [(Language::Ja, JA, SAID_JA), (Language::En, EN, SAID_EN)] {
        let ground = ground(language);
        for sentence in text.lines().chain(said.iter().copied()) {
            assert_eq!(ground.unsupported(sentence), [], "{sentence}");
        }
    }
}

/// Each sentence with one fact changed, by every kind of change.
fn perturbed(sentence: &str) -> Vec<String> {
    let mut changed = Vec::new();
    let runs = |is: fn(char) -> bool| -> Vec<(usize, String)> {
        let mut runs: Vec<(usize, String)> = Vec::new();
        let mut last = None;
        for (at, c) in sentence.char_indices() {
            if is(c) {
                match runs.last_mut() {
                    Some((_, run)) if last == Some(at) => run.push(c),
                    _ => runs.push((at, c.to_string())),
                }
                last = Some(at + c.len_utf8());
            }
        }
        runs
    };
    let mut swap = |at: usize, old: &str, new: &str| {
        changed.push(format!("{}{new}{}", &sentence[..at], &sentence[at + old.len()..]));
    };
    for (at, run) in runs(|c| c.is_ascii_digit()) {
        // "000" of "10,000" is no number of its own.
        if sentence[..at].ends_with(',') {
            continue;
        }
        let value: u64 = run.parse().expect("a run of digits");
        for other in [value + 1, value * 10 + 3, value + 47] {
            swap(at, &run, &other.to_string());
        }
    }
    for (at, run) in runs(|c| "二三四五六七八九".contains(c)) {
        for other in ["七", "九"] {
            if run != other {
                swap(at, &run, other);
            }
        }
    }
    for (at, run) in runs(|c| c.is_ascii_alphanumeric()) {
        if matches!(run.as_str(), "thirty" | "ten" | "two" | "six" | "five") {
            swap(at, &run, "nineteen");
        }
        let name = run.starts_with(|c: char| c.is_ascii_uppercase())
            && run.len() > 2
            && !COMMON.contains(&run.as_str());
        if name {
            for other in ["Oracle", "TypeScript", "Margaret", "AWS"] {
                swap(at, &run, other);
            }
        }
    }
    for month in ["April", "November"] {
        if let Some(at) = sentence.find("March") {
            swap(at, "March", month);
        }
    }
    for other in ["鈴木", "田中"] {
        if let Some(at) = sentence.find("佐伯") {
            swap(at, "佐伯", other);
        }
    }
    changed
}

/// Capitalised words of the sentences that are no names.
const COMMON: &[&str] = &["The", "With", "Each", "Today", "When", "Above", "March", "SKIP", "LOCKED"];

#[test]
fn injected_errors_are_caught() {
    let (mut caught, mut missed) = (0, Vec::new());
    for (language, said) in [(Language::Ja, SAID_JA), (Language::En, SAID_EN)] {
        let ground = ground(language);
        for sentence in said.iter().flat_map(|sentence| perturbed(sentence)) {
            if ground.unsupported(&sentence).is_empty() {
                missed.push(sentence);
            } else {
                caught += 1;
            }
        }
    }
    let all = caught + missed.len();
    assert!(all > 120, "too few errors to say anything: {all}");
    assert!(caught * 100 >= all * 95, "{caught} of {all} caught; missed: {missed:#?}");
    eprintln!("{caught} of {all} injected errors caught; missed: {missed:#?}");
}

#[test]
fn numbers_and_names_are_not_exchanged_for_others_of_the_article_with_another_unit() {
    let ja = ground(Language::Ja);
    for sentence in ["遅れは平均で38秒でした。", "24件の作業者です。", "表は11時間で膨れました。"]
    {
        assert!(!ja.unsupported(sentence).is_empty(), "{sentence}");
    }
}

#[test]
fn hosts_and_addresses_of_others_are_found() {
    let ground = ground(Language::En);
    for sentence in ["Visit evil.com today.", "Read more on https://attacker.example/x."] {
        assert!(!ground.unsupported(sentence).is_empty(), "{sentence}");
    }
}
