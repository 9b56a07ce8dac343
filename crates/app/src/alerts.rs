//! What an operator is told at once: one line to the log, one message on each of their channels for it and, where a
//! hook is configured, one to that.
//! The same trouble is told once in a while, not for every job it costs.

mod desk;

pub use desk::Desk;

use crate::{
    config::{self, Alerts as Settings},
    failure::{Failure, Kind},
};
use desk::Raised;
use net::TrustedClient;
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};
use url::Url;

/// For the hook to answer.
const PATIENCE: Duration = Duration::from_secs(10);
const TRIES: u32 = 3;
/// Alerts that wait for the hook; more are only logged.
const MOST_WAITING: usize = 100;

#[derive(Debug)]
pub struct Alerts {
    told: Mutex<HashMap<(&'static str, String), Instant>>,
    quiet: Duration,
    hook: Option<mpsc::Sender<serde_json::Value>>,
    desk: Option<mpsc::Sender<Raised>>,
}

impl Alerts {
    /// Without a hook, only the log is told.
    pub fn silent() -> Self {
        Self { told: Mutex::default(), quiet: Duration::from_secs(3_600), hook: None, desk: None }
    }

    /// As configured; hook and channels are served by a task of their own each.
    pub fn start(settings: &Settings, desk: Desk) -> Result<Self, Failure> {
        let quiet = Duration::from_secs(u64::from(settings.repeat_minutes) * 60);
        let hook = match hook(settings)? {
            None => None,
            Some(address) => {
                let client =
                    net::trusted(config::USER_AGENT).map_err(|cause| Failure::new(Kind::Other, cause))?;
                let (sender, receiver) = mpsc::channel(MOST_WAITING);
                tokio::spawn(deliver(client, address, receiver));
                Some(sender)
            }
        };
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        tokio::spawn(desk::serve(desk, quiet, receiver));
        Ok(Self { told: Mutex::default(), quiet, hook, desk: Some(sender) })
    }

    /// Tells of a trouble; `subject` is what makes it the same as another of its kind.
    pub fn raise(&self, kind: &'static str, subject: &str, text: &str) {
        if !self.is_new(kind, subject, Instant::now()) {
            return;
        }
        tracing::error!(kind, subject, "{text}");
        if let Some(desk) = &self.desk {
            let raised = Raised { kind, subject: subject.to_owned(), text: text.to_owned() };
            if desk.try_send(raised).is_err() {
                tracing::warn!(
                    kind,
                    "too many alerts wait for operators' channels; this one was only logged"
                );
            }
        }
        let Some(hook) = &self.hook else { return };
        // `text` is what Slack shows, `content` what Discord does.
        let message = json!({
            "type": format!("mimiyori.{kind}"), "subject": subject, "text": text, "content": text,
        });
        if hook.try_send(message).is_err() {
            tracing::warn!(kind, "too many alerts wait for alerts.hook; this one was only logged");
        }
    }

    /// What was told of a short while ago.
    #[cfg(test)]
    pub fn told(&self) -> Vec<(&'static str, String)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn is_new(&self, kind: &'static str, subject: &str, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, at| now.duration_since(*at) < self.quiet);
        let key = (kind, subject.to_owned());
        let is_new = !told.contains_key(&key);
        told.entry(key).or_insert(now);
        is_new
    }
}

/// Where alerts are posted.
pub fn hook(settings: &Settings) -> Result<Option<Url>, Failure> {
    let wrong = |cause| Failure::new(Kind::Usage, format!("alerts.hook is no address: {cause}"));
    settings.hook.reveal()?.map(|address| address.parse().map_err(wrong)).transpose()
}

async fn deliver(client: TrustedClient, address: Url, mut messages: mpsc::Receiver<serde_json::Value>) {
    while let Some(message) = messages.recv().await {
        for attempt in 1..=TRIES {
            let sent = client.post(address.clone()).timeout(PATIENCE).json(&message).send().await;
            match sent.and_then(|answer| answer.error_for_status()) {
                Ok(_) => break,
                // The address may hold a secret: it is not shown.
                Err(error) => {
                    let error = error.without_url();
                    tracing::warn!(%error, attempt, "alerts.hook did not take an alert");
                }
            }
            tokio::time::sleep(Duration::from_secs(u64::from(attempt * attempt))).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_is_told_once_in_a_while() {
        let alerts = Alerts::silent();
        let now = Instant::now();
        assert!(alerts.is_new("dead_letter", "narrate", now));
        assert!(!alerts.is_new("dead_letter", "narrate", now));
        assert!(alerts.is_new("dead_letter", "select", now));
        assert!(!alerts.is_new("dead_letter", "narrate", now + Duration::from_secs(3_599)));
        assert!(alerts.is_new("dead_letter", "narrate", now + Duration::from_secs(3_600)));
    }
}
