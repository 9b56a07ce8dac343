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
    let made_since = home.media().difference(&media).count();
    assert_eq!(made_since, 2, "two names");
}
