//! What docs/develop/external-generator.md shows is what this service sends, takes and believes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use domain::{
    Language, Style,
    external::{Answer, Generator, Request},
};
use net::webhook::Secrets;
use serde_json::Value;

const PAGE: &str = include_str!("../../../docs/develop/external-generator.md");

/// The page's code blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

fn generator() -> Generator {
    Generator::read(blocks("json")[0]).unwrap()
}

#[test]
fn the_request_is_as_shown() {
    let shown: Value = serde_json::from_str(blocks("json")[1]).unwrap();
    let secrets = Secrets::parse(generator().secrets()).unwrap();
    let occurrence = shown["occurrence"].as_str().unwrap().parse().unwrap();
    let base = "https://radio.example/".parse().unwrap();
    let request = Request {
        occurrence,
        feed: shown["feed"].as_str().unwrap().parse().unwrap(),
        feed_name: "朝の技術".into(),
        local_date: "2026-11-25".parse().unwrap(),
        zone: "Asia/Tokyo".into(),
        ready_by: "2026-11-24T22:00:00Z".parse().unwrap(),
        due_at: "2026-11-24T22:00:00Z".parse().unwrap(),
        answer_by: "2026-11-24T21:59:00Z".parse().unwrap(),
        language: Language::Ja,
        style: Style::Dialogue,
        minutes: 10,
        callback_url: web::callback::address(&base, &secrets, occurrence),
    };
    assert_eq!(serde_json::to_value(&request).unwrap(), shown);
}

#[test]
fn every_answer_that_is_shown_is_taken() {
    let occurrence = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27".parse().unwrap();
    let answers: Vec<Answer> =
        blocks("json")[2..].iter().map(|text| Answer::parse(text.as_bytes(), occurrence).unwrap()).collect();
    assert!(
        matches!(&answers[..], [Answer::Program(_), Answer::Nothing(_), Answer::Failed(_)]),
        "{answers:?}"
    );
}

#[test]
fn the_callback_that_is_shown_is_believed() {
    let (head, body) = blocks("http")[1].split_once("\n\n").unwrap();
    let headers: HeaderMap = head
        .lines()
        .skip(1)
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap()))
        .collect();
    let secrets = Secrets::parse(generator().secrets()).unwrap();
    assert_eq!(secrets.verify(&headers, body.as_bytes(), 1_795_554_600), Ok(()));
    let path = head.split(' ').nth(1).unwrap();
    assert!(blocks("json")[1].contains(path), "it goes where the request said");
}
