//! The offline writer over whole articles: what it says, how long, and where each sentence stands.

use domain::{Article, ArticleDraft, Depth, Host, Language, Style, Written, WrittenBy, spoken::units};
use proptest::prelude::*;
use std::{collections::BTreeSet, path::PathBuf};
use studio::{
    japanese::Japanese,
    writer::{Brief, Extractive, Failure, WriterError},
};

const JA: &str = include_str!("writer_articles/ja.txt");
const EN: &str = include_str!("writer_articles/en.txt");

fn article(language: Language) -> Article {
    let (title, author, text) = match language {
        Language::Ja => ("【連載】待ち行列は表で足りる | Qiita", "水野ほたる", JA),
        Language::En => ("🚀 A queue needs only a table - DEV Community", "Nora Field", EN),
    };
    Article::new(ArticleDraft {
        title: title.into(),
        author: Some(author.into()),
        text: text.into(),
        ..ArticleDraft::default()
    })
}

fn writer() -> Extractive {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("voice");
    Extractive::new(Japanese::lazy(dir))
}

fn told(article: &Article, language: Language, style: Style, depth: Depth, pace: f32) -> Written {
    writer().tell(&Brief { article, language, style, depth, pace }).expect("there is enough to say")
}

fn check_spans(article: &Article, written: &Written) {
    let mut at = 0;
    for line in &written.script.lines {
        let Some(span) = &line.span else { continue };
        assert_eq!(article.text.get(span.clone()), Some(line.text.as_str()));
        assert!(span.start >= at, "out of order: {}", line.text);
        at = span.end;
    }
}

#[test]
fn without_room_for_the_dictionary_japanese_waits_and_english_goes_on() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let writer = Extractive::new(Japanese::lazy(file.path()));
    let tell = |language| {
        let article = article(language);
        writer.tell(&Brief {
            article: &article,
            language,
            style: Style::Single,
            depth: Depth::Brief,
            pace: 4.0,
        })
    };
    let error = tell(Language::Ja).expect_err("no folder can be made in a file");
    assert_eq!(error.failure(), Failure::Transient, "{error}");
    tell(Language::En).expect("needs no dictionary");
}

#[test]
fn the_time_is_filled_with_whole_sentences_in_order() {
    for language in [Language::Ja, Language::En] {
        let article = article(language);
        for (depth, pace) in
            [(Depth::Brief, 4.0), (Depth::Brief, 6.0), (Depth::Standard, 2.2), (Depth::Deep, 1.1)]
        {
            let written = told(&article, language, Style::Single, depth, pace);
            check_spans(&article, &written);
            assert_eq!(written.by, WrittenBy::Extractive);
            let said = units(&written.script.text(), language) as f32;
            let wished = depth.seconds() as f32 * pace;
            assert!((said / wished - 1.0).abs() <= 0.1, "{language} {depth:?} {said} of {wished}");
            let own: BTreeSet<&str> = written.script.lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(own.len(), written.script.lines.len(), "a line is said twice");
        }
    }
}

#[test]
fn the_opening_names_the_article_and_nothing_names_headings() {
    let ja = told(&article(Language::Ja), Language::Ja, Style::Single, Depth::Deep, 7.0).script;
    assert!(ja.lines[0].text.starts_with("『待ち行列は表で足りる』。"), "{}", ja.lines[0].text);
    assert!(ja.lines[0].text.contains("水野ほたるさん") && ja.lines[0].span.is_none());
    let en = told(&article(Language::En), Language::En, Style::Single, Depth::Deep, 3.0).script;
    assert!(en.lines[0].text.starts_with("A queue needs only a table"), "{}", en.lines[0].text);
    assert!(en.lines[0].text.contains("Nora Field"));
    for heading in ["なぜ表で足りるのか", "落とし穴もあります", "Why a table is enough", "There are traps"]
    {
        assert!(!ja.text().contains(heading) && !en.text().contains(heading), "{heading}");
    }
    assert!(
        ja.text()
            .contains("「速さよりも、何が起きたかを後から読めることが大きい。表なら誰でも調べられる。」と")
    );
    assert!(en.text().contains("e.g. the oldest one"));
}

