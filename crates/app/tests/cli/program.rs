//! Programs of every kind, whole.

use super::{
    documents::{ENGLISH_SAMPLES, JAPANESE_SAMPLES, item, rss},
    folder::Folder,
    run::Home,
};

#[test]
fn both_languages_and_styles_are_made() {
    let home = Home::new();
    for (source, language) in [(ENGLISH_SAMPLES, "en"), (JAPANESE_SAMPLES, "ja")] {
        for style in ["single", "dialogue"] {
            home.generate(source, &["--style", style, "--language", language]).succeeds();
            let folder = Folder::whole(&home, "out");
            assert_eq!(folder.program["language"], language);
            assert!(!folder.articles().is_empty());
        }
        home.generate(source, &[]).succeeds();
        assert_eq!(Folder::whole(&home, "out").program["language"], language, "told from the articles");
    }
}

#[test]
fn no_more_articles_than_wished() {
    let home = Home::new();
    let arguments = ["generate", "--source", ENGLISH_SAMPLES, "--minutes", "3", "--out", "out"];
    home.run(&[&arguments[..], &["--articles", "1"]].concat()).succeeds();
    assert_eq!(Folder::whole(&home, "out").articles().len(), 1);
}

/// Thirty towns with a number or three in each sentence, no two alike.
fn numbers(language: &str, article: u64) -> String {
    let seed = |n: u64| (n + 31 * article) * 7_368_787;
    let towns = ["Lisbon", "Oslo", "Cairo", "Lima", "Quito", "Dakar", "Seoul", "Riga", "Turin", "Perth"];
    let sentence = |n: u64| {
        let town = towns[(n % 10) as usize];
        let (large, small, year) = (seed(n) % 900_000_000, seed(n) % 9_000, 1900 + seed(n) % 120);
        match (language, n % 3) {
            ("en", 0) => format!("The port of {town} moved {large} tonnes with {small} ships in {year}."),
            ("en", 1) => format!("In {town} the meter stopped at {large}, after {small}.5 hours of rain."),
            ("en", _) => format!("The budget of {town} rose by ${large}, or {}.25 percent.", small % 90),
            (_, 0) => format!("{town}の港は{year}年に{small}隻の船で{large}トンを運びました。"),
            (_, 1) => format!("{town}の計器は{small}.5時間の雨のあと{large}で止まりました。"),
            _ => format!("{town}の予算は{large}円増え、率では{}.25%でした。", small % 90),
        }
    };
    (0..30).map(sentence).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_or_two_articles_full_of_numbers_fill_a_short_program() {
    let home = Home::new();
    for (language, title) in [("en", "Harbours in numbers"), ("ja", "数字で見る港")] {
        for articles in 1..=2 {
            let items = (0..articles).map(|n| item(&format!("{title} {}", n + 1), &numbers(language, n)));
            let source = home.file("numbers.xml", rss(&items.collect::<String>()));
            for minutes in 1..=2_u64 {
                let minutes = minutes.to_string();
                let arguments = [
                    "generate",
                    "--source",
                    &source,
                    "--language",
                    language,
                    "--minutes",
                    &minutes,
                    "--out",
                    "out",
                ];
                home.run(&arguments).succeeds();
                let program = Folder::whole(&home, "out").program;
                assert_eq!(program["edition"], "full", "{minutes} min of {articles}: {}", program["reason"]);
            }
        }
    }
}

#[test]
fn a_feed_of_thousands_is_an_archive_of_which_the_newest_are_read() {
    let text = |n: usize| {
        let line = |m: usize| {
            format!(
                "Bridge {n} was rebuilt in {}, and its arch number {m} stood for {} days.",
                1900 + n % 120,
                n * m + 3
            )
        };
        (1..8).map(line).collect::<Vec<_>>().join(" ")
    };
    let items: String = (0..5_000).map(|n| item(&format!("The story of bridge {n}"), &text(n))).collect();
    let home = Home::new();
    let source = home.file("feed.xml", rss(&items));
    home.generate(&source, &[]).succeeds();
    Folder::whole(&home, "out");
}

#[test]
fn a_hundred_sources_are_one_program() {
    let home = Home::new();
    let sources: Vec<String> = (0..100)
        .map(|n| {
            let text = format!("Town {n} opened a library with {} books. ", n * 37 + 5).repeat(2)
                + &format!("It has {n} windows, and the reading room is open on {n} evenings a year. Its roof was mended by \
                   volunteers who met there every winter to talk about the {n} bridges of the valley.");
            home.file(&format!("{n}.xml"), rss(&item(&format!("The library of town {n}"), &text)))
        })
        .collect();
    let mut arguments = vec!["generate", "--minutes", "1", "--out", "out"];
    sources.iter().for_each(|source| arguments.extend(["--source", source]));
    home.run(&arguments).succeeds();
    Folder::whole(&home, "out");
}

#[test]
fn the_demo_makes_every_listeners_program_and_voices_nothing_twice() {
    let home = Home::new();
    let first = home.run(&["demo", "--once", "--listeners", "6"]).succeeds();
    assert_eq!(first.stdout, "");
    for said in ["(ja)", "(en)", "published 6 of 6", "names spoken: 6"] {
        assert!(first.stderr.contains(said), "{said}: {first:?}");
    }
    let media = home.media();
    let second = home.run(&["demo", "--once"]).succeeds();
    for said in ["published 2 of 2", "writer calls: 0 ", "voice calls: 0 ", "names spoken: 2"] {
        assert!(second.stderr.contains(said), "{said}: {second:?}");
    }
    assert_eq!(home.media().len(), media.len() + 2, "but the greetings of two new listeners");
}
