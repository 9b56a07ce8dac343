//! Providers that take their time and say something of the right length, and count what they were asked for.

use super::{
    chance::{lognormal, of_name},
    latency::{Sort, tokens},
    ledger::Ledger,
    time::{VirtualTime, micros},
    weather::{Fate, Weather},
};
use crate::{
    making::{Audio, Product},
    narrate::{Booth, NarrateError, Said},
};
use bytes::Bytes;
use domain::{
    AudioFormat, Host, Language, Line, Script, Usage, Written, WrittenBy,
    program::Cue,
    provider::{Answer, Operation, Units, Withheld},
    spoken::units,
};
use futures::future::BoxFuture;
use queue::{Clock, Seeded};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use studio::{
    mixer::{Jingle, Loudness},
    voice::{VoiceError, default_pace},
    writer::{Brief, Writer, WriterError},
};

/// What was asked of the providers. Failed calls are calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    pub writer: u64,
    pub voice: u64,
    pub cost_micro_usd: u64,
    /// At the same time, at most.
    pub peak: u32,
}

/// A writer and a voice, and what they share.
pub struct Providers {
    seed: u64,
    time: VirtualTime,
    writer: Sort,
    voice: Sort,
    weather: Weather,
    /// `None` where they compute on the node itself, and nothing is booked.
    books: Option<Books>,
    /// For what differs from call to call.
    chance: Seeded,
    in_flight: AtomicU32,
    calls: Mutex<Calls>,
}

/// Where calls are booked.
pub struct Books {
    pub writer: Ledger,
    pub voice: Ledger,
}

/// One call under way; dropped with its caller when that is killed.
struct InFlight<'a>(&'a AtomicU32);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Providers {
    /// Through the ledger, and in whatever weather there is.
    pub fn hosted(
        [writer, voice]: [Sort; 2],
        seed: u64,
        time: VirtualTime,
        weather: Weather,
        books: Books,
    ) -> Arc<Self> {
        Self::new([writer, voice], seed, time, weather, Some(books))
    }

    /// On the node itself: always there.
    pub fn plain(seed: u64, time: VirtualTime) -> Arc<Self> {
        Self::new([Sort::Local; 2], seed, time, Weather::default(), None)
    }

    fn new(
        [writer, voice]: [Sort; 2],
        seed: u64,
        time: VirtualTime,
        weather: Weather,
        books: Option<Books>,
    ) -> Arc<Self> {
        let chance = of_name(seed, "providers");
        let (in_flight, calls) = (AtomicU32::default(), Mutex::default());
        Arc::new(Self { seed, time, writer, voice, weather, books, chance, in_flight, calls })
    }

    pub fn calls(&self) -> Calls {
        *self.lock()
    }

    /// Makes a call that takes some time, books it, and counts it.
    async fn call(&self, operation: Operation, units: Units, takes: Duration) -> Result<Fate, Withheld> {
        let ledger = self.books.as_ref().map(|books| match operation {
            Operation::Write => &books.writer,
            Operation::Speak => &books.voice,
        });
        // What a script takes nobody knows before.
        let known = (operation == Operation::Speak).then_some(units);
        let booked = match ledger {
            Some(ledger) => Some((ledger, ledger.reserve(operation, known).await?)),
            None => None,
        };
        let fate = self.answered(operation, takes).await;
        if let Some((ledger, call)) = booked {
            let cost_micro_usd = ledger.settle(call, answer(fate, units)).await;
            self.lock().cost_micro_usd += cost_micro_usd;
        }
        Ok(fate)
    }

