//! A writer and a voice that cost nothing: they count what is asked of them, and fail when they are told to.

use crate::{
    making::{Audio, Product},
    narrate::{Booth, NarrateError, Said},
};
use domain::{AudioFormat, Host, Language, Line, Script, Usage, Written, WrittenBy, program::Cue};
use futures::future::BoxFuture;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use studio::{
    mixer::{Jingle, Loudness},
    voice::default_pace,
    writer::{Brief, Writer, WriterError},
};

/// Words that the model writer says in one line.
const LINE_WORDS: usize = 20;

/// Calls by what they were for.
#[derive(Debug, Default)]
pub struct Calls(Mutex<HashMap<String, u32>>);

impl Calls {
    fn note(&self, what: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what.to_owned()).or_default() += 1;
    }

    /// The most that anything was paid for.
    pub fn most(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().copied().max().unwrap_or(0)
    }
}

/// Tells an article in its own first words, as many as its depth has time for.
#[derive(Debug, Default)]
pub struct ModelWriter {
    pub calls: Calls,
}

impl Writer for ModelWriter {
    fn fingerprint(&self) -> String {
        "model".into()
    }

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(async move {
            self.calls.note(&format!("{} {}", brief.article.id, brief.depth.name()));
            tokio::task::yield_now().await;
            let words: Vec<&str> = brief.article.text.split_whitespace().take(brief.target()).collect();
            let line = |words: &[&str]| Line { host: Host::Main, text: words.join(" "), span: None };
            Ok(Written {
                script: Script { lines: words.chunks(LINE_WORDS).map(line).collect() },
                by: WrittenBy::Extractive,
                usage: Usage::default(),
                dropped: 0,
            })
        })
    }
}

type Fault = Box<dyn Fn(&str) -> Option<NarrateError> + Send + Sync>;

/// Speaks at the pace that everybody expects.
#[derive(Default)]
pub struct ModelBooth {
    pub calls: Calls,
    /// What was said by a dictionary of somebody's own.
    pub own: Calls,
    fault: Mutex<Option<Fault>>,
}

impl ModelBooth {
    /// From now on what is said fails where this says so.
    pub fn fail_where(&self, fault: impl Fn(&str) -> Option<NarrateError> + Send + Sync + 'static) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(fault));
    }

    fn fault(&self, text: &str) -> Option<NarrateError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|fault| fault(text))
    }
}

impl Booth for ModelBooth {
    fn fingerprint(&self, _: Language, _: Host) -> String {
        "model".into()
    }

    fn speaker(&self, _: Language, host: Host) -> String {
        format!("{host:?}")
    }

    fn record<'a>(
        &'a self,
        script: &'a Script,
        language: Language,
        own: &'a [domain::Reading],
    ) -> BoxFuture<'a, Result<Product, NarrateError>> {
        Box::pin(async move {
            let text = script.text();
            self.calls.note(&text);
            if !own.is_empty() {
                self.own.note(&text);
            }
            tokio::task::yield_now().await;
            if let Some(error) = self.fault(&text) {
                return Err(error);
            }
            let words = text.split_whitespace().count().max(1);
            Ok(product(&text, words as f64 / f64::from(default_pace(language))))
        })
    }

    fn play(&self, jingle: Jingle) -> BoxFuture<'_, Result<Product, NarrateError>> {
        Box::pin(async move { Ok(product(jingle.name(), 2.0)) })
    }
}

fn product(text: &str, seconds: f64) -> Product {
    let frames = (seconds * 1_000.0 / AudioFormat::FRAME_MS as f64).ceil() as u64;
    let end_ms = frames * AudioFormat::FRAME_MS;
    let cues = vec![Cue { start_ms: 0, end_ms, host: Host::Main, text: text.to_owned() }];
    let loudness: Loudness = serde_json::from_str("[]").unwrap();
    let meta = serde_json::to_string(&Said { text: text.to_owned(), cues, loudness }).unwrap();
    let mp3 = vec![0; (frames * AudioFormat::Standard.bytes_per_frame()) as usize].into();
    Product { audio: Some(Audio { mp3, frames }), meta }
}
