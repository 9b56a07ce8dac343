//! The command line: what is no wish at all.

use super::{documents::good, run::Home};

#[test]
fn wrong_usage_is_2() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    let generate = |more: &[&str]| {
        let arguments = [&["generate", "--source", source.as_str(), "--out", "out"], more].concat();
        home.run(&arguments).fails(2)
    };
    for minutes in ["0", "600", "121", "x", "-1", "1.5", ""] {
        let line = generate(&["--minutes", minutes]);
        assert!(line.contains("--minutes") || line.contains("'-1'"), "{line}");
    }
    for articles in ["0", "101", "many"] {
        assert!(generate(&["--articles", articles]).contains("--articles"));
    }
    assert!(generate(&["--language", "de"]).contains("auto, ja, en"));
    assert!(generate(&["--style", "trio"]).contains("single, dialogue"));
    assert!(generate(&["--bogus"]).contains("--bogus"));
    assert!(home.run(&["generate", "--out", "out"]).fails(2).contains("--source"));
    assert!(home.run(&["generate", "--source", &source]).fails(2).contains("--out"));
    assert!(home.run(&[]).fails(2).contains("subcommand"));
    assert!(home.run(&["generat"]).fails(2).contains("generat"));
    assert!(home.run(&["feed", "inspect"]).fails(2).contains("PATH_OR_URL"));
    assert_eq!(home.names_in("."), ["feed.xml"], "nothing was begun");
}

#[test]
fn help_and_version_are_answers() {
    let home = Home::new();
    for arguments in [&["--help"][..], &["generate", "--help"], &["--version"]] {
        let ended = home.run(arguments).succeeds();
        assert!(!ended.stdout.is_empty() && ended.stderr.is_empty(), "{ended:?}");
    }
}

#[test]
fn a_source_that_is_no_address_is_4() {
    let home = Home::new();
    for source in ["", "qiita:rust", "ftp://news.example/", "file:///etc/passwd", "https://", "zenn:x/y"] {
        let line = home.generate(source, &[]).fails(4);
        assert!(line.contains("is no source"), "{line}");
    }
    let line = home.generate("feed\n\u{1b}[2J.xml", &[]).fails(4);
    assert!(line.contains("no such file"), "{line}");
}