    async fn answered(&self, operation: Operation, takes: Duration) -> Fate {
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        let ends = InFlight(&self.in_flight);
        {
            let mut calls = self.lock();
            calls.peak = calls.peak.max(in_flight);
            *match operation {
                Operation::Write => &mut calls.writer,
                Operation::Speak => &mut calls.voice,
            } += 1;
        }
        let fate = self.weather.fate(in_flight, self.time.now(), &self.chance);
        let takes = match fate {
            Fate::Answered => takes,
            Fate::Fails { after } | Fate::Unreachable { after } => after,
            Fate::Throttled { .. } => Duration::ZERO,
        };
        self.time.sleep(takes).await;
        drop(ends);
        fate
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As the ledger takes it.
fn answer(fate: Fate, units: Units) -> Answer {
    match fate {
        Fate::Answered => Answer::Answered(Some(units)),
        Fate::Throttled { retry_after } => Answer::Throttled { retry_after: Some(micros(retry_after)) },
        Fate::Fails { .. } | Fate::Unreachable { .. } => Answer::Failed,
    }
}

/// Tells the beginning of the article, as much of it as was asked for.
pub struct ModelWriter(pub Arc<Providers>);

const WHERE: &str = "simulated.invalid";

impl Writer for ModelWriter {
    fn fingerprint(&self) -> String {
        format!("simulated {} writer", self.0.writer.name())
    }

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(self.tell(brief))
    }
}

impl ModelWriter {
    async fn tell(&self, brief: &Brief<'_>) -> Result<Written, WriterError> {
        let Self(providers) = self;
        let language = brief.language;
        let text = beginning(&brief.article.text, brief.target(), language);
        let (prompt, completion) = (tokens(&brief.article.text, language) + 800, tokens(text, language));
        let takes = providers.writer.writes_in(completion, &providers.chance);
        let units =
            Units { requests: 1, input_tokens: prompt, output_tokens: completion, ..Units::default() };
        let fate = providers.call(Operation::Write, units, takes).await?;
        match fate {
            Fate::Answered => Ok(Written {
                script: Script { lines: vec![Line::of(Host::Main, text)] },
                by: WrittenBy::Model("simulated".into()),
                usage: Usage { prompt_tokens: prompt, completion_tokens: completion, requests: 1 },
                dropped: 0,
            }),
            Fate::Fails { .. } => Err(WriterError::Server {
                url: WHERE.into(),
                status: 500,
                retry_after: None,
                reason: "simulated".into(),
            }),
            Fate::Throttled { retry_after } => Err(WriterError::Throttled {
                url: WHERE.into(),
                retry_after: Some(retry_after),
                reason: "simulated".into(),
            }),
            Fate::Unreachable { .. } => {
                Err(WriterError::Unreachable { url: WHERE.into(), reason: "simulated outage".into() })
            }
        }
    }
}

/// Whole lines up to about so many characters or words.
fn beginning(text: &str, target: usize, language: Language) -> &str {
    let mut said = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let more = units(line, language);
        if end > 0 && said + more / 2 > target {
            break;
        }
        said += more;
        end += line.len();
    }
    text[..end].trim_end()
}

/// Sound without a sound: frames for as long as it would last.
pub struct ModelBooth(pub Arc<Providers>);

impl Booth for ModelBooth {
    fn fingerprint(&self, _: Language, _: Host) -> String {
        format!("simulated {} voice", self.0.voice.name())
    }

    fn speaker(&self, _: Language, _: Host) -> String {
        "Simulated".into()
    }

    fn record<'a>(
        &'a self,
        script: &'a Script,
        language: Language,
        _: &'a [domain::Reading],
    ) -> BoxFuture<'a, Result<Product, NarrateError>> {
        Box::pin(async move { Ok(self.speak(script, language).await?) })
    }

    fn play(&self, jingle: Jingle) -> BoxFuture<'_, Result<Product, NarrateError>> {
        let ms = 1_500 + 500 * jingle.name().len() as u64 / 4;
        Box::pin(std::future::ready(Ok(self.product(String::new(), ms))))
    }
}

impl ModelBooth {
    async fn speak(&self, script: &Script, language: Language) -> Result<Product, VoiceError> {
        let Self(providers) = self;
        let text = script.text();
        let ms = self.lasts_ms(&text, language);
        let characters = text.chars().count() as u64;
        let takes = providers.voice.speaks_in(ms as f64 / 1e3, &providers.chance);
        let units = Units { requests: 1, characters, ..Units::default() };
        let fate = providers.call(Operation::Speak, units, takes).await?;
        let host = || WHERE.to_owned();
        match fate {
            Fate::Answered => Ok(self.product(text, ms)),
            Fate::Fails { .. } => Err(VoiceError::ServerFailed { host: host(), status: 500 }),
            Fate::Throttled { retry_after } => {
                Err(VoiceError::Throttled { host: host(), retry_after: Some(retry_after) })
            }
            Fate::Unreachable { .. } => {
                Err(VoiceError::Unreachable { host: host(), reason: "simulated outage".into() })
            }
        }
    }

    /// The same for the same words, whenever they are spoken; a little slower than is believed at first.
    fn lasts_ms(&self, text: &str, language: Language) -> u64 {
        let units = units(text, language) as f64;
        let pace = f64::from(default_pace(language)) * 0.96;
        let odd = lognormal(&of_name(self.0.seed, text), 1.0, 0.06);
        (400.0 + units * 1e3 / pace * odd) as u64
    }

    fn product(&self, text: String, ms: u64) -> Product {
        let frames = ms.div_ceil(AudioFormat::FRAME_MS).max(1);
        let cue = Cue { start_ms: 100, end_ms: ms.max(200), host: Host::Main, text: text.clone() };
        let cues = if text.is_empty() { Vec::new() } else { vec![cue] };
        let loudness = Loudness::on_target(u32::try_from(ms / 100).unwrap_or(u32::MAX).max(1));
        // A plain structure of texts and numbers: writing it as JSON cannot fail.
        let meta = serde_json::to_string(&Said { text, cues, loudness }).unwrap_or_default();
        Product { audio: Some(Audio { mp3: Bytes::from_static(&[0; 8]), frames }), meta }
    }
}
