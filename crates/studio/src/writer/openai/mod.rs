//! A writer by any server that speaks OpenAI's chat completions.
//!
//! The model is given the article as data and asked for lines; what it answers is reviewed against the
//! article, sent back once with the findings, and what is still wrong is cut out. Where too little
//! remains, the offline writer tells the article and the script says so.

mod answer;
mod prompt;
mod transport;

use super::{Brief, Extractive, Writer, WriterError, extractive, grounding::Ground, quality::Review};
use answer::{Answer, Completion};
use async_openai::{Client, config::OpenAIConfig};
use domain::{Script, Usage, Written, WrittenBy};
use futures::future::BoxFuture;
use net::TrustedClient;
use prompt::{Form, Message};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

/// Where the model is. The address comes from the operator and is trusted.
#[derive(Clone)]
pub struct OpenAiSettings {
    /// Up to and without `/chat/completions`: `https://api.openai.com/v1`.
    pub base_url: String,
    /// Empty for servers that ask for none.
    pub api_key: String,
    pub model: String,
    /// For one request.
    pub timeout: Duration,
}

pub struct OpenAi {
    client: Client<OpenAIConfig>,
    settings: OpenAiSettings,
    instead: Arc<Extractive>,
    /// The strictest form the server is known not to reject.
    form: AtomicU8,
}

impl OpenAi {
    /// Asks nothing yet.
    pub fn new(http: TrustedClient, settings: OpenAiSettings, instead: Arc<Extractive>) -> Self {
        let client = transport::client(http, &settings);
        Self { client, settings, instead, form: AtomicU8::new(Form::Schema as u8) }
    }

    async fn compose(&self, brief: &Brief<'_>) -> Result<Written, WriterError> {
        brief.check()?;
        let ground = Ground::of(brief.article, brief.language);
        let mut usage = Usage::default();
        let asked = prompt::messages(brief);
        let (first, text) = self.reviewed(&asked, brief, &ground, &mut usage).await?;
        let review = if first.is_clean() {
            first
        } else {
            let again = prompt::repair(asked, text, &first.findings());
            match self.reviewed(&again, brief, &ground, &mut usage).await {
                Ok((second, _)) => Review::better_of(first, second),
                Err(error) => {
                    tracing::warn!(%error, "the repair of a script failed; the first answer is used");
                    first
                }
            }
        };
        match review.settle(brief) {
            Ok((lines, dropped)) => {
                let lines =
                    extractive::opening(brief.article, brief.language).into_iter().chain(lines).collect();
                let by = WrittenBy::Model(self.settings.model.clone());
                Ok(Written { script: Script { lines }, by, usage, dropped })
            }
            Err(why) => {
                let told = self.instead.tell(brief)?;
                Ok(Written { by: WrittenBy::ExtractiveInstead(why), usage, ..told })
            }
        }
    }

    /// One round: the answer's review, and its text to refer back to.
    async fn reviewed(
        &self,
        messages: &[Message],
        brief: &Brief<'_>,
        ground: &Ground,
        usage: &mut Usage,
    ) -> Result<(Review, String), WriterError> {
        let completion = self.ask(messages).await?;
        *usage += completion.usage();
        let text = completion.text(&self.settings.model)?;
        let review = match Answer::parse(&text, &self.settings.model)? {
            Some(answer) => Review::of(answer.lines(brief), brief, ground),
            None => Review::malformed(),
        };
        Ok((review, text))
    }

    /// In the strictest form the server takes; which that is, it is asked once.
    async fn ask(&self, messages: &[Message]) -> Result<Completion, WriterError> {
        let mut form = Form::from_code(self.form.load(Ordering::Relaxed));
        loop {
            let request = prompt::request(&self.settings.model, messages, form);
            let chat = self.client.chat();
            let sent = tokio::time::timeout(self.settings.timeout, chat.create_byot(request));
            let error = match sent.await {
                Ok(Ok(completion)) => {
                    self.form.store(form as u8, Ordering::Relaxed);
                    return Ok(completion);
                }
                Ok(Err(error)) => transport::failure(error, &self.settings),
                Err(_) => transport::timed_out(&self.settings),
            };
            match (&error, form.looser()) {
                (WriterError::Rejected { reason, .. }, Some(looser)) if prompt::is_about_form(reason) => {
                    form = looser;
                }
                _ => return Err(error),
            }
        }
    }
}

impl Writer for OpenAi {
    fn fingerprint(&self) -> String {
        format!("openai-{}-prompt-{}", self.settings.model, prompt::VERSION)
    }

    fn write<'a>(&'a self, brief: &'a Brief<'a>) -> BoxFuture<'a, Result<Written, WriterError>> {
        Box::pin(self.compose(brief))
    }
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl fmt::Debug for OpenAiSettings {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiSettings")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