#[test]
fn a_code_note_is_said_only_after_what_introduces_it() {
    for (language, note, pace) in [(Language::Ja, "（コード例）", 7.0), (Language::En, "(code example)", 3.0)]
    {
        let article = article(language);
        let deep = told(&article, language, Style::Single, Depth::Deep, pace).script;
        assert!(deep.text().contains(note), "everything fits");
        for pace in [1.0, 2.0, 3.0, 4.0, 5.0, 6.0] {
            let lines = told(&article, language, Style::Single, Depth::Brief, pace).script.lines;
            for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.text == note) {
                assert!(
                    lines[at - 1].text.contains("次のように") || lines[at - 1].text.contains("like this"),
                    "{line:?}"
                );
            }
        }
        let alone = Article::new(ArticleDraft {
            text: article.text.replace("次のように", "").replace("like this:", "quickly."),
            ..ArticleDraft::default()
        });
        assert!(!told(&alone, language, Style::Single, Depth::Deep, pace).script.text().contains(note));
    }
}

#[test]
fn a_sentence_that_was_said_is_not_said_again_in_other_words() {
    let text = format!(
        "{EN}\nThe team of Dr. Helen Sayeki at Parcelwise replaced RabbitMQ with PostgreSQL 16 on March 14, 2026, they say.\n"
    );
    let article = Article::new(ArticleDraft { text, ..ArticleDraft::default() });
    let said = told(&article, Language::En, Style::Single, Depth::Deep, 5.0).script.text();
    assert_eq!(said.matches("RabbitMQ").count(), 1);
}

#[test]
fn in_a_dialogue_the_second_host_reacts_and_never_tells() {
    for (language, pace) in [(Language::Ja, 4.0), (Language::En, 2.0)] {
        let article = article(language);
        let written = told(&article, language, Style::Dialogue, Depth::Standard, pace);
        check_spans(&article, &written);
        let guests: Vec<_> = written.script.lines.iter().filter(|line| line.host == Host::Guest).collect();
        assert!(
            guests.len() >= 2
                && guests.iter().all(|line| line.span.is_none() && units(&line.text, language) < 20)
        );
        assert_eq!(written.script.lines.last().map(|line| line.host), Some(Host::Main));
        assert_eq!(written, told(&article, language, Style::Dialogue, Depth::Standard, pace));
    }
}

#[test]
fn an_article_that_cannot_be_told_is_refused() {
    let brief = |article: &Article| {
        writer().tell(&Brief {
            article,
            language: Language::Ja,
            style: Style::Single,
            depth: Depth::Brief,
            pace: 7.0,
        })
    };
    assert!(matches!(brief(&article(Language::En)), Err(WriterError::OtherLanguage { .. })));
    for text in ["", "🎉🎉", "（コード例）", "\n\n・\n"] {
        let empty = Article::new(ArticleDraft {
            title: "ひとことです".into(),
            text: text.into(),
            ..ArticleDraft::default()
        });
        assert!(matches!(brief(&empty), Err(WriterError::NothingToSay { .. })), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_told_from_itself(
        text in "([a-zA-Z0-9あ-ん漢字ァ-ヶ。！？「」（）.!?, \"・-]{0,60}\n?){0,12}",
        title in ".{0,40}",
        japanese: bool,
        dialogue: bool,
        pace in -1.0_f32..2_000.0,
    ) {
        let article = Article::new(ArticleDraft { title, text, ..ArticleDraft::default() });
        let language = if japanese { Language::Ja } else { Language::En };
        let style = if dialogue { Style::Dialogue } else { Style::Single };
        let brief = Brief { article: &article, language, style, depth: Depth::Standard, pace };
        if let Ok(written) = Extractive::without_dictionary().tell(&brief) {
            check_spans(&article, &written);
        }
    }
}
