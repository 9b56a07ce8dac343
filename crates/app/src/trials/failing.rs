//! A provider that fails: what it cannot make is given up in time, and others take its place.

use super::{models::ModelBooth, on_both, stage::Stage};
use crate::{
    making::Product,
    narrate::{Booth, NarrateError},
};
use domain::{
    Host, Language, Reading, Script,
    provider::{Period, Why, Withheld},
};
use futures::future::BoxFuture;
use queue::dead::DeadFilter;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};
use studio::{
    japanese::Japanese,
    mixer::Jingle,
    voice::VoiceError,
    writer::{Extractive, OpenAi, OpenAiSettings},
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::method};

on_both!(
    what_cannot_be_spoken_is_given_up_and_others_take_its_place,
    what_a_writer_finished_after_we_had_hung_up_is_paid_twice_at_most,
    a_provider_that_may_not_be_called_is_one_trouble,
);

fn failed() -> NarrateError {
    VoiceError::ServerFailed { host: "model".into(), status: 500 }.into()
}

async fn what_cannot_be_spoken_is_given_up_and_others_take_its_place(mut stage: Stage) {
    stage.booth.fail_where(|text| text.contains("harbour").then(failed));
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_programs(1).await;
    let programs = stage.room.store.latest_programs(10).await.unwrap();
    for program in &programs {
        let titles: Vec<&str> = program.document.segments.iter().map(|one| one.title.as_str()).collect();
        assert!(titles.iter().all(|title| !title.contains("harbour")), "{titles:?}");
    }
    let most = stage.booth.calls.most();
    assert!(most <= stage.room.rules.policies.transient.tries, "{most} calls: retries have an end");
}

/// The model's voice by another name, which nobody has to pay.
struct Plain(Arc<dyn Booth>);

impl Booth for Plain {
    fn fingerprint(&self, _: Language, _: Host) -> String {
        "plain".into()
    }

    fn speaker(&self, language: Language, host: Host) -> String {
        self.0.speaker(language, host)
    }

    fn record<'a>(
        &'a self,
        script: &'a Script,
        language: Language,
        own: &'a [Reading],
    ) -> BoxFuture<'a, Result<Product, NarrateError>> {
        self.0.record(script, language, own)
    }

    fn play(&self, jingle: Jingle) -> BoxFuture<'_, Result<Product, NarrateError>> {
        self.0.play(jingle)
    }
}

/// Everybody has a program, and no artifact is a dead letter of its own.
async fn a_provider_that_may_not_be_called_is_one_trouble(mut stage: Stage) {
    stage.booth.fail_where(|_| {
        let why = Why::Budget(Period::Month);
        Some(VoiceError::Withheld(Withheld { provider: "speech".into(), why, wait: None }).into())
    });
    let room = Arc::get_mut(&mut stage.room).unwrap();
    let mut plain = room.narrator.clone();
    plain.keys.booth = Arc::new(Plain(Arc::new(ModelBooth::default())));
    room.plain = Some(plain);
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_programs(1).await;
    assert_eq!(stage.room.store.dead_groups(&DeadFilter::default()).await.unwrap(), []);
    let told = stage.room.alerts.told();
    assert_eq!(told, [("provider", "speech".to_owned())]);
}

/// The first time it is asked for an article it takes longer than anybody waits for it.
async fn what_a_writer_finished_after_we_had_hung_up_is_paid_twice_at_most(mut stage: Stage) {
    let server = MockServer::start().await;
    let asked = std::sync::Mutex::new(HashMap::<String, u32>::new());
    let answer = move |request: &Request| {
        let work = String::from_utf8_lossy(&request.body).into_owned();
        let mut asked = asked.lock().unwrap();
        let times = asked.entry(work).or_default();
        *times += 1;
        let delay = if *times == 1 { Duration::from_secs(3) } else { Duration::ZERO };
        ResponseTemplate::new(200).set_body_json(completion(&request.body_json().unwrap())).set_delay(delay)
    };
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    let settings = OpenAiSettings {
        base_url: server.uri(),
        api_key: String::new(),
        model: "model".into(),
        timeout: Duration::from_millis(500),
    };
    let client = net::trusted("test").unwrap();
    let instead = Arc::new(Extractive::new(Japanese::lazy(&stage.media)));
    let room = Arc::get_mut(&mut stage.room).unwrap();
    room.narrator.keys.writer = Arc::new(OpenAi::new(client, settings, instead));
    stage.day(async |stage, job| stage.run(job).await).await;
    stage.check_programs(1).await;
    let mut paid: HashMap<Vec<u8>, u32> = HashMap::new();
    for request in server.received_requests().await.unwrap() {
        *paid.entry(request.body).or_default() += 1;
    }
    // What nobody waits for any more after the first time is not asked for again.
    assert!(paid.values().all(|times| *times <= 2), "{:?}", paid.values());
    assert!(paid.values().any(|times| *times == 2), "{:?}", paid.values());
}

/// The article's own words: it stands in a line of the third message, as JSON.
fn completion(body: &Value) -> Value {
    let lines = body["messages"][2]["content"].as_str().unwrap().lines();
    let article: Value = lines.filter_map(|line| serde_json::from_str(line).ok()).next().unwrap();
    let told = article["text"].as_str().unwrap().lines().take(9);
    let lines: Vec<Value> = told.map(|line| json!({"host": "main", "text": line, "quote": line})).collect();
    let content = json!({ "lines": lines }).to_string();
    json!({"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]})
}
